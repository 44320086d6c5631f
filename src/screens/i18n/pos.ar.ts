import type { posEn } from './pos.en.ts';

export const posAr: Record<keyof typeof posEn, string> = {};

import type { posEn } from './pos.en.ts';

export const posEs: Record<keyof typeof posEn, string> = {};

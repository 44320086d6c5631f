import type { setupEn } from './setup.en.ts';

export const setupAr: Record<keyof typeof setupEn, string> = {};

import type { setupEn } from './setup.en.ts';

export const setupEs: Record<keyof typeof setupEn, string> = {};

import type { expoEn } from './expo.en.ts';

export const expoEs: Record<keyof typeof expoEn, string> = {};

import type { expoEn } from './expo.en.ts';

export const expoAr: Record<keyof typeof expoEn, string> = {};

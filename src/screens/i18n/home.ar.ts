import type { homeEn } from './home.en.ts';

export const homeAr: Record<keyof typeof homeEn, string> = {};

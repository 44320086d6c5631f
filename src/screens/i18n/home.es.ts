import type { homeEn } from './home.en.ts';

export const homeEs: Record<keyof typeof homeEn, string> = {};

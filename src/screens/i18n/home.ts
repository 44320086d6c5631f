import { homeEn } from './home.en.ts';
import type { Area } from './words.tsx';

export const homeWords: Area = {
  en: homeEn,
  es: async () => (await import('./home.es.ts')).homeEs,
  ar: async () => (await import('./home.ar.ts')).homeAr,
};

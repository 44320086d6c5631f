import { pastEn } from './past.en.ts';
import type { Area } from './say.ts';

export const pastWords: Area = {
  en: pastEn,
  es: async () => (await import('./past.es.ts')).pastEs,
  ar: async () => (await import('./past.ar.ts')).pastAr,
};

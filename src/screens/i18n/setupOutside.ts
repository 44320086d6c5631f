import { setupOutsideEn } from './setupOutside.en.ts';
import type { Area } from './words.tsx';

export const setupOutsideWords: Area = {
  en: setupOutsideEn,
  es: async () => (await import('./setupOutside.es.ts')).setupOutsideEs,
  ar: async () => (await import('./setupOutside.ar.ts')).setupOutsideAr,
};

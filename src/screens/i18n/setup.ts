import { setupEn } from './setup.en.ts';
import type { Area } from './words.tsx';

export const setupWords: Area = {
  en: setupEn,
  es: async () => (await import('./setup.es.ts')).setupEs,
  ar: async () => (await import('./setup.ar.ts')).setupAr,
};

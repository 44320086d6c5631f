import { posEn } from './pos.en.ts';
import type { Area } from './words.tsx';

export const posWords: Area = {
  en: posEn,
  es: async () => (await import('./pos.es.ts')).posEs,
  ar: async () => (await import('./pos.ar.ts')).posAr,
};

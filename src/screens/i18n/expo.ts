import { expoEn } from './expo.en.ts';
import type { Area } from './words.tsx';

export const expoWords: Area = {
  en: expoEn,
  es: async () => (await import('./expo.es.ts')).expoEs,
  ar: async () => (await import('./expo.ar.ts')).expoAr,
};

import { floorEn } from './floor.en.ts';
import type { Area } from './words.tsx';

export const floorWords: Area = {
  en: floorEn,
  es: async () => (await import('./floor.es.ts')).floorEs,
  ar: async () => (await import('./floor.ar.ts')).floorAr,
};

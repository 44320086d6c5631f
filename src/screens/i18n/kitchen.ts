import { kitchenEn } from './kitchen.en.ts';
import type { Area } from './words.tsx';

export const kitchenWords: Area = {
  en: kitchenEn,
  es: async () => (await import('./kitchen.es.ts')).kitchenEs,
  ar: async () => (await import('./kitchen.ar.ts')).kitchenAr,
};

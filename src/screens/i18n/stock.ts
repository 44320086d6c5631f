import { stockEn } from './stock.en.ts';
import type { Area } from './words.tsx';

export const stockWords: Area = {
  en: stockEn,
  es: async () => (await import('./stock.es.ts')).stockEs,
  ar: async () => (await import('./stock.ar.ts')).stockAr,
};

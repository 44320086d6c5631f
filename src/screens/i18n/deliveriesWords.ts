import { deliveriesEn } from './deliveries.en.ts';
import type { Area } from './say.ts';

export const deliveriesWords: Area = {
  en: deliveriesEn,
  es: async () => (await import('./deliveries.es.ts')).deliveriesEs,
  ar: async () => (await import('./deliveries.ar.ts')).deliveriesAr,
};

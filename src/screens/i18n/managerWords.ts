import { managerEn } from './manager.en.ts';
import type { Area } from './say.ts';

export const managerWords: Area = {
  en: managerEn,
  es: async () => (await import('./manager.es.ts')).managerEs,
  ar: async () => (await import('./manager.ar.ts')).managerAr,
};

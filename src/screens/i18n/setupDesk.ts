import { setupDeskEn } from './setupDesk.en.ts';
import type { Area } from './words.tsx';

export const setupDeskWords: Area = {
  en: setupDeskEn,
  es: async () => (await import('./setupDesk.es.ts')).setupDeskEs,
  ar: async () => (await import('./setupDesk.ar.ts')).setupDeskAr,
};

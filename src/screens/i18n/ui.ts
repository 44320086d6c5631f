import { uiEn } from './ui.en.ts';
import type { Area } from './words.tsx';

export const uiWords: Area = {
  en: uiEn,
  es: async () => (await import('./ui.es.ts')).uiEs,
  ar: async () => (await import('./ui.ar.ts')).uiAr,
};

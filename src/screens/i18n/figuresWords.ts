import { figuresEn } from './figures.en.ts';
import type { Area } from './say.ts';

export const figuresWords: Area = {
  en: figuresEn,
  es: async () => (await import('./figures.es.ts')).figuresEs,
  ar: async () => (await import('./figures.ar.ts')).figuresAr,
};

import { callsEn } from './calls.en.ts';
import type { Area } from './words.tsx';

export const callsWords: Area = {
  en: callsEn,
  es: async () => (await import('./calls.es.ts')).callsEs,
  ar: async () => (await import('./calls.ar.ts')).callsAr,
};

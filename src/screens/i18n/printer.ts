import { printerEn } from './printer.en.ts';
import type { Area } from './words.tsx';

export const printerWords: Area = {
  en: printerEn,
  es: async () => (await import('./printer.es.ts')).printerEs,
  ar: async () => (await import('./printer.ar.ts')).printerAr,
};

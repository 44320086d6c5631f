import { trustEn } from './trust.en.ts';
import type { Area } from './words.tsx';

export const trustWords: Area = {
  en: trustEn,
  es: async () => (await import('./trust.es.ts')).trustEs,
  ar: async () => (await import('./trust.ar.ts')).trustAr,
};

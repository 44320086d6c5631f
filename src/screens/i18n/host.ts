import { hostEn } from './host.en.ts';
import type { Area } from './words.tsx';

export const hostWords: Area = {
  en: hostEn,
  es: async () => (await import('./host.es.ts')).hostEs,
  ar: async () => (await import('./host.ar.ts')).hostAr,
};

import { platformEn } from './platform.en.ts';
import type { Area } from './say.ts';

export const platformWords: Area = {
  en: platformEn,
  es: async () => (await import('./platform.es.ts')).platformEs,
  ar: async () => (await import('./platform.ar.ts')).platformAr,
};

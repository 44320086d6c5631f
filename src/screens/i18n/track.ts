import type { Area } from './say.ts';
import { trackEn } from './track.en.ts';

export const trackWords: Area = {
  en: trackEn,
  es: async () => (await import('./track.es.ts')).trackEs,
  ar: async () => (await import('./track.ar.ts')).trackAr,
};

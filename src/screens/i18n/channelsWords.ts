import { channelsEn } from './channels.en.ts';
import type { Area } from './say.ts';

export const channelsWords: Area = {
  en: channelsEn,
  es: async () => (await import('./channels.es.ts')).channelsEs,
  ar: async () => (await import('./channels.ar.ts')).channelsAr,
};

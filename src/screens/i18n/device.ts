import { deviceEn } from './device.en.ts';
import type { Area } from './words.tsx';

export const deviceWords: Area = {
  en: deviceEn,
  es: async () => (await import('./device.es.ts')).deviceEs,
  ar: async () => (await import('./device.ar.ts')).deviceAr,
};

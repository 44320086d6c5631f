import { setupRoomsEn } from './setupRooms.en.ts';
import type { Area } from './words.tsx';

export const setupRoomsWords: Area = {
  en: setupRoomsEn,
  es: async () => (await import('./setupRooms.es.ts')).setupRoomsEs,
  ar: async () => (await import('./setupRooms.ar.ts')).setupRoomsAr,
};

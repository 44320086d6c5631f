import type { floorEn } from './floor.en.ts';

export const floorAr: Record<keyof typeof floorEn, string> = {};

import type { floorEn } from './floor.en.ts';

export const floorEs: Record<keyof typeof floorEn, string> = {};

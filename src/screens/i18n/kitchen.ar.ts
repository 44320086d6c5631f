import type { kitchenEn } from './kitchen.en.ts';

export const kitchenAr: Record<keyof typeof kitchenEn, string> = {};

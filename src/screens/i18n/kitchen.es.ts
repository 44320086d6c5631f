import type { kitchenEn } from './kitchen.en.ts';

export const kitchenEs: Record<keyof typeof kitchenEn, string> = {};

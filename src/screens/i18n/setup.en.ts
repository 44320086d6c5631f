export const setupEn = {} as const;

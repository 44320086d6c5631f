export const posEn = {} as const;

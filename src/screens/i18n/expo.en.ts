export const expoEn = {} as const;

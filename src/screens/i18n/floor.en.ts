export const floorEn = {} as const;

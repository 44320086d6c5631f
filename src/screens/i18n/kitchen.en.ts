export const kitchenEn = {} as const;

import type { LocationState } from '../state.ts';

/** Portions left to sell; null: nobody counts them. */
export function leftOf(state: LocationState, item: string): number | null {
  const left = state.stock.portions[item];
  return left === undefined ? null : Math.max(0, left);
}

export function isSoldOut(state: LocationState, item: string): boolean {
  return Object.hasOwn(state.soldOut.items, item) || leftOf(state, item) === 0;
}

import type { LocationState } from '../../domain/state.ts';
import { lackingOf, nameOf } from '../../domain/stock/levels.ts';
import { recipesOf } from '../../domain/stock/recipes.ts';

/** An ingredient that is low or out: what a manager's browser is called about, and what it is told. */

export type StockCall = { readonly ingredient: string; readonly level: 'low' | 'out' };
/** What the service worker shows. */
export type StockPayload = {
  readonly kind: 'stock';
  readonly location: string;
  readonly place: string;
  readonly ingredient: string;
  readonly name: string;
  readonly level: 'low' | 'out';
  readonly onHand: number;
  readonly unit: 'g' | 'ml' | 'piece';
  /** What can no longer be made. */
  readonly dishes: readonly string[];
};

/** Null: it is otherwise by now, and nobody needs to be called. */
export function stockPayload(location: string, state: LocationState, call: StockCall): StockPayload | null {
  const one = state.stock.ingredients.get(call.ingredient);
  const kept = state.config?.stock.ingredients.find(({ id }) => id === call.ingredient);
  if (!one || !kept || one.told !== call.level || one.onHand === null) return null;
  const dishes = lackingOf(one, recipesOf(state.config)).map((user) => nameOf(state.config, user));
  return {
    kind: 'stock',
    location,
    place: state.config?.name ?? location,
    ingredient: one.id,
    name: kept.name,
    level: call.level,
    onHand: Math.max(0, one.onHand),
    unit: kept.unit,
    // A push message holds 4 KB; whoever opens the page sees them all.
    dishes: [...new Set(dishes)].slice(0, 20),
  };
}

import type { LocationConfig } from '../config.ts';
import type { LocationState } from '../state.ts';
import { type Recipes, type User, recipesOf } from './recipes.ts';
import type { IngredientStock, Level, Stock } from './state.ts';

/** What an amount comes to, and what can no longer be made with it. */

/**
 * `out`: not enough for anything that takes it. `low`: below what the house wants to be told of, or too little for
 * something. Of what was never counted nothing is said.
 */
export function levelOf(onHand: number | null, low: number, users: readonly User[]): Level {
  if (onHand === null) return 'ok';
  const [least] = users;
  if (onHand <= 0 || (least !== undefined && onHand < least.amount)) return 'out';
  const most = users.at(-1);
  return onHand < low || (most !== undefined && onHand < most.amount) ? 'low' : 'ok';
}

/** Is something missing to make it? */
export function isLacking(stock: Stock, recipes: Recipes, what: User['what'], id: string): boolean {
  for (const [ingredient, amount] of recipes.needs[what].get(id) ?? []) {
    const onHand = stock.ingredients.get(ingredient)?.onHand;
    if (onHand !== undefined && onHand !== null && onHand < amount) return true;
  }
  return false;
}

/** What takes the ingredient and can no longer be made because of it. */
export function lackingOf(one: IngredientStock, recipes: Recipes): readonly User[] {
  const { onHand } = one;
  if (onHand === null) return [];
  return (recipes.users.get(one.id) ?? []).filter(({ amount }) => onHand < amount);
}

/** It keeps something from being made, and that was told: waiters and cooks should know. */
export function isMissed(state: LocationState, id: string): boolean {
  const one = state.stock.ingredients.get(id);
  return one !== undefined && one.told !== 'ok' && lackingOf(one, recipesOf(state.config)).length > 0;
}

export function nameOf(config: LocationConfig | null, { what, id }: Pick<User, 'what' | 'id'>): string {
  const menu = config?.menu;
  if (what === 'items') return menu?.items.find((item) => item.id === id)?.name ?? id;
  for (const { options } of menu?.groups ?? []) {
    const option = options.find((one) => one.id === id);
    if (option) return option.name;
  }
  return id;
}

/** In minor units; undefined where no price is known. */
export function costOf(
  config: LocationConfig | null,
  takes: Iterable<readonly [ingredient: string, amount: number]>,
): number | undefined {
  let thousandths: number | undefined;
  for (const [id, amount] of takes) {
    const one = config?.stock.ingredients.find((ingredient) => ingredient.id === id);
    if (one?.cost !== undefined)
      thousandths = (thousandths ?? 0) + amount * one.cost * (one.unit === 'piece' ? 1_000 : 1);
  }
  return thousandths === undefined ? undefined : Math.round(thousandths / 1_000);
}

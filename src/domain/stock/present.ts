import type { LocationState } from '../state.ts';
import type { StockView, WasteView } from './entities.ts';
import { lackingOf, nameOf } from './levels.ts';
import { recipesOf } from './recipes.ts';

export function presentStock(state: LocationState, id: string): StockView | null {
  const one = state.stock.ingredients.get(id);
  const kept = state.config?.stock.ingredients.find((ingredient) => ingredient.id === id);
  if (!one || !kept) return null;
  const recipes = recipesOf(state.config);
  const lacking = new Set(lackingOf(one, recipes));
  return {
    kind: 'stock',
    id,
    version: one.version,
    name: kept.name,
    unit: kept.unit,
    onHand: one.onHand === null ? null : Math.max(0, one.onHand),
    low: kept.low,
    ...(kept.par !== undefined && { par: kept.par }),
    level: one.level,
    ...(one.countedAt !== undefined && { countedAt: one.countedAt }),
    ...(one.moved && { moved: { ...one.moved } }),
    dishes: (recipes.users.get(id) ?? []).map((user) => ({
      ...(user.what === 'items' ? { item: user.id } : { option: user.id }),
      name: nameOf(state.config, user),
      lacking: lacking.has(user),
      soldOut: Object.hasOwn(state.soldOut[user.what], user.id),
    })),
  };
}

export function presentWaste(state: LocationState, id: string): WasteView | null {
  const waste = state.stock.waste.find((one) => one.id === id);
  if (!waste) return null;
  const { seq, order: _order, ...shown } = waste;
  return { kind: 'waste', version: seq, ...shown };
}

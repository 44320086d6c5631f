import type { LocationConfig } from '../config.ts';
import type { LoggedEvent } from '../events.ts';
import type { EventOf } from '../families.ts';
import { findMenuItem } from '../menu.ts';
import { PMap } from '../pmap.ts';
import type { LocationState, Touch } from '../state.ts';
import { isLacking, levelOf } from './levels.ts';
import { ingredientMoves, portionMoves } from './moves.ts';
import { type User, recipesOf } from './recipes.ts';
import type { IngredientStock, Movement, Stock, Waste } from './state.ts';

type Applied = { state: LocationState; touched: Touch[] };

/** Thrown-away things that are remembered; reports have the rest. */
const WASTE = 50;

export function evolveStock(state: LocationState, event: EventOf<'stock'>): Applied {
  switch (event.type) {
    case 'stock.portioned': {
      const { [event.data.item]: _old, ...rest } = state.stock.portions;
      const { item, left } = event.data;
      return setPortions(state, left === null ? rest : { ...rest, [item]: left }, [item], event.seq);
    }
    case 'stock.counted': {
      const { ingredient, onHand } = event.data;
      const amount = onHand - (state.stock.ingredients.get(ingredient)?.onHand ?? 0);
      return shift({ state, touched: [] }, [[ingredient, amount]], 'counted', event, onHand);
    }
    case 'stock.received':
      return shift(
        { state, touched: [] },
        [[event.data.ingredient, event.data.amount]],
        'received',
        event,
        0,
      );
    case 'stock.wasted': {
      const { ingredient, amount, reason, cost } = event.data;
      const kept = state.config?.stock.ingredients.find(({ id }) => id === ingredient);
      return discard(shift({ state, touched: [] }, [[ingredient, -amount]], 'wasted', event), event, {
        why: 'thrown',
        name: kept?.name ?? ingredient,
        qty: amount,
        reason,
        ...(kept && { unit: kept.unit }),
        ...(cost !== undefined && { cost }),
      });
    }
    case 'stock.scrapped': {
      const { order, why, name, qty, reason, cost } = event.data;
      return discard({ state, touched: [] }, event, {
        order,
        why,
        name,
        qty,
        ...(reason !== undefined && { reason }),
        ...(cost !== undefined && { cost }),
      });
    }
    case 'stock.noticed': {
      const { ingredient, level } = event.data;
      const one = state.stock.ingredients.get(ingredient);
      if (!one) return { state, touched: [] };
      const told = { ...one, told: level, toldSeq: event.seq, version: event.seq };
      return {
        state: { ...state, stock: setIngredient(state.stock, told) },
        touched: [{ kind: 'stock', id: ingredient }],
      };
    }
    default:
      return event satisfies never;
  }
}

/** What was sold, fired and taken back moves what is left; the last step but one of applying any event. */
export function followStock(before: LocationState, applied: Applied, event: LoggedEvent): Applied {
  switch (event.type) {
    case 'order.placed':
    case 'order.added':
    case 'item.refired':
      return takePortions(before, applied, event);
    case 'ticket.fired':
    case 'ticket.held':
      return takeIngredients(before, applied, event);
    case 'item.amended':
    case 'item.voided':
    case 'order.cancelled':
      return takeIngredients(before, takePortions(before, applied, event), event);
    case 'menu.soldOut':
    case 'menu.restored':
      return noteSale(applied, event);
    case 'location.configured':
      return keepAnew(applied, event.data.config, event);
    default:
      return applied;
  }
}

function takePortions(before: LocationState, applied: Applied, event: LoggedEvent): Applied {
  const { portions } = applied.state.stock;
  if (isEmpty(portions)) return applied;
  const moves = portionMoves(before, event).filter(([item]) => portions[item] !== undefined);
  if (moves.length === 0) return applied;
  const next: Record<string, number> = { ...portions };
  for (const [item, pieces] of moves) next[item] = (next[item] ?? 0) - pieces;
  const { state, touched } = setPortions(
    applied.state,
    next,
    moves.map(([item]) => item),
    event.seq,
  );
  return { state, touched: both(applied.touched, touched) };
}

function setPortions(
  state: LocationState,
  portions: Stock['portions'],
  items: readonly string[],
  seq: number,
): Applied {
  const categories = [...new Set(items.flatMap((id) => findMenuItem(state.config, id)?.category ?? []))];
  return {
    state: {
      ...state,
      stock: { ...state.stock, portions },
      menuVersions: { ...state.menuVersions, ...Object.fromEntries(categories.map((id) => [id, seq])) },
    },
    touched: categories.map((id): Touch => ({ kind: 'menu', id })),
  };
}

function takeIngredients(before: LocationState, applied: Applied, event: LoggedEvent): Applied {
  if (applied.state.stock.ingredients.size === 0) return applied;
  const moves = ingredientMoves(before, applied.state, event, recipesOf(applied.state.config));
  if (moves.size === 0) return applied;
  return shift(
    applied,
    [...moves].map(([ingredient, taken]) => [ingredient, -taken]),
    null,
    event,
  );
}

/** Moves amounts. `from`: where one starts that nobody has counted; without it, it stays unknown. */
function shift(
  { state, touched }: Applied,
  moves: readonly (readonly [ingredient: string, amount: number])[],
  what: Exclude<Movement, 'sold' | 'returned'> | null,
  { seq, at }: LoggedEvent,
  from?: number,
): Applied {
  const recipes = recipesOf(state.config);
  let { stock } = state;
  const more: Touch[] = [];
  for (const [id, amount] of moves) {
    const one = stock.ingredients.get(id);
    if (!one || (one.onHand === null && from === undefined)) continue;
    const onHand = what === 'counted' ? (from ?? 0) : (one.onHand ?? from ?? 0) + amount;
    const users = recipes.users.get(id) ?? [];
    const moved = {
      ...one,
      version: seq,
      onHand,
      level: levelOf(onHand, lowOf(state.config, id), users),
      moved: { what: what ?? (amount < 0 ? ('sold' as const) : ('returned' as const)), amount, at },
      ...(from !== undefined && (what === 'counted' || one.onHand === null) && { countedAt: at }),
    };
    stock = setIngredient(stock, moved);
    const was = one.onHand;
    for (const user of users)
      if (was === null || was < user.amount !== onHand < user.amount)
        stock = setLack(stock, user, isLacking(stock, recipes, user.what, user.id), seq);
    more.push({ kind: 'stock', id });
  }
  return stock === state.stock
    ? { state, touched }
    : { state: { ...state, stock }, touched: both(touched, more) };
}

const lows = new WeakMap<LocationConfig, ReadonlyMap<string, number>>();

function lowOf(config: LocationConfig | null, id: string): number {
  if (config === null) return 0;
  let known = lows.get(config);
  if (!known) {
    known = new Map(config.stock.ingredients.map((one) => [one.id, one.low]));
    lows.set(config, known);
  }
  return known.get(id) ?? 0;
}

function setIngredient(stock: Stock, one: IngredientStock): Stock {
  const isUntold = one.level !== one.told;
  let { untold } = stock;
  if (isUntold !== Object.hasOwn(untold, one.id)) {
    const { [one.id]: _told, ...rest } = untold;
    untold = isUntold ? { ...rest, [one.id]: true } : rest;
  }
  return { ...stock, ingredients: stock.ingredients.set(one.id, one), untold };
}

function setLack(stock: Stock, { what, id }: User, lacks: boolean, since: number): Stock {
  if (lacks === Object.hasOwn(stock.lacking[what], id)) return stock;
  const { [id]: _there, ...rest } = stock.lacking[what];
  return { ...stock, lacking: { ...stock.lacking, [what]: lacks ? { ...rest, [id]: { since } } : rest } };
}

/** The alerts say which dishes are still sold; and what somebody puts on sale again stays there, whatever is missing. */
function noteSale(
  { state, touched }: Applied,
  event: Extract<LoggedEvent, { type: 'menu.soldOut' | 'menu.restored' }>,
): Applied {
  let { stock } = state;
  if (stock.ingredients.size === 0) return { state, touched };
  const what = event.data.item === undefined ? 'options' : 'items';
  const id = event.data.item ?? event.data.option ?? '';
  const lack = stock.lacking[what][id];
  if (lack) {
    const { kept: _kept, ...rest } = lack;
    const next = event.type === 'menu.restored' ? { ...rest, kept: true as const } : rest;
    stock = { ...stock, lacking: { ...stock.lacking, [what]: { ...stock.lacking[what], [id]: next } } };
  }
  const more: Touch[] = [];
  for (const ingredient of recipesOf(state.config).needs[what].get(id)?.keys() ?? []) {
    const one = stock.ingredients.get(ingredient);
    if (!one) continue;
    stock = setIngredient(stock, { ...one, version: event.seq });
    more.push({ kind: 'stock', id: ingredient });
  }
  return { state: { ...state, stock }, touched: both(touched, more) };
}

/** What is kept follows the document; what was counted stays counted. */
function keepAnew({ state, touched }: Applied, config: LocationConfig, { seq }: LoggedEvent): Applied {
  const before = state.stock;
  if (before.ingredients.size === 0 && config.stock.ingredients.length === 0 && isEmpty(before.portions))
    return { state, touched };
  const recipes = recipesOf(config);
  const ingredients = config.stock.ingredients.map(({ id, low }): [string, IngredientStock] => {
    const one = before.ingredients.get(id) ?? { id, onHand: null, told: 'ok' as const, toldSeq: 0 };
    return [id, { ...one, version: seq, level: levelOf(one.onHand, low, recipes.users.get(id) ?? []) }];
  });
  const stock: Stock = {
    ...before,
    portions: Object.fromEntries(
      Object.entries(before.portions).filter(([item]) => findMenuItem(config, item) !== undefined),
    ),
    ingredients: PMap.from(ingredients),
    untold: Object.fromEntries(
      ingredients.filter(([, one]) => one.level !== one.told).map(([id]) => [id, true as const]),
    ),
  };
  const lacking = (what: User['what']) =>
    Object.fromEntries(
      [...recipes.needs[what].keys()]
        .filter((id) => isLacking(stock, recipes, what, id))
        .map((id) => [id, before.lacking[what][id] ?? { since: seq }]),
    );
  const gone = [...before.ingredients.keys(), ...ingredients.map(([id]) => id)];
  return {
    state: {
      ...state,
      stock: { ...stock, lacking: { items: lacking('items'), options: lacking('options') } },
    },
    touched: both(
      touched,
      [...new Set(gone)].map((id): Touch => ({ kind: 'stock', id })),
    ),
  };
}

/** What was thrown away, and what falls out of the list because of it. */
function discard(
  { state, touched }: Applied,
  event: LoggedEvent,
  waste: Omit<Waste, 'id' | 'seq' | 'at' | 'by'>,
): Applied {
  const { seq, at, by } = event;
  const one: Waste = { id: String(seq), seq, at, ...waste, ...(by.name !== undefined && { by: by.name }) };
  const all = [...state.stock.waste, one];
  const dropped = all.slice(0, -WASTE);
  return {
    state: { ...state, stock: { ...state.stock, waste: all.slice(-WASTE) } },
    touched: both(
      touched,
      [one, ...dropped].map(({ id }): Touch => ({ kind: 'waste', id })),
    ),
  };
}

function both(first: Touch[], second: readonly Touch[]): Touch[] {
  return [
    ...first,
    ...second.filter((one) => !first.some(({ kind, id }) => kind === one.kind && id === one.id)),
  ];
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _key in record) return false;
  return true;
}

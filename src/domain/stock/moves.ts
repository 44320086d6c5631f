import type { EventBody } from '../events.ts';
import { type Item, isLive, isTouched, liveQty } from '../item.ts';
import { type Order, findItem } from '../order.ts';
import type { LocationState } from '../state.ts';
import { type Amounts, type Recipes, perPiece } from './recipes.ts';

/**
 * What an event takes of what is in the house, from the state before it. One reading of it for `decide` and `evolve`.
 *
 * Portions are taken when an order is sent, ingredients when it is fired. What no cook has touched goes back; what was
 * begun stays taken and is waste.
 */

/** Menu item and pieces: more than 0 taken, less given back. */
export type PortionMove = readonly [item: string, pieces: number];

export function portionMoves(before: LocationState, event: EventBody): PortionMove[] {
  switch (event.type) {
    case 'order.placed':
    case 'order.added':
      return event.data.items.flatMap(({ menuItem, qty }) => moveOf(menuItem, qty));
    case 'item.amended': {
      const item = lineOf(before, event.data);
      if (!item || event.data.qty === undefined) return [];
      const more = event.data.qty - item.qty;
      return more < 0 && isTouched(item) ? [] : moveOf(item.menuItem, more);
    }
    case 'item.voided': {
      const item = lineOf(before, event.data);
      // What was never fired was not made, whatever is said of it.
      return item === undefined || (event.data.made && isTaken(item))
        ? []
        : moveOf(item.menuItem, -event.data.qty);
    }
    case 'item.refired':
      return moveOf(event.data.again.menuItem, event.data.again.qty);
    case 'order.cancelled':
      return openItems(before.orders.get(event.data.order)).flatMap((item) =>
        isTouched(item) ? [] : moveOf(item.menuItem, -liveQty(item)),
      );
    default:
      return [];
  }
}

function moveOf(item: string | undefined, pieces: number): PortionMove[] {
  return item === undefined || pieces === 0 ? [] : [[item, pieces]];
}

/** Food that was begun and that nobody gets. */
export type Scrap = {
  readonly item: Item;
  readonly qty: number;
  readonly why: 'voided' | 'refired' | 'cancelled' | 'amended';
  readonly reason?: string;
  readonly takes: Amounts;
};

export function scrapOf(before: LocationState, event: EventBody, recipes: Recipes): Scrap[] {
  const scrap = (item: Item, qty: number, why: Scrap['why'], reason?: string): Scrap[] =>
    isTaken(item) && qty > 0
      ? [
          {
            item,
            qty,
            why,
            takes: times(perPiece(recipes, item), qty),
            ...(reason !== undefined && { reason }),
          },
        ]
      : [];
  switch (event.type) {
    case 'item.voided': {
      const item = lineOf(before, event.data);
      return item && event.data.made ? scrap(item, event.data.qty, 'voided', event.data.reason) : [];
    }
    case 'item.refired': {
      const item = lineOf(before, event.data);
      return item ? scrap(item, liveQty(item), 'refired', event.data.reason) : [];
    }
    case 'order.cancelled':
      return openItems(before.orders.get(event.data.order)).flatMap((item) =>
        isTouched(item) ? scrap(item, liveQty(item), 'cancelled', event.data.reason) : [],
      );
    case 'item.amended': {
      const item = lineOf(before, event.data);
      if (!item || !isTouched(item) || !isTaken(item)) return [];
      const less = minus(usage(item, recipes), usage(amended(item, event.data), recipes));
      const fewer = item.qty - (event.data.qty ?? item.qty);
      // Cooked anew because of other modifiers: what they take less of was cooked in vain.
      return less.size === 0 && fewer <= 0
        ? []
        : [{ item, qty: Math.max(1, fewer), why: 'amended', takes: less }];
    }
    default:
      return [];
  }
}

/** Ingredient -> what the event takes of it; less than 0: goes back. `after` has the event in it. */
export function ingredientMoves(
  before: LocationState,
  after: LocationState,
  event: EventBody,
  recipes: Recipes,
): Map<string, number> {
  const moves = new Map<string, number>();
  const move = (list: Amounts, times: number): void => {
    for (const [ingredient, amount] of list)
      moves.set(ingredient, (moves.get(ingredient) ?? 0) + amount * times);
  };
  switch (event.type) {
    case 'ticket.fired':
    case 'ticket.held': {
      const [was, is] = [before.orders.get(event.data.order), after.orders.get(event.data.order)];
      for (const id of event.data.items) {
        const old = was && findItem(was, id);
        const item = is && findItem(is, id);
        if (!item || !isLive(item)) continue;
        // A line of two stations fires twice and is taken once.
        const [wasTaken, taken] = [old !== undefined && isTaken(old), isTaken(item)];
        if (wasTaken !== taken) move(perPiece(recipes, item), taken ? liveQty(item) : -liveQty(item));
      }
      return moves;
    }
    case 'item.voided': {
      const item = lineOf(before, event.data);
      if (item && !event.data.made && isTaken(item)) move(perPiece(recipes, item), -event.data.qty);
      return moves;
    }
    case 'order.cancelled':
      for (const item of openItems(before.orders.get(event.data.order)))
        if (isTaken(item) && !isTouched(item)) move(perPiece(recipes, item), -liveQty(item));
      return moves;
    case 'item.amended': {
      const item = lineOf(before, event.data);
      if (!item || !isTaken(item)) return moves;
      const [was, is] = [usage(item, recipes), usage(amended(item, event.data), recipes)];
      move(minus(is, was), 1);
      if (!isTouched(item)) move(minus(was, is), -1);
      return moves;
    }
    default:
      return moves;
  }
}

/** Its ingredients are off the shelf: it was fired, at some station. */
function isTaken(item: Item): boolean {
  return !item.held && item.parts.length > 0;
}

/** What a line as it stands takes. */
export function usage(item: Item, recipes: Recipes): Amounts {
  return isTaken(item) && isLive(item) ? times(perPiece(recipes, item), liveQty(item)) : new Map();
}

function amended(item: Item, data: Extract<EventBody, { type: 'item.amended' }>['data']): Item {
  return {
    ...item,
    ...(data.qty !== undefined && { qty: data.qty }),
    ...(data.modifiers && { modifiers: data.modifiers }),
  };
}

function times(list: Amounts, pieces: number): Amounts {
  if (pieces === 1) return list;
  return new Map([...list].map(([ingredient, amount]) => [ingredient, amount * pieces]));
}

/** What the first takes more than the second. */
function minus(first: Amounts, second: Amounts): Amounts {
  const more = new Map<string, number>();
  for (const [ingredient, amount] of first) {
    const left = amount - (second.get(ingredient) ?? 0);
    if (left > 0) more.set(ingredient, left);
  }
  return more;
}

function lineOf(state: LocationState, data: { order: string; item: string }): Item | undefined {
  const order = state.orders.get(data.order);
  return order && findItem(order, data.item);
}

/** What a cancellation ends: neither voided nor replaced nor handed over. */
function openItems(order: Order | undefined): Item[] {
  return order ? order.items.filter((item) => isLive(item) && !item.served) : [];
}

import type { Command } from '../commands.ts';
import { type EventBody, type ItemFact, fact } from '../events.ts';
import { findMenuItem, substitutes } from '../menu.ts';
import { Refused } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { leftOf } from './left.ts';
import { costOf } from './levels.ts';
import { portionMoves, scrapOf } from './moves.ts';
import { type User, recipesOf } from './recipes.ts';

/** What selling means for what is left: portions are reserved when an order is sent, and the last one is the last. */

type Wanted = { readonly menuItem?: string | undefined; readonly qty: number };

/** Refuses what is more than what is left, all of it at once, and says what there is instead. `path` names a line's field. */
export function requireLeft(
  state: LocationState,
  lines: readonly Wanted[],
  path: (line: number) => string,
): void {
  if (!counts(state)) return;
  const short = [...sum(lines)].flatMap(([id, qty]) => {
    const left = leftOf(state, id);
    const item = findMenuItem(state.config, id);
    return left === null || qty <= left || !item ? [] : [{ item, qty, left }];
  });
  const [first] = short;
  if (!first) return;
  const said = short.map(({ item, qty, left }) =>
    left === 0 ? `${item.name} is sold out.` : `${item.name}: ${left} left, ${qty} wanted.`,
  );
  const instead = substitutes(state, first.item);
  throw new Refused({
    code: 'conflict',
    detail: [...said, ...(instead.length > 0 ? [`Instead: ${instead.join(', ')}.`] : [])].join(' '),
    errors: short.map(({ item, left }) => ({
      path: path(lines.findIndex(({ menuItem }) => menuItem === item.id)),
      message: left === 0 ? 'is sold out' : `has ${left} left`,
    })),
    current: { kind: 'menu', id: first.item.category },
  });
}

/**
 * An order that was paid elsewhere is taken whatever is left: refused, nobody here would know of it and the guest would wait.
 * Its lines say how many pieces are too many, and the pass and the tablets are told.
 */
export function noteShort(state: LocationState, lines: readonly ItemFact[]): ItemFact[] {
  const taken = new Map<string, number>();
  return lines.map((line) => {
    const id = line.menuItem;
    if (id === undefined) return line;
    const before = taken.get(id) ?? 0;
    taken.set(id, before + line.qty);
    const left = leftOf(state, id);
    const lacksOption = line.modifiers.some(
      ({ option }) => option !== undefined && Object.hasOwn(state.soldOut.options, option),
    );
    const short =
      lacksOption || Object.hasOwn(state.soldOut.items, id)
        ? line.qty
        : left === null
          ? 0
          : Math.min(line.qty, Math.max(0, before + line.qty - left));
    return short === 0 ? line : { ...line, short };
  });
}

/**
 * What follows at once from what was decided: food thrown away, the last portion sold, a portion there again. Sold out and
 * back are always said as such, whatever the reason: the platforms follow these.
 */
export function withStock(state: LocationState, command: Command, events: EventBody[]): EventBody[] {
  if (events.length === 0) return events;
  const follows = [...scrapped(state, events), ...turns(state, command, events)];
  return follows.length === 0 ? events : [...events, ...follows];
}

function scrapped(state: LocationState, events: readonly EventBody[]): EventBody[] {
  if (state.stock.ingredients.size === 0) return [];
  const recipes = recipesOf(state.config);
  return events.flatMap((event) =>
    scrapOf(state, event, recipes).map(({ item, qty, why, reason, takes }) => {
      const cost = costOf(state.config, takes);
      return fact('stock.scrapped', {
        order: 'order' in event.data && typeof event.data.order === 'string' ? event.data.order : '',
        item: item.id,
        ...(item.menuItem !== undefined && { menuItem: item.menuItem }),
        name: item.name,
        qty,
        why,
        ...(reason !== undefined && { reason }),
        takes: [...takes].map(([ingredient, amount]) => ({ ingredient, amount })),
        ...(cost !== undefined && { cost }),
      });
    }),
  );
}

/** Counted items that this sells out, or that come back with it. */
function turns(state: LocationState, command: Command, events: readonly EventBody[]): EventBody[] {
  const after = new Map<string, number | null>();
  if (command.name === 'stock.portions') after.set(command.input.item, command.input.left);
  else if (counts(state))
    for (const event of events)
      for (const [item, pieces] of portionMoves(state, event)) {
        const left = after.get(item) ?? state.stock.portions[item];
        if (left !== undefined) after.set(item, left - pieces);
      }
  return [...after].flatMap(([item, left]) => {
    const mark = state.soldOut.items[item];
    if (left !== null && left <= 0) return mark ? [] : [fact('menu.soldOut', { item, why: 'portions' })];
    return mark?.why === 'portions' ? [backOnSale(state, 'items', item, left)] : [];
  });
}

/** It is sold again, unless there is another reason why it cannot be. */
export function backOnSale(
  state: LocationState,
  what: User['what'],
  id: string,
  left: number | null = what === 'items' ? leftOf(state, id) : null,
): EventBody {
  if (left !== null && left <= 0) return fact('menu.soldOut', { ...named(what, id), why: 'portions' });
  if (isKeptBack(state, what, id)) return fact('menu.soldOut', { ...named(what, id), why: 'stock' });
  return fact('menu.restored', named(what, id));
}

/** Something is missing for it, and the house sells out by itself what it cannot make. */
export function isKeptBack(state: LocationState, what: User['what'], id: string): boolean {
  const lack = state.stock.lacking[what][id];
  return lack !== undefined && lack.kept !== true && state.config?.stock.auto86 === 'automatic';
}

export function named(what: User['what'], id: string): { item: string } | { option: string } {
  return what === 'items' ? { item: id } : { option: id };
}

function counts(state: LocationState): boolean {
  for (const _item in state.stock.portions) return true;
  return false;
}

function sum(lines: readonly Wanted[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { menuItem, qty } of lines)
    if (menuItem !== undefined) wanted.set(menuItem, (wanted.get(menuItem) ?? 0) + qty);
  return wanted;
}

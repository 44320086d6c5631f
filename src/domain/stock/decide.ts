import type { Context } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import type { CommandOf } from '../families.ts';
import { findMenuItem } from '../menu.ts';
import { Refused } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { costOf, lackingOf, nameOf } from './levels.ts';
import { type User, recipesOf } from './recipes.ts';
import { backOnSale, isKeptBack, named } from './selling.ts';
import type { IngredientStock } from './state.ts';

/** The rules of what is in the house: counting it, getting it, throwing it away, and saying when it runs out. */

export function decideStock(
  state: LocationState,
  command: CommandOf<'stock'>,
  _context: Context,
): EventBody[] {
  switch (command.name) {
    case 'stock.portions': {
      const { item, left } = command.input;
      if (!findMenuItem(state.config, item)) throw unknown('item', item, 'on the menu');
      // A count is said by what is left to sell; what is owed to others is gone with it.
      return (state.stock.portions[item] ?? null) === left ? [] : [fact('stock.portioned', { item, left })];
    }
    case 'stock.count': {
      const { ingredient, onHand } = command.input;
      return find(state, ingredient).onHand === onHand ? [] : [fact('stock.counted', { ingredient, onHand })];
    }
    case 'stock.receive': {
      const { ingredient, amount } = command.input;
      find(state, ingredient);
      return [fact('stock.received', { ingredient, amount })];
    }
    case 'stock.waste': {
      const { ingredient, amount, reason } = command.input;
      find(state, ingredient);
      const cost = costOf(state.config, [[ingredient, amount]]);
      return [fact('stock.wasted', { ingredient, amount, reason, ...(cost !== undefined && { cost }) })];
    }
    case 'stock.sellOut':
      return lackingOf(find(state, command.input.ingredient), recipesOf(state.config)).flatMap((user) =>
        sellOutFor(state, user),
      );
    case 'stock.notice':
      return notice(state, command.input.ingredient);
    case 'stock.lack': {
      const { what, id } = command.input;
      return mustSellOut(state, what, id) ? sellOutFor(state, { what, id }) : [];
    }
    case 'stock.regain': {
      const { what, id } = command.input;
      return mayRegain(state, what, id) ? [backOnSale(state, what, id)] : [];
    }
    default:
      return command satisfies never;
  }
}

function notice(state: LocationState, id: string): EventBody[] {
  const one = state.stock.ingredients.get(id);
  if (!one || one.level === one.told) return [];
  const dishes = lackingOf(one, recipesOf(state.config)).map((user) => nameOf(state.config, user));
  return [
    fact('stock.noticed', {
      ingredient: id,
      level: one.level,
      onHand: Math.max(0, one.onHand ?? 0),
      dishes: [...new Set(dishes)],
    }),
  ];
}

function sellOutFor(state: LocationState, { what, id }: Pick<User, 'what' | 'id'>): EventBody[] {
  if (Object.hasOwn(state.soldOut[what], id)) return [];
  return [fact('menu.soldOut', { ...named(what, id), why: 'stock' })];
}

/** The house sells out by itself what it can no longer make, unless somebody put it on sale all the same. */
export function mustSellOut(state: LocationState, what: User['what'], id: string): boolean {
  return !Object.hasOwn(state.soldOut[what], id) && isKeptBack(state, what, id);
}

/** What was sold out for want of something that is there again. */
export function mayRegain(state: LocationState, what: User['what'], id: string): boolean {
  return state.soldOut[what][id]?.why === 'stock' && !Object.hasOwn(state.stock.lacking[what], id);
}

function find(state: LocationState, id: string): IngredientStock {
  const one = state.stock.ingredients.get(id);
  if (!one) throw unknown('ingredient', id, 'kept here; add it to the stock of the location');
  return one;
}

function unknown(path: string, id: string, what: string): Refused {
  return new Refused({
    code: 'not_found',
    detail: `"${id}" is not ${what}.`,
    errors: [{ path, message: `is not ${what}` }],
  });
}

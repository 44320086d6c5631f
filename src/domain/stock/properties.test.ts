import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kitchen, ana, id, maya } from '../../testkit/kitchen.ts';
import { type Happening, type Step, evening, run } from '../../testkit/kitchenSteps.ts';
import { automaticLarder, larder, settle } from '../../testkit/larder.ts';
import type { Actor } from '../commands.ts';
import type { LoggedEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { type Item, liveQty } from '../item.ts';
import { freeze, thaw } from '../snapshot.ts';
import { type LocationState, emptyLocation } from '../state.ts';
import { project } from '../views.ts';

/** Evenings in which things run out: what is left always adds up, to the piece and to the gram. */

/** The same runs each time; `HEARD_SEED` and `HEARD_RUNS` look elsewhere and longer. */
const RUNS = {
  numRuns: Number(process.env['HEARD_RUNS'] ?? 100),
  seed: Number(process.env['HEARD_SEED'] ?? 20_260_101),
};

const uber: Actor = { id: 'channel:uber', role: 'partner' };
const sold = fc.constantFrom('burger', 'lemonade', 'milanesa');
const ingredient = fc.constantFrom('beef', 'bun', 'onion', 'cheddar', 'lemon');

const stockStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('portions' as const),
      item: sold,
      left: fc.option(fc.integer({ min: 0, max: 6 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('count' as const),
      ingredient,
      amount: fc.integer({ min: 0, max: 800 }),
    }),
  },
  fc.record({ does: fc.constant('receive' as const), ingredient, amount: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ does: fc.constant('waste' as const), ingredient, amount: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ does: fc.constant('sellOut' as const), ingredient }),
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('made' as const),
      order: fc.integer({ min: 1, max: 2 }),
      item: fc.integer({ min: 1, max: 4 }),
      qty: fc.integer({ min: 1, max: 2 }),
    }),
  },
  fc.record({ does: fc.constant('elsewhere' as const), item: sold, qty: fc.integer({ min: 1, max: 4 }) }),
);
type StockStep = typeof stockStep extends fc.Arbitrary<infer S> ? S : never;
type Any = Step | Happening | StockStep;

/** An evening with stock in it: something of it after each of its steps, or nothing. */
const hungry: fc.Arbitrary<Any[]> = fc
  .tuple(evening, fc.array(fc.option(stockStep, { freq: 2 }), { minLength: 60, maxLength: 60 }))
  .map(([steps, more]) => steps.flatMap((step, index): Any[] => [step, ...[more[index] ?? []].flat()]));

function act(kitchen: Kitchen, one: Any): void {
  if (!('does' in one)) return void run(kitchen, one);
  switch (one.does) {
    case 'portions':
      return void kitchen.ask('stock.portions', { item: one.item, left: one.left }, maya);
    case 'count':
      return void kitchen.ask('stock.count', { ingredient: one.ingredient, onHand: one.amount }, ana);
    case 'receive':
      return void kitchen.ask('stock.receive', { ingredient: one.ingredient, amount: one.amount }, ana);
    case 'waste':
      return void kitchen.ask(
        'stock.waste',
        { ingredient: one.ingredient, amount: one.amount, reason: 'old' },
        ana,
      );
    case 'sellOut':
      return void kitchen.ask('stock.sellOut', { ingredient: one.ingredient }, maya);
    case 'made':
      return void kitchen.ask(
        'item.void',
        {
          order: id('order', one.order),
          item: id('item', one.item),
          qty: one.qty,
          reason: 'fell',
          made: true,
        },
        ana,
      );
    case 'elsewhere': {
      const elsewhere = 100 + kitchen.log.length;
      return void kitchen.ask(
        'order.place',
        {
          order: {
            id: id('order', elsewhere),
            type: 'delivery',
            items: [
              {
                id: id('item', elsewhere),
                menuItem: one.item,
                qty: one.qty,
                modifiers: one.item === 'burger' ? [{ group: 'doneness', option: 'rare' }] : [],
              },
            ],
          },
        },
        uber,
      );
    }
  }
}

/** Written by hand, apart from the rules: what a piece takes. */
function piece({ menuItem, modifiers }: Item): Record<string, number> {
  const cheddar = modifiers.reduce((sum, { option, qty }) => sum + (option === 'cheddar' ? qty * 30 : 0), 0);
  const onion = modifiers.some(({ option }) => option === 'onion') ? 0 : 20;
  switch (menuItem) {
    case 'burger':
      return { beef: 150, bun: 1, onion, cheddar };
    case 'milanesa':
      return { beef: 250 };
    case 'lemonade':
      return { lemon: 2 };
    default:
      return {};
  }
}

function isOnTheFire(item: Item): boolean {
  return !item.held && item.parts.length > 0 && !item.refired;
}

/** Of each item the pieces that somebody gets, of each ingredient what those take. */
function inOrders(orders: Iterable<{ items: readonly Item[] }>): Map<string, number> {
  const sum = new Map<string, number>();
  const add = (key: string, amount: number) => sum.set(key, (sum.get(key) ?? 0) + amount);
  for (const { items } of orders)
    for (const item of items) {
      if (item.menuItem !== undefined && !item.refired) add(item.menuItem, liveQty(item));
      if (!isOnTheFire(item)) continue;
      for (const [one, amount] of Object.entries(piece(item))) add(one, amount * liveQty(item));
    }
  return sum;
}

/** Follows a log and says of each thing what never changes: what is left, what is sold and what was lost, together. */
class Book {
  state: LocationState = emptyLocation('small-place');
  readonly #lost = new Map<string, number>();
  readonly #total = new Map<string, number>();
  readonly #now = new Map<string, number>();

  read(event: LoggedEvent): void {
    const before = this.state;
    this.state = evolve(before, event);
    const lose = (key: string, amount: number) => this.#lost.set(key, (this.#lost.get(key) ?? 0) + amount);
    const anew = new Set<string>();
    if (event.type === 'order.archived')
      for (const [key, amount] of inOrders([before.orders.get(event.data.order) ?? { items: [] }]))
        lose(key, amount);
    if (event.type === 'stock.scrapped') {
      const { takes, why, menuItem, qty } = event.data;
      for (const { ingredient: one, amount } of takes) lose(one, amount);
      if (menuItem !== undefined && why !== 'amended') lose(menuItem, qty);
    }
    if (event.type === 'item.amended') {
      const item = before.orders.get(event.data.order)?.items.find((one) => one.id === event.data.item);
      const fewer = item ? item.qty - (event.data.qty ?? item.qty) : 0;
      const begun = item?.parts.some((part) => part.started || part.readyQty > 0) ?? false;
      if (item?.menuItem !== undefined && fewer > 0 && begun) lose(item.menuItem, fewer);
    }
    if (event.type === 'stock.wasted') lose(event.data.ingredient, event.data.amount);
    if (event.type === 'stock.received') lose(event.data.ingredient, -event.data.amount);
    if (event.type === 'stock.portioned') anew.add(event.data.item);
    if (event.type === 'stock.counted') anew.add(event.data.ingredient);
    this.#check(anew);
  }

  #check(anew: ReadonlySet<string>): void {
    const orders = inOrders(this.state.orders.values());
    const left = new Map(Object.entries(this.state.stock.portions));
    for (const [key, { onHand }] of this.state.stock.ingredients.entries())
      if (onHand !== null) left.set(key, onHand);
    for (const key of this.#total.keys()) if (!left.has(key)) this.#total.delete(key);
    this.#now.clear();
    for (const [key, amount] of left) {
      const total = amount + (orders.get(key) ?? 0) + (this.#lost.get(key) ?? 0);
      if (anew.has(key) || !this.#total.has(key)) this.#total.set(key, total);
      this.#now.set(key, total);
    }
  }

  /** Everything adds up. Asked between commands: the facts about waste follow what they speak of. */
  check(): void {
    expect(Object.fromEntries(this.#now)).toEqual(Object.fromEntries(this.#total));
  }
}

describe('what is left, whatever happens', () => {
  test('[ST8] [ST12] left, sold and lost are together what was counted; nothing sold here goes below nothing', () => {
    fc.assert(
      fc.property(hungry, fc.boolean(), (steps, isAutomatic) => {
        const kitchen = new Kitchen(isAutomatic ? automaticLarder : larder);
        for (const one of ['beef', 'bun', 'onion', 'cheddar', 'lemon'])
          kitchen.do('stock.count', { ingredient: one, onHand: 900 });
        const book = new Book();
        let read = 0;
        let owed = false;
        for (const one of steps) {
          act(kitchen, one);
          for (; read < kitchen.log.length; read += 1) {
            const event = kitchen.log[read];
            if (event) book.read(event);
          }
          book.check();
          owed ||= 'does' in one && one.does === 'elsewhere';
          for (const [item, left] of Object.entries(kitchen.state.stock.portions)) {
            if (!owed) expect([item, left >= 0]).toEqual([item, true]);
            expect(left > 0 || Object.hasOwn(kitchen.state.soldOut.items, item)).toBe(true);
          }
          for (const category of ['mains', 'drinks']) {
            const menu = project(kitchen.state, 'pos', 'menu', category, 'staff');
            for (const item of menu?.kind === 'menu' ? menu.items : [])
              expect(item.left ?? 0).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      RUNS,
    );
  });

  test('[ST15] the log alone gives the same stock; a snapshot and its tail give the same', () => {
    fc.assert(
      fc.property(hungry, fc.nat(), (steps, cut) => {
        const kitchen = new Kitchen(larder);
        for (const one of steps) act(kitchen, one);
        const middle = cut % (kitchen.log.length + 1);
        let replayed = emptyLocation('small-place');
        let shortened = replayed;
        for (const [index, event] of kitchen.log.entries()) {
          if (index === middle) shortened = thaw(JSON.parse(JSON.stringify(freeze(replayed))));
          replayed = evolve(replayed, event);
          if (index >= middle) shortened = evolve(shortened, event);
        }
        expect(freeze(replayed)).toEqual(freeze(kitchen.state));
        if (middle < kitchen.log.length) expect(freeze(shortened)).toEqual(freeze(kitchen.state));
      }),
      RUNS,
    );
  });

  test('[ST20] whatever ran out and came back, the policies come to rest and everything was told', () => {
    fc.assert(
      fc.property(hungry, fc.boolean(), (steps, isAutomatic) => {
        const kitchen = new Kitchen(isAutomatic ? automaticLarder : larder);
        for (const one of steps) act(kitchen, one);
        // What was refused is tried again within the hour.
        kitchen.now += 2 * 3_600_000;
        settle(kitchen, 40);
        for (const one of kitchen.state.stock.ingredients.values()) expect(one.told).toBe(one.level);
        expect(kitchen.state.stock.untold).toEqual({});
        for (const what of ['items', 'options'] as const)
          for (const [item, mark] of Object.entries(kitchen.state.soldOut[what])) {
            const lacks = Object.hasOwn(kitchen.state.stock.lacking[what], item);
            if (mark.why === 'stock') expect([item, lacks]).toEqual([item, true]);
          }
        if (isAutomatic)
          for (const [item, { kept }] of Object.entries(kitchen.state.stock.lacking.items))
            expect(kept === true || Object.hasOwn(kitchen.state.soldOut.items, item)).toBe(true);
      }),
      RUNS,
    );
  });
});

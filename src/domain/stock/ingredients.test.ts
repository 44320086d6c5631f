import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, luis, maya } from '../../testkit/kitchen.ts';
import { automaticLarder, larder, settle } from '../../testkit/larder.ts';
import { locationConfig } from '../config.ts';
import { due } from '../policies.ts';
import { toInstant } from '../text.ts';
import { listTopic, project } from '../views.ts';

const BEEF = 5_000;

function stocked(config = larder): Kitchen {
  const kitchen = new Kitchen(config);
  for (const [ingredient, onHand] of [
    ['beef', BEEF],
    ['bun', 20],
    ['onion', 1_000],
    ['cheddar', 500],
    ['lemon', 12],
  ] as const)
    kitchen.do('stock.count', { ingredient, onHand });
  return kitchen;
}

function onHand(kitchen: Kitchen, ingredient: string): number | null | undefined {
  const shown = project(kitchen.state, 'manager', 'stock', ingredient, 'staff');
  return shown?.kind === 'stock' ? shown.onHand : undefined;
}

function place(kitchen: Kitchen, order: number, items: Record<string, unknown>[]) {
  kitchen.do(
    'order.place',
    { order: { id: id('order', order), type: 'dine_in', table: 'T1', items: items as never } },
    maya,
  );
}

function waste(kitchen: Kitchen) {
  return listTopic(kitchen.state, 'manager', 'staff').flatMap((one) => (one.kind === 'waste' ? [one] : []));
}

const rare = { group: 'doneness', option: 'rare' };

describe('ingredients', () => {
  test('[ST10] are taken when a line is fired, once, with what its options add and leave out', () => {
    const kitchen = stocked();
    place(kitchen, 1, [
      burger(1, {
        qty: 2,
        hold: true,
        modifiers: [
          rare,
          { group: 'extras', option: 'cheddar', qty: 2 },
          { group: 'remove', option: 'onion' },
        ],
      }),
      // Made at two stations, of one piece of meat.
      { id: id('item', 2), menuItem: 'milanesa', qty: 1 },
    ]);
    expect([onHand(kitchen, 'beef'), onHand(kitchen, 'cheddar')]).toEqual([BEEF - 250, 500]);
    kitchen.do('order.fire', { order: id('order', 1), items: [id('item', 1)] }, maya);
    expect(['beef', 'bun', 'onion', 'cheddar'].map((one) => onHand(kitchen, one))).toEqual([
      BEEF - 550,
      18,
      1_000,
      380,
    ]);
    kitchen.do('order.hold', { order: id('order', 1) }, maya);
    expect(['beef', 'bun', 'cheddar'].map((one) => onHand(kitchen, one))).toEqual([BEEF, 20, 500]);
    kitchen.do('order.fire', { order: id('order', 1) }, maya);
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 550);
    expect(project(kitchen.state, 'manager', 'stock', 'beef', 'staff')).toMatchObject({
      moved: { what: 'sold', amount: -550 },
    });
    // To another station: the same food.
    place(kitchen, 2, [{ id: id('item', 5), menuItem: 'empanada', qty: 1 }]);
    kitchen.do('item.amend', {
      order: id('order', 1),
      item: id('item', 1),
      station: 'fryer',
    });
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 550);
  });

  test('[ST10] a change of what was not begun takes the difference', () => {
    const kitchen = stocked();
    place(kitchen, 1, [burger(1, { qty: 2 })]);
    const line = { order: id('order', 1), item: id('item', 1) };
    kitchen.do('item.amend', { ...line, modifiers: [rare, { group: 'extras', option: 'cheddar' }] }, maya);
    expect([onHand(kitchen, 'cheddar'), onHand(kitchen, 'beef')]).toEqual([440, BEEF - 300]);
    kitchen.do('item.amend', { ...line, qty: 1, modifiers: [rare] }, maya);
    expect([onHand(kitchen, 'cheddar'), onHand(kitchen, 'beef')]).toEqual([500, BEEF - 150]);
    expect(waste(kitchen)).toEqual([]);
  });

  test('[ST11] unmade goes back; made, begun and cooked again is waste with its cost', () => {
    const kitchen = stocked();
    place(kitchen, 1, [burger(1, { qty: 4 })]);
    const line = { order: id('order', 1), item: id('item', 1) };
    kitchen.do('item.void', { ...line, qty: 1, reason: 'left', made: false }, ana);
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 450);
    const [, scrapped] = kitchen.do('item.void', { ...line, qty: 1, reason: 'fell', made: true }, ana);
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 450);
    expect(scrapped).toMatchObject({
      type: 'stock.scrapped',
      data: {
        name: 'Classic Burger',
        menuItem: 'burger',
        qty: 1,
        why: 'voided',
        reason: 'fell',
        // 150 g at 12.00 a kilo, a bun at 0.45, 20 g at 1.50 a kilo.
        cost: 228,
      },
    });
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('item.refire', { ...line, reason: 'cold' }, ana);
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 750);
    kitchen.do('ticket.start', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.cancel', { order: id('order', 1), reason: 'fire alarm' }, ana);
    expect(onHand(kitchen, 'beef')).toBe(BEEF - 750);
    kitchen.do('stock.waste', { ingredient: 'onion', amount: 500, reason: 'mouldy' }, luis);
    expect(onHand(kitchen, 'onion')).toBe(400);
    expect(
      waste(kitchen).map(({ why, name, qty, reason, by, cost, unit }) => [
        why,
        name,
        qty,
        reason,
        by,
        cost,
        unit,
      ]),
    ).toEqual([
      ['voided', 'Classic Burger', 1, 'fell', 'Ana', 228, undefined],
      ['refired', 'Classic Burger', 2, 'cold', 'Ana', 456, undefined],
      ['cancelled', 'Classic Burger', 2, 'fire alarm', 'Ana', 456, undefined],
      ['thrown', 'Onions', 500, 'mouldy', 'Luis', 75, 'g'],
    ]);
    // What was never fired was never taken, whatever is said of it.
    place(kitchen, 2, [burger(9, { hold: true })]);
    kitchen.do('item.void', { order: id('order', 2), item: id('item', 9), reason: 'x', made: true }, ana);
    expect(waste(kitchen)).toHaveLength(4);
    for (let count = 0; count < 60; count += 1)
      kitchen.do('stock.waste', { ingredient: 'bun', amount: 1, reason: `${count}` });
    expect(waste(kitchen)).toHaveLength(50);
    expect(waste(kitchen).at(-1)).toMatchObject({ reason: '59', cost: 45 });
  });

  test('[ST13] of what nobody counted nothing is taken and nothing is said', () => {
    const kitchen = new Kitchen(larder);
    place(kitchen, 1, [burger(1)]);
    expect(onHand(kitchen, 'beef')).toBeNull();
    expect(due(kitchen.state, toInstant(kitchen.now))).toEqual([]);
    kitchen.do('stock.receive', { ingredient: 'beef', amount: 900 });
    expect(onHand(kitchen, 'beef')).toBe(900);
    expect(kitchen.ask('stock.count', { ingredient: 'moon', onHand: 1 })).toMatchObject({
      refusal: { code: 'not_found', errors: [{ path: 'ingredient' }] },
    });
    // No longer kept, it is gone; kept again, nobody has counted it.
    kitchen.do('location.configure', {
      config: { ...larder, stock: { ...larder.stock, ingredients: [], recipes: [], options: [] } },
    });
    expect(onHand(kitchen, 'beef')).toBeUndefined();
    kitchen.do('location.configure', { config: larder });
    expect(onHand(kitchen, 'beef')).toBeNull();
  });

  test('[ST14] a recipe of what is not there is refused with its path', () => {
    const { stock } = larder;
    const paths = (change: object): string[] => {
      const read = locationConfig.safeParse({ ...larder, stock: { ...stock, ...change } });
      return read.success
        ? []
        : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    const takes = [{ ingredient: 'beef', amount: 1 }];
    expect(paths({})).toEqual([]);
    expect(paths({ recipes: [{ item: 'moon', takes }] })).toEqual([
      'stock.recipes.0.item: "moon" is not on the menu',
    ]);
    expect(paths({ recipes: [{ item: 'burger', takes: [{ ingredient: 'dust', amount: 1 }] }] })).toEqual([
      'stock.recipes.0.takes.0.ingredient: no ingredient "dust"',
    ]);
    expect(paths({ options: [{ group: 'moons', option: 'io', takes }] })).toEqual([
      'stock.options.0.group: no modifier group "moons"',
    ]);
    expect(
      paths({ recipes: [{ item: 'burger', takes, options: [{ group: 'heat', option: 'rare', takes }] }] }),
    ).toEqual(['stock.recipes.0.options.0.option: "rare" is not an option of heat']);
    expect(
      paths({
        recipes: [
          { item: 'burger', takes },
          { item: 'burger', takes },
        ],
      }),
    ).toEqual(['stock.recipes.1.item: "burger" is here twice']);
    expect(
      paths({ options: [{ option: 'cheddar', takes: [{ ingredient: 'cheddar', amount: 0 }] }] }),
    ).toHaveLength(1);
  });

  test('[ST20] [ST22] low, out and back are each told once, and the alert is where a dish is affected', () => {
    const kitchen = stocked();
    const notices = () =>
      kitchen.log.flatMap((event) => (event.type === 'stock.noticed' ? [event.data] : []));
    kitchen.do('stock.count', { ingredient: 'lemon', onHand: 5 });
    expect(settle(kitchen)).toBe(0);
    place(kitchen, 1, [lemonade(1)]);
    expect(settle(kitchen)).toBe(1);
    expect(notices()).toEqual([{ ingredient: 'lemon', level: 'low', onHand: 3, dishes: [] }]);
    expect(project(kitchen.state, 'manager', 'stock', 'lemon', 'staff')).toMatchObject({ level: 'low' });
    // Nothing is missing yet: it is the manager's alone.
    expect(project(kitchen.state, 'pos', 'stock', 'lemon', 'staff')).toBeNull();
    place(kitchen, 2, [lemonade(2)]);
    settle(kitchen);
    expect(notices().at(-1)).toEqual({ ingredient: 'lemon', level: 'out', onHand: 1, dishes: ['Lemonade'] });
    for (const topic of ['pos', 'kitchen', 'manager'])
      expect(project(kitchen.state, topic, 'stock', 'lemon', 'staff')).toMatchObject({
        level: 'out',
        onHand: 1,
        dishes: [{ item: 'lemonade', name: 'Lemonade', lacking: true, soldOut: false }],
      });
    kitchen.do('stock.sellOut', { ingredient: 'lemon' }, maya);
    expect(project(kitchen.state, 'pos', 'stock', 'lemon', 'staff')).toMatchObject({
      dishes: [{ soldOut: true }],
    });
    kitchen.do('stock.receive', { ingredient: 'lemon', amount: 40 });
    settle(kitchen);
    expect(notices().at(-1)).toEqual({ ingredient: 'lemon', level: 'ok', onHand: 41, dishes: [] });
    expect(notices()).toHaveLength(3);
    expect(kitchen.state.soldOut.items).toEqual({});
    expect(project(kitchen.state, 'pos', 'stock', 'lemon', 'staff')).toBeNull();
    expect(kitchen.state.gone['pos']?.list.at(-1)).toMatchObject({
      kind: 'stock',
      id: 'lemon',
      why: 'closed',
    });
  });

  test('[ST21] automatic takes off what cannot be made and brings it back, but not against a person', () => {
    const kitchen = stocked(automaticLarder);
    kitchen.do('stock.count', { ingredient: 'beef', onHand: 200 });
    kitchen.do('stock.count', { ingredient: 'cheddar', onHand: 10 });
    settle(kitchen);
    // 200 g are a burger and no milanesa.
    expect(kitchen.state.soldOut).toMatchObject({
      items: { milanesa: { why: 'stock' } },
      options: { cheddar: { why: 'stock' } },
    });
    expect(Object.keys(kitchen.state.soldOut.items)).toEqual(['milanesa']);
    place(kitchen, 1, [burger(1)]);
    settle(kitchen);
    expect(Object.keys(kitchen.state.soldOut.items)).toEqual(['milanesa', 'burger']);
    kitchen.do('menu.restore', { item: 'burger' }, cook);
    expect(settle(kitchen)).toBe(0);
    expect(Object.keys(kitchen.state.soldOut.items)).toEqual(['milanesa']);
    place(kitchen, 2, [burger(2)]);
    // The count was wrong; below nothing there is nothing to be seen.
    expect(onHand(kitchen, 'beef')).toBe(0);
    kitchen.do('stock.receive', { ingredient: 'beef', amount: 260 });
    settle(kitchen);
    expect(onHand(kitchen, 'beef')).toBe(160);
    expect(Object.keys(kitchen.state.soldOut.items)).toEqual(['milanesa']);
    kitchen.do('stock.receive', { ingredient: 'beef', amount: 1_000 });
    settle(kitchen);
    expect(kitchen.state.soldOut.items).toEqual({});
    kitchen.do('stock.count', { ingredient: 'beef', onHand: 0 });
    settle(kitchen);
    expect(Object.keys(kitchen.state.soldOut.items).toSorted()).toEqual(['burger', 'milanesa']);
  });

  test('[ST21] what is out for two reasons is back when both are gone', () => {
    const kitchen = stocked(automaticLarder);
    kitchen.do('stock.portions', { item: 'burger', left: 2 }, cook);
    kitchen.do('stock.count', { ingredient: 'bun', onHand: 0 });
    settle(kitchen);
    kitchen.do('stock.portions', { item: 'burger', left: 0 }, cook);
    kitchen.do('stock.count', { ingredient: 'bun', onHand: 20 });
    settle(kitchen);
    expect(kitchen.state.soldOut.items).toMatchObject({ burger: { why: 'portions' } });
    kitchen.do('stock.count', { ingredient: 'bun', onHand: 0 });
    kitchen.do('stock.portions', { item: 'burger', left: 3 }, cook);
    settle(kitchen);
    expect(kitchen.state.soldOut.items).toMatchObject({ burger: { why: 'stock' } });
    kitchen.do('stock.count', { ingredient: 'bun', onHand: 20 });
    settle(kitchen);
    expect(kitchen.state.soldOut.items).toEqual({});
  });
});

import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, maya } from '../../testkit/kitchen.ts';
import type { Actor } from '../commands.ts';
import { due } from '../policies.ts';
import { toInstant } from '../text.ts';
import { project } from '../views.ts';

const uber: Actor = { id: 'channel:uber', role: 'partner' };

function place(kitchen: Kitchen, order: number, items: Record<string, unknown>[], by: Actor = maya) {
  return kitchen.ask(
    'order.place',
    { order: { id: id('order', order), type: 'takeout', guest: { name: 'Ada' }, items: items as never } },
    by,
  );
}

function menuItem(kitchen: Kitchen, item: string, category = 'mains') {
  const menu = project(kitchen.state, 'pos', 'menu', category, 'staff');
  return menu?.kind === 'menu' ? menu.items.find((one) => one.id === item) : undefined;
}

function withBurgers(left: number): Kitchen {
  const kitchen = new Kitchen();
  kitchen.do('stock.portions', { item: 'burger', left }, cook);
  return kitchen;
}

describe('portions', () => {
  test('[ST1] the last portion has one buyer; the other is told what is left and what there is instead', () => {
    const kitchen = withBurgers(3);
    expect(place(kitchen, 1, [burger(1, { qty: 2, hold: true })]).ok).toBe(true);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 1, soldOut: false });
    // Two lines of one order want it together.
    expect(place(kitchen, 2, [burger(2), burger(3)])).toEqual({
      ok: false,
      refusal: {
        code: 'conflict',
        detail: 'Classic Burger: 1 left, 2 wanted. Instead: Empanada, Milanesa.',
        current: { kind: 'menu', id: 'mains' },
        errors: [{ path: 'order.items.0.menuItem', message: 'has 1 left' }],
      },
    });
    expect(kitchen.state.orders.size).toBe(1);
    expect(place(kitchen, 2, [burger(2)]).ok).toBe(true);
    expect(place(kitchen, 3, [burger(4), lemonade(5)])).toMatchObject({
      refusal: { code: 'conflict', detail: 'Classic Burger is sold out. Instead: Empanada, Milanesa.' },
    });
    // Sent again after the answer was lost, it is the same order and takes nothing more.
    expect(place(kitchen, 2, [burger(2)])).toEqual({ ok: true, events: [] });
  });

  test('[ST2] at 0 it is sold out in the same commit, and back with what is returned or counted', () => {
    const kitchen = withBurgers(1);
    const version = kitchen.state.menuVersions['mains'];
    const sold = place(kitchen, 1, [burger(1)]);
    expect(sold.ok && sold.events.at(-1)).toMatchObject({
      type: 'menu.soldOut',
      data: { item: 'burger', why: 'portions' },
    });
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 0, soldOut: true });
    expect(kitchen.state.menuVersions['mains']).toBeGreaterThan(version ?? 0);
    const back = kitchen.do('item.void', {
      order: id('order', 1),
      item: id('item', 1),
      reason: 'left',
      made: false,
    });
    expect(back.at(-1)).toMatchObject({ type: 'menu.restored', data: { item: 'burger' } });
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 1, soldOut: false });
    kitchen.do('stock.portions', { item: 'burger', left: 0 }, maya);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 0, soldOut: true });
    kitchen.do('stock.portions', { item: 'burger', left: 8 }, maya);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 8, soldOut: false });
    expect(kitchen.do('stock.portions', { item: 'burger', left: 8 }, maya)).toEqual([]);
    kitchen.do('stock.portions', { item: 'burger', left: null }, maya);
    expect(menuItem(kitchen, 'burger')).not.toHaveProperty('left');
    expect(kitchen.ask('stock.portions', { item: 'moon', left: 1 }, maya)).toMatchObject({
      refusal: { code: 'not_found', errors: [{ path: 'item' }] },
    });
  });

  test('[ST3] what nobody has touched goes back, what was begun does not', () => {
    const kitchen = withBurgers(10);
    place(kitchen, 1, [burger(1, { qty: 4 })]);
    const line = { order: id('order', 1), item: id('item', 1) };
    kitchen.do('item.amend', { ...line, qty: 3 }, maya);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 7 });
    kitchen.do('item.void', { ...line, qty: 1, reason: 'x', made: true }, ana);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 7 });
    kitchen.do('item.void', { ...line, qty: 1, reason: 'x', made: false }, ana);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 8 });
    kitchen.do('ticket.start', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.cancel', { order: id('order', 1), reason: 'left' }, ana);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 8 });
    place(kitchen, 2, [burger(2, { qty: 5 })]);
    kitchen.do('order.cancel', { order: id('order', 2), reason: 'left' }, ana);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 8 });
  });

  test('[ST4] more of a line, and the same again, take portions and are refused without them', () => {
    const kitchen = withBurgers(3);
    place(kitchen, 1, [burger(1, { qty: 2 })]);
    const line = { order: id('order', 1), item: id('item', 1) };
    expect(kitchen.ask('item.amend', { ...line, qty: 4 }, maya)).toMatchObject({
      refusal: { code: 'conflict', detail: 'Classic Burger: 1 left, 2 wanted. Instead: Empanada, Milanesa.' },
    });
    kitchen.do('item.amend', { ...line, qty: 3 }, maya);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    expect(kitchen.ask('item.refire', { ...line, reason: 'cold' }, ana)).toMatchObject({
      refusal: { code: 'conflict', detail: 'Classic Burger is sold out. Instead: Empanada, Milanesa.' },
    });
    kitchen.do('stock.portions', { item: 'burger', left: 5 }, cook);
    kitchen.do('item.refire', { ...line, reason: 'cold' }, ana);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 2 });
    // By hand as well: more of what is sold out is not to be had, less of it is.
    place(kitchen, 2, [lemonade(9, { qty: 2 })]);
    kitchen.do('menu.soldOut', { item: 'lemonade' }, cook);
    const drink = { order: id('order', 2), item: id('item', 9) };
    expect(kitchen.ask('item.amend', { ...drink, qty: 3 }, maya)).toMatchObject({
      refusal: { detail: 'Lemonade is sold out.', errors: [{ path: 'qty' }] },
    });
    kitchen.do('item.amend', { ...drink, qty: 1, notes: 'no ice' }, maya);
  });

  test('[ST5] an order that was paid elsewhere is taken, and somebody is told until it is dealt with', () => {
    const kitchen = withBurgers(2);
    kitchen.do('menu.soldOut', { option: 'cheddar' }, cook);
    const cheddar = {
      modifiers: [
        { group: 'doneness', option: 'rare' },
        { group: 'extras', option: 'cheddar' },
      ],
    };
    const taken = place(kitchen, 1, [burger(1), burger(2, { qty: 3 }), burger(3, cheddar)], uber);
    expect(taken.ok && taken.events.at(-1)).toMatchObject({ type: 'menu.soldOut', data: { item: 'burger' } });
    expect(kitchen.state.orders.get(id('order', 1))?.items.map(({ short }) => short)).toEqual([
      undefined,
      2,
      1,
    ]);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 0, soldOut: true });
    const ticket = kitchen.ticket(1, 'grill');
    for (const topic of ['kitchen', 'pos', 'floor', 'manager'])
      expect(project(kitchen.state, topic, 'alert', `short:${ticket}`, 'staff')).toMatchObject({
        type: 'short',
        items: [
          { name: 'Classic Burger', qty: 2 },
          { name: 'Classic Burger', qty: 1 },
        ],
      });
    // What is owed is not sold: one that comes back serves one of those.
    const line = { order: id('order', 1), reason: 'none left', made: false };
    kitchen.do('item.void', { ...line, item: id('item', 3) });
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 0, soldOut: true });
    kitchen.do('ticket.bump', { ticket }, cook);
    expect(project(kitchen.state, 'pos', 'alert', `short:${ticket}`, 'staff')).toBeNull();
    expect(place(kitchen, 2, [burger(9)]).ok).toBe(false);
  });

  test('[ST6] by hand is by hand: a count neither lifts it nor outlasts it', () => {
    const kitchen = withBurgers(1);
    kitchen.do('menu.soldOut', { item: 'burger' }, maya);
    kitchen.do('stock.portions', { item: 'burger', left: 5 }, cook);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 5, soldOut: true });
    kitchen.do('menu.restore', { item: 'burger' }, cook);
    place(kitchen, 1, [burger(1, { qty: 5 })]);
    // Said by a person too: now it stays until a person, or the time, says otherwise.
    const until = toInstant(kitchen.now + 3_600_000);
    kitchen.do('menu.soldOut', { item: 'burger', until }, maya);
    kitchen.now += 3_600_000;
    const [expire] = due(kitchen.state, toInstant(kitchen.now)).filter(({ name }) => name === 'menu.expire');
    if (!expire) throw new Error('nothing expires');
    kitchen.run(expire, { id: 'policy:menu.expire', role: 'policy' });
    // The time is over, and there still are none.
    expect(menuItem(kitchen, 'burger')).toMatchObject({ left: 0, soldOut: true });
    expect(kitchen.state.soldOut.items['burger']).toMatchObject({ until: null, why: 'portions' });
    kitchen.do('menu.restore', { item: 'burger' }, cook);
    expect(menuItem(kitchen, 'burger')).toMatchObject({ soldOut: false });
    expect(menuItem(kitchen, 'burger')).not.toHaveProperty('left');
    expect(place(kitchen, 2, [burger(9, { qty: 9 })]).ok).toBe(true);
  });

  test('[ST7] sold out for today ends with the business day', () => {
    const kitchen = new Kitchen();
    const [event] = kitchen.do('menu.soldOut', { item: 'burger', until: 'day' }, maya);
    expect(event).toMatchObject({ data: { item: 'burger', until: '2026-01-02T04:00:00.000Z' } });
    expect(menuItem(kitchen, 'burger')).toMatchObject({ soldOutUntil: '2026-01-02T04:00:00.000Z' });
    expect(kitchen.ask('menu.soldOut', { item: 'burger', until: 'later' as never }, maya)).toMatchObject({
      refusal: { code: 'invalid_input' },
    });
  });
});

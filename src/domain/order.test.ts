import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, luis, maya } from '../testkit/kitchen.ts';
import type { TicketView } from './entities.ts';
import { orderStatus, ticketStatus } from './order.ts';
import { due, nextDeadline } from './policies.ts';
import { toInstant } from './text.ts';
import { episode, listTopic } from './views.ts';

const O = id('order', 1);

function placed(items: object[], more: object = {}): Kitchen {
  const kitchen = new Kitchen();
  kitchen.do(
    'order.place',
    { order: { id: O, type: 'dine_in', table: 'T1', items: items as never, ...more } },
    maya,
  );
  return kitchen;
}

function board(kitchen: Kitchen, station: string): TicketView[] {
  return listTopic(kitchen.state, `station:${station}`, 'staff').flatMap((entity) =>
    entity.kind === 'ticket' ? [entity] : [],
  );
}

function status(kitchen: Kitchen): string {
  const order = kitchen.state.orders.get(O);
  return order ? orderStatus(order) : 'gone';
}

describe('placing an order', () => {
  test('[D21] it splits into one ticket a station, each with its own lines only, and names the others', () => {
    const kitchen = placed([burger(1), lemonade(2), burger(3)]);
    expect(board(kitchen, 'grill')).toMatchObject([
      {
        also: ['drinks'],
        ofItems: 3,
        server: 'Maya',
        lines: [{ name: 'BURGER' }, { name: 'BURGER' }],
        status: 'new',
        table: 'T1',
      },
    ]);
    expect(board(kitchen, 'drinks')).toMatchObject([{ also: ['grill'], lines: [{ name: 'Lemonade' }] }]);
  });

  test('[D22] the item rule beats the category rule; a modifier reroutes; two stations share a dish', () => {
    const kitchen = placed([
      { id: id('item', 1), menuItem: 'milanesa', qty: 1 },
      { id: id('item', 2), menuItem: 'empanada', qty: 1, modifiers: [{ group: 'cooking', option: 'fried' }] },
      { id: id('item', 3), menuItem: 'empanada', qty: 1 },
    ]);
    expect(board(kitchen, 'grill')[0]?.lines.map((line) => line.name)).toEqual(['Milanesa', 'Empanada']);
    expect(board(kitchen, 'fryer')[0]?.lines.map((line) => line.item)).toEqual([
      id('item', 1),
      id('item', 2),
    ]);
  });

  test('[D23] what matches no station goes to the UNROUTED lane with an alert, never nowhere', () => {
    const kitchen = placed([{ id: id('item', 1), menuItem: 'mystery', qty: 2 }]);
    expect(board(kitchen, 'unrouted')).toMatchObject([{ lines: [{ name: 'Mystery', qty: 2 }] }]);
    for (const topic of ['kitchen', 'manager', 'floor'])
      expect(listTopic(kitchen.state, topic, 'staff').filter(({ kind }) => kind === 'alert')).toMatchObject([
        { type: 'unrouted', items: [{ name: 'Mystery', qty: 2 }] },
      ]);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'unrouted') }, luis);
    expect(listTopic(kitchen.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'alert')).toEqual([]);
  });

  test('[D88] the pass sends an unrouted line to a station, and the lane lets go of it at once', () => {
    const kitchen = placed([{ id: id('item', 1), menuItem: 'mystery', qty: 2 }]);
    expect(kitchen.ask('item.amend', { order: O, item: id('item', 1), station: 'moon' }, luis)).toMatchObject(
      { refusal: { errors: [{ path: 'station' }] } },
    );
    kitchen.do('item.amend', { order: O, item: id('item', 1), station: 'fryer' }, luis);
    expect(board(kitchen, 'unrouted')).toEqual([]);
    expect(board(kitchen, 'fryer')).toMatchObject([{ status: 'new', lines: [{ name: 'Mystery', qty: 2 }] }]);
    expect(listTopic(kitchen.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'alert')).toEqual([]);
  });

  test('[D24] an open item keeps its words and price and goes where it says', () => {
    const kitchen = placed([
      {
        id: id('item', 1),
        name: 'Salsa golf',
        price: 150,
        qty: 2,
        station: 'fryer',
        modifiers: [
          { action: 'remove', name: 'egg' },
          { action: 'add', name: 'chili', price: 50 },
        ],
      },
    ]);
    expect(board(kitchen, 'fryer')[0]?.lines).toMatchObject([
      {
        name: 'Salsa golf',
        open: true,
        modifiers: [
          { action: 'remove', name: 'egg', qty: 1 },
          { action: 'add', name: 'chili', qty: 1 },
        ],
      },
    ]);
    expect(listTopic(kitchen.state, 'pos', 'staff').find(({ kind }) => kind === 'order')).toMatchObject({
      total: 400,
    });
    expect(
      kitchen.ask('order.place', {
        order: {
          id: id('order', 2),
          type: 'counter',
          items: [{ id: id('item', 1), name: 'X', price: 1, qty: 1, station: 'moon' }],
        },
      }),
    ).toMatchObject({ refusal: { errors: [{ path: 'order.items.0.station' }] } });
  });

  test.each([
    [
      'a required group is missing',
      [{ id: id('item', 1), menuItem: 'burger', qty: 1 }],
      'order.items.0.modifiers',
      'Doneness needs 1, got 0',
    ],
    [
      'a group has too many',
      [
        burger(1, {
          modifiers: [
            { group: 'doneness', option: 'rare' },
            { group: 'extras', option: 'cheddar', qty: 4 },
          ],
        }),
      ],
      'order.items.0.modifiers',
      'Extras allows at most 3, got 4',
    ],
    [
      'an option is unknown',
      [burger(1, { modifiers: [{ group: 'doneness', option: 'blue' }] })],
      'order.items.0.modifiers.0.option',
      '"blue" is not an option of Doneness',
    ],
    [
      'a group is not the item’s',
      [lemonade(1, { modifiers: [{ group: 'doneness', option: 'rare' }] })],
      'order.items.0.modifiers.0.group',
      '"doneness" is not a group of Lemonade',
    ],
    [
      'a nested group is not open',
      [
        burger(1, {
          modifiers: [
            { group: 'doneness', option: 'rare' },
            { group: 'heat', option: 'hot' },
          ],
        }),
      ],
      'order.items.0.modifiers.1.group',
      '"heat" is not a group of Classic Burger',
    ],
    [
      'a nested group is required once open',
      [
        burger(1, {
          modifiers: [
            { group: 'doneness', option: 'rare' },
            { group: 'extras', option: 'sauce' },
          ],
        }),
      ],
      'order.items.0.modifiers',
      'Heat needs 1, got 0',
    ],
    [
      'the item is not on the menu',
      [{ id: id('item', 1), menuItem: 'moon', qty: 1 }],
      'order.items.0.menuItem',
      '"moon" is not on the menu',
    ],
    [
      'two lines share an id',
      [lemonade(1), lemonade(1)],
      'order.items.1.id',
      'is used by another line of this order',
    ],
  ])('[D25] the server enforces the menu: %s', (_what, items, path, message) => {
    const kitchen = new Kitchen();
    const outcome = kitchen.ask('order.place', { order: { id: O, type: 'counter', items: items as never } });
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { code: 'invalid_input', errors: [{ path, message }] },
    });
    expect(kitchen.state.orders.size).toBe(0);
  });

  test('[D26] the same order again is no second order; other content under its id is a conflict', () => {
    const kitchen = placed([burger(1)]);
    expect(
      kitchen.do(
        'order.place',
        { order: { id: O, type: 'dine_in', table: 'T1', items: [burger(1)] as never } },
        maya,
      ),
    ).toEqual([]);
    expect(
      kitchen.ask(
        'order.place',
        { order: { id: O, type: 'dine_in', table: 'T1', items: [burger(1, { qty: 2 })] as never } },
        maya,
      ),
    ).toMatchObject({ refusal: { code: 'conflict', current: { kind: 'order', id: O } } });
    const platform = { type: 'delivery', source: 'app-a', externalId: 'A-1', items: [lemonade(1)] } as const;
    kitchen.do('order.place', { order: { id: id('order', 2), ...platform } as never });
    expect(kitchen.ask('order.place', { order: { id: id('order', 3), ...platform } as never })).toMatchObject(
      { refusal: { code: 'conflict', current: { id: id('order', 2) } } },
    );
  });

  test('[D27] numbers count up within a business day and restart with the next', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('order.place', {
      order: { id: id('order', 2), type: 'counter', items: [lemonade(1)] as never },
    });
    expect([...kitchen.state.orders.values()].map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([
      1, 2,
    ]);
    kitchen.state = { ...kitchen.state, day: '2025-12-31' };
    kitchen.do('order.place', {
      order: { id: id('order', 3), type: 'counter', items: [lemonade(1)] as never },
    });
    expect(kitchen.state.orders.get(id('order', 3))?.number).toBe(1);
  });

  test('[D28] allergies and notes of the order stand on every station’s ticket', () => {
    const kitchen = placed([burger(1), lemonade(2, { allergies: ['milk'] })], {
      allergies: ['nuts'],
      notes: 'birthday',
    });
    for (const station of ['grill', 'drinks'])
      expect(board(kitchen, station)[0]).toMatchObject({
        allergies: ['nuts'],
        notes: 'birthday',
        ackRequired: false,
      });
    expect(board(kitchen, 'drinks')[0]?.lines[0]?.allergies).toEqual(['milk']);
  });

  test('[D29] a display in public view is not told guests’ names', () => {
    const kitchen = placed([burger(1)], { guest: { name: 'Okafor', phone: '555-0100' } });
    const shown = (audience: 'staff' | 'display') =>
      JSON.stringify(listTopic(kitchen.state, 'kitchen', audience));
    expect(shown('staff')).toContain('Okafor');
    expect(shown('display')).not.toContain('Okafor');
    expect(shown('display')).not.toContain('555-0100');
  });
});

describe('adding, holding, firing', () => {
  test('[D30] a later send makes new tickets marked as add-on; what was sent is not sent again', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('order.add', { order: O, items: [burger(2)] as never }, maya);
    expect(board(kitchen, 'grill')).toMatchObject([
      { addOn: false, lines: [{ item: id('item', 1) }] },
      { addOn: true, lines: [{ item: id('item', 2) }] },
    ]);
    expect(kitchen.do('order.add', { order: O, items: [burger(2)] as never }, maya)).toEqual([]);
    expect(kitchen.ask('order.add', { order: O, items: [lemonade(2)] as never }, maya)).toMatchObject({
      refusal: { code: 'conflict', errors: [{ path: 'items.0.id', message: 'is the id of another dish' }] },
    });
  });

  test('[D31] held lines wait greyed on the board and fire as the same ticket', () => {
    const kitchen = placed([burger(1), burger(2, { hold: true })]);
    const [fired, held] = board(kitchen, 'grill');
    expect([fired?.status, held?.status, held?.firedAt]).toEqual(['new', 'held', null]);
    expect(kitchen.ask('ticket.bump', { ticket: held?.id ?? '' }, cook)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    kitchen.do('order.fire', { order: O, items: [id('item', 2)] }, maya);
    expect(board(kitchen, 'grill').map((ticket) => [ticket.id, ticket.status, ticket.addOn])).toEqual([
      [fired?.id, 'new', false],
      [held?.id, 'new', false],
    ]);
    expect(kitchen.do('order.fire', { order: O }, maya)).toEqual([]);
  });

  test('[D32] a course fires alone; a part of a held ticket gets a ticket of its own', () => {
    const kitchen = placed([
      burger(1, { hold: true, course: 2 }),
      burger(2, { hold: true, course: 2 }),
      lemonade(3, { hold: true, course: 4 }),
    ]);
    kitchen.do('order.fire', { order: O, items: [id('item', 1)] }, maya);
    expect(board(kitchen, 'grill').map(({ status: one, lines }) => [one, lines.length])).toEqual([
      ['held', 1],
      ['new', 1],
    ]);
    kitchen.do('order.fire', { order: O, course: 4 }, maya);
    expect(board(kitchen, 'drinks')).toMatchObject([{ status: 'new', course: 4 }]);
    expect(board(kitchen, 'grill').some(({ status: one }) => one === 'held')).toBe(true);
  });

  test('[D33] a hold with a time fires by itself when the time has come', () => {
    const kitchen = placed([burger(1, { hold: true })]);
    const at = toInstant(kitchen.now + 10 * 60_000);
    kitchen.do('order.hold', { order: O, at }, maya);
    expect(nextDeadline(kitchen.state)).toBe(at);
    expect(due(kitchen.state, toInstant(kitchen.now))).toEqual([]);
    kitchen.now += 10 * 60_000;
    const [release] = due(kitchen.state, toInstant(kitchen.now));
    if (!release) throw new Error('nothing is due');
    kitchen.run(release, { id: 'policy:release', role: 'policy' });
    expect(board(kitchen, 'grill')).toMatchObject([{ status: 'new', firedAt: at }]);
    expect(due(kitchen.state, toInstant(kitchen.now))).toEqual([]);
  });

  test('[D34] untouched work may be held again, started work may not', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('order.hold', { order: O, items: [id('item', 1)] }, maya);
    expect(board(kitchen, 'grill')).toMatchObject([{ status: 'held' }]);
    kitchen.do('order.fire', { order: O }, maya);
    kitchen.do('ticket.start', { ticket: kitchen.ticket(1, 'grill') }, cook);
    expect(kitchen.ask('order.hold', { order: O, items: [id('item', 1)] }, maya)).toMatchObject({
      refusal: { code: 'conflict' },
    });
  });
});

describe('moving, handing over, cancelling', () => {
  test('[D35] a moved table shows on every ticket until tapped, and asks to be heard again', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    const ticket = kitchen.ticket(1, 'grill');
    kitchen.inner('ticket.hear', { ticket });
    const before = episode(kitchen.state, ticket);
    kitchen.do('order.transfer', { order: O, table: 'T2' }, maya);
    expect(board(kitchen, 'grill')).toMatchObject([
      { table: 'T2', movedFrom: 'T1', ackRequired: true, delivery: { state: 'queued' } },
    ]);
    expect(episode(kitchen.state, ticket)).toBe(before + 1);
    kitchen.do('ticket.acknowledge', { ticket }, cook);
    expect(board(kitchen, 'grill')[0]).toMatchObject({ table: 'T2', ackRequired: false });
    expect(board(kitchen, 'grill')[0]?.movedFrom).toBeUndefined();
    expect(kitchen.state.tables.get('T1')).toMatchObject({ status: 'dirty', orders: [] });
    expect(kitchen.state.tables.get('T2')).toMatchObject({ status: 'seated', orders: [O] });
    expect(kitchen.do('order.transfer', { order: O, table: 'T2' }, maya)).toEqual([]);
    expect(kitchen.ask('order.transfer', { order: O, table: 'T99' }, maya)).toMatchObject({
      refusal: { errors: [{ path: 'table' }] },
    });
  });

  test('[D36] handing over wants everything ready, then the order leaves the boards', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    expect(kitchen.ask('order.serve', { order: O }, luis)).toMatchObject({ refusal: { code: 'conflict' } });
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'drinks') }, cook);
    expect(status(kitchen)).toBe('in_progress');
    kitchen.do('order.serve', { order: O, items: [id('item', 2)] }, maya);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    expect(status(kitchen)).toBe('ready');
    kitchen.do('order.serve', { order: O }, maya);
    expect(status(kitchen)).toBe('completed');
    expect(kitchen.do('order.serve', { order: O }, maya)).toEqual([]);
    expect([...board(kitchen, 'grill'), ...board(kitchen, 'drinks')]).toEqual([]);
    expect(listTopic(kitchen.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'order')).toEqual([]);
    expect(listTopic(kitchen.state, 'pos', 'staff').filter(({ kind }) => kind === 'order')).toHaveLength(1);
  });

  test('[D37] a cancelled order stays struck through at its stations until somebody there saw it', () => {
    const kitchen = placed([burger(1), lemonade(2, { hold: true })]);
    kitchen.do('order.cancel', { order: O, reason: 'guest left' }, maya);
    expect(board(kitchen, 'grill')).toMatchObject([{ status: 'voided', ackRequired: true }]);
    expect(board(kitchen, 'drinks')).toEqual([]);
    expect(kitchen.do('order.cancel', { order: O, reason: 'again' }, maya)).toEqual([]);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    expect(board(kitchen, 'grill')).toEqual([]);
    expect(kitchen.ask('order.add', { order: O, items: [lemonade(5)] as never }, maya)).toMatchObject({
      refusal: { code: 'conflict' },
    });
  });

  test('[D38] what was handed over cannot be cancelled', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.serve', { order: O }, maya);
    expect(kitchen.ask('order.cancel', { order: O, reason: 'no' }, ana)).toMatchObject({
      refusal: { code: 'conflict' },
    });
  });

  test('[D39] a handed-over order without a table closes by itself, and leaves memory hours later', () => {
    const kitchen = new Kitchen();
    kitchen.do('order.place', { order: { id: O, type: 'takeout', items: [burger(1)] as never } });
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.serve', { order: O }, luis);
    const seen: string[] = [];
    for (let next = nextDeadline(kitchen.state); next !== null; next = nextDeadline(kitchen.state)) {
      for (const command of due(kitchen.state, next))
        kitchen.run(command, { id: 'policy:test', role: 'policy' });
      seen.push(status(kitchen));
    }
    expect(seen).toEqual(['closed', 'gone']);
    expect(kitchen.state.tickets.size).toBe(0);
  });

  test('[D40] the ticket of a closed order is done', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.serve', { order: O }, maya);
    kitchen.do('table.clear', { table: 'T1' }, maya);
    const order = kitchen.state.orders.get(O);
    expect(order && order.tickets.map((ticket) => ticketStatus(order, ticket))).toEqual(['done']);
  });
});

import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, maya, smallPlace } from '../testkit/kitchen.ts';
import { commandInputs, roles, type CommandName } from './commands.ts';
import { locationConfig } from './config.ts';
import { eventBody, eventData, readEvent } from './events.ts';
import { deriveId, nameId } from './ids.ts';
import { PMap } from './pmap.ts';
import { due, nextDeadline } from './policies.ts';
import { mayCommand, mayHear, mayRead, topicKind } from './rights.ts';
import { instant, isStorable, toInstant, toMillis } from './text.ts';
import { addHash, entityHash, removeHash, viewHash } from './viewHash.ts';
import { listTopic, topicExists } from './views.ts';

const O = id('order', 1);

describe('sold out', () => {
  test('[D70] the server refuses what is sold out, names it, and offers something else of the category', () => {
    const kitchen = new Kitchen();
    kitchen.do('menu.soldOut', { item: 'burger' }, cook);
    const outcome = kitchen.ask(
      'order.place',
      { order: { id: O, type: 'counter', items: [burger(1)] as never } },
      maya,
    );
    expect(outcome).toMatchObject({
      ok: false,
      refusal: {
        code: 'conflict',
        detail: 'Classic Burger is sold out. Instead: Empanada, Milanesa.',
        current: { kind: 'menu', id: 'mains' },
      },
    });
    expect(
      listTopic(kitchen.state, 'pos', 'staff').find((one) => one.kind === 'menu' && one.id === 'mains'),
    ).toMatchObject({ items: [{ id: 'burger', soldOut: true }, { soldOut: false }, {}] });
    expect(kitchen.do('menu.soldOut', { item: 'burger' }, cook)).toEqual([]);
    kitchen.do('menu.restore', { item: 'burger' }, cook);
    expect(kitchen.do('menu.restore', { item: 'burger' }, cook)).toEqual([]);
    kitchen.do('order.place', { order: { id: O, type: 'counter', items: [burger(1)] as never } }, maya);
  });

  test('[D71] an option sold out is refused on new lines and may stay where it is', () => {
    const kitchen = new Kitchen();
    const withCheddar = {
      modifiers: [
        { group: 'doneness', option: 'rare' },
        { group: 'extras', option: 'cheddar' },
      ],
    };
    kitchen.do(
      'order.place',
      { order: { id: O, type: 'counter', items: [burger(1, withCheddar)] as never } },
      maya,
    );
    kitchen.do('menu.soldOut', { option: 'cheddar' }, cook);
    expect(
      kitchen.ask('order.add', { order: O, items: [burger(2, withCheddar)] as never }, maya),
    ).toMatchObject({ refusal: { code: 'conflict' } });
    kitchen.do(
      'item.amend',
      {
        order: O,
        item: id('item', 1),
        modifiers: [
          { group: 'doneness', option: 'well' },
          { group: 'extras', option: 'cheddar' },
        ],
      },
      maya,
    );
  });

  test('[D72] a sold-out with an end is back by itself', () => {
    const kitchen = new Kitchen();
    const until = toInstant(kitchen.now + 60_000);
    expect(
      kitchen.ask('menu.soldOut', { item: 'burger', until: toInstant(kitchen.now - 60_000) }, cook),
    ).toMatchObject({ refusal: { code: 'invalid_input', errors: [{ path: 'until' }] } });
    kitchen.do('menu.soldOut', { item: 'burger', until }, cook);
    expect(nextDeadline(kitchen.state)).toBe(until);
    for (const command of due(kitchen.state, until))
      kitchen.run(command, { id: 'policy:expire', role: 'policy' });
    expect(kitchen.state.soldOut.items).toEqual({});
    expect(nextDeadline(kitchen.state)).toBeNull();
  });

  test('[D73] what the menu does not have is not found', () => {
    const kitchen = new Kitchen();
    expect(kitchen.ask('menu.soldOut', { item: 'moon' }, cook)).toMatchObject({
      refusal: { code: 'not_found' },
    });
    expect(kitchen.ask('menu.restore', { option: 'moon' }, cook)).toMatchObject({
      refusal: { code: 'not_found' },
    });
    expect(kitchen.ask('menu.soldOut', {}, cook)).toMatchObject({ refusal: { code: 'invalid_input' } });
  });
});

describe('tables', () => {
  const at = (kitchen: Kitchen) =>
    listTopic(kitchen.state, 'floor', 'staff').find((one) => one.kind === 'table' && one.id === 'T1');

  test('[D74] free, seated, ordered, served, dirty, free', () => {
    const kitchen = new Kitchen();
    kitchen.do('table.seat', { table: 'T1', covers: 4 }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'seated', covers: 4 });
    kitchen.do(
      'order.place',
      { order: { id: O, type: 'dine_in', table: 'T1', items: [burger(1)] as never } },
      maya,
    );
    expect(at(kitchen)).toMatchObject({ status: 'ordered', orders: [O] });
    expect(kitchen.ask('table.clear', { table: 'T1' }, maya)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'grill') }, cook);
    kitchen.do('order.serve', { order: O }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'served' });
    kitchen.do('table.clear', { table: 'T1' }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'dirty', orders: [] });
    kitchen.do('table.clear', { table: 'T1' }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'free' });
    expect(kitchen.do('table.clear', { table: 'T1' }, maya)).toEqual([]);
  });

  test('[D75] guests who get up within two minutes leave no dirty table', () => {
    const kitchen = new Kitchen();
    kitchen.do('table.seat', { table: 'T1', covers: 2 }, maya);
    kitchen.now += 60_000;
    kitchen.do('table.clear', { table: 'T1' }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'free' });
    kitchen.do('table.seat', { table: 'T1', covers: 2 }, maya);
    kitchen.now += 180_000;
    kitchen.do('table.clear', { table: 'T1' }, maya);
    expect(at(kitchen)).toMatchObject({ status: 'dirty' });
  });

  test('[D76] a blocked table takes no order and says why', () => {
    const kitchen = new Kitchen();
    kitchen.do('table.block', { table: 'T1', reason: 'wobbles' }, ana);
    expect(at(kitchen)).toMatchObject({ status: 'blocked', reason: 'wobbles' });
    const place = () =>
      kitchen.ask(
        'order.place',
        { order: { id: O, type: 'dine_in', table: 'T1', items: [lemonade(1)] as never } },
        maya,
      );
    expect(place()).toMatchObject({ refusal: { code: 'conflict', detail: 'Table T1 is blocked: wobbles.' } });
    kitchen.do('table.clear', { table: 'T1' }, ana);
    expect(place().ok).toBe(true);
    expect(kitchen.ask('table.block', { table: 'T1', reason: 'x' }, ana)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    expect(kitchen.ask('table.seat', { table: 'T99', covers: 2 }, ana)).toMatchObject({
      refusal: { code: 'not_found' },
    });
  });
});

describe('configuration', () => {
  test('[D77] the same document again changes nothing; a change touches what it shows', () => {
    const kitchen = new Kitchen();
    expect(kitchen.do('location.configure', { config: smallPlace })).toEqual([]);
    kitchen.do('location.configure', {
      config: { ...smallPlace, stations: smallPlace.stations.map((one) => ({ ...one, warn: 60 })) },
    });
    expect(listTopic(kitchen.state, 'station:grill', 'staff')[0]).toMatchObject({
      kind: 'station',
      warn: 60,
      version: 2,
    });
  });

  test.each([
    ['a zone that is none', { timezone: 'Mars/Base' }, 'timezone'],
    [
      'two printers of one id',
      {
        printers: [
          { id: 'p', port: 9100 },
          { id: 'p', port: 9100 },
        ],
      },
      'printers.1.id',
    ],
    [
      'two screens of one id',
      {
        screens: [
          { id: 's', name: 'S', page: 'pos' as const },
          { id: 's', name: 'S', page: 'pos' as const },
        ],
      },
      'screens.1.id',
    ],
    [
      'a screen at a station that is not there',
      { screens: [{ id: 's', name: 'S', page: 'kitchen' as const, station: 'moon' }] },
      'screens.0.station',
    ],
    [
      'a station that stands in for itself',
      { stations: smallPlace.stations.map((one) => ({ ...one, backup: one.id })) },
      'stations.0.backup',
    ],
  ])('[D89] a house with %s is not taken', (_, wrong, path) => {
    expect(new Kitchen().ask('location.configure', { config: { ...smallPlace, ...wrong } })).toMatchObject({
      refusal: { errors: [{ path: `config.${path}` }] },
    });
  });

  test('[D78] a station or table with open work stays', () => {
    const kitchen = new Kitchen();
    kitchen.do(
      'order.place',
      { order: { id: O, type: 'dine_in', table: 'T1', items: [lemonade(1)] as never } },
      maya,
    );
    const without = (config: object) =>
      kitchen.ask('location.configure', { config: { ...smallPlace, ...config } as never });
    expect(without({ tables: [{ id: 'T2' }] })).toMatchObject({
      refusal: { errors: [{ path: 'config.tables' }] },
    });
    const menu = {
      ...smallPlace.menu,
      categories: [
        { id: 'mains', name: 'M' },
        { id: 'drinks', name: 'D' },
        { id: 'odd', name: 'O' },
      ],
    };
    expect(without({ stations: smallPlace.stations.slice(0, 2), menu })).toMatchObject({
      refusal: { errors: [{ path: 'config.stations' }] },
    });
  });

  test.each([
    [
      'a station that is not there',
      { menu: { categories: [{ id: 'a', name: 'A', stations: ['moon'] }] } },
      'menu.categories.0.stations',
    ],
    [
      'a category that is not there',
      { menu: { items: [{ id: 'x', name: 'X', category: 'moon', price: 1 }] } },
      'menu.items.0.category',
    ],
    [
      'a group that is not there',
      {
        menu: {
          categories: [{ id: 'a', name: 'A' }],
          items: [{ id: 'x', name: 'X', category: 'a', price: 1, groups: ['moon'] }],
        },
      },
      'menu.items.0.groups',
    ],
    ['an id used twice', { tables: [{ id: 'T1' }, { id: 'T1' }] }, 'tables.1.id'],
    ['the reserved lane as a station', { stations: [{ id: 'unrouted', name: 'X' }] }, 'stations.0.id'],
    ['LATE before SOON', { stations: [{ id: 'a', name: 'A', warn: 100, late: 50 }] }, 'stations.0.late'],
    [
      'a max below its min',
      { menu: { groups: [{ id: 'g', name: 'G', min: 2, max: 1, options: [{ id: 'o', name: 'O' }] }] } },
      'menu.groups.0.max',
    ],
  ])('[D79] a document is refused for %s, with its path', (_what, part, path) => {
    const parsed = locationConfig.safeParse({
      name: 'X',
      stations: [{ id: 'grill', name: 'GRILL' }],
      ...part,
    });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

describe('the small parts', () => {
  test('[D80] ids that follow from a command are the same everywhere and never collide', () => {
    const command = '0190f6a0-1234-7000-8000-000000000001';
    expect(deriveId(command, 0)).toMatch(/^0190f6a0-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const many = new Set(Array.from({ length: 20_000 }, (_, index) => deriveId(command, index)));
    expect(many.size).toBe(20_000);
    expect(nameId('a', 'bc')).not.toBe(nameId('ab', 'c'));
  });

  test('[D81] the hash of a view is fnv1a-64 of kind|id|version, summed modulo 2^53', () => {
    const slow = (text: string) => {
      let hash = 0xcbf29ce484222325n;
      for (const byte of new TextEncoder().encode(text))
        hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      return Number(hash % 2n ** 53n);
    };
    for (const [kind, name, version] of [
      ['ticket', '0190', 17],
      ['menu', 'café', 1],
      ['table', '🌮', 9_007_199_254],
    ] as const)
      expect(entityHash(kind, name, version)).toBe(slow(`${kind}|${name}|${version}`));
    const big = 2 ** 53 - 5;
    expect(addHash(big, 7)).toBe(2);
    expect(removeHash(2, 7)).toBe(big);
    expect(viewHash([])).toBe(0);
  });

  test('[D82] a persistent map forgets nothing of its past', () => {
    let map = PMap.empty<number>();
    const past: PMap<number>[] = [];
    for (let index = 0; index < 500; index += 1) {
      past.push(map);
      map = map.set(`key-${index % 300}`, index);
    }
    expect([
      map.size,
      past[10]?.size,
      past[10]?.has('key-10'),
      map.get('key-10'),
      past[11]?.get('key-10'),
    ]).toEqual([300, 10, false, 310, 10]);
    expect(map.delete('key-10').size).toBe(299);
    expect(map.delete('nothing')).toBe(map);
    expect(PMap.from(map.entries()).size).toBe(300);
  });

  test('[D83] times are RFC 3339 in UTC, without a Date', () => {
    for (const time of ['1970-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '2026-11-22T12:00:00.000Z']) {
      expect(toMillis(time)).toBe(Date.parse(time));
      expect(toInstant(Date.parse(time))).toBe(time);
    }
    expect(toMillis('2026-01-01T02:00:00+02:00')).toBe(Date.parse('2026-01-01T00:00:00Z'));
    expect(toMillis('yesterday')).toBeNull();
    // A tenth of a wait is not always a whole millisecond, and PostgreSQL takes no second fraction.
    expect(toInstant(Date.parse('2026-11-22T09:02:32.327Z') + 0.1)).toBe('2026-11-22T09:02:32.327Z');
    const far = ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'];
    expect(far.map((time) => instant.safeParse(time).success)).toEqual([false, false, false]);
    const near = ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-01-01T02:00:00+02:00'];
    expect(near.map((time) => instant.safeParse(time).success)).toEqual([true, true, true]);
  });

  test('[D84] text that PostgreSQL cannot hold is refused at the door', () => {
    expect(isStorable('sin sal 🌮')).toBe(true);
    expect(isStorable('a\u0000b')).toBe(false);
    expect(isStorable('🌮'.slice(0, 1))).toBe(false);
    const order = { id: O, type: 'counter', notes: 'half \ud83c', items: [lemonade(1)] };
    expect(commandInputs['order.place'].safeParse({ order }).error?.issues[0]?.path).toEqual([
      'order',
      'notes',
    ]);
  });

  test('[D85] the table of rights is the contract’s', () => {
    const may = (name: CommandName) => roles.filter((role) => mayCommand(role, name));
    expect(may('order.place')).toEqual(['owner', 'manager', 'waiter', 'host', 'phone', 'partner']);
    expect(may('order.cancel')).toEqual(['owner', 'manager', 'expo', 'waiter', 'partner']);
    expect(may('ticket.bump')).toEqual(['owner', 'manager', 'expo', 'kitchen']);
    expect(may('item.ready')).toEqual(['owner', 'manager', 'expo', 'kitchen', 'waiter']);
    expect(may('item.void')).toEqual(['owner', 'manager', 'expo', 'waiter']);
    expect(may('menu.soldOut')).toEqual(['owner', 'manager', 'expo', 'kitchen', 'waiter']);
    expect(may('menu.restore')).toEqual(['owner', 'manager', 'expo', 'kitchen']);
    expect(may('table.seat')).toEqual(['owner', 'manager', 'waiter', 'host', 'phone']);
    expect(may('location.configure')).toEqual(['owner', 'manager']);
    const read = (topic: string) => roles.filter((role) => mayRead(role, topic));
    expect(read('station:grill')).toEqual(['owner', 'manager', 'expo', 'kitchen']);
    expect(read('kitchen')).toEqual(['owner', 'manager', 'expo', 'kitchen', 'waiter', 'display']);
    expect(read('pos')).toEqual(['owner', 'manager', 'expo', 'waiter', 'host', 'phone']);
    expect(read('manager')).toEqual(['owner', 'manager']);
    expect(read('order:x')).toEqual(['owner', 'manager', 'guest']);
    expect(read('moon')).toEqual([]);
    expect(roles.filter(mayHear)).toEqual(['expo', 'kitchen']);
  });

  test('[D86] a topic exists only where the location has it', () => {
    const { state } = new Kitchen();
    expect(
      ['station:grill', 'station:unrouted', 'kitchen', 'pos'].every((topic) => topicExists(state, topic)),
    ).toBe(true);
    expect(
      ['station:moon', 'station:', 'Kitchen', '', 'order:'].some((topic) => topicExists(state, topic)),
    ).toBe(false);
    expect(topicKind('station:')).toBeNull();
  });

  test('[D87] an event that these rules do not know is not guessed at', () => {
    const base = {
      seq: 1,
      at: '2026-01-01T00:00:00.000Z',
      by: { id: 'x', role: 'manager' },
      command: id('command', 1),
    };
    expect(
      readEvent({ ...base, type: 'table.seated', v: 1, data: { table: 'T1', covers: 2 } }),
    ).toMatchObject({ type: 'table.seated' });
    expect(readEvent({ ...base, type: 'table.levitated', v: 1, data: {} })).toBeNull();
    expect(readEvent({ ...base, type: 'table.seated', v: 2, data: { table: 'T1', covers: 2 } })).toBeNull();
    expect(readEvent({ ...base, type: 'table.seated', v: 1, data: { table: 'T1' } })).toBeNull();
    // What can be written can be read.
    const read = eventBody.options.map(({ shape }) => shape.type.value);
    expect(read.toSorted()).toEqual(Object.keys(eventData).toSorted());
  });
});

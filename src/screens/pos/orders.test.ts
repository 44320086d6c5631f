import { describe, expect, it } from 'vitest';
import type { ItemView } from '../../domain/entities.ts';
import { commandInputs } from '../../domain/commands.ts';
import { NOW, ago, item, order, station } from '../../testkit/entities.ts';
import { amendment, lineOfItem } from './amend.ts';
import { counted, favourites } from './favourites.ts';
import { actionsOf, heldCourses, markOf, numberOf, openOrders, readyToRun, stateOf } from './orders.ts';
import { receiptsOf, unsentOf } from './receipts.ts';

const none = unsentOf([]);
type Row = Parameters<typeof order>[0];
const at = (station: string, items: ItemView[], more = {}) => ({
  id: `${station}-${items[0]?.id ?? ''}`,
  station,
  status: 'new' as const,
  delivery: { state: 'heard' as const, heardAt: ago('0:30') },
  firedAt: ago('0:31'),
  ackRequired: false,
  items: items.map(({ id }) => id),
  ...more,
});
const standing = (
  row: Row,
  stations = new Map([['drinks', station('drinks', { warn: 180, late: 300 })]]),
) => {
  const made = order(row);
  return stateOf(made, receiptsOf(made, none, new Map(), NOW), none, stations, NOW);
};

describe('where an order stands', () => {
  const burger = item('Burger');
  const lager = item('Lager', { stations: ['drinks'] });

  it('[W14] the worst part counts: unheard before late before ready before cooking', () => {
    const late = at('drinks', [lager], { firedAt: ago('5:00') });
    const ready = { ...burger, status: 'ready' as const };
    expect(
      standing({
        items: [burger, lager],
        tickets: [at('grill', [burger], { delivery: { state: 'queued' }, firedAt: ago('0:16') }), late],
      }),
    ).toMatchObject({ standing: 'unheard', act: 'late', station: 'grill', since: NOW - 16_000 });
    expect(
      standing({
        items: [ready, lager],
        tickets: [at('grill', [ready], { status: 'ready', readyAt: ago('0:40') }), late],
      }),
    ).toMatchObject({ standing: 'late', act: 'late', station: 'drinks' });
    expect(
      standing({
        items: [ready, lager],
        tickets: [at('grill', [ready], { status: 'ready', readyAt: ago('0:40') }), at('drinks', [lager])],
      }),
    ).toMatchObject({
      standing: 'ready',
      act: 'run',
      station: 'grill',
      ready: 1,
      of: 2,
      since: NOW - 40_000,
    });
    expect(
      standing({
        items: [{ ...burger, status: 'started' }],
        tickets: [at('grill', [burger], { status: 'cooking' })],
      }),
    ).toMatchObject({ standing: 'cooking', act: null });
    expect(standing({ items: [burger], tickets: [at('grill', [burger])] })).toMatchObject({
      standing: 'waiting',
    });
  });

  it('[W14] SOON and LATE come at the station’s own seconds, else at 10 and 15 minutes', () => {
    expect(
      standing({ items: [lager], tickets: [at('drinks', [lager], { firedAt: ago('3:00') })] }),
    ).toMatchObject({ standing: 'soon', act: 'soon' });
    expect(
      standing({ items: [burger], tickets: [at('grill', [burger], { firedAt: ago('14:59') })] }),
    ).toMatchObject({ standing: 'soon' });
    expect(
      standing({ items: [burger], tickets: [at('grill', [burger], { firedAt: ago('15:00') })] }),
    ).toMatchObject({ standing: 'late' });
  });

  it('[W14] held has no timer, served nothing to do, and a cancelled order says so', () => {
    const held = item('Cake', { status: 'held', course: 4 });
    expect(
      standing({
        items: [{ ...burger, status: 'served' }, held],
        tickets: [at('desserts', [held], { status: 'held', firedAt: null })],
      }),
    ).toMatchObject({ standing: 'held', since: null, held: 1 });
    expect(standing({ items: [{ ...burger, status: 'served' }], completedAt: ago('2:00') })).toMatchObject({
      standing: 'served',
      act: null,
      since: NOW - 120_000,
    });
    expect(standing({ items: [burger], status: 'cancelled' })).toMatchObject({ standing: 'cancelled' });
  });

  it('[W14] an order that waits on the tablet says so before anything else', () => {
    const made = order({ id: 'o1', items: [burger] });
    const unsent = unsentOf([
      {
        id: 'c',
        name: 'order.add',
        input: { order: 'o1', items: [{ id: 'x' }] },
        state: 'unsent',
        tappedAt: NOW - 30_000,
      },
    ]);
    expect(stateOf(made, [], unsent, new Map(), NOW)).toMatchObject({
      standing: 'unsent',
      act: 'queued',
      since: NOW - 30_000,
    });
    expect(numberOf({ ...made, number: 7 }, unsent)).toBe(7);
    expect(numberOf({ ...made, number: 0 }, unsent)).toBeNull();
  });
});

describe('ready to run', () => {
  it('[W15] lists what is ready and not served, the oldest first, and a station that is done', () => {
    const drink = item('Lemonade', { status: 'ready', stations: ['drinks'] });
    const steak = item('Ribeye');
    const young = order({
      id: 'a',
      items: [drink, steak],
      tickets: [at('drinks', [drink], { status: 'ready', readyAt: ago('0:05') }), at('grill', [steak])],
    });
    const cake = item('Cake', { status: 'ready', stations: ['desserts'] });
    const old = order({
      id: 'b',
      items: [cake, item('Tea', { status: 'served' })],
      tickets: [at('desserts', [cake], { status: 'ready', readyAt: ago('1:00') })],
    });
    const runs = readyToRun([young, old, order({ items: [cake], status: 'cancelled' })], NOW);
    expect(runs.map((run) => [run.order.id, run.station, run.ready, run.of])).toEqual([
      ['b', null, 1, 1],
      ['a', 'drinks', 1, 2],
    ]);
  });
});

describe('an item', () => {
  it('[W16] its state is a mark, with pieces where some are ready', () => {
    expect(markOf(item('Fries', { qty: 3, readyQty: 1, status: 'started' }), none)).toEqual({
      mark: 'cooking',
      part: { ready: 1, of: 3 },
    });
    expect(markOf(item('Fries', { qty: 3, voidQty: 2, readyQty: 1, status: 'ready' }), none)).toEqual({
      mark: 'ready',
      part: null,
    });
    const unsent = unsentOf([
      {
        id: 'c',
        name: 'order.add',
        input: { order: 'o', items: [{ id: 'i' }] },
        state: 'sending',
        tappedAt: 0,
      },
    ]);
    expect(markOf(item('Fries', { id: 'i' }), unsent)).toEqual({ mark: 'unsent', part: null });
  });

  it('[W17] offers only what can succeed', () => {
    const open = order({});
    const can = (status: ItemView['status']) => actionsOf(item('Fries', { status }), open);
    expect(can('fired')).toEqual(['hold', 'amend', 'void']);
    expect(can('held')).toEqual(['fire', 'amend', 'void']);
    expect(can('ready')).toEqual(['serve', 'refire', 'void']);
    expect(can('served')).toEqual(['refire']);
    expect(can('voided')).toEqual([]);
    expect(actionsOf(item('Fries'), order({ status: 'closed' }))).toEqual([]);
    expect(
      heldCourses(
        order({
          items: [
            item('A', { status: 'held', course: 4 }),
            item('B', { status: 'held' }),
            item('C', { status: 'held', course: 3 }),
          ],
        }),
      ),
    ).toEqual([null, 3, 4]);
  });

  it('[W18] an amendment says only what changed, counts voided pieces, and is one the contract accepts', () => {
    const uuid = '01980000-0000-7000-8000-000000000001';
    const made = order({ id: uuid, version: 12 });
    const fries = item('Fries', {
      id: uuid,
      qty: 3,
      voidQty: 1,
      notes: 'crisp',
      seat: 2,
      modifiers: [{ action: 'add', name: 'BBQ', qty: 1, group: 'dip', option: 'bbq', price: 0 }],
    });
    const line = lineOfItem(fries);
    expect(amendment(made, fries, line)).toBeNull();
    const changed = amendment(made, fries, { ...line, qty: 4, notes: ' ', seat: null, choices: [] });
    expect(changed).toEqual({
      order: uuid,
      item: uuid,
      version: 12,
      qty: 5,
      modifiers: [],
      notes: null,
      seat: null,
    });
    expect(commandInputs['item.amend'].safeParse(changed).success).toBe(true);
    expect(amendment(made, fries, { ...line, allergies: ['nuts'] })).toMatchObject({ allergies: ['nuts'] });
  });

  it('[W19] favourites are what was sent most, as far as the menu has it', () => {
    const counts = counted(counted({}, ['fries', 'burger', 'fries']), ['cake']);
    expect(favourites(counts, (id) => id !== 'cake', 2)).toEqual(['fries', 'burger']);
  });

  it('[W14] one server’s open orders, the oldest first', () => {
    const list = [
      order({ id: 'b', server: 'Maya', placedAt: ago('1:00') }),
      order({ id: 'a', server: 'Maya', placedAt: ago('2:00') }),
      order({ id: 'c', server: 'Tom' }),
      order({ id: 'd', server: 'Maya', status: 'closed' }),
    ];
    expect(openOrders(list, 'Maya').map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

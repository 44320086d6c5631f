import { describe, expect, it } from 'vitest';
import { NOW, ago, item, line, menu, menuItem, order, station, ticket } from '../../testkit/entities.ts';
import { menuOf } from './cart.ts';
import { withPending } from './pendingOrders.ts';
import { type OnItsWay, receiptsOf, sendingOf, stationName, unsentOf } from './receipts.ts';

const none = unsentOf([]);
const command = (more: Partial<OnItsWay>): OnItsWay => ({
  id: 'c1',
  name: 'order.place',
  input: {},
  state: 'unsent',
  tappedAt: NOW - 30_000,
  ...more,
});
const one = (more: Parameters<typeof ticket>[0], live: ReadonlyMap<string, unknown> = new Map()) => {
  const made = ticket({ lines: [line('BURGER')], ...more });
  return receiptsOf(order({ tickets: [made] }), none, live, NOW)[0];
};

describe('a receipt', () => {
  it('[W12] says sent before a screen painted it, heard after, touched when a cook began', () => {
    expect(one({ firedAt: ago('0:02') })).toMatchObject({ mark: 'sent', heardMs: null, screens: null });
    expect(
      one({
        firedAt: ago('0:05'),
        delivery: { state: 'heard', heardAt: new Date(NOW - 4600).toISOString() },
      }),
    ).toMatchObject({ mark: 'heard', heardMs: 400 });
    expect(
      one({
        status: 'cooking',
        firedAt: ago('0:50'),
        startedAt: ago('0:05'),
        delivery: { state: 'heard', heardAt: ago('0:49') },
      }),
    ).toMatchObject({ mark: 'touched', touchedAt: NOW - 5000, ready: false });
    expect(one({ status: 'ready', firedAt: ago('0:50'), readyAt: ago('0:05') })).toMatchObject({
      mark: 'touched',
      ready: true,
    });
  });

  it('[W12] a station that painted nothing for 8 s has not heard; what is held was never said', () => {
    expect(one({ firedAt: ago('0:08') })).toMatchObject({ mark: 'unheard', silentMs: 8000 });
    expect(
      one({ firedAt: ago('0:03'), delivery: { state: 'unheard', printedAt: ago('0:01') } }),
    ).toMatchObject({ mark: 'unheard', printedAt: NOW - 1000 });
    expect(one({ status: 'held', firedAt: null })).toMatchObject({
      mark: 'sent',
      held: true,
      silentMs: null,
    });
  });

  it('[UL38] tells what the house did: shown elsewhere, on which paper, who saw the change or that nobody did', () => {
    expect(
      one({
        firedAt: ago('20:00'),
        delivery: {
          state: 'rerouted',
          rung: 4,
          to: 'fryer',
          askedAt: ago('0:05'),
          printedAt: ago('0:02'),
          printer: 'prn-bar',
        },
      }),
    ).toMatchObject({ mark: 'unheard', silentMs: 5000, shownAt: 'fryer', printer: 'prn-bar', rung: 4 });
    expect(one({ firedAt: ago('20:00'), delivery: { state: 'queued', askedAt: ago('0:05') } })).toMatchObject(
      {
        mark: 'sent',
      },
    );
    const paper = one({ firedAt: ago('0:40'), delivery: { state: 'printed', printedAt: ago('0:20') } });
    expect(paper).toMatchObject({ mark: 'printed', silentMs: null });
    expect(sendingOf(paper ? [paper] : [], 'o', none)).toBe('printed');
    expect(one({ status: 'cooking', ackRequired: true, ackSince: ago('0:40') })).toMatchObject({
      untappedSince: NOW - 40_000,
      seen: null,
    });
    expect(one({ status: 'cooking', seen: { by: 'Rosa', at: ago('0:10') } })).toMatchObject({
      untappedSince: null,
      seen: { by: 'Rosa', at: NOW - 10_000 },
    });
  });

  it('[W12] screens and delay come from live data, and nothing is believed that is not a number', () => {
    const made = ticket({ firedAt: ago('0:09'), delivery: { state: 'heard', heardAt: ago('0:08') } });
    const read = (data: unknown) =>
      receiptsOf(order({ tickets: [made] }), none, new Map([[`ticket:${made.id}`, data]]), NOW)[0];
    expect(read({ station: 'grill', sent: 2, screens: 2, heardMs: 420 })).toMatchObject({
      screens: 2,
      heardMs: 420,
    });
    expect(read({ screens: 'many' })).toMatchObject({ screens: null, heardMs: 1000 });
    expect(read(null)).toMatchObject({ screens: null });
  });

  it('[W12] heard is said of an order only when every fired station has', () => {
    const heard = ticket({
      station: 'grill',
      firedAt: ago('0:03'),
      delivery: { state: 'heard', heardAt: ago('0:02') },
    });
    const silent = ticket({ station: 'drinks', firedAt: ago('0:03') });
    const held = ticket({ station: 'desserts', status: 'held', firedAt: null });
    const all = (tickets: (typeof heard)[]) => {
      const made = order({ tickets });
      return sendingOf(receiptsOf(made, none, new Map(), NOW), made.id, none);
    };
    expect(all([heard, silent, held])).toBe('sent');
    expect(all([heard, held])).toBe('heard');
    expect(all([heard, { ...silent, firedAt: ago('0:20') }])).toBe('unheard');
    expect(all([held])).toBe('sent');
  });

  it('[W12] a station is called by its name, else by its id', () => {
    expect(stationName('grill', new Map([['grill', station('grill', { name: 'Parrilla' })]]))).toBe(
      'PARRILLA',
    );
    expect(stationName('grill', new Map())).toBe('GRILL');
  });
});

describe('what has not reached the server', () => {
  const dishes = menuOf([
    menu('mains', [
      menuItem('Burger', { id: 'burger', price: 1200, stations: ['grill'] }),
      menuItem('Lager', { id: 'lager', stations: ['drinks'] }),
    ]),
  ]);
  const placing = {
    order: {
      id: 'o1',
      type: 'dine_in',
      table: 'T18',
      covers: 10,
      items: [
        { id: 'i1', menuItem: 'burger', qty: 2, modifiers: [] },
        { id: 'i2', menuItem: 'lager', qty: 1, hold: true },
      ],
    },
  };

  it('[W13] an order typed offline is shown at once, marked as not sent', () => {
    const way = [command({ input: placing })];
    const unsent = unsentOf(way);
    const [made] = withPending([], way, dishes, 'Maya');
    expect(made).toMatchObject({ id: 'o1', number: 0, table: 'T18', server: 'Maya', total: 3600 });
    expect(made?.items?.map(({ name, status }) => [name, status])).toEqual([
      ['Burger', 'fired'],
      ['Lager', 'held'],
    ]);
    expect(
      made && receiptsOf(made, unsent, new Map(), NOW).map(({ station: at, mark }) => [at, mark]),
    ).toEqual([
      ['grill', 'queued'],
      ['drinks', 'queued'],
    ]);
    expect(sendingOf([], 'o1', unsent)).toBe('waits');
    expect(sendingOf([], 'o1', unsentOf([command({ input: placing, state: 'sending' })]))).toBe('sending');
    expect(sendingOf([], 'o1', unsentOf([command({ input: placing, state: 'stale' })]))).toBe('asks');
  });

  it('[W13] lines added to an open order are marked, and its sent ones are not', () => {
    const open = order({ id: 'o2', items: [item('Fries', { id: 'i9' })], tickets: [] });
    const way = [
      command({
        name: 'order.add',
        input: {
          order: 'o2',
          items: [
            { id: 'i3', menuItem: 'burger', qty: 1 },
            { id: 'i9', menuItem: 'burger', qty: 1 },
          ],
        },
      }),
    ];
    const [made] = withPending([open], way, dishes, undefined);
    expect(made?.items?.map(({ id }) => id)).toEqual(['i9', 'i3']);
    expect(made?.tickets).toHaveLength(1);
    expect(
      withPending(
        [open],
        [command({ name: 'order.add', input: { order: 'other', items: [] } })],
        dishes,
        undefined,
      ),
    ).toEqual([open]);
  });

  it('[W13] what the view has, and what cannot be read, adds nothing', () => {
    const known = order({ id: 'o1', items: [item('Burger', { id: 'i1' })] });
    expect(withPending([known], [command({ input: placing })], dishes, undefined)).toEqual([known]);
    for (const input of [null, 'x', {}, { order: { id: 7 } }, { order: { id: 'o1', items: 'many' } }]) {
      expect(withPending([], [command({ input })], dishes, undefined)).toEqual([]);
      expect(unsentOf([command({ input })]).items.size).toBe(0);
    }
    expect(unsentOf([command({ name: 'ticket.bump', input: { ticket: 't' } })]).orders.size).toBe(0);
  });
});

import type { OrderView } from '../../domain/entities.ts';
import { describe, expect, it } from 'vitest';
import { NOW, ago, item, order, table } from '../../testkit/entities.ts';
import { unsentOf } from '../pos/receipts.ts';
import { journeyOf } from './journey.ts';
import { columnsOf, isBeside, planOf, tileOf, withoutTable, worstFirst } from './plan.ts';

const seen = { unsent: unsentOf([]), live: new Map<string, unknown>(), stations: new Map(), now: NOW };
const cooking = order({
  id: 'o1',
  table: 'T2',
  server: 'Maya',
  allergies: ['nuts'],
  items: [item('Burger', { status: 'started' })],
  placedAt: ago('6:30'),
});
const ready = order({
  id: 'o2',
  table: 'T2',
  server: 'Maya',
  items: [item('Cake', { status: 'ready' })],
  placedAt: ago('2:00'),
});

describe('a table on the floor', () => {
  it('[W20] shows the worst of its orders, and the border says that somebody must act', () => {
    expect(tileOf(table('T2', { status: 'ordered' }), [cooking], seen)).toMatchObject({
      word: 'cooking',
      act: null,
      empty: false,
      allergies: ['nuts'],
      server: 'Maya',
    });
    expect(tileOf(table('T2', { status: 'ordered' }), [cooking, ready], seen)).toMatchObject({
      word: 'ready',
      act: 'run',
    });
  });

  it('[W20] free is flat, and each state wants somebody after its minutes', () => {
    const tile = (status: 'free' | 'seated' | 'dirty' | 'served' | 'paying' | 'blocked', since: string) =>
      tileOf(table('T1', { status, since: ago(since) }), [], seen);
    expect(tile('free', '9:00')).toMatchObject({ word: 'free', empty: true, since: null });
    expect(tile('seated', '3:59')).toMatchObject({ word: 'seated', act: null });
    expect(tile('seated', '4:00')).toMatchObject({ word: 'takeOrder', act: 'soon' });
    expect(tile('dirty', '1:00')).toMatchObject({ word: 'dirty', act: null });
    expect(tile('dirty', '2:00')).toMatchObject({ word: 'clean', act: 'soon', empty: true });
    expect(tile('served', '15:00')).toMatchObject({ word: 'checkBack', act: 'soon' });
    expect(tile('paying', '4:10')).toMatchObject({ word: 'paying', act: 'soon' });
    expect(tile('blocked', '4:10')).toMatchObject({ word: 'blocked', act: null, empty: true });
  });

  it('[W20] a served order at a table asks for a look after 15 minutes', () => {
    const served = order({
      table: 'T3',
      items: [item('Tea', { status: 'served' })],
      completedAt: ago('18:20'),
    });
    expect(tileOf(table('T3', { status: 'served', since: ago('1:00') }), [served], seen)).toMatchObject({
      word: 'checkBack',
      act: 'soon',
      since: NOW - 1_100_000,
    });
  });
});

describe('the plan', () => {
  it('[W21] sections as set up, T2 before T10, the bar last; closed orders stand at no table', () => {
    const tables = [
      table('T10', { section: 'Room' }),
      table('B1', { section: 'Bar', shape: 'bar' }),
      table('T2', { section: 'Room' }),
    ];
    const plan = planOf(tables, [cooking, { ...ready, status: 'closed' }], seen);
    expect(plan.map(({ name, tiles }) => [name, tiles.map(({ table: one }) => one.id)])).toEqual([
      ['Room', ['T2', 'T10']],
      ['Bar', ['B1']],
    ]);
    expect(plan[0]?.tiles[0]?.orders.map(({ id }) => id)).toEqual(['o1']);
  });

  it('[W21] rows are of equal length, a big table takes two places, a short bar stands beside', () => {
    const tables = (count: number, section: string, more = {}) =>
      Array.from({ length: count }, (_, index) => table(`${section}${index}`, { section, ...more }));
    const plan = planOf(
      [
        ...tables(6, 'A'),
        ...tables(8, 'B'),
        ...tables(3, 'C'),
        table('C9', { section: 'C', seats: 10 }),
        ...tables(8, 'Bar', { shape: 'bar' }),
      ],
      [],
      seen,
    );
    expect(plan.map(columnsOf)).toEqual([6, 4, 3, 2]);
    expect(plan.map((_, index) => isBeside(plan, index))).toEqual([false, false, true, true]);
  });

  it('[W21] orders without a table are listed, and a phone sees the most urgent first', () => {
    expect(
      withoutTable([cooking, order({ id: 'x', table: undefined, type: 'takeout' })]).map(({ id }) => id),
    ).toEqual(['x']);
    const tiles = [
      tileOf(table('T1'), [], seen),
      tileOf(table('T3', { status: 'ordered' }), [cooking], seen),
      tileOf(table('T2', { status: 'ordered' }), [ready], seen),
    ];
    expect(worstFirst(tiles).map(({ table: one }) => one.id)).toEqual(['T2', 'T3', 'T1']);
  });
});

describe('the journey of an order', () => {
  it('[W22] newest first: seated, sent, heard, touched, an add-on, what is unheard and what is held', () => {
    const made = order({
      items: [],
      server: 'Maya',
      placedAt: ago('5:00'),
      tickets: [
        {
          id: 'g',
          station: 'grill',
          status: 'cooking',
          delivery: { state: 'heard', heardAt: ago('4:59') },
          firedAt: ago('5:00'),
          startedAt: ago('4:00'),
          ackRequired: false,
          items: ['a', 'b'],
        },
        {
          id: 'd',
          station: 'drinks',
          status: 'new',
          delivery: { state: 'queued' },
          firedAt: ago('0:20'),
          ackRequired: false,
          items: ['c'],
        },
        {
          id: 'c',
          station: 'desserts',
          status: 'held',
          delivery: { state: 'queued' },
          firedAt: null,
          ackRequired: false,
          items: ['e'],
        },
      ],
    });
    const steps = journeyOf(
      made,
      NOW - 600_000,
      seen.unsent,
      new Map([['ticket:g', { screens: 2, heardMs: 400 }]]),
      NOW,
    );
    expect(steps.map(({ what, station }) => [what, station])).toEqual([
      ['held', 'desserts'],
      ['unheard', 'drinks'],
      ['addOn', null],
      ['touched', 'grill'],
      ['heard', 'grill'],
      ['sent', null],
      ['seated', null],
    ]);
    expect(steps.find(({ what }) => what === 'heard')).toMatchObject({ screens: 2, heardMs: 400 });
    expect(steps.find(({ what }) => what === 'sent')).toMatchObject({ lines: 2, by: 'Maya' });
  });

  it('[W22] a table that was seated after the order came is not part of it, and nothing is claimed of what is not sent', () => {
    const made = order({
      id: 'o',
      items: [item('Tea', { id: 'i' })],
      placedAt: ago('1:00'),
      tickets: [
        {
          id: 't',
          station: 'drinks',
          status: 'new',
          delivery: { state: 'queued' },
          firedAt: ago('1:00'),
          ackRequired: false,
          items: ['i'],
        },
      ],
    });
    const unsent = unsentOf([
      {
        id: 'c',
        name: 'order.place',
        input: { order: { id: 'o', items: [{ id: 'i' }] } },
        state: 'unsent',
        tappedAt: NOW,
      },
    ]);
    expect(journeyOf(made, NOW, unsent, new Map(), NOW).map(({ what }) => what)).toEqual(['unsent']);
  });

  it('[UL41] names the paper and its printer, where else it is shown, and who tapped a change or that nobody did', () => {
    const row = (more: Partial<OrderView['tickets'][number]>): OrderView['tickets'][number] => ({
      id: more.station ?? 'g',
      station: 'grill',
      status: 'new',
      delivery: { state: 'heard', heardAt: ago('4:59') },
      firedAt: ago('5:00'),
      ackRequired: false,
      items: ['a'],
      ...more,
    });
    const made = order({
      items: [],
      placedAt: ago('5:00'),
      tickets: [
        row({
          delivery: { state: 'unheard', rung: 4, to: 'drinks', printedAt: ago('4:40'), printer: 'prn-bar' },
        }),
        row({ station: 'drinks', ackRequired: true, ackSince: ago('0:50') }),
        row({ station: 'desserts', seen: { by: 'Rosa', at: ago('0:30') } }),
      ],
    });
    const steps = journeyOf(made, null, seen.unsent, new Map(), NOW);
    const step = (what: string) => steps.find((one) => one.what === what);
    expect(step('printed')).toMatchObject({ station: 'grill', by: 'prn-bar' });
    expect(step('unheard')).toMatchObject({ station: 'grill', shownAt: 'drinks' });
    expect(step('untapped')).toMatchObject({ station: 'drinks', at: NOW - 50_000 });
    expect(step('tapped')).toMatchObject({ station: 'desserts', by: 'Rosa' });
  });
});

describe('a table that is kept for somebody', () => {
  it('[BK75] says for whom from half an hour before, and is still free before that', () => {
    const reserved = { reservation: 'r', party: 4, name: 'Silva' };
    const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
    const word = (minutes: number) =>
      tileOf(table('T1', { status: 'free', reserved: { ...reserved, at: at(minutes) } }), [], seen).word;
    expect([word(31), word(30), word(-5)]).toEqual(['free', 'reserved', 'reserved']);
  });
});

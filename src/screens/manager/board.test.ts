import { describe, expect, it } from 'vitest';
import type { AlertView, OrderView, StationView } from '../../domain/entities.ts';
import { readDrill, readPulse, readStory } from './answers.ts';
import {
  figuresOf,
  needsOf,
  outagesOf,
  perMinute,
  screensOf,
  sinceFirst,
  tilesOf,
  together,
} from './board.ts';

const NOW = Date.parse('2026-03-13T23:42:00Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

function station(id: string, name: string): StationView {
  return {
    kind: 'station',
    id,
    version: 1,
    name,
    warn: 300,
    late: 600,
    expo: 'send',
    skipStart: false,
    location: {
      id: 'brasa',
      name: 'Brasa',
      currency: 'USD',
      timezone: 'America/New_York',
      language: 'en',
      expo: 'expo',
    },
  };
}

function order(tickets: Partial<OrderView['tickets'][number]>[]): OrderView {
  return {
    kind: 'order',
    id: 'o1',
    version: 1,
    number: 7,
    type: 'dine_in',
    source: 'pos',
    allergies: [],
    status: 'placed',
    paymentStatus: 'none',
    tickets: tickets.map((ticket, index) => ({
      id: `t${index}`,
      station: 'grill',
      status: 'new',
      delivery: { state: 'queued' },
      firedAt: ago(10),
      ackRequired: false,
      items: [],
      ...ticket,
    })),
    readyItems: 0,
    liveItems: 1,
    placedAt: ago(20),
    total: 0,
  };
}

const steps = 360;
const gaps = Array.from({ length: steps }, () => null);
function pulse(more: Record<string, unknown> = {}, columns: Record<string, unknown> = {}) {
  const body = {
    now: ago(0),
    node: 'box',
    pulse: { at: gaps.map((_, index) => NOW - (steps - index) * 10_000), ...columns },
    screens: [],
    gone: [],
    stations: [],
    printers: [],
    outboxes: [],
    ...more,
  };
  const read = readPulse(body);
  if (read === null) throw new Error('not a pulse');
  return read;
}
const screen = {
  session: 's1',
  client: 'abc-kitchen-grill',
  app: 'screen/kitchen',
  screen: 'grill',
  role: 'kitchen',
  name: 'Grill',
  transport: 'websocket',
  since: NOW - 60_000,
  seenAt: NOW - 1_000,
  audio: 'running',
  visible: true,
};

describe('what the managers’ page shows', () => {
  const stations = [station('grill', 'GRILL'), station('drinks', 'DRINKS'), station('unrouted', 'UNROUTED')];

  it('[S91] counts at each station what is open and late, from its own seconds, and says since when it is deaf', () => {
    const orders = [
      order([
        {},
        { firedAt: ago(700), status: 'cooking' },
        { firedAt: ago(900), status: 'ready' },
        { firedAt: null, status: 'held' },
      ]),
    ];
    const live = new Map<string, unknown>([
      ['station:grill', { screens: 0, deafSince: ago(24) }],
      ['station:drinks', { screens: 2, deafSince: null }],
    ]);
    const tiles = tilesOf({ stations, orders, live, pulse: null, now: NOW });
    expect(tiles).toMatchObject([
      { id: 'grill', open: 2, late: 1, oldestAt: NOW - 700_000, screens: 0, deafSince: NOW - 24_000 },
      { id: 'drinks', open: 0, late: 0, oldestAt: null, screens: 2, deafSince: null },
    ]);
  });

  it('[S92] lists who is needed, the worst and oldest first, and nobody twice for one cause', () => {
    const alert: AlertView = {
      kind: 'alert',
      id: 'unheard:t0',
      version: 1,
      type: 'unheard',
      order: 'o1',
      ticket: 't0',
      number: 7,
      station: 'drinks',
      table: 'T12',
      at: ago(40),
      rung: 4,
      items: [],
    };
    const live = new Map<string, unknown>([['station:grill', { screens: 0, deafSince: ago(24) }]]);
    const told = pulse({
      stations: [
        { id: 'drinks', name: 'DRINKS', canary: { ms: null, at: NOW - 30_000 } },
        { id: 'grill', name: 'GRILL', canary: { ms: null, at: NOW - 30_000 } },
      ],
      gone: [{ client: 'x-pos', role: 'waiter', name: 'Maya', cause: 'silent', at: NOW - 5_000 }],
      screens: [{ ...screen, client: 'y-pos', app: 'screen/pos', name: 'Tom', screen: 'y-pos' }],
      outboxes: [{ client: 'y-pos', depth: 3, oldestMs: 61_000 }],
    });
    const needs = needsOf({
      stations,
      orders: [order([{ firedAt: ago(700) }])],
      live,
      pulse: told,
      now: NOW,
      alerts: [alert],
    });
    expect(needs.map(({ kind, level }) => `${level} ${kind}`)).toEqual([
      'late outbox',
      'late unheard',
      'late canary',
      'late deaf',
      'soon late',
      'soon screen',
    ]);
    // The grill is deaf: that its canary was not painted is the same news.
    expect(needs.filter(({ kind }) => kind === 'canary').map(({ values }) => values['station'])).toEqual([
      'DRINKS',
    ]);
    expect(needs.find(({ kind }) => kind === 'unheard')?.values).toMatchObject({ where: 'T12', rung: 4 });
    expect(needs.find(({ kind }) => kind === 'screen')?.values).toMatchObject({ page: 'pos', who: 'Maya' });
  });

  it('[S93] shows the screens of every node once, the lost first, each with its line, its sound and what waits on it', () => {
    const live = new Map<string, unknown>([
      [
        'screen:s1',
        { name: 'grill', station: 'grill', transport: 'websocket', sinceMs: NOW, audio: 'running' },
      ],
      [
        'screen:node-b/s9',
        { name: 'drinks', station: 'drinks', transport: 'sse', sinceMs: NOW, audio: null },
      ],
      ['screen:node-b/s8', null],
    ]);
    const told = pulse({
      screens: [screen],
      gone: [{ client: 'z-floor', role: 'waiter', name: 'Maya', cause: 'cut', at: NOW }],
      outboxes: [{ client: 'abc-kitchen-grill', depth: 1, oldestMs: 2_000 }],
    });
    expect(screensOf({ live, pulse: told })).toMatchObject([
      { page: 'floor', who: 'Maya', gone: { cause: 'cut' } },
      {
        page: 'kitchen',
        station: 'grill',
        who: null,
        transport: 'websocket',
        outbox: { depth: 1 },
        gone: null,
      },
      { station: 'drinks', transport: 'sse', gone: null },
    ]);
  });

  it('[S94] sums and rates the pulse without filling its gaps, and draws no time before the server ran', () => {
    expect(together([1, null, null], [2, 3, null])).toEqual([3, 3, null]);
    expect(perMinute([1, 0, null, 0, 0, 0, 0, 2])).toEqual([1, 1, null, 1, 1, 1, 0, 2]);
    const columns = pulse({}, { websocket: gaps.map((_, index) => (index < 200 ? null : 1)) }).pulse;
    expect(columns && sinceFirst(columns).at).toHaveLength(160);
    const young = pulse({}, { websocket: gaps.map((_, index) => (index < 358 ? null : 1)) }).pulse;
    expect(young && sinceFirst(young).at).toHaveLength(60);
    const figures = figuresOf({
      stations,
      orders: [],
      live: new Map(),
      now: NOW,
      pulse: pulse(
        {
          screens: [screen, { ...screen, session: 's2', transport: 'poll' }],
          outboxes: [{ client: 'a', depth: 4 }],
        },
        {
          reconnects: gaps.map((_, index) => (index === 300 ? 2 : 0)),
          paintedP95: gaps.map((_, index) => (index > 355 ? 80 + index : null)),
        },
      ),
    });
    expect(figures).toMatchObject({ screens: 2, slower: 1, reconnects: 2, waiting: 4, paintedP95: 437 });
  });

  it('[S96] marks the time in which no screen was connected, though the server ran', () => {
    const count = (index: number): number | null => {
      if (index < 100) return null;
      if (index < 110) return 0;
      return (index >= 200 && index < 206) || index === 300 || index >= 355 ? 0 : 2;
    };
    const { pulse: columns } = pulse({}, { websocket: gaps.map((_, index) => count(index)) });
    const at = (index: number) => NOW - (steps - index) * 10_000;
    // Not before the first screen came, and not for a reload.
    expect(columns && outagesOf(columns)).toEqual([
      { from: at(200), to: at(206) },
      { from: at(355), to: at(359) },
    ]);
  });

  it('[S95] takes nothing from an answer that is not as agreed', () => {
    expect(readPulse({ now: 'x', screens: [], stations: [] })).toBe(null);
    expect(readPulse({ now: ago(0), screens: [{}], stations: [] })).toBe(null);
    expect(pulse({}, { websocket: [1, 2] }).pulse?.websocket).toHaveLength(steps);
    expect(readStory({ at: ago(0), sentences: [{ say: 'quiet', values: {} }], list: [{ what: 'x' }] })).toBe(
      null,
    );
    expect(
      readDrill({ id: 'a', step: 'screen', startedAt: 1, checks: [{ check: 'deaf', state: 'maybe' }] }),
    ).toBe(null);
  });
});

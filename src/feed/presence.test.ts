import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHub } from '../backplane/inProcess.ts';
import { createNeighbours, roomsOf } from '../backplane/neighbours.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { type LocationState, emptyLocation } from '../domain/state.ts';
import { smallPlace } from '../testkit/kitchen.ts';
import { type LiveDatum, type Presence, createPresence } from './presence.ts';
import { packScreens, readScreens } from './screens.ts';
import type { Watcher } from './watchers.ts';

const START = Date.parse('2026-11-22T19:00:00.000Z');
const state: LocationState = { ...emptyLocation('brasa'), config: smallPlace };

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function watcher(session: string, topic: string, counts = true): Watcher {
  return {
    session,
    role: 'kitchen',
    device: undefined,
    stations: undefined,
    screen: session,
    topic,
    transport: 'websocket',
    counts,
    lastSeen: 0,
    until: Number.POSITIVE_INFINITY,
    painted: -1,
    visible: null,
    audio: null,
  };
}

type TestNode = {
  presence: Presence;
  /** Who watches on this node, by session. */
  screens: Map<string, Watcher>;
  behind: Set<string>;
  told: LiveDatum[];
  come(session: string, topic?: string, counts?: boolean): void;
  go(session: string): void;
  last(kind: string, id: string): unknown;
  gone(station?: string): string | null;
  crash(): void;
};

function node(hub: ReturnType<typeof createHub>): TestNode {
  const screens = new Map<string, Watcher>();
  const behind = new Set<string>();
  const told: LiveDatum[] = [];
  const backplane = hub.connect();
  const neighbours = createNeighbours({
    redisUrl: undefined,
    backplane,
    locations: () => ({
      offer: () => undefined,
      look: async () => undefined,
      pollHeadsEvery: () => undefined,
    }),
    readCourtesy: () => null,
  });
  const presence = createPresence({
    local: () => ({ watchers: [...screens.values()], behind }),
    state: () => state,
    emit: (_location, data) => told.push(...data),
    now: () => Date.now(),
    rooms: roomsOf(neighbours),
  });
  neighbours.start();
  neighbours.opened({ id: 'brasa' });
  presence.start();
  presence.ready();
  presence.house('brasa').goneSince('grill');
  return {
    presence,
    screens,
    behind,
    told,
    come(session, topic = 'station:grill', counts = true) {
      screens.set(session, watcher(session, topic, counts));
      presence.stir('brasa');
    },
    go(session) {
      screens.delete(session);
      presence.stir('brasa');
    },
    last(kind, id) {
      const datum = told.findLast((one) => one.kind === kind && one.id === id);
      return datum === undefined ? undefined : JSON.parse(datum.data);
    },
    gone: (station = 'grill') => presence.house('brasa').goneSince(station),
    crash() {
      screens.clear();
      void backplane.stop();
    },
  };
}

function heardElsewhere(target: TestNode): void {
  const event = { type: 'station.proved', v: 1, data: { station: 'grill', minute: 1 } };
  target.presence.committed({ id: 'brasa', state }, [event as unknown as LoggedEvent]);
}

describe('who looks at a location', () => {
  it('[ND10] a station counts its screens on this node; who went is missed after 5 s, and the station is deaf after 20 s', async () => {
    const one = node(createHub());
    await sleep(100);
    one.come('a');
    one.come('b');
    one.come('pass', 'station:grill', false);
    await sleep(100);
    expect(one.last('station', 'grill')).toEqual({ screens: 2, deafSince: null });
    expect(one.gone()).toBeNull();
    one.go('a');
    one.go('b');
    const wentAt = new Date(Date.now() + 50).toISOString();
    await sleep(4_000);
    expect(one.last('station', 'grill')).toEqual({ screens: 2, deafSince: null });
    expect(one.gone()).toBeNull();
    await sleep(2_500);
    expect(one.last('station', 'grill')).toEqual({ screens: 0, deafSince: null });
    expect(one.gone()).toBe(wentAt);
    await sleep(15_000);
    expect(one.last('station', 'grill')).toEqual({ screens: 0, deafSince: wentAt });
    one.come('a');
    await sleep(100);
    expect(one.last('station', 'grill')).toEqual({ screens: 1, deafSince: null });
    expect(one.gone()).toBeNull();
  });

  it('[ND10] a screen that reconnects within 5 s does not flap', async () => {
    const one = node(createHub());
    one.come('a');
    await sleep(2_000);
    const before = one.told.filter(({ kind }) => kind === 'station').length;
    one.go('a');
    await sleep(3_000);
    one.come('a2');
    await sleep(3_000);
    expect(one.told.filter(({ kind }) => kind === 'station')).toHaveLength(before);
    expect(one.gone()).toBeNull();
  });

  it('[ND10] a station that nobody was ever seen at is gone since the location came into memory', async () => {
    const one = node(createHub());
    await sleep(30_000);
    expect(one.gone()).toBe(new Date(START).toISOString());
    expect(one.gone('fryer')).toBe(new Date(START).toISOString());
  });

  it('[ND16] a screen whose line broke without a word is gone since it was last heard, not since that was noticed', async () => {
    const [one] = [node(createHub())];
    one.come('a');
    const heard = Date.now();
    one.screens.set('a', { ...watcher('a', 'station:grill'), lastSeen: heard });
    await sleep(1_500);
    await sleep(18_500);
    // After 20 s of silence its socket is closed.
    one.go('a');
    await sleep(1_000);
    expect(one.gone()).toBe(new Date(heard).toISOString());
    expect(one.last('station', 'grill')).toMatchObject({ deafSince: new Date(heard).toISOString() });

    one.come('b');
    one.screens.set('b', { ...watcher('b', 'station:grill'), lastSeen: Date.now() });
    await sleep(12_000);
    const closed = Date.now();
    // Closed by hand between two of its words.
    one.go('b');
    await sleep(6_000);
    expect(Date.parse(one.gone() ?? '')).toBeGreaterThanOrEqual(closed);
    one.crash();
  });

  it('[ND11] screens of all nodes are counted together, from the moment a node comes', async () => {
    const hub = createHub();
    const [first, second] = [node(hub), node(hub)];
    first.come('a');
    second.come('b');
    await sleep(300);
    expect(first.last('station', 'grill')).toEqual({ screens: 2, deafSince: null });
    expect(second.last('station', 'grill')).toEqual({ screens: 2, deafSince: null });
    const third = node(hub);
    await sleep(300);
    expect(third.last('station', 'grill')).toEqual({ screens: 2, deafSince: null });
    expect(third.gone()).toBeNull();
    first.go('a');
    second.go('b');
    await sleep(8_000);
    expect(third.last('station', 'grill')).toMatchObject({ screens: 0 });
    expect(third.gone()).not.toBeNull();
  });

  it('[ND11] the screens of a node that died are counted 15 s longer, no more', async () => {
    const hub = createHub();
    const [first, second] = [node(hub), node(hub)];
    first.come('a');
    await sleep(20_000);
    expect(second.gone()).toBeNull();
    first.crash();
    await sleep(9_000);
    expect(second.gone()).toBeNull();
    await sleep(14_000);
    expect(second.gone()).not.toBeNull();
  });

  it('[ND11] nodes at rest say who is here each 5 s and no more, also with a screen behind on each', async () => {
    const hub = createHub();
    const [one, two] = [node(hub), node(hub)];
    await sleep(100);
    one.come('s1');
    two.come('s2');
    one.behind.add('s1');
    two.behind.add('s2');
    await sleep(5_000);
    const listener = hub.connect();
    const words: string[] = [];
    listener.join('brasa', { heard: (text) => words.push(text.slice(0, text.indexOf(' '))) });
    one.told.length = 0;
    await sleep(10_000);
    // A lag grows by a second a second; nothing else is news.
    expect(words.filter((word) => word === 'here').length).toBeLessThanOrEqual(42);
    expect(one.told.map(({ kind }) => kind).filter((kind) => kind !== 'screen')).toEqual([]);
    one.behind.clear();
    two.behind.clear();
    await sleep(2_000);
    words.length = 0;
    await sleep(10_000);
    expect(words.length).toBeLessThanOrEqual(5);
  });

  it('[ND12] with the other nodes out of hearing the last known is kept 45 s; longer while the log shows that somebody looks', async () => {
    const hub = createHub();
    const [first, second] = [node(hub), node(hub)];
    first.come('a');
    await sleep(10_000);
    hub.setUp(false);
    await sleep(40_000);
    expect(second.gone()).toBeNull();
    heardElsewhere(second);
    await sleep(60_000);
    expect(second.gone()).toBeNull();
    heardElsewhere(second);
    await sleep(60_000);
    expect(second.gone()).toBeNull();
    await sleep(45_000);
    expect(second.gone()).not.toBeNull();
    hub.setUp(true);
    await sleep(1_000);
    expect(second.gone()).toBeNull();
    expect(second.last('station', 'grill')).toEqual({ screens: 1, deafSince: null });
  });

  it('[ND13] the manager is told of each screen, who is behind and who left', async () => {
    const hub = createHub();
    const [first, second] = [node(hub), node(hub)];
    second.come('b');
    first.come('a');
    await sleep(200);
    first.behind.add('a');
    await sleep(3_200);
    expect(first.last('screen', 'a')).toMatchObject({
      name: 'a',
      station: 'grill',
      transport: 'websocket',
      sinceMs: START + 50,
      audio: null,
    });
    const lag = (first.last('screen', 'a') as { lagMs: number }).lagMs;
    expect(lag).toBeGreaterThan(1_000);
    const remote = first.told.filter(({ kind, id }) => kind === 'screen' && id.endsWith('/b'));
    expect(remote).toHaveLength(1);
    expect(remote[0]?.topics('manager')).toBe(true);
    expect(remote[0]?.topics('pos')).toBe(false);
    first.go('a');
    await sleep(200);
    expect(first.last('screen', 'a')).toBeNull();
  });

  it('[ND13] what a reader is told when it comes are the stations, and to the manager the screens', async () => {
    const one = node(createHub());
    one.come('a');
    await sleep(100);
    const kinds = (topic: string): string[] =>
      one.presence.standing('brasa', topic).map(({ kind, id }) => `${kind} ${id}`);
    expect(kinds('pos')).toContain('station grill');
    expect(kinds('station:grill')).toEqual(['station grill']);
    expect(kinds('order:x')).toEqual([]);
    expect(kinds('manager')).toContain('screen a');
  });

  it('[ND14] what another node says of its screens is read whole or not at all', () => {
    const good = packScreens([
      {
        session: 's',
        name: 'n',
        station: null,
        counts: ['grill'],
        transport: 'sse',
        sinceMs: 1,
        lagMs: 0,
        audio: 'running',
      },
    ]);
    expect(readScreens(JSON.parse(good), 'node')).toEqual([
      {
        session: 'node/s',
        name: 'n',
        station: null,
        counts: ['grill'],
        transport: 'sse',
        sinceMs: 1,
        lagMs: 0,
        audio: 'running',
      },
    ]);
    const bad: unknown[] = [
      null,
      {},
      'x',
      [1],
      [[]],
      [['s', 'n', 5, [], null, 1, 0, null]],
      [['s', 'n', null, [7], null, 1, 0, null]],
      [['s', 'n', null, [], null, 'x', 0, null]],
      [['s'.repeat(99), 'n', null, [], null, 1, 0, null]],
      Array.from({ length: 301 }, () => JSON.parse(good)[0]),
    ];
    for (const data of bad) expect(readScreens(data, 'node')).toBeNull();
  });
});

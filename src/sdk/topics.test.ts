import { describe, expect, it } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import type { Chg, Snap } from '../protocol/down.ts';
import type { SnapshotAnswer } from '../protocol/http.ts';
import type { Said } from './carrier.ts';
import { createTopics } from './topics.ts';
import { aTicket } from './testing/fakeServer.ts';

const TOPIC = 'station:grill';
const AT = '2026-01-31T18:00:00.000Z';

function stage(fetchSnapshot: () => Promise<SnapshotAnswer> = () => Promise.reject(new Error('none'))) {
  const said: Said[] = [];
  let now = 1_000_000;
  const topics = createTopics({
    now: () => now,
    serverNow: () => now,
    say: (frame) => said.push(frame) > 0,
    isLive: () => true,
    fetchSnapshot,
    predict: ({ entities }) => ({ entities, predicted: NONE }),
    lastKnown: { load: () => Promise.resolve(null), note: () => undefined },
    moved: () => undefined,
    needed: () => undefined,
    repaired: () => undefined,
    forked: () => undefined,
  });
  topics.view(TOPIC).subscribe(() => undefined);
  topics.subscriptions(1);
  topics.linkUp(1);
  return { topics, said, pass: (ms: number) => (now += ms) };
}
const NONE: ReadonlySet<string> = new Set();
const snap = (pos: number, entities: Entity[], more: Partial<Snap> = {}): Snap => ({
  t: 'snap',
  topic: TOPIC,
  pos,
  cursor: `c${pos}`,
  hash: viewHash(entities),
  entities,
  part: 0,
  last: true,
  ...more,
});
const chg = (from: number, to: number, put: Entity[] = []): Chg => ({
  t: 'chg',
  topic: TOPIC,
  from,
  to,
  cursor: `c${to}`,
  at: AT,
  events: [],
  put,
  gone: [],
});

describe('what may be acknowledged', () => {
  it('[C132] is what the connection in use has told since it was last asked', () => {
    const { topics, said } = stage();
    expect(topics.mayAcknowledge(TOPIC, 'c10')).toBe(false);
    topics.frame(1, snap(10, [aTicket('a', 1)]));
    expect(topics.mayAcknowledge(TOPIC, 'c10')).toBe(true);
    expect([topics.mayAcknowledge(TOPIC, 'c11'), topics.mayAcknowledge('pos', 'c10')]).toEqual([
      false,
      false,
    ]);

    // Asked anew on the same connection: until it has spoken, it knows of nothing.
    topics.frame(1, chg(20, 21));
    expect(said).toEqual([{ t: 'sub', topic: TOPIC, after: 'c10', pos: 10 }]);
    expect(topics.mayAcknowledge(TOPIC, 'c10')).toBe(false);
    topics.frame(1, chg(10, 10));
    expect(topics.mayAcknowledge(TOPIC, 'c10')).toBe(true);

    // Another connection.
    topics.subscriptions(2);
    topics.linkUp(2);
    topics.linkDown(1);
    expect(topics.mayAcknowledge(TOPIC, 'c10')).toBe(false);
    topics.frame(2, chg(10, 12, [aTicket('b', 12)]));
    expect([topics.mayAcknowledge(TOPIC, 'c10'), topics.mayAcknowledge(TOPIC, 'c12')]).toEqual([true, true]);

    // A restored log: what was painted of the one before is nobody's business.
    topics.frame(2, snap(5, [aTicket('a', 1)], { reset: true, reason: 'fork' }));
    topics.frame(2, chg(5, 30, [aTicket('c', 30)]));
    expect([
      topics.mayAcknowledge(TOPIC, 'c12'),
      topics.mayAcknowledge(TOPIC, 'c5'),
      topics.mayAcknowledge(TOPIC, 'c30'),
    ]).toEqual([false, true, true]);
    topics.linkDown(2);
    expect(topics.mayAcknowledge(TOPIC, 'c30')).toBe(false);
  });
});

describe('a topic that stays silent', () => {
  it('[C133] is asked for again after five seconds, and one that the server calls behind after two', () => {
    const { topics, said, pass } = stage();
    pass(4_900);
    topics.tick();
    expect(said).toEqual([]);
    pass(200);
    topics.tick();
    expect(said).toEqual([{ t: 'sub', topic: TOPIC, after: null, pos: -1 }]);
    topics.frame(1, snap(10, []));
    expect(topics.inStep()).toBe(true);
    topics.frame(1, { t: 'ping', n: 1, now: AT, topics: { [TOPIC]: [13, 0] } });
    expect([topics.inStep(), topics.behind()]).toEqual([false, 3]);
    pass(2_100);
    topics.tick();
    expect(said.at(-1)).toEqual({ t: 'sub', topic: TOPIC, after: 'c10', pos: 10 });
    topics.frame(1, chg(10, 13));
    expect([topics.inStep(), topics.behind()]).toEqual([true, 0]);
  });
});

describe('a topic that was repaired too often', () => {
  const whole = { t: 'sub', topic: TOPIC, after: null, pos: -1 };

  /** A copy at 10 whose gaps brought two snapshots, and a third that has to wait. */
  function held() {
    const house = stage();
    const { topics, said, pass } = house;
    topics.frame(1, snap(10, []));
    for (let n = 0; n < 9; n += 1) {
      pass(1_000);
      topics.frame(1, chg(20 + n, 21 + n));
      for (const frame of said.splice(0))
        if (frame.t === 'sub') topics.frame(1, frame.after === null ? snap(10, []) : chg(10, 10));
    }
    return house;
  }

  it('[C253] waits thirty seconds for the next snapshot, however many gaps come meanwhile', () => {
    const { topics, said, pass } = held();
    for (let n = 0; n < 29; n += 1) {
      pass(1_000);
      topics.frame(1, chg(41 + n, 42 + n));
      topics.tick();
    }
    expect(said).toEqual([]);
    expect(topics.repairs()).toBe(3);
    pass(1_500);
    topics.tick();
    expect(said).toEqual([whole]);
    topics.frame(1, snap(70, []));
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'live', pos: 70 });
  });

  it('[C253] asks from its own cursor meanwhile, once its copy is known to be right', () => {
    const { topics, said, pass } = held();
    topics.frame(1, { t: 'ping', n: 1, now: AT, topics: { [TOPIC]: [10, 0] } });
    expect(topics.view(TOPIC).get().state).toBe('live');
    pass(1_000);
    topics.frame(1, chg(11, 12));
    expect(said).toEqual([{ t: 'sub', topic: TOPIC, after: 'c10', pos: 10 }]);
  });
});

describe('a snapshot in parts', () => {
  it('[C251] proves nothing before its last part is here', () => {
    const { topics } = stage();
    topics.frame(1, snap(10, [aTicket('a', 1)]));
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'live', pos: 10 });
    // Another connection: the server was restored, and its log is shorter than what is shown.
    topics.linkDown(1);
    topics.subscriptions(2);
    topics.linkUp(2);
    const all = [aTicket('a', 1), aTicket('b', 3)];
    const reset = { reset: true, reason: 'restored', hash: viewHash(all) };
    topics.frame(2, snap(5, all.slice(0, 1), { ...reset, part: 0, last: false }));
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'stale', pos: 10 });
    topics.frame(2, snap(5, all.slice(1), { ...reset, part: 1, last: true }));
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'live', pos: 5 });
  });
});

describe('a snapshot that is fetched elsewhere', () => {
  const at = (pos: number, more: Partial<Snap> = {}): Snap =>
    snap(pos, [], { href: '/snapshot', reset: true, reason: 'too_old', ...more });
  const fetched = (pos: number) => async (): Promise<SnapshotAnswer> => {
    const entities = [aTicket('a', pos)];
    return { topic: TOPIC, pos, cursor: `c${pos}`, hash: viewHash(entities), entities };
  };

  it('[C254] does not set back what is shown of the same history, and is asked for again', async () => {
    const { topics, said, pass } = stage(fetched(53));
    topics.frame(1, snap(54, [aTicket('a', 54)]));
    topics.frame(1, at(60));
    await Promise.resolve();
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'stale', pos: 54 });
    pass(5_000);
    topics.tick();
    expect(said).toEqual([{ t: 'sub', topic: TOPIC, after: 'c54', pos: 54 }]);
    topics.frame(1, chg(54, 60, [aTicket('a', 60)]));
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'live', pos: 60 });
  });

  it('[C254] replaces what is shown of another history', async () => {
    const { topics } = stage(fetched(53));
    topics.frame(1, snap(54, [aTicket('a', 54)]));
    topics.frame(1, at(53, { reason: 'restored' }));
    await Promise.resolve();
    expect(topics.view(TOPIC).get()).toMatchObject({ state: 'live', pos: 53 });
  });
});

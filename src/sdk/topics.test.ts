import { describe, expect, it } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import type { Chg, Snap } from '../protocol/down.ts';
import type { Said } from './carrier.ts';
import { createTopics } from './topics.ts';
import { aTicket } from './testing/fakeServer.ts';

const TOPIC = 'station:grill';
const AT = '2026-01-31T18:00:00.000Z';

function stage() {
  const said: Said[] = [];
  let now = 1_000_000;
  const topics = createTopics({
    now: () => now,
    serverNow: () => now,
    say: (frame) => said.push(frame) > 0,
    isLive: () => true,
    fetchSnapshot: () => Promise.reject(new Error('none')),
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

import { describe, expect, it } from 'vitest';
import type { Down } from '../protocol/down.ts';
import type { Said } from './carrier.ts';
import { createHub, SELF } from './hub.ts';
import { identityOf } from './identity.ts';

/** The bookkeeping of pages that share a connection. */

const TOPIC = 'station:grill';

describe('who is told what', () => {
  const frame = (from: number, to: number): Down => ({
    t: 'chg',
    topic: TOPIC,
    from,
    to,
    cursor: `c${to}`,
    at: '2026-01-31T18:00:00.000Z',
    events: [],
    put: [],
    gone: [],
  });
  const snap = (pos: number): Down => ({
    t: 'snap',
    topic: TOPIC,
    pos,
    cursor: `c${pos}`,
    hash: 0,
    entities: [],
    part: 0,
    last: true,
  });
  const ack = (pos: number, visible = true): Said => ({
    t: 'ack',
    topic: TOPIC,
    cursor: `c${pos}`,
    painted: true,
    visible,
    audio: 'running',
  });

  function stage() {
    const said: Said[] = [];
    let now = 0;
    const hub = createHub({ now: () => now, say: (one) => said.push(one) > 0 });
    return { hub, said, pass: (millis: number) => (now += millis) };
  }

  it('[C191] a topic is given up when the last page that has it leaves', () => {
    const { hub, said } = stage();
    for (const member of [SELF, 'x']) hub.say(member, { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    hub.say(SELF, { t: 'unsub', topic: TOPIC });
    expect(said.map(({ t }) => t)).toEqual(['sub', 'sub']);
    hub.left('x');
    expect(said.map(({ t }) => t)).toEqual(['sub', 'sub', 'unsub']);
    expect(hub.hasOthers()).toBe(false);
  });

  it('[C192] a snapshot goes to who asked for it, changes to everybody who has the topic', () => {
    const { hub, pass: wait } = stage();
    hub.say(SELF, { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    expect(hub.frame(snap(5), true)).toEqual([SELF]);
    wait(20_000);
    hub.say('x', { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    expect(hub.frame(snap(9), true)).toEqual(['x']);
    expect(hub.frame(frame(9, 10), true)).toEqual([SELF, 'x']);
    expect(hub.frame({ t: 'ping', n: 1, now: '', topics: {} }, true)).toBe('all');
  });

  it('[C193] nothing is acknowledged beyond what the connection in use has told since it was last asked', () => {
    const { hub, said, pass: wait } = stage();
    hub.say(SELF, { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    hub.say('x', { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    hub.frame(snap(5), true);
    wait(20_000);
    expect(hub.say(SELF, ack(5))).toBe(true);
    hub.say('x', { t: 'sub', topic: TOPIC, after: 'c3', pos: 3 });
    said.length = 0;
    expect(hub.say(SELF, ack(5))).toBe(false);
    expect(hub.say('x', ack(5))).toBe(false);
    hub.frame(frame(3, 4), true);
    hub.again(TOPIC);
    // A frame of a connection that is being replaced tells this one nothing.
    hub.frame(frame(4, 6), false);
    hub.again(TOPIC);
    expect(said).toEqual([]);
    hub.frame(frame(4, 5), true);
    hub.again(TOPIC);
    expect(said).toEqual([ack(5)]);
    hub.anew();
    expect(hub.say(SELF, ack(5))).toBe(false);
  });

  it('[C194] a new connection asks also for the topics that only other pages have, from where they are', () => {
    const { hub } = stage();
    hub.say('x', { t: 'sub', topic: TOPIC, after: null, pos: -1 });
    hub.frame(snap(5), true);
    hub.frame(frame(5, 8), true);
    expect(hub.opening([{ topic: 'kitchen', after: 'k', pos: 2 }])).toEqual([
      { topic: 'kitchen', after: 'k', pos: 2 },
      { topic: TOPIC, after: 'c8', pos: 8 },
    ]);
    hub.left('x');
    expect(hub.opening([])).toEqual([]);
  });
});

const tokenOf = (claims: object): string => `h.${btoa(JSON.stringify(claims))}.s`;
const MAYA = { sub: 'staff:maya', org: 'brasa-group', loc: 'brasa', role: 'kitchen' };

describe('whose token it is', () => {
  it('[C195] who somebody is follows from the claims, and not from when the token was made', () => {
    const one = tokenOf({ ...MAYA, exp: 1, iat: 2 });
    expect(identityOf(one)).toBe(
      identityOf(tokenOf({ role: MAYA.role, loc: MAYA.loc, org: MAYA.org, sub: MAYA.sub, exp: 9 })),
    );
    expect(identityOf(one)).not.toBe(identityOf(tokenOf({ ...MAYA, dev: 'd' })));
    for (const bad of ['', 'hk_123', 'a.b.c', `a.${btoa('[]')}.c`, `a.${btoa('null')}.c`])
      expect(identityOf(bad)).toBeNull();
  });
});

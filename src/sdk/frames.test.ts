import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { down } from '../protocol/down.ts';
import { makeProblem } from '../protocol/problems.ts';
import { isCommandAnswer, isProblem, isSnapshot, readFrame } from './frames.ts';
import { aTicket } from './testing/fakeServer.ts';

const at = '2026-01-31T18:00:00Z';
const GOOD: Record<string, unknown>[] = [
  { t: 'ready', session: 's', now: at, rules: 'r', ping: 15_000, retry: { min: 1, max: 2 } },
  { t: 'snap', topic: 'pos', pos: 1, cursor: 'c', hash: 5, entities: [aTicket('a', 1)], part: 0, last: true },
  {
    t: 'chg',
    topic: 'pos',
    from: 0,
    to: 1,
    cursor: 'c',
    at,
    events: [{ type: 'x', seq: 1, at, by: { id: 'a', role: 'kitchen' }, command: 'c' }],
    put: [aTicket('a', 1)],
    gone: [{ kind: 'order', id: 'o', version: 1, why: 'closed' }],
  },
  { t: 'live', topic: 'pos', kind: 'ticket', id: 'a', data: { screens: 1 } },
  { t: 'ping', n: 1, now: at, topics: { pos: [1, 2] } },
  { t: 'auth', expiresIn: 60 },
  { t: 'bye', code: 4200, reason: 'drain' },
  { ...makeProblem('forbidden', 'no'), t: 'problem', topic: 'pos' },
];

describe('frames', () => {
  it.each(GOOD.map((frame) => [String(frame['t']), frame]))(
    "[C87] %s is read as the wire's own schema reads it",
    (_, frame) => {
      expect(down.safeParse(frame).success).toBe(true);
      expect(readFrame(JSON.stringify(frame))).toEqual(frame);
      expect(readFrame(JSON.stringify({ ...frame, fromALaterVersion: true }))).toMatchObject(frame);
    },
  );

  it('[C88] a frame without what the SDK stands on is broken', () => {
    const needed: Record<string, string[]> = {
      ready: ['session', 'now', 'rules', 'ping', 'retry'],
      snap: ['topic', 'pos', 'cursor', 'hash', 'entities', 'part', 'last'],
      chg: ['topic', 'from', 'to', 'cursor', 'at', 'events', 'put', 'gone'],
      live: ['topic', 'kind', 'id'],
      ping: ['n', 'now', 'topics'],
      auth: ['expiresIn'],
      bye: ['code'],
      problem: ['code', 'status', 'detail'],
    };
    for (const frame of GOOD) {
      for (const field of needed[String(frame['t'])] ?? []) {
        for (const wrong of [undefined, null, { deep: 1 }, -1.5]) {
          const bad = { ...frame, [field]: wrong };
          expect(
            readFrame(JSON.stringify(bad)),
            `${String(frame['t'])}.${field} = ${JSON.stringify(wrong)}`,
          ).toBe('broken');
          expect(down.safeParse(bad).success).toBe(false);
        }
      }
    }
  });

  it('[C89] what is newer is unknown, what is no frame is broken, and nothing throws', () => {
    expect(readFrame('{"t":"weather"}')).toBe('unknown');
    for (const text of ['', '{', 'null', '[]', '"t"', '{"t":1}', '{}'])
      expect(readFrame(text)).toBe('broken');
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(readFrame(JSON.stringify({ t: name }))).toBe('unknown');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['unknown', 'broken']).toContain(readFrame(JSON.stringify(value)));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('[C90] tells answers, problems and snapshots from anything else that comes over HTTP', () => {
    expect(isCommandAnswer({ id: 'a', name: 'b', seq: 1, replayed: false, result: {} })).toBe(true);
    expect(isCommandAnswer({ id: 'a', name: 'b', seq: '1', result: {} })).toBe(false);
    expect(isProblem(makeProblem('conflict', 'x'))).toBe(true);
    expect(isProblem({ message: 'x' })).toBe(false);
    expect(isSnapshot({ topic: 'pos', pos: 1, cursor: 'c', hash: 1, entities: [] })).toBe(true);
    expect(isSnapshot({ topic: 'pos', pos: 1, cursor: 'c', hash: 1, entities: [{}] })).toBe(false);
    for (const none of [null, undefined, 'text', 5, []])
      expect([isCommandAnswer(none), isProblem(none), isSnapshot(none)]).toEqual([false, false, false]);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLOSE, down } from './down.ts';
import { PROBLEMS, type ProblemCode, makeProblem, problem } from './problems.ts';
import { acks, up } from './up.ts';
import { SUBPROTOCOL, WIRE_VERSION } from './version.ts';
import { WIRE_HASHES } from './wireHash.ts';

function wireHash(): string {
  const schemas = [z.toJSONSchema(up, { io: 'input' }), z.toJSONSchema(down, { io: 'output' })];
  return createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16);
}

describe('the wire', () => {
  test('[P1] nobody changes a message without a line in the history of versions', () => {
    const [known = '', now] = [WIRE_HASHES[WIRE_VERSION], wireHash()];
    if (process.env['UPDATE_WIRE'] === '1') {
      const file = new URL('wireHash.ts', import.meta.url);
      writeFileSync(file, readFileSync(file, 'utf8').replace(known, now));
    }
    expect(
      known,
      'a frame changed: raise WIRE_VERSION and write its line or, where old readers notice nothing, run this once with UPDATE_WIRE=1',
    ).toBe(now);
    expect(readFileSync(new URL('version.ts', import.meta.url), 'utf8')).toMatch(
      new RegExp(`^ \\* ${WIRE_VERSION}  \\d{4}-\\d\\d  `, 'm'),
    );
    expect(SUBPROTOCOL).toBe(`heard.v${WIRE_VERSION}`);
  });

  const hello = {
    t: 'hello',
    v: 1,
    token: 'x',
    client: { id: 'screen-1' },
    subs: [{ topic: 'station:grill', after: null }],
  };

  test.each([
    ['a hello', hello],
    ['a sub without a cursor', { t: 'sub', topic: 'pos' }],
    [
      'an ack',
      { t: 'ack', topic: 'station:grill', cursor: 'c', painted: true, visible: true, audio: 'running' },
    ],
    ['a pong', { t: 'pong', n: 4 }],
    ['a new token', { t: 'auth', token: 'y' }],
  ])('[P2] %s is understood', (_what, frame) => {
    expect(up.safeParse(frame).success).toBe(true);
  });

  test.each([
    ['an unknown frame', { t: 'shout' }],
    ['an unknown field', { t: 'pong', n: 1, extra: true }],
    ['a missing field', { t: 'ack', topic: 'pos', cursor: 'c' }],
    ['a wrong type', { t: 'pong', n: '1' }],
    ['U+0000 in a topic', { t: 'sub', topic: 'po\u0000s' }],
    [
      'more than 32 subscriptions',
      { ...hello, subs: Array.from({ length: 33 }, (_, n) => ({ topic: `station:s${n}`, after: null })) },
    ],
    ['a command', { t: 'command', name: 'order.place' }],
    ['nothing', null],
  ])('[P3] %s is refused', (_what, frame) => {
    expect(up.safeParse(frame).success).toBe(false);
  });

  test('[P4] acknowledgements over HTTP say the same as over a socket', () => {
    const { t: _t, ...body } = {
      t: 'ack',
      topic: 'pos',
      cursor: 'c',
      painted: true,
      visible: false,
      audio: 'none',
    };
    expect(acks.safeParse([body]).success).toBe(true);
    expect(acks.safeParse([]).success).toBe(false);
  });
});

describe('problems and close codes', () => {
  test('[P5] each problem has the contract’s status, and says whether to try again', () => {
    const statuses = Object.fromEntries(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]));
    expect(statuses).toEqual({
      malformed: 400,
      unauthenticated: 401,
      forbidden: 403,
      not_found: 404,
      conflict: 409,
      too_large: 413,
      unsupported_type: 415,
      invalid_input: 422,
      idempotency_key_reused: 422,
      rate_limited: 429,
      unavailable: 503,
    });
    expect(Object.entries(PROBLEMS).flatMap(([code, { retry }]) => (retry ? [code] : []))).toEqual([
      'rate_limited',
      'unavailable',
    ]);
    for (const code of Object.keys(PROBLEMS) as ProblemCode[])
      expect(problem.safeParse(makeProblem(code, 'because')).success).toBe(true);
  });

  test('[P6] close codes tell by their hundred how to come back', () => {
    const range = (from: number, to: number) =>
      Object.entries(CLOSE).flatMap(([name, code]) => (code >= from && code < to ? [name] : []));
    expect(range(4000, 4100)).toEqual(['tokenRefused', 'revoked', 'noSuchTopic', 'version', 'badFrames']);
    expect(range(4100, 4200)).toEqual(['overloaded', 'tooSlow', 'notReady', 'heartbeat']);
    expect(range(4200, 4300)).toEqual(['drain', 'tokenExpired', 'resync', 'maxAge']);
  });
});

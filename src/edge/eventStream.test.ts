import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Replica } from '../feed/testing/kitchenFeed.ts';
import type { Down } from '../protocol/down.ts';
import { readEvents } from './testing/lines.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const STREAM = '/v1/locations/small-place/stream';

/** A stream as a program reads it: everything that came, with the ids. */
async function listen(
  query: string,
  headers: Record<string, string> = {},
): Promise<{
  response: Response;
  events: { id: string | null; frame: Down }[];
  done: Promise<void>;
  leave(): void;
}> {
  const controller = new AbortController();
  const response = await fetch(`${at.http}${STREAM}?${query}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${await token()}`, ...headers },
    signal: controller.signal,
  });
  const events: { id: string | null; frame: Down }[] = [];
  const { body } = response;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const done = (async () => {
    if (body === null || !isStream) return;
    try {
      for await (const event of readEvents(body)) events.push(event);
    } catch {
      // It was left.
    }
  })();
  return { response, events, done, leave: () => controller.abort() };
}

describe('an event stream', () => {
  test('[F60] begins with ready, is kept by no cache and no proxy, and each event has the cursor as its id', async () => {
    at.place();
    const { response, events, leave } = await listen('topic=station:grill');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    await expect.poll(() => events.length).toBe(2);
    at.place();
    await expect.poll(() => events.length).toBe(3);
    expect(events.map(({ frame }) => frame.t)).toEqual(['ready', 'snap', 'chg']);
    expect(events[0]?.id).toBeNull();
    for (const { id, frame } of events.slice(1)) expect(frame).toMatchObject({ cursor: id });
    leave();
    await expect.poll(() => at.streams.load.sockets).toBe(0);
  });

  test('[F61] goes on from Last-Event-ID or after, the newer one of both, and answers a doubtful one with a reset', async () => {
    const first = await listen('topic=station:grill');
    await expect.poll(() => first.events.length).toBe(2);
    first.leave();
    const start = first.events[1]?.id ?? '';
    at.place();
    const second = await listen(`topic=station:grill&after=${start}`);
    await expect.poll(() => second.events.length).toBe(2);
    expect(second.events[1]?.frame).toMatchObject({ t: 'chg', put: [{ kind: 'ticket' }] });
    second.leave();
    at.place();
    const third = await listen(`topic=station:grill&after=${start}`, {
      'last-event-id': second.events[1]?.id ?? '',
    });
    await expect.poll(() => third.events.length).toBe(2);
    const [change] = third.events.slice(-1);
    expect(change?.frame.t === 'chg' && change.frame.put.length).toBe(1);
    third.leave();
    const fourth = await listen('topic=station:grill', { 'last-event-id': 'nonsense' });
    await expect.poll(() => fourth.events.length).toBe(2);
    expect(fourth.events[1]?.frame).toMatchObject({ t: 'snap', reset: true, reason: 'bad_cursor' });
    fourth.leave();
  });

  test('[F62] carries several topics, each of which goes on from the cursor that is its own', async () => {
    const both = 'topic=station:grill&topic=station:drinks';
    const first = await listen(both);
    const copies = new Map([
      ['station:grill', new Replica()],
      ['station:drinks', new Replica()],
    ]);
    await expect.poll(() => first.events.length).toBe(3);
    for (const { frame } of first.events)
      if (frame.t === 'snap' || frame.t === 'chg') copies.get(frame.topic)?.apply(frame);
    first.leave();
    at.place();
    const [grill, drinks] = [...copies.values()];
    const second = await listen(`${both}&after=${drinks?.cursor}&after=${grill?.cursor}`);
    await expect.poll(() => second.events.length).toBe(3);
    for (const { frame } of second.events.slice(1)) {
      expect(frame).toMatchObject({ t: 'chg', put: [{ kind: 'ticket' }] });
      if (frame.t === 'chg') copies.get(frame.topic)?.apply(frame);
    }
    expect([grill?.gaps, drinks?.gaps, grill?.entities.size]).toEqual([0, 0, 2]);
    second.leave();
  });

  test('[F63] a snapshot in parts has its id on the last one: whoever breaks off before has nothing of it', async () => {
    for (let index = 0; index < 9; index += 1) at.banquet();
    const { events, leave } = await listen('topic=station:grill');
    await expect
      .poll(() => events.some(({ frame }) => frame.t === 'snap' && frame.last), { timeout: 5_000 })
      .toBe(true);
    const snaps = events.filter(({ frame }) => frame.t === 'snap');
    expect(snaps.length).toBeGreaterThan(1);
    expect(snaps.map(({ id }) => id !== null)).toEqual(snaps.map((_, index) => index === snaps.length - 1));
    leave();
  });

  test('[F64] is told what pings say, when to come back with a new token, and when it is too old', async () => {
    await at.open({ limits: { pingMs: 150, eventStreamMaxAgeMs: 1_200 } });
    at.place();
    const { events, done } = await listen('topic=station:grill', {
      authorization: `Bearer ${await token({}, 30)}`,
    });
    const copy = new Replica();
    await done;
    for (const { frame } of events) copy.apply(frame);
    const kinds = events.map(({ frame }) => frame.t);
    expect(kinds.filter((kind) => kind === 'auth')).toHaveLength(1);
    const ping = events.findLast(({ frame }) => frame.t === 'ping')?.frame;
    expect(ping).toMatchObject({ topics: { 'station:grill': [copy.pos, copy.hash] } });
    expect(events.at(-1)?.frame).toMatchObject({ t: 'bye', code: 4203 });
  });

  test('[F65] is told live what is live, as on a socket', async () => {
    const waiter = { authorization: `Bearer ${await token({ role: 'waiter', sub: 'staff:maya' })}` };
    const { events, leave } = await listen('topic=pos', waiter);
    const grill = await listen('topic=station:grill');
    await expect.poll(() => grill.events.length).toBe(2);
    const ticket = at.place();
    await expect
      .poll(() => events.map(({ frame }) => frame).findLast(({ t }) => t === 'live'))
      .toMatchObject({ kind: 'ticket', id: ticket, data: { sent: 1 } });
    leave();
    grill.leave();
  });

  test('[F27] drain says 4200 with a time to wait, and lets nobody new in', async () => {
    const { events, done } = await listen('topic=kitchen');
    await expect.poll(() => events.length).toBe(2);
    await at.streams.drain(0);
    await done;
    expect(events.at(-1)?.frame).toMatchObject({ t: 'bye', code: 4200, retryAfter: expect.any(Number) });
    const { response } = await listen('topic=kitchen');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
  });

  test.each<[string, string, Record<string, string>, number, string]>([
    ['without a word about what is wanted', 'topic=kitchen', { accept: '*/*' }, 426, 'malformed'],
    ['for JSON', 'topic=kitchen', { accept: 'application/json' }, 426, 'malformed'],
    ['without a topic', '', {}, 422, 'invalid_input'],
    ['with a field nobody knows', 'topic=kitchen&deep=1', {}, 422, 'invalid_input'],
    ['of a topic that does not exist', 'topic=station:moon', {}, 404, 'not_found'],
    ['of one good topic and one of another role', 'topic=kitchen&topic=pos', {}, 403, 'forbidden'],
    ['with a cursor of 401 letters', `topic=kitchen&after=${'x'.repeat(401)}`, {}, 422, 'invalid_input'],
    [
      'of 33 topics',
      Array.from({ length: 33 }, (_, index) => `topic=station:s${index}`).join('&'),
      {},
      422,
      'invalid_input',
    ],
    ['with a token that is none', 'topic=kitchen', { authorization: 'Bearer a.b.c' }, 401, 'unauthenticated'],
  ])('[F66] a stream %s is a problem before it begins', async (_name, query, headers, status, code) => {
    const { response } = await listen(query, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status, code });
    expect(at.streams.load.sockets).toBe(0);
  });

  test('[F66] HEAD of a stream is not with this method', async () => {
    const response = await fetch(`${at.http}${STREAM}?topic=kitchen`, { method: 'HEAD' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  });

  test('[F12] a stream that nobody reads is let go with 4101, and holds no more than its bound meanwhile', async () => {
    const { connect } = await import('node:net');
    const raw = connect(at.port, '127.0.0.1');
    raw.write(
      `GET ${STREAM}?topic=station:grill HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nauthorization: Bearer ${await token()}\r\n\r\n`,
    );
    await expect.poll(() => at.streams.load.sessions).toBe(1);
    raw.pause();
    const until = performance.now() + 35_000;
    let most = 0;
    // Until the kernel takes no more for it, and a few beyond; then it is only waited for.
    for (let beyond = 0; beyond < 5 && performance.now() < until;) {
      for (let index = 0; index < 4; index += 1) at.banquet();
      await sleep(20);
      most = Math.max(most, at.streams.load.bufferedBytes);
      if (most > 64 * 1024) beyond += 1;
    }
    while (at.streams.load.sockets > 0 && performance.now() < until) {
      await sleep(100);
      most = Math.max(most, at.streams.load.bufferedBytes);
    }
    expect(at.streams.load.sockets).toBe(0);
    expect(most).toBeGreaterThan(64 * 1024);
    expect(most).toBeLessThan(64 * 1024 + 256 * 1024);
    raw.destroy();
  }, 50_000);
});

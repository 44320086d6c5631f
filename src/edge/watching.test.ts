import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { NewClaims } from '../accounts/tokens.ts';
import { KitchenFeed, reader } from '../feed/testing/kitchenFeed.ts';
import { createLimits } from './limits.ts';
import { openLine } from './testing/lines.ts';
import type { Line, TransportName } from './testing/lines.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const lines: Line[] = [];
afterEach(() => {
  for (const line of lines.splice(0)) line.cut();
});
const GRILL = 'station:grill';
const BASE = '/v1/locations/small-place';

async function join(transport: TransportName, claims: Partial<NewClaims> = {}): Promise<Line> {
  const line = openLine(transport, { base: at.http, token: await token(claims), topic: GRILL });
  lines.push(line);
  await line.up;
  return line;
}

async function call(
  path: string,
  more: { claims?: Partial<NewClaims>; ttl?: number; body?: unknown; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${at.http}${BASE}${path}`, {
    method: more.body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await token(more.claims, more.ttl)}`,
      ...(more.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(more.body !== undefined && { body: JSON.stringify(more.body) }),
    ...(more.signal !== undefined && { signal: more.signal }),
  });
}

async function cursorOf(topic: string): Promise<string> {
  const { cursor } = (await (await call(`/snapshot?topic=${topic}`)).json()) as { cursor: string };
  return cursor;
}

describe('who watches', () => {
  test('[F79] is known on each transport, by screen, topic and device, with what it last said of itself', async () => {
    const claims = { dev: 'd1', st: ['grill'] };
    const [socket, stream, long, poll] = [
      await join('websocket', { sub: 'a' }),
      await join('sse', { sub: 'b' }),
      await join('long-poll', { sub: 'c' }),
      await join('poll', { sub: 'd', ...claims }),
    ];
    await expect.poll(() => at.house.feed.watchers('small-place').length).toBe(4);
    await expect.poll(() => stream.replica.cursor).not.toBeNull();
    await expect.poll(() => socket.replica.cursor).not.toBeNull();
    for (const line of [socket, stream, long]) await line.acknowledge({ audio: 'suspended' });
    await poll.acknowledge({ visible: false });
    await expect
      .poll(() => at.house.feed.watchers('small-place').filter(({ visible }) => visible !== null).length)
      .toBe(4);
    const watchers = at.house.feed.watchers('small-place');
    expect(watchers.map(({ transport }) => transport).sort()).toEqual([
      'long-poll',
      'poll',
      'sse',
      'websocket',
    ]);
    for (const watcher of watchers)
      expect(watcher).toMatchObject({
        topic: GRILL,
        role: 'kitchen',
        counts: true,
        lastSeen: expect.any(Number),
      });
    expect(watchers.find(({ transport }) => transport === 'poll')).toMatchObject({
      device: 'd1',
      stations: ['grill'],
      visible: false,
      painted: -1,
    });
    expect(watchers.find(({ transport }) => transport === 'sse')).toMatchObject({
      visible: true,
      audio: 'suspended',
      painted: at.house.kitchen.state.head,
    });
    for (const line of [socket, stream]) line.cut();
    await expect
      .poll(() =>
        at.house.feed
          .watchers('small-place')
          .map(({ transport }) => transport)
          .sort(),
      )
      .toEqual(['long-poll', 'poll', 'sse']);
  });

  test('[F80] a screen that polls is there for two of its periods, one on an event stream as long as it says something', async () => {
    const house = new KitchenFeed();
    const sink = {
      transport: 'sse' as const,
      lastSeen: () => 0,
      bufferedBytes: () => 0,
      send: () => undefined,
      close: () => undefined,
    };
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    try {
      const { cursor } = (await house.feed.snapshot(reader(), GRILL)).head;
      const names = (): string[] => house.feed.watchers('small-place').map(({ session }) => session);
      await house.feed.changes(reader({ session: 'poll' }), GRILL, cursor, 0);
      await house.feed.changes(reader({ session: 'long' }), GRILL, cursor, 5);
      await house.feed.attach(reader({ session: 'stream' }), GRILL, cursor, {
        ...sink,
        lastSeen: () => 1_000_000,
      });
      await house.feed.attach(reader({ session: 'manager', role: 'manager' }), GRILL, null, sink);
      expect(names().sort()).toEqual(['long', 'manager', 'poll', 'stream']);
      vi.setSystemTime(1_011_000);
      expect(names().sort()).toEqual(['long', 'manager', 'stream']);
      vi.setSystemTime(1_029_000);
      const said = { topic: GRILL, cursor, painted: true, visible: true, audio: 'running' as const };
      await house.feed.acknowledge(reader({ session: 'stream' }), said);
      vi.setSystemTime(1_051_000);
      expect(names().sort()).toEqual(['manager', 'stream']);
      vi.setSystemTime(1_060_000);
      // Its paint does not count, so nothing hangs on whether somebody sits before it.
      expect(names()).toEqual(['manager']);
    } finally {
      vi.useRealTimers();
      house.feed.stop();
    }
  });
});

describe('acknowledgements over HTTP', () => {
  test('[F81] with the cursor of another topic are refused, with the index of the one that is wrong', async () => {
    const ticket = at.place();
    const [grill, drinks] = [await cursorOf(GRILL), await cursorOf('station:drinks')];
    const said = { painted: true, visible: true };
    const response = await call('/acks', {
      body: [
        { ...said, topic: GRILL, cursor: grill },
        { ...said, topic: GRILL, cursor: drinks },
      ],
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'invalid_input',
      errors: [{ path: '1.cursor', message: 'is not a cursor of this topic' }],
    });
    // What stood before it was taken.
    await expect
      .poll(() => at.house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket))
      .toEqual([ticket]);
  });

  test('[F81] come at most once a second from a screen, and the answer says when again', async () => {
    const limits = createLimits({ rates: { acks: { perSecond: 1, burst: 2 } } });
    await at.open({ rates: limits });
    const body = [{ topic: GRILL, cursor: await cursorOf(GRILL), painted: true, visible: true }];
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await call('/acks', { body })).status);
    expect(statuses).toEqual([204, 204, 429]);
    const late = await call('/acks', { body });
    expect(late.headers.get('retry-after')).toBe('1');
    expect(await late.json()).toMatchObject({ code: 'rate_limited' });
    // Another page of the same person is another screen.
    expect((await call('/acks?client=second-tab', { body })).status).toBe(204);
    expect((await call('/acks?clint=second-tab', { body })).status).toBe(422);
  });
});

describe('a long poll', () => {
  test('[F82] that waits is answered at once when the node goes away, and the next one is sent elsewhere', async () => {
    const cursor = await cursorOf(GRILL);
    const waiting = call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`);
    await expect.poll(() => at.longPolls.waiting).toBe(1);
    const since = performance.now();
    at.longPolls.drain();
    const answer = await waiting;
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toMatchObject({ frames: [] });
    const next = await call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`);
    expect([next.status, next.headers.get('retry-after')]).toEqual([503, '1']);
  });

  test('[F83] of a screen that is sent away ends at once with 401 and tells nothing', async () => {
    const cursor = await cursorOf(GRILL);
    const claims = { dev: 'd1' };
    const [called, looked] = [
      call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`, { claims }),
      call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`, { claims: { dev: 'd2' } }),
    ];
    await expect.poll(() => at.longPolls.waiting).toBe(2);
    at.longPolls.revoked('d1');
    expect((await called).status).toBe(401);
    at.revokedDevices.add('d2');
    expect((await looked).status).toBe(401);
  });

  test('[F83] is not held longer than its token is good for, nor longer than its caller waits', async () => {
    const cursor = await cursorOf(GRILL);
    const since = performance.now();
    const short = await call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`, { ttl: 2 });
    expect(short.status).toBe(200);
    expect(performance.now() - since).toBeLessThan(3_000);
    const gone = new AbortController();
    const left = call(`/changes?topic=${GRILL}&after=${cursor}&wait=25`, { signal: gone.signal }).catch(
      () => null,
    );
    await expect.poll(() => at.longPolls.waiting).toBe(1);
    gone.abort();
    await left;
    await expect.poll(() => at.longPolls.waiting).toBe(0);
  });

  test('[F83] of one screen at most 64 wait at once; another screen is not kept out', async () => {
    const cursor = await cursorOf(GRILL);
    const ask = (client: string): Promise<Response> =>
      call(`/changes?topic=${GRILL}&after=${cursor}&wait=25&client=${client}`);
    const waiting = Array.from({ length: 64 }, () => ask('one'));
    await expect.poll(() => at.longPolls.waiting, { timeout: 5_000 }).toBe(64);
    expect((await ask('one')).status).toBe(503);
    waiting.push(ask('two'));
    await expect.poll(() => at.longPolls.waiting).toBe(65);
    at.place();
    const answers = await Promise.all(waiting);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(at.longPolls.waiting).toBe(0);
  });

  test('[F84] misses nothing, however close to its question the change comes', async () => {
    let cursor = await cursorOf(GRILL);
    let seen = 0;
    for (let index = 0; index < 60; index += 1) {
      const waiting = call(`/changes?topic=${GRILL}&after=${cursor}&wait=5`);
      await sleep(Math.random() * 6);
      at.place();
      const since = performance.now();
      const answer = (await (await waiting).json()) as { cursor: string; frames: { put: unknown[] }[] };
      expect(performance.now() - since).toBeLessThan(2_000);
      cursor = answer.cursor;
      seen += answer.frames.flatMap(({ put }) => put).length;
    }
    expect(seen).toBe(60);
  });
});

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import type { SocketReader } from '../feed/testing/socketReader.ts';
import type { Chg, Down, Snap } from '../protocol/down.ts';
import { id } from '../testkit/kitchen.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const isSnap = (frame: Down): frame is Snap => frame.t === 'snap';
const isChg = (frame: Down): frame is Chg => frame.t === 'chg';

describe('a socket that behaves', () => {
  test('[F22] hello is answered with ready before any data, then each topic with its snapshot', async () => {
    at.place();
    const reader = await at.join(['station:grill', 'kitchen']);
    await reader.get((frame) => frame.t === 'snap' && frame.topic === 'kitchen');
    expect(reader.frames.map(({ t }) => t)).toEqual(['ready', 'snap', 'snap']);
    expect(reader.frames[0]).toMatchObject({
      rules: 'rules-of-today',
      ping: 15_000,
      retry: { min: 1_000, max: 8_000 },
      session: expect.any(String),
    });
    expect(Math.abs(Date.parse((await reader.ready()).now) - Date.now())).toBeLessThan(2_000);
    expect((await reader.ready()).expiresIn).toBeGreaterThan(890);
    expect(reader.ws.protocol).toBe('heard.v1');
    expect(reader.ws.extensions).toBe('');
  });

  test('[F23] topics come and go; subscribing again resumes from the own cursor', async () => {
    const reader = await at.join(['station:grill']);
    const snap = await reader.get(isSnap);
    reader.say({ t: 'unsub', topic: 'station:grill' });
    reader.say({ t: 'sub', topic: 'station:drinks', after: null });
    await reader.get((frame) => frame.t === 'snap' && frame.topic === 'station:drinks');
    at.place();
    await reader.get((frame) => frame.t === 'chg' && frame.topic === 'station:drinks');
    expect(reader.frames.some((frame) => frame.t === 'chg' && frame.topic === 'station:grill')).toBe(false);
    reader.say({ t: 'ack', topic: 'station:grill', cursor: snap.cursor, painted: true, visible: true });
    reader.say({ t: 'sub', topic: 'station:grill', after: snap.cursor });
    const missed = await reader.get((frame) => frame.t === 'chg' && frame.topic === 'station:grill');
    expect(missed).toMatchObject({ from: snap.pos, to: at.house.kitchen.state.head });
    reader.say({ t: 'sub', topic: 'station:grill', after: null });
    await expect
      .poll(() => reader.frames.filter((frame) => isSnap(frame) && frame.topic === 'station:grill').length)
      .toBe(2);
    expect(reader.closed).toBeNull();
  });

  test('[F24] a ping tells position and hash of each topic, equal to what the screen has', async () => {
    await at.open({ limits: { pingMs: 150 } });
    const reader = await at.join(['station:grill', 'kitchen']);
    for (let index = 0; index < 5; index += 1) {
      at.place();
      await sleep(20);
    }
    const before = reader.frames.length;
    await expect
      .poll(() => reader.frames.slice(before).filter(({ t }) => t === 'ping').length, { timeout: 3_000 })
      .toBeGreaterThan(2);
    const ping = reader.frames.findLast((frame) => frame.t === 'ping');
    for (const topic of ['station:grill', 'kitchen']) {
      const replica = reader.replica(topic);
      expect(ping).toMatchObject({ topics: { [topic]: [replica.pos, replica.hash] } });
      expect(replica.hash).toBe(viewHash(listTopic(at.house.kitchen.state, topic, 'staff')));
    }
  });

  test('[F25] a token is renewed in band: notice before its end, and the socket stays', async () => {
    const reader = await at.join(['kitchen'], {}, 2);
    expect(await reader.get((frame) => frame.t === 'auth')).toMatchObject({ expiresIn: expect.any(Number) });
    reader.say({ t: 'auth', token: await token() });
    await sleep(2_300);
    expect(reader.closed).toBeNull();
    at.place();
    await reader.get(isChg);
  });

  test('[F26] readers that reconnect, overlap and are cut at random end without a gap and equal to state', async () => {
    const allowed = await token();
    const topics = ['station:grill', 'station:drinks', 'kitchen'];
    const screens = Array.from({ length: 6 }, () => new Map<string, ReturnType<SocketReader['replica']>>());
    let running = true;
    const living = screens.map(async (replicas, index) => {
      let current: SocketReader | null = null;
      while (running) {
        const next = await at.dial({ replicas });
        next.hello(allowed, topics);
        await next.ready().catch(() => undefined);
        // Make before break, or a cut at any moment.
        const old: SocketReader | null = current;
        if (index % 2 === 0) await sleep(Math.random() * 30);
        old?.ws.terminate();
        current = next;
        await sleep(20 + Math.random() * 120);
      }
      return current;
    });
    for (let index = 0; index < 150; index += 1) {
      const ticket = at.place();
      if (index % 2 === 0) at.house.kitchen.ask('ticket.bump', { ticket });
      if (index % 3 === 0)
        at.house.kitchen.ask('order.cancel', { order: id('order', at.orders), reason: 'guest left' });
      at.house.tell();
      await sleep(8);
    }
    running = false;
    const last = await Promise.all(living);
    await expect
      .poll(
        () =>
          screens.every((replicas) =>
            topics.every(
              (topic) =>
                replicas.get(topic)?.hash === viewHash(listTopic(at.house.kitchen.state, topic, 'staff')),
            ),
          ),
        { timeout: 5_000 },
      )
      .toBe(true);
    expect(
      screens
        .flatMap((replicas) => [...replicas.values()].map(({ gaps }) => gaps))
        .every((gaps) => gaps === 0),
    ).toBe(true);
    expect(last.every((reader) => reader?.closed === null)).toBe(true);
  }, 30_000);

  test('[F27] drain says 4200 to everybody and lets nobody new in', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => at.join(['kitchen'])));
    await at.streams.drain(100);
    for (const reader of all) expect(await reader.end()).toEqual({ code: 4200, bye: 4200 });
    const late = new WebSocket(`${at.base}/v1/locations/small-place/stream`, 'heard.v1');
    const [error] = await once(late, 'error');
    expect(String(error)).toContain('503');
  });
});

describe('a reader that does not read', () => {
  test('[F28] it is skipped, what waits for it stays bounded, the others hear everything at once', async () => {
    const slow = await at.join(['kitchen']);
    const quick = await at.join(['kitchen']);
    await slow.get(isSnap);
    slow.ws.pause();
    // The kernels take some megabytes before anything waits here.
    let most = 0;
    for (let index = 0; index < 700; index += 1) {
      at.banquet();
      if (index % 5 === 0) await sleep(17);
      most = Math.max(most, at.streams.load.bufferedBytes);
    }
    await expect.poll(() => quick.replica('kitchen').pos).toBe(at.house.kitchen.state.head);
    expect(at.house.feed.load.blocked).toBe(1);
    const longest = Math.max(...quick.frames.map((frame) => JSON.stringify(frame).length));
    expect(most).toBeGreaterThan(64 * 1024);
    expect(most).toBeLessThan(64 * 1024 + longest + 1024);
    slow.ws.resume();
    // So much has changed that a snapshot is the shorter way, or a frame that jumps.
    await expect
      .poll(
        () =>
          slow.frames.some((frame) => frame.t === 'snap' && frame.href !== undefined) ||
          slow.replica('kitchen').pos === at.house.kitchen.state.head,
        { timeout: 5_000 },
      )
      .toBe(true);
    expect(slow.replica('kitchen').gaps).toBe(0);
    expect(slow.closed).toBeNull();
  }, 40_000);
});

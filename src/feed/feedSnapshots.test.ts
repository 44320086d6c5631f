import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import type { Chg, Down, Snap } from '../protocol/down.ts';
import { ana, burger, id, lemonade } from '../testkit/kitchen.ts';
import { KitchenFeed, Replica, TestSink, reader } from './testing/kitchenFeed.ts';

let house: KitchenFeed;
let orders = 0;
let items = 0;

beforeEach(() => {
  house = new KitchenFeed();
  house.feed.start();
  orders = 0;
  items = 0;
});
afterEach(() => house.feed.stop());

function place(more: Record<string, unknown> = {}): number {
  const number = (orders += 1);
  // What is sold out is refused; a restaurant goes on.
  house.kitchen.ask(
    'order.place',
    {
      order: {
        id: id('order', number),
        type: 'counter',
        items: [burger((items += 1)), lemonade((items += 1))],
        ...more,
      },
    },
    ana,
  );
  return number;
}

function changes(sink: TestSink): Chg[] {
  return sink.frames.filter((frame): frame is Chg => frame.t === 'chg');
}

/** What the server itself would show now. */
function truth(topic: string): Entity[] {
  return listTopic(house.kitchen.state, topic, 'staff');
}

async function tick(): Promise<void> {
  house.tell();
  await sleep(40);
}

describe('snapshots', () => {
  test('[F13] parts of at most 48 KB, nothing of the topic between them, sent as the socket drains', async () => {
    for (let index = 0; index < 90; index += 1) place();
    house.tell();
    const sink = new TestSink();
    sink.stalled = true;
    const subscription = await house.feed.attach(reader(), 'kitchen', null, sink);
    expect(sink.held.length).toBeLessThanOrEqual(3);
    place();
    await tick();
    const seen: Down[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      sink.drain();
      seen.push(...sink.frames.splice(0));
      subscription.pump();
    }
    const parts = seen.filter((frame): frame is Snap => frame.t === 'snap');
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index));
    expect(parts.map(({ last }) => last)).toEqual(parts.map((_, index) => index === parts.length - 1));
    expect(Math.max(...parts.map((part) => JSON.stringify(part).length))).toBeLessThanOrEqual(48 * 1024);
    expect(seen.slice(0, parts.length).every(({ t }) => t === 'snap')).toBe(true);
    const replica = new Replica();
    for (const frame of seen) replica.apply(frame);
    expect(replica.hash).toBe(viewHash(truth('kitchen')));
  });

  test('[F14] a large snapshot is fetched: the frame says where, and gzip makes it small', async () => {
    for (let index = 0; index < 200; index += 1) place();
    house.tell();
    const sink = new TestSink();
    await house.feed.attach(reader(), 'kitchen', null, sink);
    expect(sink.frames).toHaveLength(1);
    expect(sink.frames[0]).toMatchObject({
      t: 'snap',
      entities: [],
      part: 0,
      last: true,
      href: '/v1/locations/small-place/snapshot?topic=kitchen',
    });
    const snapshot = await house.feed.snapshot(reader(), 'kitchen');
    const [one, two] = await Promise.all([
      snapshot.zipped(),
      (await house.feed.snapshot(reader(), 'kitchen')).zipped(),
    ]);
    expect(one).toBe(two);
    const body = gunzipSync(one).toString('utf8');
    expect(body).toBe(snapshot.text());
    expect(one.length).toBeLessThan(body.length / 5);
    expect(viewHash(JSON.parse(body).entities)).toBe(snapshot.head.hash);
    // The position that was pushed and the one that is fetched may differ; frames overlap harmlessly.
    const replica = new Replica();
    replica.apply({ t: 'snap', part: 0, last: true, ...JSON.parse(body) });
    place();
    await tick();
    for (const frame of changes(sink)) replica.apply(frame);
    expect(replica.hash).toBe(viewHash(truth('kitchen')));
  });
});

describe('polls', () => {
  test('[F15] a long poll answers as soon as the topic changes, and not for what it does not show', async () => {
    const { head } = await house.feed.snapshot(reader(), 'station:fryer');
    let answered = false;
    const answer = house.feed.changes(reader(), 'station:fryer', head.cursor, 5_000).then((body) => {
      answered = true;
      return JSON.parse(body);
    });
    place();
    await tick();
    expect(answered).toBe(false);
    house.kitchen.do('order.place', {
      order: {
        id: id('order', 900),
        type: 'counter',
        items: [{ id: id('item', 900), menuItem: 'milanesa', qty: 1 }],
      },
    });
    house.tell();
    const from = performance.now();
    const body = await answer;
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(body.frames).toHaveLength(1);
    expect(body.frames[0]).toMatchObject({
      t: 'chg',
      from: head.pos,
      put: [{ kind: 'ticket', station: 'fryer' }],
    });
    expect(body.pos).toBe(house.kitchen.state.head);
  });

  test('[F16] a poll answers at once, a long one when its time is over, and the position moves on', async () => {
    const { head } = await house.feed.snapshot(reader(), 'station:fryer');
    place();
    house.tell();
    const at = performance.now();
    const now = JSON.parse(await house.feed.changes(reader(), 'station:fryer', head.cursor, 0));
    expect(performance.now() - at).toBeLessThan(50);
    expect(now).toMatchObject({ pos: house.kitchen.state.head, frames: [] });
    const later = JSON.parse(await house.feed.changes(reader(), 'station:fryer', now.cursor, 120));
    expect(performance.now() - at).toBeGreaterThan(115);
    expect(later).toMatchObject({ pos: now.pos, frames: [] });
  });

  test('[F90] the frames of a poll leave no interval out, so that the rule of intervals is enough to read them', async () => {
    await house.feed.attach(reader(), 'station:fryer', null, new TestSink());
    const { head } = await house.feed.snapshot(reader(), 'station:fryer');
    const fry = (number: number) =>
      house.kitchen.do('order.place', {
        order: {
          id: id('order', number),
          type: 'counter',
          items: [{ id: id('item', number), menuItem: 'milanesa', qty: 1 }],
        },
      });
    // What the topic does not show is told to sockets once a second, in frames with nothing in them.
    for (const number of [901, 902]) {
      place();
      house.tell();
      await sleep(1_150);
      fry(number);
      await tick();
    }
    const body = JSON.parse(await house.feed.changes(reader(), 'station:fryer', head.cursor, 0));
    const frames: Chg[] = body.frames;
    expect(frames.every(({ put, gone }) => put.length + gone.length > 0)).toBe(true);
    let pos = head.pos;
    for (const { from, to } of frames) {
      expect(from).toBeLessThanOrEqual(pos);
      pos = to;
    }
    expect(pos).toBe(body.pos);
  });

  test('[F17] any doubt about the cursor of a poll is a reset', async () => {
    expect(JSON.parse(await house.feed.changes(reader(), 'kitchen', null, 0))).toMatchObject({
      reset: true,
      reason: 'none',
    });
    expect(JSON.parse(await house.feed.changes(reader(), 'kitchen', 'nonsense', 0))).toMatchObject({
      reset: true,
      reason: 'bad_cursor',
    });
    const { head } = await house.feed.snapshot(reader(), 'kitchen');
    house.restore();
    expect(JSON.parse(await house.feed.changes(reader(), 'kitchen', head.cursor, 0))).toMatchObject({
      reset: true,
      reason: 'restored',
    });
  });
});

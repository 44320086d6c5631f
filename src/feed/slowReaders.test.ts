import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { evolve } from '../domain/evolve.ts';
import { emptyLocation } from '../domain/state.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import type { Chg } from '../protocol/down.ts';
import { ana, burger, id, lemonade } from '../testkit/kitchen.ts';
import { KitchenFeed, Replica, TestSink, reader } from './testing/kitchenFeed.ts';

let house: KitchenFeed;
let orders = 0;

beforeEach(() => {
  house = new KitchenFeed();
  house.feed.start();
  orders = 0;
});
afterEach(() => house.feed.stop());

function place(): void {
  const number = (orders += 1);
  const items = [burger(number * 2), lemonade(number * 2 + 1)];
  house.kitchen.do('order.place', { order: { id: id('order', number), type: 'counter', items } }, ana);
}

function changes(sink: TestSink): Chg[] {
  return sink.frames.filter((frame): frame is Chg => frame.t === 'chg');
}

/** What the server itself would show now. */
function truth(topic: string): Entity[] {
  return listTopic(house.kitchen.state, topic, 'staff');
}

/** The hash of the kitchen's topic at a position, folded from the log alone. */
function hashAt(pos: number): number {
  const { state, log } = house.kitchen;
  const there = log.filter(({ seq }) => seq <= pos).reduce(evolve, emptyLocation(state.id));
  return viewHash(listTopic(there, 'kitchen', 'staff'));
}

async function tick(): Promise<void> {
  house.tell();
  await sleep(40);
}

describe('slow readers', () => {
  test('[F11] a full socket is skipped, keeps nothing waiting beyond the bound, and is caught up when it drains', async () => {
    const [slow, quick] = [new TestSink(), new TestSink()];
    slow.stalled = true;
    const subscription = await house.feed.attach(reader(), 'kitchen', null, slow);
    await house.feed.attach(reader({ session: 's2' }), 'kitchen', null, quick);
    for (let index = 0; index < 52; index += 1) {
      place();
      house.tell();
      if (index % 4 === 0) await sleep(17);
    }
    await sleep(40);
    expect(slow.bufferedBytes()).toBeLessThan(64 * 1024 + 48 * 1024);
    expect(house.feed.load.blocked).toBe(1);
    expect(changes(quick).at(-1)?.to).toBe(house.kitchen.state.head);
    slow.stalled = false;
    slow.drain();
    subscription.pump();
    const replica = new Replica();
    for (const frame of slow.frames) replica.apply(frame);
    expect(replica.gaps).toBe(0);
    expect(replica.hash).toBe(viewHash(truth('kitchen')));
    expect(house.feed.load.blocked).toBe(0);
  });

  test('[F11] a socket that is half full gets the rest of the live data when it has room, not in a loop', async () => {
    const sink = new TestSink();
    await house.feed.attach(reader({ session: 's2' }), 'station:grill', null, new TestSink());
    const subscription = await house.feed.attach(reader(), 'kitchen', null, sink);
    house.kitchen.do('order.place', { order: { id: id('order', 1), type: 'counter', items: [burger(1)] } });
    house.tell();
    await sleep(40);
    sink.stalled = true;
    sink.held.push(' '.repeat(48 * 1024));
    let looks = 0;
    const { bufferedBytes } = TestSink.prototype;
    sink.bufferedBytes = () => {
      // Asked without end, this node would do nothing else any more.
      if ((looks += 1) > 1_000) throw new Error('the feed runs in circles');
      return bufferedBytes.call(sink);
    };
    subscription.missedLive = true;
    subscription.pump();
    expect(house.feed.load.blocked).toBe(1);
    sink.held.length = 0;
    sink.stalled = false;
    subscription.pump();
    expect(house.feed.load.blocked).toBe(0);
    expect(sink.frames.at(-1)).toMatchObject({ t: 'live', kind: 'ticket' });
  });

  test.each([45, 60, 200])(
    '[F85] a change that is longer than a socket should hold comes as a snapshot in parts, never as a frame that claims more than it says: %i orders',
    async (count) => {
      const sink = new TestSink();
      const replica = new Replica();
      const subscription = await house.feed.attach(reader(), 'kitchen', null, sink);
      const before = sink.frames.length;
      sink.stalled = true;
      sink.held.push(' '.repeat(70_000));
      for (let index = 0; index < count; index += 1) {
        const number = (orders += 1);
        const items = [burger(number * 2), lemonade(number * 2 + 1)];
        const order = { id: id('order', number), type: 'counter' as const, items };
        house.kitchen.do('order.place', { order }, ana);
        if (index % 9 === 8)
          house.kitchen.do('ticket.bump', { ticket: house.kitchen.ticket(number - 4, 'grill') });
      }
      house.tell();
      await sleep(40);
      sink.held.length = 0;
      sink.stalled = false;
      subscription.pump();
      for (const frame of sink.frames) {
        replica.apply(frame);
        // Whatever a frame says is everything up to there is what the topic showed there.
        if (frame.t === 'chg' && count < 200) expect(replica.hash).toBe(hashAt(replica.pos));
      }
      const told = sink.frames.slice(before);
      const longest = Math.max(...told.map((frame) => JSON.stringify(frame).length));
      expect(longest).toBeLessThanOrEqual(129 * 1024);
      if (count === 45) expect(longest).toBeGreaterThan(64 * 1024);
      expect(told.some(({ t }) => t === 'snap')).toBe(count > 45);
      const hash = hashAt(house.kitchen.state.head);
      if (count === 200) {
        // So much is fetched, compressed.
        const last = sink.frames.findLast((frame) => frame.t === 'snap');
        expect(last).toMatchObject({ pos: house.kitchen.state.head, hash, href: expect.any(String) });
      } else {
        expect(replica.gaps).toBe(0);
        expect(replica.pos).toBe(house.kitchen.state.head);
        expect(replica.hash).toBe(hash);
      }
      subscription.detach();
    },
  );

  test('[F12] a reader that takes nothing for 10 s is let go with 4101', async () => {
    const sink = new TestSink();
    const subscription = await house.feed.attach(reader(), 'kitchen', null, sink);
    sink.stalled = true;
    sink.held.push('x'.repeat(70_000));
    place();
    await tick();
    const from = performance.now();
    subscription.watch(from + 9_000);
    expect(sink.closed).toBeNull();
    // It reads a little, so it has another 10 s.
    sink.held[0] = 'x'.repeat(69_000);
    subscription.watch(from + 9_500);
    subscription.watch(from + 15_000);
    expect(sink.closed).toBeNull();
    subscription.watch(from + 19_600);
    expect(sink.closed).toMatchObject({ code: 4101 });
    expect(house.feed.load.subscriptions).toBe(0);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Chg, Snap } from '../protocol/down.ts';
import { ana, burger, id, lemonade, luis, maya } from '../testkit/kitchen.ts';
import { FeedRefusal, type Reader } from './source.ts';
import { KitchenFeed, Replica, TestSink, reader } from './testing/kitchenFeed.ts';

const O = id('order', 1);
const TOPIC = `order:${O}`;
let house: KitchenFeed;

beforeEach(() => {
  house = new KitchenFeed();
  house.feed.start();
  // A busy evening: positions in the log are far from a guest's count.
  for (let number = 10; number < 60; number += 1)
    house.kitchen.do('order.place', {
      order: { id: id('order', number), type: 'counter', items: [lemonade(number)] as never },
    });
  house.kitchen.do(
    'order.place',
    { order: { id: O, type: 'takeout', guest: { name: 'Ramos' }, items: [burger(1), lemonade(2)] as never } },
    maya,
  );
  house.tell();
});
afterEach(() => house.feed.stop());

const guest = (more: Partial<Reader> = {}): Reader =>
  reader({ role: 'guest', actor: { id: 'guest:1', role: 'guest' }, order: O, ...more });

async function tick(): Promise<void> {
  house.tell();
  await sleep(40);
}

function bump(station: string): void {
  house.kitchen.do('ticket.bump', { ticket: house.kitchen.ticket(1, station) }, luis);
}

test('[T10] a guest is told positions of its own order, and not the name of one event', async () => {
  const sink = new TestSink();
  await house.feed.attach(guest(), TOPIC, null, sink);
  bump('drinks');
  await tick();
  const [snap, chg] = sink.frames as [Snap, Chg];
  expect(snap).toMatchObject({ t: 'snap', pos: snap.entities[0]?.version, topic: TOPIC });
  expect(chg).toMatchObject({ t: 'chg', from: snap.pos, events: [], gone: [] });
  expect(chg.to).toBe(chg.put[0]?.version);
  expect(chg.to).toBeLessThan(10);
  const bytes = JSON.stringify(sink.frames);
  for (const event of house.kitchen.log) expect(bytes).not.toContain(event.command);
  expect(bytes).not.toMatch(/"seq"|"by"|Ramos|Maya|Luis/);
});

test('[T10] what happens elsewhere in the house sends a guest nothing, not even an empty frame', async () => {
  const sink = new TestSink();
  await house.feed.attach(guest(), TOPIC, null, sink);
  for (let number = 60; number < 80; number += 1)
    house.kitchen.do('order.place', {
      order: { id: id('order', number), type: 'counter', items: [lemonade(number)] as never },
    });
  house.tell();
  await sleep(1_300);
  expect(sink.frames).toHaveLength(1);
});

test('[T11] a cursor tells its bearer nothing of the log, and brings back just what was missed', async () => {
  const sink = new TestSink();
  const replica = new Replica();
  const first = await house.feed.attach(guest(), TOPIC, null, sink);
  for (const frame of sink.frames) replica.apply(frame);
  const inside = Buffer.from(replica.cursor ?? '', 'base64url').toString('utf8');
  const head = house.kitchen.state.head;
  expect(head).toBeGreaterThan(100);
  for (let seq = head - 20; seq <= head; seq += 1) expect(inside.split('.')).not.toContain(String(seq));
  first.detach();

  // At its head: a word of proof, and nothing else.
  const again = new TestSink();
  const second = await house.feed.attach(guest(), TOPIC, replica.cursor, again);
  expect(again.frames).toMatchObject([{ t: 'chg', from: replica.pos, to: replica.pos, put: [], events: [] }]);
  second.detach();

  bump('drinks');
  await tick();
  const behind = new TestSink();
  await house.feed.attach(guest(), TOPIC, replica.cursor, behind);
  for (const frame of behind.frames) replica.apply(frame);
  expect(behind.frames).toMatchObject([{ t: 'chg', put: [{ kind: 'tracking', step: 'preparing' }] }]);
  expect(replica.gaps + replica.resets).toBe(0);
});

test('[T11] a cursor of another history is answered with a reset, whether it is ahead or as far', async () => {
  const sink = new TestSink();
  await house.feed.attach(guest(), TOPIC, null, sink);
  const { cursor, pos } = sink.frames[0] as Snap;
  const forged = (form: (parts: string[]) => string[]): string =>
    Buffer.from(form(Buffer.from(cursor, 'base64url').toString('utf8').split('.')).join('.')).toString(
      'base64url',
    );
  const cases: [string, string][] = [
    [forged((parts) => parts.with(2, String(pos + 1))), 'fork'],
    [forged((parts) => parts.with(3, '00000000')), 'fork'],
    [forged((parts) => parts.with(1, 'elsewhere')), 'restored'],
    [forged((parts) => parts.with(5, 's')), 'other_view'],
    ['nonsense', 'bad_cursor'],
  ];
  for (const [after, reason] of cases) {
    const answer = JSON.parse(await house.feed.changes(guest(), TOPIC, after, 0));
    expect(answer, reason).toMatchObject({ reset: true, reason });
  }
});

test('[T12] a guest is refused every other topic in the same words, whether it exists or not', async () => {
  const words: string[] = [];
  for (const topic of [
    `order:${id('order', 10)}`,
    `order:${id('order', 999)}`,
    'kitchen',
    'pos',
    'station:grill',
    'station:x',
  ])
    for (const ask of [
      () => house.feed.attach(guest(), topic, null, new TestSink()),
      () => house.feed.snapshot(guest(), topic),
      () => house.feed.changes(guest(), topic, null, 0),
      () =>
        house.feed.acknowledge(guest(), {
          topic,
          cursor: 'x',
          painted: true,
          visible: true,
          audio: 'none',
          behind: [],
        }),
    ]) {
      const refusal = await ask().then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(FeedRefusal);
      if (refusal instanceof FeedRefusal) words.push(`${refusal.why} ${refusal.message}`);
    }
  expect(words).toHaveLength(24);
  expect(new Set(words).size).toBe(1);
});

test('[T12] a guest’s acknowledgement is noted and makes nothing heard', async () => {
  const sink = new TestSink();
  const subscription = await house.feed.attach(guest(), TOPIC, null, sink);
  const { cursor } = sink.frames[0] as Snap;
  const ack = { topic: TOPIC, cursor, painted: true, visible: true, audio: 'running' as const, behind: [] };
  expect(subscription.acknowledge(ack)).toBe('noted');
  expect(await house.feed.acknowledge(guest(), ack)).toBe('noted');
  await sleep(60);
  expect(house.heard).toEqual([]);
});

test('[T12] staff with the right to it read the same bytes', async () => {
  const [one, two] = [new TestSink(), new TestSink()];
  await house.feed.attach(guest(), TOPIC, null, one);
  await house.feed.attach(reader({ role: 'manager', actor: ana }), TOPIC, null, two);
  bump('grill');
  await tick();
  expect(two.frames).toEqual(one.frames);
  expect(one.frames).toHaveLength(2);
  await expect(house.feed.attach(reader(), TOPIC, null, new TestSink())).rejects.toThrow(/may not read/);
});

test('[T13] when the order leaves memory its guest is told that it is gone, and nobody comes in again', async () => {
  const sink = new TestSink();
  const replica = new Replica();
  await house.feed.attach(guest(), TOPIC, null, sink);
  house.kitchen.do('order.cancel', { order: O, reason: 'left' }, ana);
  await tick();
  house.kitchen.inner('order.archive', { order: O });
  await tick();
  for (const frame of sink.frames) replica.apply(frame);
  expect(replica.entities.size).toBe(0);
  expect(replica.gaps).toBe(0);
  expect(sink.frames.at(-1)).toMatchObject({ put: [], gone: [{ kind: 'tracking', id: O, why: 'closed' }] });
  expect((sink.frames.at(-1) as Chg).to).toBeLessThan(10);
  await expect(house.feed.attach(guest(), TOPIC, replica.cursor, new TestSink())).rejects.toThrow(/no topic/);
});

test('[T14] an order that another node placed a moment ago is looked for before it is denied', async () => {
  const topic = `order:${id('order', 2)}`;
  const other = new KitchenFeed({
    source: {
      open: async () => location,
      keep: () => () => undefined,
      tagAt: async () => null,
      refresh: async () => {
        house.tell();
      },
      submitInner: async () => ({ ok: true }),
    },
  });
  const location = {
    id: 'small-place',
    organization: 'org',
    epoch: 'epoch',
    get state() {
      return house.told;
    },
    tagAt: () => null,
  };
  house.kitchen.do('order.place', {
    order: { id: id('order', 2), type: 'counter', items: [lemonade(99)] as never },
  });
  const snapshot = await other.feed.snapshot(guest({ order: id('order', 2) }), topic);
  expect(JSON.parse(snapshot.text())).toMatchObject({ entities: [{ kind: 'tracking' }] });
  other.feed.stop();
});

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import type { Chg, Snap } from '../protocol/down.ts';
import { ana, burger, id, lemonade, luis } from '../testkit/kitchen.ts';
import { encodeCursor } from './cursor.ts';
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

test('[F57] a frame names also what came and went within it: a reader from another node may know it', async () => {
  const sink = new TestSink();
  await house.feed.attach(reader(), 'station:grill', null, sink);
  await tick();
  const number = place();
  const ticket = house.kitchen.ticket(number, 'grill');
  // Held at once: the fired ticket gives way to a held one before any frame was made.
  house.kitchen.do('order.hold', { order: id('order', number) }, ana);
  await tick();
  const frame = changes(sink).at(-1);
  expect(frame?.put.some((entity) => entity.id === ticket)).toBe(false);
  expect(frame?.gone).toMatchObject([{ kind: 'ticket', id: ticket, why: 'moved' }]);
});

describe('subscribing', () => {
  test('[F1] the first frames are a snapshot with its position, cursor and hash', async () => {
    place();
    house.tell();
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:grill', null, sink);
    expect(sink.frames).toHaveLength(1);
    const snap = sink.frames[0] as Snap;
    expect(snap).toMatchObject({
      t: 'snap',
      topic: 'station:grill',
      pos: house.kitchen.state.head,
      part: 0,
      last: true,
      hash: viewHash(truth('station:grill')),
    });
    expect(snap.entities).toEqual(JSON.parse(JSON.stringify(truth('station:grill'))));
    expect(snap).not.toHaveProperty('reset');
  });

  test('[F2] commits of one tick travel as one frame with one put an entity, and name their events', async () => {
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:grill', null, sink);
    const from = house.kitchen.state.head;
    const number = place();
    house.tell();
    house.kitchen.do('ticket.start', { ticket: house.kitchen.ticket(number, 'grill') });
    house.tell();
    await sleep(40);
    const [first, ...more] = changes(sink);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ from, to: house.kitchen.state.head });
    expect(first?.put.map(({ kind }) => kind)).toEqual(['ticket']);
    expect(first?.put[0]).toMatchObject({ status: 'cooking' });
    // The order's own event touches the order, which a station does not show; the fires do (the ticket names the
    // stations it shares the order with), and its start.
    expect(first?.events.map(({ type }) => type)).toEqual(['ticket.fired', 'ticket.fired', 'ticket.started']);
    expect(first?.events[0]?.by).toEqual({ id: 'staff:ana', role: 'manager', name: 'Ana' });
  });

  test('[F3] resuming from a cursor brings what changed since, once and whole', async () => {
    const first = place();
    house.tell();
    const sink = new TestSink();
    const subscription = await house.feed.attach(reader(), 'station:grill', null, sink);
    const replica = new Replica();
    for (const frame of sink.frames) replica.apply(frame);
    subscription.detach();
    const second = place();
    house.kitchen.do('order.cancel', { order: id('order', first), reason: 'guest left' });
    house.tell();
    house.kitchen.do('ticket.start', { ticket: house.kitchen.ticket(second, 'grill') });
    await tick();
    const again = new TestSink();
    await house.feed.attach(reader(), 'station:grill', replica.cursor, again);
    expect(again.frames).toHaveLength(1);
    expect(again.frames[0]).toMatchObject({ t: 'chg', from: replica.pos, to: house.kitchen.state.head });
    for (const frame of again.frames) replica.apply(frame);
    expect(replica.hash).toBe(viewHash(truth('station:grill')));
  });

  test.each<[string, (cursor: string) => string, string]>([
    ['text that is no cursor', () => 'hello', 'bad_cursor'],
    ['a cursor of another topic', () => cursorFor('kitchen'), 'other_view'],
    ['a cursor of other rules', () => cursorFor('station:grill', { rules: 'others' }), 'other_view'],
    ['a cursor of another history', () => cursorFor('station:grill', { epoch: 'yesterday' }), 'restored'],
    ['a position that the log does not have', () => cursorFor('station:grill', { seq: 9_999 }), 'fork'],
    ['another event at that position', () => cursorFor('station:grill', { tag: 'zz' }), 'fork'],
  ])('[F4] %s is answered with a reset and a snapshot', async (_name, make, reason) => {
    place();
    house.tell();
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:grill', make(''), sink);
    expect(sink.frames).toHaveLength(1);
    expect(sink.frames[0]).toMatchObject({ t: 'snap', reset: true, reason, pos: house.kitchen.state.head });
  });

  test('[F91] a cursor of other rules is void once the node has read as far, and only in its own history', async () => {
    place();
    house.tell();
    const behind = house.kitchen.state.head;
    place();
    const ahead = house.kitchen.state.head;
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:grill', cursorFor('station:grill', { rules: 'others' }), sink);
    expect(ahead).toBeGreaterThan(behind);
    expect(sink.frames[0]).toMatchObject({ t: 'snap', reset: true, reason: 'other_view', pos: ahead });
    for (const [more, reason] of [
      [{ epoch: 'yesterday' }, 'restored'],
      [{ seq: 9_999 }, 'fork'],
      [{ tag: 'zz' }, 'fork'],
    ] as const) {
      const after = cursorFor('station:grill', { rules: 'others', ...more });
      expect(JSON.parse(await house.feed.changes(reader(), 'station:grill', after, 0))).toMatchObject({
        reset: true,
        reason,
      });
    }
  });

  test('[F5] a cursor from before the oldest remembered departure is too old', async () => {
    const cursor = cursorFor('station:grill', { seq: 1 });
    for (let index = 0; index < 450; index += 1) {
      const number = place();
      for (const station of ['grill', 'drinks'])
        house.kitchen.do('ticket.bump', { ticket: house.kitchen.ticket(number, station) });
      house.kitchen.do('order.serve', { order: id('order', number) });
    }
    house.tell();
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:grill', cursor, sink);
    expect(sink.frames[0]).toMatchObject({ t: 'snap', reset: true, reason: 'too_old' });
  });

  test('[F6] there is no topic that does not exist, none for a role without the right, no place of another tenant', async () => {
    const sink = new TestSink();
    await expect(house.feed.attach(reader(), 'station:moon', null, sink)).rejects.toMatchObject({
      why: 'no_topic',
    });
    await expect(house.feed.attach(reader(), 'pos', null, sink)).rejects.toMatchObject({ why: 'forbidden' });
    await expect(
      house.feed.attach(reader({ organization: 'other' }), 'kitchen', null, sink),
    ).rejects.toMatchObject({ why: 'no_place' });
    await expect(
      house.feed.attach(reader({ location: 'elsewhere' }), 'kitchen', null, sink),
    ).rejects.toMatchObject({ why: 'no_place' });
    expect(sink.frames).toEqual([]);
  });

  test('[F7] a display sees the kitchen without guests and without names', async () => {
    const [public_, staff] = [new TestSink(), new TestSink()];
    await house.feed.attach(reader({ role: 'display' }), 'kitchen', null, public_);
    await house.feed.attach(reader(), 'kitchen', null, staff);
    place({ type: 'takeout', guest: { name: 'Roberta Secret', phone: '555-0100' } });
    await tick();
    expect(JSON.stringify(staff.frames)).toContain('Roberta Secret');
    expect(JSON.stringify(public_.frames)).not.toContain('Secret');
    expect(JSON.stringify(public_.frames)).not.toContain('staff:ana');
    expect(changes(public_)).toHaveLength(1);
  });
});

function cursorFor(
  topic: string,
  more: { rules?: string; epoch?: string; seq?: number; tag?: string } = {},
): string {
  const seq = more.seq ?? house.kitchen.state.head;
  const event = house.kitchen.log[seq - 1];
  const tag = more.tag ?? `${event?.type.length}x${seq}`;
  const location = {
    id: 'small-place',
    organization: 'org',
    epoch: more.epoch ?? house.epoch,
    state: house.kitchen.state,
    tagAt: () => tag,
  };
  return encodeCursor(location, more.rules ?? 'rules-of-today', topic, 'staff', seq);
}

describe('many readers', () => {
  test('[F8] one view encodes a frame once, however many read it', async () => {
    const sinks = Array.from({ length: 600 }, () => new TestSink());
    for (const [index, sink] of sinks.entries())
      await house.feed.attach(reader({ session: `s${index}` }), 'station:grill', null, sink);
    const counted = JSON.stringify;
    let encodings = 0;
    JSON.stringify = (value: unknown, ...rest: never[]) => {
      if (typeof value === 'object' && value !== null && 't' in value && value.t === 'chg') encodings += 1;
      return counted(value, ...rest);
    };
    try {
      place();
      house.tell();
      await sleep(80);
    } finally {
      JSON.stringify = counted;
    }
    expect(encodings).toBe(1);
    expect(new Set(sinks.map((sink) => counted(changes(sink)))).size).toBe(1);
    expect(changes(sinks[599] ?? new TestSink())).toHaveLength(1);
  });

  test('[F9] whatever happens, in any mix of stalls, reconnects and overlaps, every reader ends equal to state, by hash and field by field', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(9), fc.nat(11), fc.nat(99)), { minLength: 20, maxLength: 60 }),
        async (steps) => {
          house.feed.stop();
          house = new KitchenFeed();
          orders = 0;
          items = 0;
          const topics = ['station:grill', 'station:drinks', 'kitchen', 'pos', 'floor', 'manager'];
          const screens = topics.map((topic) => ({
            topic,
            replica: new Replica(),
            sinks: [] as TestSink[],
            subscriptions: [] as { pump(): void; detach(): void }[],
          }));
          const connect = async (screen: (typeof screens)[number]): Promise<void> => {
            const sink = new TestSink();
            screen.sinks.push(sink);
            screen.subscriptions.push(
              await house.feed.attach(
                reader({ role: 'manager' }),
                screen.topic,
                screen.replica.pos < 0 ? null : screen.replica.cursor,
                sink,
              ),
            );
          };
          const read = (screen: (typeof screens)[number]): void => {
            for (const sink of screen.sinks) {
              sink.drain();
              for (const frame of sink.frames.splice(0)) screen.replica.apply(frame);
            }
          };
          for (const screen of screens) await connect(screen);
          for (const [what, which, chance] of steps) {
            act(what, chance);
            if (chance % 3 !== 0) house.tell();
            if (chance % 7 === 0) await sleep(17);
            const screen = screens[which % screens.length];
            if (screen === undefined) continue;
            if (which === 6) for (const sink of screen.sinks) sink.toggle();
            if (which === 7) read(screen);
            // Make before break: the new connection is live before the old one goes.
            if (which === 8) await connect(screen);
            if (which === 9)
              for (const old of screen.subscriptions.splice(0, screen.subscriptions.length - 1)) old.detach();
            if (which === 10) {
              for (const old of screen.subscriptions.splice(0)) old.detach();
              screen.sinks.length = 0;
              await connect(screen);
            }
          }
          house.tell();
          await sleep(40);
          for (const screen of screens) {
            for (const sink of screen.sinks) sink.drain();
            read(screen);
            for (const subscription of screen.subscriptions) subscription.pump();
            read(screen);
            expect(screen.replica.gaps).toBe(0);
            expect(screen.replica.hash, screen.topic).toBe(viewHash(truth(screen.topic)));
            const sorted = (list: Iterable<{ kind: string; id: string }>): unknown[] =>
              [...list].sort((a, b) => (`${a.kind}|${a.id}` < `${b.kind}|${b.id}` ? -1 : 1));
            expect(sorted(screen.replica.entities.values())).toEqual(
              JSON.parse(JSON.stringify(sorted(truth(screen.topic)))),
            );
          }
        },
      ),
      { numRuns: 40, seed: 20_261_122 },
    );
  }, 60_000);

  /** One thing that happens in a restaurant, legal or not. */
  function act(what: number, chance: number): void {
    const { kitchen } = house;
    const number = orders === 0 ? 1 : (chance % orders) + 1;
    const order = id('order', number);
    const found = kitchen.state.orders.get(order);
    const ticket = found?.tickets[chance % Math.max(1, found.tickets.length)]?.id ?? id('order', 1);
    const item = found?.items[chance % Math.max(1, found.items.length)]?.id ?? id('item', 1);
    if (what <= 1 || orders === 0)
      place(chance % 2 === 0 ? { type: 'dine_in', table: `T${(chance % 3) + 1}` } : {});
    else if (what === 2) kitchen.ask('ticket.bump', { ticket });
    else if (what === 3) kitchen.ask('ticket.recall', { ticket });
    else if (what === 4) kitchen.ask('item.void', { order, item, reason: 'mistake', made: chance % 2 === 0 });
    else if (what === 5) kitchen.ask('order.serve', { order });
    else if (what === 6) kitchen.ask('order.transfer', { order, table: `T${(chance % 3) + 1}` }, luis);
    else if (what === 7) kitchen.ask('order.cancel', { order, reason: 'guest left' });
    else if (what === 8) kitchen.ask(chance % 2 === 0 ? 'menu.soldOut' : 'menu.restore', { item: 'burger' });
    else kitchen.ask('item.amend', { order, item, notes: `note ${chance}` });
  }

  test('[F10] a quiet topic says at most once a second that it still knows everything', async () => {
    const sink = new TestSink();
    await house.feed.attach(reader(), 'station:fryer', null, sink);
    for (let index = 0; index < 12; index += 1) {
      place();
      house.tell();
      await sleep(100);
    }
    await sleep(1_050);
    const quiet = changes(sink);
    expect(quiet.length).toBeGreaterThanOrEqual(1);
    expect(quiet.length).toBeLessThanOrEqual(3);
    expect(
      quiet.every((frame) => frame.put.length === 0 && frame.gone.length === 0 && frame.events.length === 0),
    ).toBe(true);
    expect(quiet.at(-1)?.to).toBe(house.kitchen.state.head);
  });
});

describe('walls', () => {
  test('[F18] a frame of another location or tenant never reaches a reader, whatever went wrong before the send', async () => {
    for (const wrong of [{ location: 'elsewhere' }, { organization: 'other' }]) {
      const sink = new TestSink();
      const subscription = await house.feed.attach(reader(), 'kitchen', null, sink);
      const before = sink.frames.length;
      subscription.reader = reader(wrong);
      place();
      await tick();
      expect(sink.frames).toHaveLength(before);
      expect(sink.closed).toMatchObject({ code: 4003 });
    }
    expect(house.reports.some((line) => line.includes('stranger'))).toBe(true);
  });

  test('[F18] nor does an answer over HTTP: what comes as another place than was asked for is no place', async () => {
    const other = {
      id: 'elsewhere',
      organization: 'org',
      epoch: 'epoch-elsewhere',
      state: house.kitchen.state,
      tagAt: () => 'tag',
    };
    const mixedUp = new KitchenFeed({
      source: {
        open: async () => other,
        keep: () => () => undefined,
        tagAt: async () => 'tag',
        refresh: async () => undefined,
        submitInner: async () => undefined,
      },
    });
    const cursor = encodeCursor(other, 'rules-of-today', 'kitchen', 'staff', other.state.head);
    await expect(mixedUp.feed.snapshot(reader(), 'kitchen')).rejects.toThrow('no such location');
    await expect(mixedUp.feed.changes(reader(), 'kitchen', cursor, 0)).rejects.toThrow('no such location');
    expect(mixedUp.reports.filter((line) => line.includes('stranger'))).toHaveLength(2);
  });

  test('[F19] a location that was read anew closes its readers with 4202 and wakes its polls', async () => {
    const sink = new TestSink();
    await house.feed.attach(reader(), 'kitchen', null, sink);
    const { head } = await house.feed.snapshot(reader(), 'kitchen');
    const poll = house.feed.changes(reader(), 'kitchen', head.cursor, 5_000);
    await sleep(20);
    house.feed.lost({ id: 'small-place' });
    expect(sink.closed).toMatchObject({ code: 4202 });
    // The history is the same: its cursor is as good as before.
    expect(JSON.parse(await poll)).toMatchObject({ pos: head.pos, cursor: head.cursor, frames: [] });
  });

  test('[F92] a node that goes away sends its polls home as they came, and calls no history another one', async () => {
    const { head } = await house.feed.snapshot(reader(), 'kitchen');
    const poll = house.feed.changes(reader(), 'kitchen', head.cursor, 5_000);
    await sleep(20);
    house.feed.stop();
    expect(JSON.parse(await poll)).toMatchObject({ pos: head.pos, cursor: head.cursor, frames: [] });
  });
});

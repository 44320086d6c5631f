import { afterEach, expect, it } from 'vitest';
import { createHub } from '../backplane/inProcess.ts';
import { createRooms } from '../backplane/rooms.ts';
import { ana, burger, id } from '../testkit/kitchen.ts';
import type { Down, Live } from '../protocol/down.ts';
import { ForeignTickets, readTicketRows } from './foreignTickets.ts';
import { KitchenFeed, Replica, TestSink, reader } from './testing/kitchenFeed.ts';

const houses: KitchenFeed[] = [];
afterEach(() => {
  for (const { feed } of houses.splice(0)) feed.stop();
});

function node(hub: ReturnType<typeof createHub>): KitchenFeed {
  const rooms = createRooms(hub.connect());
  rooms.open('small-place');
  const house = new KitchenFeed({ rooms });
  house.feed.start();
  houses.push(house);
  return house;
}

const isLive = (frame: Down): frame is Live => frame.t === 'live' && frame.kind === 'ticket';

it('[ND15] a waiter at another node is told live how many screens of all nodes have a ticket, and how many painted it', async () => {
  const hub = createHub();
  const [grill, floor] = [node(hub), node(hub)];
  const screen = new TestSink();
  const waiter = new TestSink();
  const subscription = await grill.feed.attach(reader(), 'station:grill', null, screen);
  await floor.feed.attach(
    reader({ session: 'w', role: 'waiter', actor: { id: 'staff:maya', role: 'waiter' } }),
    'pos',
    null,
    waiter,
  );
  grill.kitchen.ask(
    'order.place',
    { order: { id: id('order', 1), type: 'counter', items: [burger(1)] } },
    ana,
  );
  grill.tell();
  const last = (): Live | undefined => waiter.frames.filter(isLive).at(-1);
  await expect.poll(() => last()?.data).toEqual({ station: 'grill', sent: 1, screens: 0 });
  const paint = (): void => {
    const replica = new Replica();
    for (const frame of screen.frames) replica.apply(frame);
    const cursor = replica.cursor ?? '';
    subscription.acknowledge({
      topic: 'station:grill',
      cursor,
      painted: true,
      visible: true,
      audio: 'running',
    });
  };
  paint();
  await expect.poll(() => last()?.data).toMatchObject({ heardMs: expect.any(Number) });
  paint();
  await expect
    .poll(() => last()?.data)
    .toEqual({ station: 'grill', sent: 1, screens: 1, heardMs: expect.any(Number) });
  // Nobody repeats what it was told: the word went once each way.
  const words = waiter.frames.filter(isLive).length;
  await new Promise((done) => setTimeout(done, 800));
  expect(waiter.frames.filter(isLive)).toHaveLength(words);
});

it('[ND15] what a node said counts for that version of the ticket, and for a minute', () => {
  const foreign = new ForeignTickets();
  foreign.take('a', [['t', 'grill', 5, 2, 1, null]], 0);
  foreign.take('b', [['t', 'grill', 5, 1, 1, 900]], 1_000);
  expect(foreign.sum('t', 5, 2_000)).toEqual({ sent: 3, screens: 2 });
  expect(foreign.sum('t', 6, 2_000)).toEqual({ sent: 0, screens: 0 });
  expect(foreign.sum('t', 5, 60_500)).toEqual({ sent: 1, screens: 1 });
  foreign.take('a', [['t', 'grill', 6, 1, 0, null]], 2_000);
  expect(foreign.sum('t', 6, 2_000)).toEqual({ sent: 1, screens: 0 });
  foreign.forget('t');
  expect(foreign.sum('t', 5, 2_000)).toEqual({ sent: 0, screens: 0 });
});

it('[ND14] what another node says of tickets is read whole or not at all', () => {
  expect(readTicketRows([['t', 'grill', 5, 2, 1, null]])).toEqual([['t', 'grill', 5, 2, 1, null]]);
  for (const bad of [
    null,
    {},
    [1],
    [[]],
    [['', 'grill', 5, 2, 1, null]],
    [['t', 'grill', -1, 2, 1, null]],
    [['t', 'grill', 5, 2.5, 1, null]],
    [['t', 'grill', 5, 2, 1]],
    Array.from({ length: 201 }, () => ['t', 'grill', 5, 2, 1, null]),
  ])
    expect(readTicketRows(bad)).toBeNull();
});

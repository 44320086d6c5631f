import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../domain/commands.ts';
import { viewHash } from '../domain/viewHash.ts';
import * as views from '../domain/views.ts';
import { houseRules } from '../location/houseRules.ts';
import { hydrate } from '../location/hotLocation.ts';
import {
  command,
  furnish,
  newId,
  openNode,
  orderCommand,
  perform,
  submit,
} from '../location/testing/node.ts';
import type { Node } from '../location/testing/node.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { createFeed } from './feed.ts';
import type { Feed } from './feed.ts';
import { Replica, TestSink } from './testing/kitchenFeed.ts';

const database = useTestDatabase();
type FeedNode = { node: Node; feed: Feed };
let nodes: FeedNode[];

async function open(): Promise<FeedNode> {
  const made: { feed?: Feed } = {};
  const node = await openNode(database().heardLog, {
    onCommit: (...change) => made.feed?.committed(...change),
    onLost: (location) => made.feed?.lost(location),
    snapshotEvery: 100,
  });
  const feed = createFeed({
    source: node.locations,
    views,
    rules: 'rules',
    now: () => node.log.clock.now(),
    href: () => '/snapshot',
  });
  made.feed = feed;
  feed.start();
  node.locations.start();
  return { node, feed };
}

beforeAll(async () => {
  nodes = [await open(), await open()];
});
afterAll(async () => {
  for (const { node, feed } of nodes) {
    feed.stop();
    await node.stop();
  }
});

test('[F56] screens that hop between two nodes by their cursors, while both nodes write, end without a gap and equal to the log', async () => {
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error('two nodes');
  await furnish(first.node, 'hop', 'org');
  const topics = ['station:grill', 'kitchen', 'pos'];
  const screens = Array.from({ length: 6 }, (_, index) => ({
    topic: topics[index % 3] ?? '',
    replica: new Replica(),
  }));
  let running = true;
  let hops = 0;
  const attach = async (
    { topic, replica }: (typeof screens)[number],
    { feed }: FeedNode,
  ): Promise<{ sink: TestSink; detach(): void }> => {
    const sink = new TestSink();
    const role: Role = 'manager';
    const reader = {
      session: newId(),
      actor: { id: 'staff:ana', role },
      role,
      organization: 'org',
      location: 'hop',
    };
    const subscription = await feed.attach(reader, topic, replica.cursor, sink);
    return { sink, detach: () => subscription.detach() };
  };
  const living = screens.map(async (screen, index) => {
    for (let turn = index; running; turn += 1) {
      const { sink, detach } = await attach(screen, nodes[turn % 2] ?? first);
      await sleep(30 + Math.random() * 120);
      detach();
      for (const frame of sink.frames) screen.replica.apply(frame);
      hops += 1;
    }
  });
  const orders: string[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async (_, writer) => {
      for (let index = 0; index < 40; index += 1) {
        const { node } = nodes[(writer + index) % 2] ?? first;
        const order = newId();
        orders.push(order);
        await perform(
          node,
          'hop',
          orderCommand(newId(), order, index % 2 === 0 ? { type: 'dine_in', table: 'T1' } : {}),
        );
        const old = orders[Math.floor(Math.random() * orders.length)] ?? order;
        await submit(
          node,
          'hop',
          index % 3 === 0
            ? command('order.cancel', { order: old, reason: 'guest left' })
            : command('order.hold', { order: old }),
        );
        await sleep(5);
      }
    }),
  );
  running = false;
  await Promise.all(living);
  expect(hops).toBeGreaterThan(20);
  // Truth is what a process that has seen nothing reads from the database.
  const truth = await hydrate(first.node.log, houseRules, 'hop');
  if (truth === null) throw new Error('the location is there');
  expect(truth.head).toBeGreaterThan(300);
  for (const screen of screens) {
    const { sink, detach } = await attach(screen, second);
    await expect
      .poll(() => (second.node.locations.peek('hop')?.head ?? 0) >= truth.head, { timeout: 5_000 })
      .toBe(true);
    await expect
      .poll(
        () => {
          for (const frame of sink.frames.splice(0)) screen.replica.apply(frame);
          return screen.replica.pos;
        },
        { timeout: 5_000 },
      )
      .toBeGreaterThanOrEqual(truth.head);
    detach();
    expect(screen.replica.gaps).toBe(0);
    expect(screen.replica.hash).toBe(viewHash(views.listTopic(truth.state, screen.topic, 'staff')));
  }
  expect(screens.reduce((sum, { replica }) => sum + replica.resets, 0)).toBeLessThan(hops / 4);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KitchenFeed, TestSink, reader } from './testing/kitchenFeed.ts';

test('[F87] a location that nobody reads leaves the feed, with its views and encodings', async () => {
  const house = new KitchenFeed();
  house.feed.start();
  const subscription = await house.feed.attach(reader(), 'kitchen', null, new TestSink());
  const { head } = await house.feed.snapshot(reader({ session: 'poll' }), 'station:grill');
  await house.feed.changes(reader({ session: 'poll' }), 'station:grill', head.cursor, 0);
  expect(house.feed.load).toMatchObject({ places: 1, subscriptions: 1 });
  expect(house.feed.load.encodingBytes).toBeGreaterThan(0);
  expect(house.feed.watchers('small-place')).toHaveLength(2);
  subscription.detach();
  // A view is kept 15 s for the next reader; one look a second finds it.
  await sleep(17_500);
  expect(house.feed.load).toEqual({ places: 0, subscriptions: 0, blocked: 0, encodingBytes: 0 });
  expect(house.feed.watchers('small-place')).toEqual([]);
  house.feed.stop();
}, 30_000);

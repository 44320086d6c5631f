import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../log/open.ts';
import type { Log } from '../log/types.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { furnish, openNode, orderCommand, perform } from './testing/node.ts';
import type { Node } from './testing/node.ts';
import { createWatchdog } from './watchdog.ts';

const database = useTestDatabase();
let writer: Node;
let stuck: Node;
let log: Log;
/** Reads of the tail hang as long as this is there. */
let stall: PromiseWithResolvers<void> | null = null;

beforeAll(async () => {
  writer = await openNode(database().heardLog);
  log = await openLog({ connection: database().heardLog, writers: 1, readers: 2 });
  const readTail: Log['readTail'] = async (...what) => {
    await stall?.promise;
    return log.readTail(...what);
  };
  stuck = await openNode(database().heardLog, { log: { ...log, readTail } });
});
afterAll(async () => {
  await Promise.all([writer.stop(), stuck.stop()]);
  await log.close();
});

test('[ND20] a tail that hangs while the log grows is noticed by its progress, and forgotten when it has caught up', async () => {
  await furnish(writer, 'wedge');
  await stuck.locations.open('wedge');
  stuck.locations.start();
  const ends: string[] = [];
  const dog = createWatchdog({
    // A second of this test is as long as 40.
    behindMs: () => stuck.locations.load.behindMs * 40,
    report: () => undefined,
    onWedged: (reason) => ends.push(reason),
  });
  dog.start();
  try {
    expect(stuck.locations.load.behindMs).toBe(0);
    stall = Promise.withResolvers();
    await perform(writer, 'wedge', orderCommand());
    await expect.poll(() => dog.reason, { timeout: 6_000 }).toMatch(/^a location is \d+ s behind its log$/);
    expect(stuck.locations.peek('wedge')?.state.orders.size).toBe(0);
    await expect.poll(() => ends.length, { timeout: 6_000 }).toBe(1);
    stall.resolve();
    stall = null;
    await expect.poll(() => stuck.locations.peek('wedge')?.state.orders.size, { timeout: 6_000 }).toBe(1);
    await expect.poll(() => dog.reason, { timeout: 6_000 }).toBeNull();
  } finally {
    stall?.resolve();
    dog.stop();
  }
});

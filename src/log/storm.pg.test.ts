import { expect, test } from 'vitest';
import { runStorm } from '../testkit/storm.ts';

test('[L50] four processes on eight shared logs, cut connections and crashed databases: dense, nothing lost, nothing doubled, no deadlock', async () => {
  const storm = await runStorm({ seconds: 14, nodes: 4, restarts: 3, rows: 20_000 });
  expect(storm.faults).toEqual([]);
  expect(storm.deadlocks).toBe(0);
  expect(storm.counts['deadlock'] ?? 0).toBe(0);
  expect([...storm.acknowledged].filter((id) => !storm.stored.has(id))).toEqual([]);
  // The storm blew, as far as a slow disk lets it: every kind of trouble was met.
  expect(storm.restarts).toBeGreaterThanOrEqual(2);
  expect(storm.acknowledged.size).toBeGreaterThan(300);
  expect(storm.cuts.afterRequest).toBeGreaterThan(10);
  expect(storm.cuts.anywhere).toBeGreaterThan(10);
  expect(storm.counts['missed']).toBeGreaterThan(10);
  expect(storm.counts['unknown']).toBeGreaterThan(3);
  expect(storm.counts['answered from the log']).toBeGreaterThan(10);
  expect(storm.counts['duplicates sent']).toBeGreaterThan(30);
});

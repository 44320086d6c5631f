import { expect, test } from 'vitest';
import { runStorm } from '../testkit/storm.ts';

test('[L50] the same storm for three minutes, with ten crashes', async () => {
  const storm = await runStorm({ seconds: 180, nodes: 4, restarts: 10, rows: 20_000 });
  expect(storm.faults).toEqual([]);
  expect(storm.deadlocks).toBe(0);
  expect([...storm.acknowledged].filter((id) => !storm.stored.has(id))).toEqual([]);
  expect(storm.restarts).toBe(10);
  expect(storm.cuts.afterRequest).toBeGreaterThan(1_000);
});

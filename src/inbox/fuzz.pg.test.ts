import { afterAll, beforeAll, expect, it } from 'vitest';
import { kiteTarget, startKiteHouse } from '../integrations/testing/kiteUnderFire.ts';
import { fuzzHook } from '../testkit/hookFuzz.ts';
import type { HookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let house: HookHouse;

beforeAll(async () => {
  house = await startKiteHouse(database());
});
afterAll(() => house.stop());

it('[IN16] deliveries changed where it hurts meet no 5xx, one row each, and a log that only commands move', async () => {
  const report = await fuzzHook(await kiteTarget(house), { seed: 20_261_122, count: 320 });
  expect(report.faults).toEqual([]);
  expect(report.sent).toBe(320);
  // Something of each kind happened, or the fuzzer throws pebbles.
  expect(report.refused).toBeGreaterThan(10);
  expect(report.rows['done']).toBeGreaterThan(20);
  expect(report.rows['ignored']).toBeGreaterThan(10);
  expect(report.events).toBeGreaterThan(20);
  expect(Object.prototype).not.toHaveProperty('polluted');
});

it('[IN16] the fuzzer sees a house that falls', async () => {
  const falling: HookHouse = {
    ...house,
    deliver: async () => ({ status: 500, headers: new Headers(), text: 'oh' }),
  };
  const report = await fuzzHook({ ...(await kiteTarget(house)), house: falling }, { seed: 1, count: 10 });
  expect(report.faults.length).toBeGreaterThanOrEqual(10);
});

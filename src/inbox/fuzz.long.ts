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

it('[IN16] five thousand deliveries changed where it hurts', async () => {
  const report = await fuzzHook(await kiteTarget(house), { seed: 4, count: 5_000 });
  expect(report.faults).toEqual([]);
  expect(report.rows['done']).toBeGreaterThan(300);
});

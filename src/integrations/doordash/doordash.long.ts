import { afterAll, beforeAll, expect, it } from 'vitest';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { MARKETPLACE, fuzzMarketplace } from '../testing/doordashUnderFire.ts';
import { type PlatformHouse, startPlatformHouse } from '../testing/platformHouse.ts';
import { doordash } from './doordash.ts';
import { doordashSim } from './sim.ts';

const database = useTestDatabase();
let at: PlatformHouse;

beforeAll(async () => {
  at = await startPlatformHouse(database(), doordash, doordashSim, {
    channel: 'dd',
    secrets: MARKETPLACE,
    store: 'loc_pearl',
  });
});
afterAll(() => at.stop());

it('[IN16][PL3] five thousand deliveries of DoorDash changed where it hurts', async () => {
  const report = await fuzzMarketplace(at, { seed: 70, count: 5_000 });
  expect(report.faults).toEqual([]);
  expect(report.rows['done']).toBeGreaterThan(300);
});

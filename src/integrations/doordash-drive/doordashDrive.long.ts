import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { DRIVE, fuzzDrive } from '../testing/doordashUnderFire.ts';
import { type PlatformHouse, startPlatformHouse } from '../testing/platformHouse.ts';
import { doordashDrive } from './doordashDrive.ts';
import { doordashDriveSim } from './sim.ts';

const database = useTestDatabase();
let at: PlatformHouse;

beforeAll(async () => {
  at = await startPlatformHouse(database(), doordashDrive, doordashDriveSim, {
    channel: 'doordash-drive',
    secrets: DRIVE,
  });
});
afterAll(() => at.stop());

it('[IN16][PL86] five thousand deliveries of Drive changed where it hurts', async () => {
  const report = await fuzzDrive(at, randomUUID(), { seed: 85, count: 5_000 });
  expect(report.faults).toEqual([]);
  expect(report.rows['ignored']).toBeGreaterThan(300);
});

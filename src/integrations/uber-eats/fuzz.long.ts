import { expect, it } from 'vitest';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { fuzzUber } from '../testing/uberUnderFire.ts';

const database = useTestDatabase();

it('[PL63] five thousand webhooks of Uber Eats changed where it hurts, and as many answers', async () => {
  const report = await fuzzUber(database(), { seed: 5, count: 5_000 });
  expect(report.faults).toEqual([]);
  expect(report.rows['done']).toBeGreaterThan(200);
});

import { expect, it } from 'vitest';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { fuzzUber } from '../testing/uberUnderFire.ts';

const database = useTestDatabase();

it('[PL63] webhooks and answers of Uber Eats changed where it hurts meet no 5xx, and a log that only commands move', async () => {
  const report = await fuzzUber(database(), { seed: 20_261_129, count: 320 });
  expect(report.faults).toEqual([]);
  expect(report.sent).toBe(320);
  // Something of each kind happened, or the fuzzer throws pebbles.
  expect(report.refused).toBeGreaterThan(10);
  expect(report.rows['done']).toBeGreaterThan(15);
  expect(report.rows['ignored']).toBeGreaterThan(40);
  expect(report.events).toBeGreaterThan(30);
  expect(Object.prototype).not.toHaveProperty('polluted');
});

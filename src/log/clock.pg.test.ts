import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { openLog } from './open.ts';
import type { Log } from './types.ts';

const database = useTestDatabase();
let log: Log;

beforeAll(async () => {
  log = await openLog({ connection: database().heardLog });
});
afterAll(() => log.close());

test("[L15] times come from PostgreSQL's clock, and a node that is off knows it", async () => {
  const client = new pg.Client(database().heardLog);
  await client.connect();
  const { rows } = await client.query<{ ms: string }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::text as ms',
  );
  await client.end();
  expect(Math.abs(log.clock.now() - Number(rows[0]?.ms))).toBeLessThan(200);
  expect(log.clock.healthy).toBe(true);
  const realNow = Date.now;
  Date.now = () => realNow() + 3_600_000;
  try {
    const ahead = await openLog({ connection: database().heardLog });
    expect(ahead.clock.healthy).toBe(false);
    expect(ahead.clock.offset).toBeLessThan(-3_599_000);
    // Its own clock is an hour ahead; the time it gives is right all the same.
    expect(Math.abs(ahead.clock.now() - realNow())).toBeLessThan(500);
    await ahead.close();
  } finally {
    Date.now = realNow;
  }
});

test('[L15] a clock on the wall that is set between two measurements does not move the time of the log', async () => {
  const realNow = Date.now;
  const before = log.clock.now();
  // An event an hour ahead would hold the location's time there for an hour: it never falls.
  Date.now = () => realNow() + 3_600_000;
  try {
    expect(Math.abs(log.clock.now() - before)).toBeLessThan(500);
    expect(log.clock.healthy).toBe(false);
  } finally {
    Date.now = realNow;
  }
  expect(log.clock.healthy).toBe(true);
});

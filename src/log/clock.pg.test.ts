import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { buildProposal } from '../testkit/proposals.ts';
import { openLog } from './open.ts';
import { tagOf } from './tag.ts';
import { LocationTaken, LogCorrupt } from './types.ts';
import type { Log } from './types.ts';

const database = useTestDatabase();
let log: Log;

beforeAll(async () => {
  log = await openLog({ connection: database().heardLog });
  await log.createOrganization('org', 'Org');
});
afterAll(() => log.close());

async function asSuperuser(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(database().superuser);
  await client.connect();
  await client.query(text, values);
  await client.end();
}

test('[L9] a gap in the log is corruption, found by the first who reads over it', async () => {
  await log.createLocation('org', 'gap', 'Gap');
  await log.append([buildProposal('gap', 0, { count: 5 })]);
  expect(await log.readTail('gap', 2, 2)).toMatchObject([{ seq: 3 }, { seq: 4 }]);
  await asSuperuser("delete from events where location_id = 'gap' and seq = 3");
  await expect(log.readTail('gap', 0)).rejects.toThrow(LogCorrupt);
  await expect(log.readTail('gap', 2)).rejects.toThrow('event 4 stands where 3 belongs');
  expect(await log.readTail('gap', 3)).toHaveLength(2);
});

test('[L10] results are found by id, in their own location only', async () => {
  await log.createLocation('org', 'results', 'Results');
  await log.createLocation('org', 'elsewhere', 'Elsewhere');
  const proposal = buildProposal('results', 0, { result: { order: { number: 7 } } });
  await log.append([proposal]);
  const id = proposal.results[0]?.id ?? '';
  expect((await log.findResults('results', [randomUUID(), id])).get(id)).toEqual(proposal.results[0]);
  expect((await log.findResults('elsewhere', [id])).size).toBe(0);
  expect((await log.findResults('results', [])).size).toBe(0);
});

test('[L11] the tag at a position is that of its event', async () => {
  await log.createLocation('org', 'tags', 'Tags');
  const proposal = buildProposal('tags', 0, { count: 2 });
  await log.append([proposal]);
  const last = proposal.events[1];
  expect(last === undefined ? null : await log.tagAt('tags', 2)).toBe(
    last === undefined ? undefined : tagOf(last),
  );
  expect(await log.tagAt('tags', 3)).toBeNull();
  expect(await log.tagAt('tags', 0)).toBe('0');
});

test('[L12] "at T" is the last event at or before T', async () => {
  await log.createLocation('org', 'times', 'Times');
  const times = ['10:00:00.000', '10:00:00.000', '10:00:01.500', '10:00:02.000', '10:05:00.000'].map(
    (time) => `2026-11-22T${time}Z`,
  );
  for (const [index, at] of times.entries()) await log.append([buildProposal('times', index, { at })]);
  const at = (time: string): Promise<number> => log.seqAt('times', `2026-11-22T${time}Z`);
  expect(await at('09:59:59.999')).toBe(0);
  expect(await at('10:00:00.000')).toBe(2);
  expect(await at('10:00:01.499')).toBe(2);
  expect(await at('10:00:01.500')).toBe(3);
  expect(await at('10:04:00.000')).toBe(4);
  expect(await at('23:00:00.000')).toBe(5);
  expect(await log.seqAt('nowhere', '2026-11-22T10:00:00Z')).toBe(0);
});

test('[L19] a page of the log carries the head; a strange location has none', async () => {
  await log.createLocation('org', 'pages', 'Pages');
  await log.append([buildProposal('pages', 0, { count: 7 })]);
  const page = await log.readEventsPage('pages', 2, 3);
  expect(page?.head).toBe(7);
  expect(page?.events.map((event) => event.seq)).toEqual([3, 4, 5]);
  expect(await log.readEventsPage('pages', 7, 3)).toEqual({ events: [], head: 7 });
  expect(await log.readEventsPage('nowhere', 0, 3)).toBeNull();
});

test('[L13] of each state version the last two snapshots and one a day are kept', async () => {
  await log.createLocation('org', 'shots', 'Shots');
  const days = ['01', '01', '01', '02', '02', '03', '03', '03', '03'];
  for (const [index, day] of days.entries()) {
    const seq = (index + 1) * 10;
    await log.saveSnapshot('shots', {
      seq,
      stateVersion: 1,
      at: `2026-11-${day}T0${index}:00:00.000Z`,
      state: { seq, note: 'é🍔' },
    });
  }
  await log.saveSnapshot('shots', {
    seq: 20,
    stateVersion: 2,
    at: '2026-11-01T01:00:00.000Z',
    state: { other: true },
  });
  const client = new pg.Client(database().superuser);
  await client.connect();
  const { rows } = await client.query<{ seq: string }>(
    "select seq from snapshots where location_id = 'shots' and state_version = 1 order by seq",
  );
  await client.end();
  expect(rows.map((row) => Number(row.seq))).toEqual([30, 50, 80, 90]);
  expect(await log.loadSnapshot('shots', 1)).toEqual({
    seq: 90,
    stateVersion: 1,
    at: '2026-11-03T08:00:00.000Z',
    state: { seq: 90, note: 'é🍔' },
  });
  expect((await log.loadSnapshot('shots', 1, 79))?.seq).toBe(50);
  expect(await log.loadSnapshot('shots', 1, 29)).toBeNull();
  expect((await log.loadSnapshot('shots', 2))?.state).toEqual({ other: true });
  expect(await log.loadSnapshot('shots', 3)).toBeNull();
  await log.saveSnapshot('shots', {
    seq: 90,
    stateVersion: 1,
    at: '2026-11-03T08:00:00.000Z',
    state: 'second',
  });
  expect((await log.loadSnapshot('shots', 1))?.state).toMatchObject({ seq: 90 });
});

test('[L14] old results go in batches, younger ones stay', async () => {
  await log.createLocation('org', 'keys', 'Keys');
  for (let i = 0; i < 5; i += 1)
    await log.append([buildProposal('keys', i, { at: '2020-01-01T00:00:00.000Z' })]);
  const young = buildProposal('keys', 5, { at: '2020-01-08T00:00:00.000Z' });
  await log.append([young]);
  const before = '2020-01-07T00:00:00.000Z';
  expect(await log.deleteOldResults(before, 3)).toBe(3);
  expect(await log.deleteOldResults(before, 3)).toBe(2);
  expect(await log.deleteOldResults(before, 3)).toBe(0);
  expect((await log.findResults('keys', [young.results[0]?.id ?? ''])).size).toBe(1);
  expect(await log.readTail('keys', 0)).toHaveLength(6);
});

test('[L16] a passed deadline is claimed by one node and moved ahead; its owner sets the next one', async () => {
  for (const id of ['due-a', 'due-b', 'due-c']) await log.createLocation('org', id, id);
  await log.append([
    buildProposal('due-a', 0, { deadline: '2026-11-22T10:00:00.000Z' }),
    buildProposal('due-b', 0, { deadline: '2026-11-22T10:00:30.000Z' }),
    buildProposal('due-c', 0, { deadline: '2026-11-22T11:00:00.000Z' }),
  ]);
  const now = '2026-11-22T10:01:00.000Z';
  const claims = await Promise.all(Array.from({ length: 4 }, () => log.claimDue(now, 10, 5_000)));
  expect(claims.flat().sort()).toEqual(['due-a', 'due-b']);
  expect((await log.readLocation('due-a'))?.deadline).toBe('2026-11-22T10:01:05.000Z');
  expect(await log.claimDue('2026-11-22T10:01:05.000Z', 1, 5_000)).toEqual(['due-a']);
  expect(await log.setDeadline('due-a', 1, null)).toBe(true);
  expect((await log.readLocation('due-a'))?.deadline).toBeNull();
  expect(await log.setDeadline('due-a', 0, '2026-11-22T12:00:00.000Z')).toBe(false);
});

test('[L17] organizations and locations are made once; a slug belongs to one organization', async () => {
  const first = await log.createOrganization('demo', 'Demo', { demo: true });
  expect(await log.createOrganization('demo', 'Other name')).toEqual(first);
  const location = await log.createLocation('demo', 'brasa', 'Brasa');
  expect(location).toMatchObject({ id: 'brasa', organization: 'demo', demo: true, head: 0, deadline: null });
  expect(await log.createLocation('demo', 'brasa', 'Brasa')).toEqual(location);
  await expect(log.createLocation('org', 'brasa', 'Mine')).rejects.toThrow(LocationTaken);
  expect((await log.listLocations('demo')).map((row) => row.id)).toEqual(['brasa']);
  expect(await log.readLocation('nowhere')).toBeNull();
});

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

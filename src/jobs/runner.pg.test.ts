import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../log/pool.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import type { Effect } from './effectsFollower.ts';
import { createPapers } from './papers.ts';
import { type Jobs, type JobsOptions, createJobs } from './runner.ts';

const database = useTestDatabase();
const NOW = '2026-11-22T19:42:00.000Z';
const running: { jobs: Jobs; pool: pg.Pool }[] = [];
let app: pg.Pool;

const effect = (
  id: string,
  kind: string,
  data: unknown = {},
  until = '2026-11-22T20:00:00.000Z',
): Effect => ({ id, kind, until, data });

async function start(handlers: JobsOptions['handlers'], more: Partial<JobsOptions> = {}) {
  const pool = createPool(database().app, { name: 'jobs', max: 6, log: () => undefined });
  const lines: string[] = [];
  const outcomes: string[] = [];
  const jobs = createJobs({
    pool,
    handlers,
    now: () => NOW,
    alone: true,
    pollMs: 100,
    report: (message) => lines.push(message),
    finished: (kind, outcome) => outcomes.push(`${kind} ${outcome}`),
    ...more,
  });
  await jobs.start();
  const entry = { jobs, pool };
  running.push(entry);
  return {
    jobs,
    lines,
    outcomes,
    enter: (location: string, ...effects: Effect[]) =>
      inTransaction((client) => jobs.enqueue(client, location, effects)),
    async stop() {
      running.splice(running.indexOf(entry), 1);
      await jobs.stop();
      await pool.end();
    },
  };
}

async function inTransaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await app.connect();
  await client.query('begin');
  await work(client);
  await client.query('commit');
  client.release();
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !done(); tries += 1) await sleep(25);
  expect(done()).toBe(true);
}

beforeAll(() => {
  app = createPool(database().app, { name: 'app', max: 4, log: () => undefined });
});
afterEach(async () => {
  for (const { jobs, pool } of running.splice(0)) {
    await jobs.stop();
    await pool.end();
  }
});
afterAll(() => app.end());

describe('jobs on PostgreSQL', () => {
  it('[PR14] are done once, are tried again when they fail, and not when it is too late', async () => {
    const done: string[] = [];
    let failures = 1;
    const { enter, outcomes } = await start({
      call: async (location, { id }, { attempt }) => {
        done.push(`${location} ${id} ${attempt}`);
        if (id === '2/call' && failures-- > 0) throw new Error('no line');
      },
    });
    await enter(
      'brasa',
      effect('1/call', 'call'),
      effect('2/call', 'call'),
      effect('3/call', 'call', {}, '2026-11-22T19:41:59.000Z'),
    );
    await until(() => done.includes('brasa 2/call 2'));
    await until(() => outcomes.includes('call late'));
    expect(done.toSorted()).toEqual(['brasa 1/call 1', 'brasa 2/call 1', 'brasa 2/call 2']);
    expect(outcomes).toContain('call failed');
  });

  it('[PR14] what is entered in a transaction that fails is not done', async () => {
    const done: string[] = [];
    const { jobs } = await start({ call: async (_location, { id }) => void done.push(id) });
    const client = await app.connect();
    await client.query('begin');
    await jobs.enqueue(client, 'brasa', [effect('9/call', 'call')]);
    await client.query('rollback');
    client.release();
    await sleep(300);
    expect(done).toEqual([]);
  });

  it('[PR28] go on after a database that was away when one of them ended, and the process lives', async () => {
    const stray: unknown[] = [];
    const hear = (error: unknown): void => void stray.push(error);
    process.on('unhandledRejection', hear);
    const elsewhere = new pg.Client({ ...database().superuser, database: 'postgres' });
    await elsewhere.connect();
    const allow = (allowed: boolean) =>
      elsewhere.query(`alter database ${database().name} with allow_connections ${allowed}`);
    try {
      const done: string[] = [];
      const { enter, lines } = await start({
        call: async (_location, { id }, { attempt }) => {
          done.push(`${id} ${attempt}`);
          if (id !== '30/call' || attempt > 1) return;
          await allow(false);
          await elsewhere.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
            database().name,
          ]);
        },
      });
      await enter('brasa', effect('30/call', 'call'));
      await until(() => lines.includes('the jobs stopped and start again'));
      await allow(true);
      await enter('brasa', effect('31/call', 'call'));
      await until(() => done.includes('31/call 1'));
      // How the first one went could not be written down: it is done again, as a second try.
      await until(() => done.includes('30/call 2'));
      expect(done.toSorted()).toEqual(['30/call 1', '30/call 2', '31/call 1']);
    } finally {
      await allow(true);
      await elsewhere.end();
      process.off('unhandledRejection', hear);
    }
    expect(stray).toEqual([]);
  });

  it('[PR29] that is not due yet is asked again in a moment, and has all its tries left then', async () => {
    const asked: number[] = [];
    let isDue = false;
    const { enter, outcomes } = await start(
      {
        call: async (_location, _effect, { attempt }) => {
          asked.push(attempt);
          return isDue ? undefined : 'not yet';
        },
      },
      { queueOf: () => 'one' },
    );
    await enter('brasa', effect('40/call', 'call'));
    await until(() => asked.length >= 3);
    expect(outcomes).toEqual([]);
    isDue = true;
    await until(() => outcomes.length > 0);
    expect(outcomes).toEqual(['call done']);
    expect(new Set(asked)).toEqual(new Set([1]));
    const { rows } = await app.query('select count(*)::int as n from graphile_worker._private_jobs');
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('[PR20] of one queue run one after the other, in order', async () => {
    const log: string[] = [];
    const { enter } = await start(
      {
        print: async (_location, { id, data }) => {
          log.push(`> ${id}`);
          await sleep(data === 'a' ? 30 : 5);
          log.push(`< ${id}`);
        },
      },
      { queueOf: (location, { data }) => `print ${location} ${String(data)}` },
    );
    await enter('brasa', ...[1, 2, 3, 4].map((seq) => effect(`${seq}/print`, 'print', 'a')));
    await until(() => log.length === 8);
    expect(log).toEqual([1, 2, 3, 4].flatMap((seq) => [`> ${seq}/print`, `< ${seq}/print`]));
  });

  it('[PR13] that a killed server was at are done by the next one', async () => {
    const frozen = Promise.withResolvers<void>();
    // Its one worker is busy: one that was free would take the job once more, and freeze with it.
    const first = await start({ call: () => frozen.promise }, { concurrent: 1 });
    await first.enter('brasa', effect('1/call', 'call'));
    let locked = 0;
    for (let tries = 0; tries < 200 && locked === 0; tries += 1) {
      await sleep(25);
      const { rows } = await app.query<{ n: number }>(
        'select count(*)::int as n from graphile_worker._private_jobs where locked_at is not null',
      );
      locked = rows[0]?.n ?? 0;
    }
    expect(locked).toBe(1);
    const done: number[] = [];
    // The first one is still there, as a process that was frozen would be; the second one has the place to itself.
    await start({ call: async (_location, _effect, { attempt }) => void done.push(attempt) });
    await until(() => done.length === 1);
    expect(done).toEqual([2]);
    frozen.resolve();
  }, 60_000);
});

describe('papers of a built-in printer', () => {
  it('[PR11] are kept, the last fifty of each, apart by location', async () => {
    const superuser = createPool(database().superuser, { name: 'su', max: 1, log: () => undefined });
    await superuser.query(`insert into organizations (id, name) values ('o', 'O') on conflict do nothing`);
    for (const id of ['a', 'b'])
      await superuser.query(
        `insert into locations (id, organization_id, name) values ($1, 'o', $1) on conflict do nothing`,
        [id],
      );
    await superuser.end();
    const papers = createPapers(app);
    for (let count = 1; count <= 53; count += 1)
      await papers.keep('a', 'pass', `job-${count}`, { lines: [count] });
    await papers.keep('b', 'pass', 'other', {});
    const kept = await papers.list('a', 'pass', 100);
    expect(kept).toHaveLength(50);
    expect(kept[0]).toMatchObject({ job: 'job-53', body: { lines: [53] } });
    expect(kept.at(-1)?.job).toBe('job-4');
    expect(await papers.list('b', 'pass', 100)).toHaveLength(1);
    expect(await papers.list('b', 'grill', 100)).toEqual([]);
  });
});

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { buildProposal } from '../testkit/proposals.ts';
import { openBadLine } from '../testkit/unix-proxy.ts';
import { classify, sqlState } from './failures.ts';
import { openLog } from './open.ts';
import type { Log } from './types.ts';

const database = useTestDatabase();
let log: Log;
let made = 0;

beforeAll(async () => {
  log = await openLog({ connection: database().heardLog });
  await log.createOrganization('brasa-group', 'Brasa');
});
afterAll(() => log.close());

async function places(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `p${(made += 1)}`);
  await Promise.all(ids.map((id) => log.createLocation('brasa-group', id, id)));
  return ids;
}

async function place(): Promise<string> {
  const [id] = await places(1);
  if (id === undefined) throw new Error('no place');
  return id;
}

test('[L3] a foreign-key check of an open insert does not make a location miss', async () => {
  const id = await place();
  const owner = new pg.Client(database().admin);
  await owner.connect();
  await owner.query('create table pointing (location_id text references locations (id))');
  await owner.query('begin');
  await owner.query('insert into pointing values ($1)', [id]);
  expect(await log.append([buildProposal(id, 0)])).toEqual(new Set([id]));
  await owner.query('rollback');
  await owner.query('drop table pointing');
  await owner.end();
});

test('[L8] a connection whose fate is unknown does not serve again', async () => {
  const id = await place();
  const own = await openLog({ connection: database().heardLog, writers: 1 });
  await own.append([buildProposal(id, 0)]);
  const superuser = new pg.Client(database().superuser);
  await superuser.connect();
  const hold = new pg.Client(database().superuser);
  await hold.connect();
  await hold.query('begin; lock table events in exclusive mode');
  const answer = own.append([buildProposal(id, 1)]).catch((thrown: unknown) => thrown);
  for (;;) {
    const { rowCount } = await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name like 'heard append%' and datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((rowCount ?? 0) > 0) break;
  }
  expect(classify(await answer)).toBe('unknown');
  await hold.query('rollback');
  expect(await own.append([buildProposal(id, 1)])).toEqual(new Set([id]));
  await Promise.all([own.close(), superuser.end(), hold.end()]);
});

test('[L8] a lock that nobody lets go ends the statement after 2 s, with nothing committed', async () => {
  const id = await place();
  const hold = new pg.Client(database().superuser);
  await hold.connect();
  await hold.query('begin; lock table events in exclusive mode');
  const started = performance.now();
  const error = await log.append([buildProposal(id, 0)]).catch((thrown: unknown) => thrown);
  expect(sqlState(error)).toBe('55P03');
  expect(classify(error)).toBe('known');
  expect(performance.now() - started).toBeLessThan(4_900);
  await hold.query('rollback');
  await hold.end();
  expect((await log.readHeads([id])).get(id)).toBe(0);
});

test('[L8] a database that does not answer at all is an unknown outcome after 7 s, and is forgotten', async () => {
  const id = await place();
  const line = await openBadLine(database().heardLog.host ?? '');
  const own = await openLog({ connection: { ...database().heardLog, host: line.host }, writers: 1 });
  await own.append([buildProposal(id, 0)]);
  line.frozen = true;
  const started = performance.now();
  const error = await own.append([buildProposal(id, 1)]).catch((thrown: unknown) => thrown);
  expect(classify(error)).toBe('unknown');
  expect(performance.now() - started).toBeGreaterThan(6_000);
  expect(performance.now() - started).toBeLessThan(20_000);
  line.frozen = false;
  expect(await own.append([buildProposal(id, 1)])).toEqual(new Set([id]));
  await own.close();
  await line.close();
});

test('[L8] losing idle connections is a line in the log and nothing more', async () => {
  const id = await place();
  const lines: string[] = [];
  const own = await openLog({ connection: database().heardLog, log: (text) => lines.push(text) });
  await own.append([buildProposal(id, 0)]);
  const superuser = new pg.Client(database().superuser);
  await superuser.connect();
  await superuser.query(
    "select pg_terminate_backend(pid, 2000) from pg_stat_activity where application_name like 'heard %' and datname = current_database()",
  );
  await superuser.end();
  while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(new Set(lines)).toEqual(new Set(['an idle database connection was lost']));
  expect(await own.append([buildProposal(id, 1)])).toEqual(new Set([id]));
  await own.close();
});

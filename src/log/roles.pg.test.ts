import pg from 'pg';
import { expect, test } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { sqlState } from './failures.ts';
import { fromUrl } from './roles.ts';

const database = useTestDatabase();

async function run(config: pg.ClientConfig, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function refusal(config: pg.ClientConfig, ...statements: string[]): Promise<string | null> {
  return run(config, ...statements).then(
    () => null,
    (error: unknown) => sqlState(error),
  );
}

const ORDER = (location: string): string =>
  `insert into orders (location_id, id, status, type, placed_at, body) values ('${location}', 'o1', 'placed', 'dine_in', now(), '{}')`;
const SET = (location: string): string => `select set_config('heard.location', '${location}', true)`;

test('[L25] none of the ways into the database is a superuser or passes row-level security by', async () => {
  for (const config of [database().admin, database().heardLog, database().app]) {
    expect(
      await run(
        config,
        'select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = session_user',
      ),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }]);
  }
});

test('[L24] heard_app may neither read nor write the log', async () => {
  for (const table of ['events', 'commands', 'snapshots']) {
    expect(await refusal(database().app, `select from ${table}`)).toBe('42501');
  }
  expect(await refusal(database().app, 'update locations set head = 0')).toBe('42501');
  expect(await refusal(database().app, "insert into organizations (id, name) values ('x', 'x')")).toBe(
    '42501',
  );
  expect(await refusal(database().app, 'select from locations')).toBeNull();
  expect(await refusal(database().app, 'create table mine (id int)')).toBe('42501');
});

test('[L24] heard_log writes the log and nothing else, and deletes no event', async () => {
  expect(await refusal(database().heardLog, 'select from orders')).toBe('42501');
  expect(await refusal(database().heardLog, 'delete from events')).toBe('42501');
  expect(await refusal(database().heardLog, 'delete from locations')).toBe('42501');
  expect(await refusal(database().heardLog, 'truncate events')).toBe('42501');
});

test('[L24] a projection shows and takes rows of the one location that the transaction named, the owner included', async () => {
  for (const config of [database().app, database().admin]) {
    expect(await refusal(config, ORDER('brasa'))).toBe('42501');
    expect(await refusal(config, 'begin', SET('esquina'), ORDER('brasa'))).toBe('42501');
  }
  await run(database().app, 'begin', SET('brasa'), ORDER('brasa'), 'commit');
  expect(await run(database().app, 'begin', SET('brasa'), 'select location_id from orders')).toEqual([
    { location_id: 'brasa' },
  ]);
  for (const config of [database().app, database().admin]) {
    expect(await run(config, 'begin', SET('esquina'), 'select location_id from orders')).toEqual([]);
    expect(await run(config, 'select location_id from orders')).toEqual([]);
    // What was set in a transaction is gone after it: the next user of the connection sees nothing.
    expect(await run(config, 'begin', SET('brasa'), 'commit', 'select location_id from orders')).toEqual([]);
  }
});

function urlAs(user: string): string {
  const { host, database: name } = database().admin;
  return `postgres://${user}@${encodeURIComponent(host ?? '')}/${name}`;
}

test('[L26] a DATABASE_URL whose role may create roles gets the two roles', async () => {
  const lines: string[] = [];
  const connections = await fromUrl(urlAs('postgres'), (line) => lines.push(line));
  expect(await run(connections.heardLog, 'select session_user as name')).toEqual([{ name: 'heard_log' }]);
  expect(await run(connections.app, 'select session_user as name')).toEqual([{ name: 'heard_app' }]);
  expect(await run(connections.admin, 'select session_user as name')).toEqual([{ name: 'postgres' }]);
  expect(lines).toEqual([]);
});

test('[L26] what is no PostgreSQL URL is refused by its name', async () => {
  await expect(fromUrl('localhost:5432')).rejects.toThrow(/DATABASE_URL must look like/);
  await expect(fromUrl('mysql://localhost/x')).rejects.toThrow(/DATABASE_URL must look like/);
});

test('[L26] a database that cannot be reached is named by its variable, without the password', async () => {
  const nobody = fromUrl('postgres://u:hunter2@127.0.0.1:1/x');
  await expect(nobody).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    message: 'DATABASE_URL must be a database that can be reached: connect ECONNREFUSED 127.0.0.1:1',
  });
  await expect(fromUrl(urlAs('nobody'))).rejects.toThrow(
    /^DATABASE_URL must be a database that can be reached: [^\n]+$/,
  );
});

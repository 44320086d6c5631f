import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from '../testkit/postgres.ts';
import type { TestDatabase } from '../testkit/postgres.ts';
import { describeSchema } from '../testkit/schema.ts';
import { SchemaTooNew, migrate, readMigrations } from './migrate.ts';

let database: TestDatabase;
let dir: string;
beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterEach(() => database.drop());
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function ask(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(database.superuser);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const at = await mkdtemp(join(dir, 'm-'));
  for (const [name, sql] of Object.entries(files)) await writeFile(join(at, name), sql);
  return at;
}

test('[L20] migrations run once, in order, also when four nodes start together', async () => {
  const all = (await readMigrations()).map((migration) => migration.name);
  expect(all[0]).toBe('0001_log.sql');
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.admin)));
  expect(runs.filter((applied) => applied.length > 0)).toEqual([all]);
  expect(await migrate(database.admin)).toEqual([]);
});

test('[L23] the schema is the committed one', async () => {
  await migrate(database.admin);
  const header =
    '-- What the migrations make, as the catalog tells it; checked by src/log/migrate.pg.test.ts.\n' +
    '-- After a new migration: npx vitest run --project pg src/log/migrate.pg.test.ts -u\n\n';
  await expect(header + (await describeSchema(database.superuser))).toMatchFileSnapshot(
    '../../migrations/schema.snapshot.sql',
  );
});

test('[L21] a migration that fails leaves nothing behind and names its file', async () => {
  const at = await folder({
    '0001_a.sql': 'create table a (id int)',
    '0002_b.sql': 'create table b (id int); select 1/0;',
  });
  await expect(migrate(database.admin, { dir: at })).rejects.toThrow(
    /Migration 0002_b.sql failed: division by zero/,
  );
  expect(await ask("select to_regclass('a')::text as a, to_regclass('b')::text as b")).toEqual([
    { a: 'a', b: null },
  ]);
  expect(await ask('select id from migrations')).toEqual([{ id: 1 }]);
  await writeFile(join(at, '0002_b.sql'), 'create table b (id int)');
  expect(await migrate(database.admin, { dir: at })).toEqual(['0002_b.sql']);
});

test('[L22] code older than a breaking migration is refused, older than a harmless one warned', async () => {
  const old = await folder({ '0001_a.sql': 'create table a (id int)' });
  const harmless = await folder({
    '0001_a.sql': 'create table a (id int)',
    '0002_b.sql': '-- not --! breaking\ncreate table b (id int)',
  });
  await migrate(database.admin, { dir: harmless });
  const lines: string[] = [];
  await migrate(database.admin, { dir: old, log: (line) => lines.push(line) });
  expect(lines).toEqual(['the database has migrations of a newer Heard, none of them breaking']);
  const breaking = await folder({
    '0001_a.sql': '',
    '0002_b.sql': '',
    '0003_c.sql': '--! breaking\nalter table a rename id to key',
  });
  await migrate(database.admin, { dir: breaking });
  await expect(migrate(database.admin, { dir: old })).rejects.toThrow(SchemaTooNew);
  await expect(migrate(database.admin, { dir: harmless })).rejects.toThrow(
    /0003_c.sql.*start the newer version/,
  );
});

test('[L21] a number used twice is refused', async () => {
  const at = await folder({ '0001_a.sql': '', '0001_b.sql': '' });
  await expect(migrate(database.admin, { dir: at })).rejects.toThrow('Two migrations have the number 1');
});

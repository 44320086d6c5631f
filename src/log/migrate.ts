import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { grantRoles } from './grants.ts';
import { connectionConfig } from './pool.ts';
import type { LogLine } from './pool.ts';

/** One advisory lock for all migrations of a database: nodes that start together take turns. */
const LOCK = [0x48454152, 2] as const;

export type Migration = {
  readonly id: number;
  readonly name: string;
  readonly breaking: boolean;
  readonly sql: string;
};

/** Code that is older than a breaking migration must not touch the database. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/** The folder `migrations` of this package, wherever the code was built to. */
export function migrationsDir(): string {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const dir = join(at, 'migrations');
    if (existsSync(join(dir, '0001_log.sql'))) return dir;
  }
  throw new Error('The folder "migrations" is missing from this installation of Heard');
}

/** Reads `0001_name.sql` files in order. A first line `--! breaking` is data, not a comment. Throws on a number used twice. */
export async function readMigrations(dir: string = migrationsDir()): Promise<Migration[]> {
  const files = (await readdir(dir)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  const all = await Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(dir, file), 'utf8');
      return {
        id: Number(file.slice(0, 4)),
        name: file,
        breaking: /^--! breaking\s*$/m.test(sql.split('\n', 1)[0] ?? ''),
        sql,
      };
    }),
  );
  const twice = all.find((migration, index) => all[index + 1]?.id === migration.id);
  if (twice !== undefined) throw new Error(`Two migrations have the number ${twice.id}`);
  return all;
}

function checkAge(
  known: readonly Migration[],
  applied: ReadonlyMap<number, { name: string; breaking: boolean }>,
  log: LogLine,
): void {
  const ids = new Set(known.map((migration) => migration.id));
  const strange = [...applied].filter(([id]) => !ids.has(id));
  const breaking = strange.find(([, row]) => row.breaking);
  if (breaking !== undefined) {
    throw new SchemaTooNew(
      `The database was changed by a newer Heard (${breaking[1].name}) in a way that this one does not understand: start the newer version`,
    );
  }
  if (strange.length > 0)
    log('the database has migrations of a newer Heard, none of them breaking', {
      newer: strange.map(([, row]) => row.name),
    });
}

/** Throws what PostgreSQL says, with the file's name before it; the transaction leaves nothing behind. */
async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    // The row first: whoever does the same without our lock fails on the key before it changed anything.
    await client.query('insert into migrations (id, name, breaking) values ($1, $2, $3)', [
      migration.id,
      migration.name,
      migration.breaking,
    ]);
    await client.query(migration.sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(
      `Migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Brings the schema up to date as the owner of the database and sets the grants; answers the names of what it applied.
 * Idempotent, safe from several nodes at once. Throws SchemaTooNew for a database this code must not serve.
 */
export async function migrate(
  admin: pg.PoolConfig,
  options: { log?: LogLine; dir?: string } = {},
): Promise<string[]> {
  const log = options.log ?? (() => undefined);
  const migrations = await readMigrations(options.dir);
  // A migration may take as long as it must, also while it waits for the node that is at it.
  const client = new pg.Client({
    ...connectionConfig(admin, 'migrate'),
    statement_timeout: 0,
    lock_timeout: 0,
    query_timeout: 0,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', [...LOCK]);
    await client.query(`create table if not exists migrations (
      id integer primary key, name text not null, breaking boolean not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ id: number; name: string; breaking: boolean }>(
      'select id, name, breaking from migrations order by id',
    );
    const applied = new Map(rows.map((row) => [row.id, row]));
    checkAge(migrations, applied, log);
    const missing = migrations.filter((migration) => !applied.has(migration.id));
    for (const migration of missing) await apply(client, migration);
    await grantRoles(client);
    if (missing.length > 0)
      log('migrated the database', { applied: missing.map((migration) => migration.name) });
    return missing.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

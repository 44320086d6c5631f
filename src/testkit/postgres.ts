import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { embeddedConnections } from '../log/roles.ts';
import type { Connections } from '../log/roles.ts';
import { untilSo } from './patience.ts';

/** A database of one test's own, with the three ways into it. */
export type TestDatabase = Connections & {
  readonly name: string;
  /** As PostgreSQL's superuser, for looking behind the scenes. */
  readonly superuser: pg.PoolConfig;
  /** Throws when somebody is still connected to it, and removes it. */
  drop(): Promise<void>;
};

/** The process that outlives all workers: vitest's main one. In a fork it is the parent. */
function runPid(): number {
  return process.send === undefined ? process.pid : process.ppid;
}

function hostDir(): string {
  const run = process.env['HEARD_TEST_TMP'];
  return join(run === undefined ? tmpdir() : dirname(run), `heard-pg-${runPid()}`);
}

let host: Promise<string> | undefined;

/** Starts the run's PostgreSQL, or finds the one another worker started; answers its socket folder. */
async function findHost(): Promise<string> {
  const dir = hostDir();
  const first = await mkdir(dir, { mode: 0o755 }).then(
    () => true,
    () => false,
  );
  if (first) {
    const script = join(import.meta.dirname, 'postgres-child.ts');
    spawn(process.execPath, [script, dir, String(runPid())], {
      detached: true,
      stdio: 'ignore',
      env: {},
    }).unref();
  }
  let text: string | null = null;
  await untilSo(
    async () => (text = await readFile(join(dir, 'ready.json'), 'utf8').catch(() => null)) !== null,
    { what: () => `the tests' PostgreSQL is there (${dir})` },
  );
  const answer: { host?: string; error?: string } = JSON.parse(text ?? '{}');
  if (answer.host !== undefined) return answer.host;
  throw new Error(`The tests' PostgreSQL did not start: ${answer.error ?? 'no reason given'}`);
}

async function query(
  config: pg.ClientConfig,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function dropDatabase(superuser: pg.ClientConfig, name: string): Promise<void> {
  let left: Record<string, unknown>[] = [];
  // A backend needs a moment to notice that its client said goodbye.
  for (let tries = 0; tries < 40; tries += 1) {
    left = await query(
      superuser,
      'select application_name, state, left(query, 80) as query from pg_stat_activity where datname = $1',
      [name],
    );
    if (left.length === 0) break;
    await sleep(25);
  }
  await query(superuser, `drop database ${name} with (force)`);
  if (left.length > 0)
    throw new Error(`The test left ${left.length} database connections open: ${JSON.stringify(left)}`);
}

/** A copy of the migrated template (or an empty database with `migrated: false`). */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const socketDir = await (host ??= findHost());
  const maintenance = { host: socketDir, port: 5432, user: 'postgres', database: 'postgres' };
  const name = `t_${process.pid}_${randomBytes(4).toString('hex')}`;
  const template = options.migrated === false ? 'blank' : 'template';
  // Two copies of one template at once: the later one may find it in use.
  for (let tries = 0; ; tries += 1) {
    try {
      await query(maintenance, `create database ${name} template ${template} owner heard_owner`);
      break;
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(50);
    }
  }
  // Rights on a database are not copied with it.
  await query(maintenance, `grant create on database ${name} to heard_app`);
  return {
    ...embeddedConnections(socketDir, name),
    name,
    superuser: { ...maintenance, database: name },
    drop: () => dropDatabase(maintenance, name),
  };
}

/** One database for all tests of a file, made before the first and dropped after the last; a connection left open fails the file. */
export function useTestDatabase(options: { migrated?: boolean } = {}): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase(options);
  });
  afterAll(async () => {
    await database?.drop();
  });
  return () => {
    if (database === undefined) throw new Error('The test database exists from beforeAll on');
    return database;
  };
}

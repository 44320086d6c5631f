import { createHmac } from 'node:crypto';
import pg from 'pg';
import { sqlState } from './failures.ts';
import type { LogLine } from './pool.ts';
import { connectionConfig } from './pool.ts';

/**
 * Three ways into one database:
 * - `admin` owns it: migrations and grants, nothing while serving;
 * - `heardLog` writes the log (locations, events, commands, snapshots);
 * - `app` writes everything else, held to one location at a time by row-level security.
 */
export type Connections = {
  readonly admin: pg.PoolConfig;
  readonly heardLog: pg.PoolConfig;
  readonly app: pg.PoolConfig;
};

export const LOG_ROLE = 'heard_log';
export const APP_ROLE = 'heard_app';
const OWNER_ROLE = 'heard_owner';

/** Runs `create …` and takes "it exists" for an answer: two processes may do it at once. */
async function createIfMissing(client: pg.Client, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    // 42710 duplicate role, 42P04 duplicate database, 23505 the same a moment earlier.
    if (!['42710', '42P04', '23505'].includes(sqlState(error) ?? '')) throw error;
  }
}

/** The roles and the database of an embedded cluster, made by its superuser. Idempotent. */
export async function bootstrapCluster(superuser: pg.ClientConfig, database: string): Promise<void> {
  const client = new pg.Client(superuser);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const roles = await client.query<{ name: string }>(
      'select rolname as name from pg_roles where rolname = any($1)',
      [[OWNER_ROLE, LOG_ROLE, APP_ROLE]],
    );
    const there = new Set(roles.rows.map((row) => row.name));
    for (const role of [OWNER_ROLE, LOG_ROLE, APP_ROLE]) {
      if (!there.has(role)) await createIfMissing(client, `create role ${role} login nosuperuser`);
    }
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0)
      await createIfMissing(client, `create database ${pg.escapeIdentifier(database)} owner ${OWNER_ROLE}`);
  } finally {
    await client.end();
  }
}

/** The three connections of an embedded cluster. */
export function embeddedConnections(socketDir: string, database: string): Connections {
  const as = (user: string): pg.PoolConfig => ({ host: socketDir, port: 5432, user, database });
  return { admin: as(OWNER_ROLE), heardLog: as(LOG_ROLE), app: as(APP_ROLE) };
}

async function canConnect(config: pg.PoolConfig): Promise<boolean> {
  const client = new pg.Client(connectionConfig(config, 'check'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function withRole(url: string, role: string): pg.PoolConfig {
  const parsed = new URL(url);
  // Every node must know it and nobody should have to store it.
  const password = createHmac('sha256', decodeURIComponent(parsed.password))
    .update(`heard ${role}`)
    .digest('base64url');
  const named = new URL(url);
  named.username = role;
  if (parsed.password !== '') named.password = password;
  return { connectionString: named.toString() };
}

async function prepareRole(admin: pg.Client, url: string, role: string): Promise<boolean> {
  const config = withRole(url, role);
  if (await canConnect(config)) return true;
  const password = decodeURIComponent(new URL(config.connectionString ?? '').password);
  const clause = password === '' ? '' : ` password ${pg.escapeLiteral(password)}`;
  try {
    await createIfMissing(admin, `create role ${role} login nosuperuser${clause}`);
    // The role may be there from a time when DATABASE_URL had another password.
    await admin.query(`alter role ${role} login${clause}`);
  } catch (error) {
    if (sqlState(error) === '42501') return false;
    throw error;
  }
  return canConnect(config);
}

/** Names the variable and keeps the code, by which it is known that a person can mend it. */
function unreachable(error: unknown): Error {
  const first = error instanceof AggregateError && error.message === '' ? error.errors[0] : error;
  const words = first instanceof Error ? first.message : String(first);
  const code = first instanceof Error && 'code' in first ? { code: first.code } : {};
  return Object.assign(
    new Error(`DATABASE_URL must be a database that can be reached: ${words}`, { cause: error }),
    code,
  );
}

/**
 * The three connections for a DATABASE_URL. When its role may create roles, heard_log and heard_app get logins of their
 * own (password derived from the URL's); when it may not, or the server does not let them in, all three are the URL and
 * a log line says so. Throws when the URL cannot be parsed or the server cannot be reached.
 */
export async function fromUrl(url: string, log: LogLine = () => undefined): Promise<Connections> {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Error('DATABASE_URL must look like postgres://user:password@host:5432/database');
  }
  const own: pg.PoolConfig = { connectionString: url };
  const client = new pg.Client(connectionConfig(own, 'roles'));
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw unreachable(error);
  });
  try {
    const prepared = (await prepareRole(client, url, LOG_ROLE)) && (await prepareRole(client, url, APP_ROLE));
    if (prepared) return { admin: own, heardLog: withRole(url, LOG_ROLE), app: withRole(url, APP_ROLE) };
    log(
      'the role of DATABASE_URL may not create roles: Heard works under this one role, without heard_log and heard_app',
      {},
    );
    return { admin: own, heardLog: own, app: own };
  } finally {
    await client.end();
  }
}

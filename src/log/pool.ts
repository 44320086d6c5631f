import pg from 'pg';
import { classify } from './failures.ts';

/** Milliseconds. A statement gives up on the server before the client stops waiting for it, so that "unknown" stays rare. */
export const TIMEOUTS = { statement: 5_000, query: 7_000, lock: 2_000, connect: 5_000 } as const;

export type LogLine = (message: string, detail?: Readonly<Record<string, unknown>>) => void;

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${text} is beyond the integers this program counts with`);
  return value;
}

/** `2026-11-22 04:24:35.1+00` to `2026-11-22T04:24:35.100Z`. */
export function parseTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (match === null) return new Date(text).toISOString();
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
}

type Parser = (text: string) => unknown;
const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [INT8, parseInt8],
  [DATE, (text) => text],
  [TIMESTAMPTZ, parseTime],
]);

/** int8 as number (throws above 2^53), timestamptz as RFC 3339 in UTC, date as `YYYY-MM-DD`, jsonb parsed. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS.get(oid)) ?? pg.types.getTypeParser(oid, format ?? 'text'),
};

/** The settings every connection of ours has: time limits, UTC, our type parsers, a name for pg_stat_activity. */
export function connectionConfig(config: pg.PoolConfig, name: string): pg.PoolConfig {
  return {
    ...config,
    types,
    application_name: `heard ${name} ${process.pid}`,
    options: `${config.options ?? ''} -c TimeZone=UTC`.trim(),
    statement_timeout: TIMEOUTS.statement,
    lock_timeout: TIMEOUTS.lock,
    query_timeout: TIMEOUTS.query,
    connectionTimeoutMillis: TIMEOUTS.connect,
    keepAlive: true,
  };
}

/**
 * A pool with time limits and an error handler: without one, an idle connection that PostgreSQL closes would end the
 * process. `max` connections, idle ones leave after 30 s.
 */
export function createPool(
  config: pg.PoolConfig,
  options: { name: string; max: number; log: LogLine },
): pg.Pool {
  const pool = new pg.Pool({
    ...connectionConfig(config, options.name),
    max: options.max,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) =>
    options.log('an idle database connection was lost', { pool: options.name, error: error.message }),
  );
  return pool;
}

/**
 * Runs `work` on one connection. After an unknown outcome the connection may still have a statement on its way, so it is
 * destroyed instead of serving the next caller.
 */
export async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A checked-out connection that breaks also emits `error`; the statement's own rejection carries it to the caller.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let destroy = false;
  try {
    return await work(client);
  } catch (error) {
    destroy = classify(error) === 'unknown';
    throw error;
  } finally {
    client.release(destroy);
    client.off('error', ignore);
  }
}

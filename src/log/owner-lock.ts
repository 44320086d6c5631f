import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig } from './pool.ts';

/** One advisory lock, held by one connection for as long as a server lives; the kernel frees it even after kill -9. */
const LOCK = [0x48454152, 1] as const;
const BUSY_MS = 3_000;

export class DataDirBusy extends Error {
  override readonly name = 'DataDirBusy';
}

export type OwnerLock = {
  /** Resolves when the connection is lost unasked: PostgreSQL ended, crashed or threw us out. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
};

/** An advisory lock of ours: all of them share the first number. */
export type AdvisoryLock = readonly [space: number, lock: number];

/** Answers at once whether this connection has the lock now. */
export async function tryLock(client: pg.Client, lock: AdvisoryLock): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
    ...lock,
  ]);
  return rows[0]?.got === true;
}

/** The pid of whoever has the lock, by the name of the connection. */
export async function holderOf(client: pg.Client, lock: AdvisoryLock): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2
       and l.database = (select oid from pg_database where datname = current_database())`,
    [...lock],
  );
  return /(\d+)$/.exec(rows[0]?.name ?? '')?.[1] ?? 'unknown';
}

/** Takes the ownership of a cluster. Throws DataDirBusy, naming the other's pid, when it stays taken for `busyMs`. */
export async function takeOwnership(
  config: pg.PoolConfig,
  dataDir: string,
  busyMs = BUSY_MS,
): Promise<OwnerLock> {
  // The connection idles for days: no query may time it out, and none runs on it but these.
  const client = new pg.Client(connectionConfig(config, 'owner'));
  const lost = new Promise<void>((resolve) => {
    client.once('error', () => resolve());
    client.once('end', () => resolve());
  });
  client.on('error', () => undefined);
  await client.connect();
  const until = performance.now() + busyMs;
  for (;;) {
    if (await tryLock(client, LOCK)) return { lost, release: () => client.end().catch(() => undefined) };
    if (performance.now() > until) {
      const pid = await holderOf(client, LOCK);
      await client.end();
      throw new DataDirBusy(`another Heard (pid ${pid}) uses this data dir: ${dataDir}`);
    }
    await sleep(100);
  }
}

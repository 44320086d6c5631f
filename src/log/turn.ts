import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { holderOf, tryLock } from './owner-lock.ts';
import { connectionConfig } from './pool.ts';

/** One advisory lock for whoever fills a database with houses; the kernel frees it even after kill -9. */
const LOCK = [0x48454152, 3] as const;
const POLL_MS = 200;
const SAY_EVERY_MS = 15_000;

/**
 * Runs `work` while nobody else fills this database with houses: a demo takes seconds, and two at once would write the
 * same logs. `onWait` is told the pid of whoever is at it, at once and then each 15 s. Without an end: the lock of a
 * process that dies is free.
 */
export async function inTurn<T>(
  connection: pg.PoolConfig,
  options: { readonly onWait: (pid: string) => void; readonly pollMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionConfig(connection, 'turn'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    let saidAt = Number.NEGATIVE_INFINITY;
    while (!(await tryLock(client, LOCK))) {
      if (performance.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = performance.now();
        options.onWait(await holderOf(client, LOCK));
      }
      await sleep(options.pollMs ?? POLL_MS);
    }
    return await work();
  } finally {
    await client.end().catch(() => undefined);
  }
}

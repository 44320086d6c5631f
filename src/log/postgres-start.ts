import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { sqlState } from './failures.ts';
import type { LogLine } from './pool.ts';
import {
  ensureCluster,
  findPostmaster,
  lastLogLines,
  clearStaleLocks,
  spawnPostmaster,
} from './postmaster.ts';
import type { Place } from './postgres-place.ts';

/** How long it may take until a process is there at all: one that was killed leaves others, which must be gone first. */
const GIVE_UP_MS = 10_000;
/** How long a process that lives may say nothing: on a machine that is full it comes to no word for a minute. */
const SILENT_MS = 120_000;
const SAY_EVERY_MS = 10_000;
/** A postmaster that ends by itself is followed by another this often; while a killed one's memory is in use, until GIVE_UP_MS. */
const SPAWNS = 3;
const RECOVERY_MS = 300_000;

type Probe =
  | { readonly state: 'up' }
  | { readonly state: 'starting' }
  | { readonly state: 'silent'; readonly reason: string };

/** A connection as the cluster's superuser, for the supervisor's own needs only. */
export function superuserConfig(socketDir: string): pg.ClientConfig {
  return {
    host: socketDir,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  };
}

async function probe(socketDir: string, pgDir: string): Promise<Probe> {
  const client = new pg.Client(superuserConfig(socketDir));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>("select current_setting('data_directory') as dir");
    const dir = rows[0]?.dir ?? '';
    if ((await realpath(dir).catch(() => dir)) !== pgDir) {
      throw new Error(`A PostgreSQL of another directory (${dir}) answers in ${socketDir}`);
    }
    return { state: 'up' };
  } catch (error) {
    // 57P01 to 57P03: it starts, recovers or shuts down.
    if (sqlState(error)?.startsWith('57P') === true) return { state: 'starting' };
    if (error instanceof Error && error.message.startsWith('A PostgreSQL of another')) throw error;
    return { state: 'silent', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

export type Started = {
  readonly socketDir: string;
  /** False when it was running already and was adopted. */ readonly spawned: boolean;
};

/**
 * Makes sure that a PostgreSQL of this place answers: adopts the one that runs, waits for one that starts or stops, else
 * starts it. Throws with the last lines of pg.log when it cannot.
 */
export async function ensureRunning(
  place: Place,
  settings: Readonly<Record<string, string>>,
  log: LogLine,
): Promise<Started> {
  await ensureCluster(place, log);
  const began = performance.now();
  let lastWord = began;
  let lastAlive = began;
  let saidAt = began;
  let child: ChildProcess | null = null;
  let spawns = 0;
  for (;;) {
    const running = await findPostmaster(place.pgDir);
    const socketDir = running?.socketDir ?? place.socketDir;
    const answer = await probe(socketDir, place.pgDir);
    if (answer.state === 'up') return { socketDir, spawned: spawns > 0 };
    const now = performance.now();
    const ended = child === null || child.exitCode !== null || child.signalCode !== null;
    if (answer.state === 'starting') lastWord = now;
    if (running !== null || !ended) lastAlive = now;
    const hopeless = ended && spawns >= SPAWNS && !/still in use/.test(await lastLogLines(place, 6));
    const reason = answer.state === 'silent' ? answer.reason : 'it is still starting';
    const isOver = now - lastAlive > GIVE_UP_MS || now - lastWord > SILENT_MS || now - began > RECOVERY_MS;
    if (hopeless || isOver) {
      throw new Error(
        `PostgreSQL does not come up (${reason}); the end of ${place.logFile}: ${await lastLogLines(place, 4)}`,
      );
    }
    if (now - saidAt > SAY_EVERY_MS) {
      saidAt = now;
      log('waiting for PostgreSQL to come up', { seconds: Math.round((now - began) / 1_000), reason });
    }
    if (answer.state === 'silent' && running === null && ended) {
      // A child that just failed (the last one's memory may still be in use) is followed by another after a moment.
      if (child !== null) await sleep(200);
      if (await clearStaleLocks(place, log)) {
        child = await spawnPostmaster(place, settings);
        spawns += 1;
      }
    }
    await sleep(15);
  }
}

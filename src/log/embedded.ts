import { setTimeout as sleep } from 'node:timers/promises';
import { classify } from './failures.ts';
import { DataDirBusy, takeOwnership } from './owner-lock.ts';
import type { OwnerLock } from './owner-lock.ts';
import type { LogLine } from './pool.ts';
import { type Place, findPlace } from './postgres-place.ts';
import { ensureRunning, superuserConfig } from './postgres-start.ts';
import { stopPostmaster } from './postmaster.ts';
import { bootstrapCluster, embeddedConnections } from './roles.ts';
import type { Connections } from './roles.ts';

/**
 * The embedded PostgreSQL: a real server as a child of ours, that outlives us when we are killed and is adopted by the
 * next start. One server owns a data directory at a time (an advisory lock); tools beside it connect without the lock.
 */
export type EmbeddedOptions = {
  readonly dataDir: string;
  readonly log: LogLine;
  /** The database went away unasked; it is being started again. Not called by stop(). */
  readonly onDown?: (reason: string) => void;
  /** It is back. */
  readonly onUp?: () => void;
  /** Extra settings of PostgreSQL, for tests and the bench. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type Embedded = Connections & {
  /** Ends the cluster by a fast shutdown. Call it after the pools are closed. */
  stop(): Promise<void>;
};

const DATABASE = 'heard';
/** How often it may go away while it is being taken. */
const TRIES = 3;

/**
 * Starts or adopts the cluster of a data directory and keeps it running. Rejects with DataDirBusy when another server
 * owns it, and with the end of pg.log when PostgreSQL does not come up.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log, settings = {} } = options;
  const place = await findPlace(dataDir);
  const owned = await own(place, dataDir, settings, log);
  const { started, home, connections } = owned;
  let lock: OwnerLock = owned.lock;
  log(started.spawned ? 'started PostgreSQL' : 'adopted a running PostgreSQL', { dir: home.pgDir });

  let stopping = false;
  const recover = async (): Promise<void> => {
    for (let waitMs = 50; !stopping; waitMs = Math.min(waitMs * 2, 1_000)) {
      try {
        await ensureRunning(home, settings, log);
        const next = await takeOwnership(connections.admin, dataDir);
        if (stopping) await next.release();
        lock = next;
        return;
      } catch (error) {
        log('PostgreSQL is down', { error: error instanceof Error ? error.message : String(error) });
        await sleep(waitMs);
      }
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping) {
      await lock.lost;
      if (stopping) return;
      log('PostgreSQL went away, starting it again', {});
      options.onDown?.('the database went away');
      await recover();
      if (stopping) return;
      log('PostgreSQL is back', {});
      options.onUp?.();
    }
  };
  const watching = watch();

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping = true;
    await lock.release();
    await watching;
    await stopPostmaster(home, log);
  };
  return { ...connections, stop: () => (stopped ??= stop()) };
}

/** Has it run, and be ours. A tool that started it may be stopping it at this moment: then it is started again. */
async function own(place: Place, dataDir: string, settings: Readonly<Record<string, string>>, log: LogLine) {
  for (let tries = 1; ; tries += 1) {
    const started = await ensureRunning(place, settings, log);
    // The socket's folder may not change while pools point to it, whoever starts the server again.
    const home = { ...place, socketDir: started.socketDir };
    try {
      await bootstrapCluster(superuserConfig(home.socketDir), DATABASE);
      const connections = embeddedConnections(home.socketDir, DATABASE);
      return { started, home, connections, lock: await takeOwnership(connections.admin, dataDir) };
    } catch (error) {
      if (error instanceof DataDirBusy || classify(error) !== 'unknown' || tries === TRIES) throw error;
    }
  }
}

/**
 * For the command line: connects beside a running server, without its lock. When none runs, starts PostgreSQL, and
 * `stop()` stops it again unless a server has taken it over meanwhile.
 */
export async function connectEmbedded(dataDir: string, log: LogLine = () => undefined): Promise<Embedded> {
  const place = await findPlace(dataDir);
  const started = await ensureRunning(place, {}, log);
  await bootstrapCluster(superuserConfig(started.socketDir), DATABASE);
  const connections = embeddedConnections(started.socketDir, DATABASE);
  const stop = async (): Promise<void> => {
    if (!started.spawned) return;
    const lock = await takeOwnership(connections.admin, dataDir, 0).catch(() => null);
    if (lock === null) return;
    // Kept to the end: a server that comes now must not believe that it is its own.
    await stopPostmaster(place, log);
    await lock.release();
  };
  return { ...connections, stop };
}

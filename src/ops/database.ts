import { connectEmbedded, startEmbedded } from '../log/embedded.ts';
import { migrate } from '../log/migrate.ts';
import { fromUrl } from '../log/roles.ts';
import type { Connections } from '../log/roles.ts';
import type { Log } from '../log/types.ts';
import type { LogLine } from './logger.ts';

/** The database of this process, wherever it is. */
export type Database = Connections & {
  readonly embedded: boolean;
  /** False while the embedded one is away and being started again. */
  isUp(): boolean;
  stop(): Promise<void>;
};

export type DatabaseOptions = {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly log: LogLine;
};

/** Starts (or adopts, or reaches) the database and brings its schema up to date. The server owns the embedded one. */
export async function openDatabase({ databaseUrl, dataDir, log }: DatabaseOptions): Promise<Database> {
  if (databaseUrl !== undefined) return openOwn(databaseUrl, log);
  let up = true;
  const embedded = await startEmbedded({
    dataDir,
    log,
    onDown: () => {
      up = false;
    },
    onUp: () => {
      up = true;
    },
  });
  return migrated({ ...embedded, embedded: true, isUp: () => up }, log);
}

/** For the command line, beside a running server or without one. */
export async function reachDatabase({ databaseUrl, dataDir, log }: DatabaseOptions): Promise<Database> {
  if (databaseUrl !== undefined) return openOwn(databaseUrl, log);
  return migrated({ ...(await connectEmbedded(dataDir, log)), embedded: true, isUp: () => true }, log);
}

/** The owner's own server: who started it stops it. */
async function openOwn(databaseUrl: string, log: LogLine): Promise<Database> {
  const connections = await fromUrl(databaseUrl, log);
  return migrated({ ...connections, embedded: false, isUp: () => true, stop: async () => undefined }, log);
}

async function migrated(database: Database, log: LogLine): Promise<Database> {
  try {
    await migrate(database.admin, { log });
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Does the log answer at this moment? */
async function answers(log: Pick<Log, 'readHeads'>): Promise<boolean> {
  try {
    await log.readHeads([]);
    return true;
  } catch {
    return false;
  }
}

/** Why this node shall get no new connections, in words for whoever runs it; empty: it is ready. */
export async function whyNotReady(node: {
  readonly draining: boolean;
  readonly watchdog: { readonly reason: string | null };
  readonly database: Pick<Database, 'isUp'>;
  readonly log: Pick<Log, 'readHeads' | 'clock'>;
}): Promise<string[]> {
  const reasons: string[] = [];
  if (node.draining) reasons.push('stopping');
  if (node.watchdog.reason !== null) reasons.push(node.watchdog.reason);
  if (!node.database.isUp()) reasons.push('PostgreSQL is away');
  else if (!(await answers(node.log))) reasons.push('PostgreSQL does not answer');
  if (!node.log.clock.healthy) reasons.push("the clock is too far from PostgreSQL's");
  return reasons;
}

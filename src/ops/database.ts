import { connectEmbedded, startEmbedded } from '../log/embedded.ts';
import { migrate } from '../log/migrate.ts';
import { fromUrl } from '../log/roles.ts';
import type { Connections } from '../log/roles.ts';
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
  if (databaseUrl !== undefined)
    return migrated(
      {
        ...(await fromUrl(databaseUrl, log)),
        embedded: false,
        isUp: () => true,
        stop: async () => undefined,
      },
      log,
    );
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
  if (databaseUrl !== undefined)
    return migrated(
      {
        ...(await fromUrl(databaseUrl, log)),
        embedded: false,
        isUp: () => true,
        stop: async () => undefined,
      },
      log,
    );
  return migrated({ ...(await connectEmbedded(dataDir, log)), embedded: true, isUp: () => true }, log);
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

import type pg from 'pg';
import { append } from './append.ts';
import { DatabaseClock } from './clock.ts';
import { claimDue, createLocation, createOrganization, deleteOldResults, setDeadline } from './places.ts';
import { createPool } from './pool.ts';
import type { LogLine } from './pool.ts';
import {
  findResults,
  listLocations,
  readEventsPage,
  readHeads,
  readLocation,
  readTail,
  seqAt,
  tagAt,
} from './read.ts';
import { redact } from './redact.ts';
import { loadSnapshot, saveSnapshot } from './snapshots.ts';
import type { Log } from './types.ts';

export type OpenLogConfig = {
  /** The connection as role heard_log (`heardLog` of startEmbedded, fromUrl or connectEmbedded). */
  readonly connection: pg.PoolConfig;
  /** Connections for appends (default 4) and for reads (default 6): a storm of reads never keeps an append waiting. */
  readonly writers?: number;
  readonly readers?: number;
  readonly log?: LogLine;
};

/** Opens the log on a migrated database. Rejects with the error of `pg` when the database cannot be reached. */
export async function openLog(config: OpenLogConfig): Promise<Log> {
  const log = config.log ?? (() => undefined);
  const write = createPool(config.connection, { name: 'append', max: config.writers ?? 4, log });
  const read = createPool(config.connection, { name: 'read', max: config.readers ?? 6, log });
  const clock = new DatabaseClock(read, log);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    clock.stop();
    closing ??= Promise.all([write.end(), read.end()]).then(() => undefined);
    return closing;
  };
  try {
    await clock.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    clock,
    append: (proposals) => append(write, proposals),
    readTail: (location, after, limit) => readTail(read, location, after, limit),
    readHeads: (locations) => readHeads(read, locations),
    findResults: (location, ids) => findResults(read, location, ids),
    readLocation: (location) => readLocation(read, location),
    listLocations: (organization) => listLocations(read, organization),
    tagAt: (location, seq) => tagAt(read, location, seq),
    readEventsPage: (location, after, limit) => readEventsPage(read, location, after, limit),
    seqAt: (location, time) => seqAt(read, location, time),
    saveSnapshot: (location, snapshot) => saveSnapshot(read, location, snapshot),
    loadSnapshot: (location, stateVersions, upTo) => loadSnapshot(read, location, stateVersions, upTo),
    redact: (location, redaction) => redact(write, location, redaction),
    deleteOldResults: (before, batch) => deleteOldResults(read, before, batch),
    claimDue: (now, limit, holdMs) => claimDue(read, now, limit, holdMs),
    setDeadline: (location, head, deadline) => setDeadline(read, location, head, deadline),
    createOrganization: (id, name, options) => createOrganization(read, id, name, options?.demo ?? false),
    createLocation: (organization, id, name) => createLocation(read, organization, id, name),
    close,
  };
}

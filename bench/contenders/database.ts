import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded } from '../../src/log/embedded.ts';
import { findPlace } from '../../src/log/postgres-place.ts';
import { cpuSeconds } from '../child.ts';
import type { Cleanups } from '../cleanups.ts';

/** A fresh PostgreSQL for a peer: the same programs and settings that Heard's own embedded one has, fsync on. */
export type PeerDatabase = {
  readonly env: Record<string, string>;
  storedOrders(locations: readonly string[]): Promise<number>;
  cpu(): Promise<number>;
};

/** A temporary folder that PostgreSQL's own user may enter. */
export async function temporaryDir(cleanups: Cleanups): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'heard-b-'));
  cleanups.add(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/** CPU seconds of the PostgreSQL of a data directory, all its processes. */
export async function databaseCpu(dataDir: string): Promise<number> {
  const { pgDir } = await findPlace(dataDir);
  const pid = Number((await readFile(join(pgDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  return cpuSeconds(pid, true);
}

export async function startPeerDatabase(cleanups: Cleanups): Promise<PeerDatabase> {
  const dataDir = await temporaryDir(cleanups);
  const embedded = await startEmbedded({ dataDir, log: () => undefined });
  cleanups.add(() => embedded.stop());
  const { host, user, database } = embedded.admin;
  const schema = await readFile(fileURLToPath(new URL('../peers/schema.sql', import.meta.url)), 'utf8');
  const client = new pg.Client(embedded.admin);
  await client.connect();
  cleanups.add(() => client.end());
  await client.query(schema);
  return {
    env: { PGHOST: String(host), PGUSER: String(user), PGDATABASE: String(database), PGPORT: '5432' },
    storedOrders: async (locations) => {
      const { rows } = await client.query<{ n: number }>(
        'select count(*)::int as n from orders where location = any($1)',
        [locations],
      );
      return rows[0]?.n ?? 0;
    },
    cpu: () => databaseCpu(dataDir),
  };
}

import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../log/embedded.ts';
import { migrate } from '../log/migrate.ts';

/**
 * The PostgreSQL of one test run, a process beside it: `node postgres-child.ts DIR PID` starts a cluster in DIR with the
 * migrated template database `heard`, writes `ready.json`, and stops and removes everything once process PID is gone,
 * however it went. Nothing durable is needed here, so fsync is off; tests that crash PostgreSQL start their own.
 */
const [dir = '', watched = ''] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function publish(content: unknown): Promise<void> {
  await writeFile(join(dir, 'ready.tmp'), JSON.stringify(content));
  await rename(join(dir, 'ready.tmp'), join(dir, 'ready.json'));
}

try {
  const embedded = await startEmbedded({
    dataDir: dir,
    log: () => undefined,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      autovacuum: 'off',
    },
  });
  await migrate(embedded.admin);
  // The owner's lock is a connection to the template, which must be free to be copied.
  const superuser = new pg.Client({ ...embedded.admin, user: 'postgres', database: 'postgres' });
  await superuser.connect();
  await superuser.query('create database blank owner heard_owner');
  await superuser.query('create database template owner heard_owner');
  await superuser.end();
  await migrate({ ...embedded.admin, database: 'template' });
  await publish({ host: embedded.admin.host });
  while (alive(Number(watched))) await sleep(300);
  await embedded.stop();
} catch (error) {
  await publish({ error: error instanceof Error ? error.message : String(error) });
  while (alive(Number(watched))) await sleep(300);
}
await rm(dir, { recursive: true, force: true });

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chown, mkdir, open, readFile, readdir, readlink, rename, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './postgres-place.ts';
import type { LogLine } from './pool.ts';

/** Settings of every embedded cluster; `fsync` and its kin keep PostgreSQL's safe defaults. */
const SETTINGS: Readonly<Record<string, string>> = {
  // Nobody reaches it but through a socket in a folder that only its user may enter.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: '5432',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
  jit: 'off',
  max_wal_size: '1GB',
  // Parallel plans need shared memory that small containers do not have, and serve no query of ours.
  max_parallel_workers_per_gather: '0',
};

/** What is left of the environment: PostgreSQL must behave the same under systemd, cron, a container and a shell. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function spawnOptions(place: Place): {
  uid?: number;
  gid?: number;
  env: Record<string, string>;
  cwd: string;
} {
  return { ...place.user.switchTo, env: { ...ENVIRONMENT }, cwd: '/' };
}

async function run(file: string, args: readonly string[], place: Place): Promise<void> {
  const child = spawn(file, args, { ...spawnOptions(place), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`${file} failed (${code}): ${output.trim().split('\n').slice(-5).join(' / ')}`);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Makes the cluster if there is none: beside its place and renamed into it, so that a half-made one is never started. */
export async function ensureCluster(place: Place, log: LogLine): Promise<void> {
  const { pgDir, binaries, user } = place;
  const version = await readFile(join(pgDir, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    if (version.trim() === binaries.major) return;
    throw new Error(
      `${pgDir} was made by PostgreSQL ${version.trim()}, this Heard brings ${binaries.major}: back it up with the Heard that made it and restore it into an empty data directory`,
    );
  }
  for (const entry of await readdir(dirname(pgDir))) {
    const half = /^pg\.new\.(\d+)$/.exec(entry);
    if (half !== null && !alive(Number(half[1])))
      await rm(join(dirname(pgDir), entry), { recursive: true, force: true });
  }
  const started = performance.now();
  const fresh = `${pgDir}.new.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  if (user.switchTo !== null) await chown(fresh, user.uid, user.gid);
  // The builtin C.UTF-8 needs nothing of the system: without a LANG the default would be SQL_ASCII.
  await run(
    binaries.initdb,
    [
      '-D',
      fresh,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ],
    place,
  );
  // When another process was faster, its cluster is as good as ours.
  await rename(fresh, pgDir).catch(() => rm(fresh, { recursive: true, force: true }));
  log(`made a PostgreSQL ${binaries.major} cluster`, {
    dir: pgDir,
    ms: Math.round(performance.now() - started),
  });
}

export type PidFile = { readonly pid: number; readonly socketDir: string | null };

async function readLockFile(path: string): Promise<PidFile | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, socketDir: lines[4] === undefined || lines[4] === '' ? null : lines[4] };
}

/**
 * True when that process is a postmaster of this directory. A dead one that nobody has reaped has no command line and
 * counts as gone; so does a stranger that was given the number of a postmaster that was killed.
 */
export async function isPostmasterOf(pgDir: string, pid: number): Promise<boolean> {
  if (!alive(pid)) return false;
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(
      pgDir,
    );
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (command === '') return false;
  if (!command.includes('postgres')) return false;
  return (
    command.split('\0').includes(pgDir) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === pgDir
  );
}

/** The running postmaster of the directory; null when there is none. */
export async function findPostmaster(pgDir: string): Promise<PidFile | null> {
  const file = await readLockFile(join(pgDir, 'postmaster.pid'));
  return file !== null && (await isPostmasterOf(pgDir, file.pid)) ? file : null;
}

/** Whether processes of a killed postmaster still work in the directory; they need a moment to notice its end. */
async function hasOrphans(pgDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const dirs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return dirs.includes(pgDir);
}

/**
 * PostgreSQL believes a lock file that names a living process of its user, whatever that is: a stranger that was given
 * the number, or the dead postmaster itself while nobody has reaped it. Such files are deleted. False: not yet, since
 * with the file goes PostgreSQL's own check that the old one's processes are gone.
 */
export async function clearStaleLocks(place: Place, log: LogLine): Promise<boolean> {
  for (const path of [join(place.pgDir, 'postmaster.pid'), join(place.socketDir, '.s.PGSQL.5432.lock')]) {
    const pid = (await readLockFile(path))?.pid;
    if (pid === undefined || !alive(pid) || (await isPostmasterOf(place.pgDir, pid))) continue;
    if (await hasOrphans(place.pgDir)) return false;
    log('deleted a stale lock file', { path, pid });
    await rm(path, { force: true });
  }
  return true;
}

/**
 * Starts a postmaster in a session of its own, so that Ctrl-C in the terminal does not reach it and it outlives a killed
 * server; the next start adopts it.
 */
export async function spawnPostmaster(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const all = { ...SETTINGS, unix_socket_directories: place.socketDir, ...settings };
  const args = [
    '-D',
    place.pgDir,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const output = await open(place.logFile, 'a');
  try {
    const child = spawn(place.binaries.postgres, args, {
      ...spawnOptions(place),
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    await output.close();
  }
}

/** Fast shutdown, and after `patienceMs` an immediate one, from which PostgreSQL recovers by itself. Resolves when it is gone. */
export async function stopPostmaster(place: Place, log: LogLine, patienceMs = 30_000): Promise<void> {
  const running = await findPostmaster(place.pgDir);
  if (running === null) return;
  const gone = async (ms: number): Promise<boolean> => {
    const until = performance.now() + ms;
    while (await isPostmasterOf(place.pgDir, running.pid)) {
      if (performance.now() > until) return false;
      await sleep(20);
    }
    return true;
  };
  const send = (signal: 'SIGINT' | 'SIGQUIT'): void => {
    try {
      process.kill(running.pid, signal);
    } catch {
      // It ended between the look and the signal.
    }
  };
  send('SIGINT');
  if (await gone(patienceMs)) return;
  log('PostgreSQL does not stop, stopping it hard', { pid: running.pid });
  send('SIGQUIT');
  await gone(10_000);
}

export async function lastLogLines(place: Place, count: number): Promise<string> {
  const text = await readFile(place.logFile, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-count).join(' / ');
}

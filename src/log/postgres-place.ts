import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from './postgres-binaries.ts';
import type { Binaries } from './postgres-binaries.ts';
import { choosePostgresUser, enterable, privateDir } from './postgres-user.ts';
import type { PostgresUser } from './postgres-user.ts';

/** Where one embedded cluster lives. */
export type Place = {
  readonly dataDir: string;
  /** PostgreSQL's own data directory, real path. */
  readonly pgDir: string;
  readonly socketDir: string;
  readonly logFile: string;
  readonly user: PostgresUser;
  readonly binaries: Binaries;
};

/** For root whose checkout lies under a folder that the cluster's user may not enter. */
const SYSTEM_DIR = '/var/lib/heard';
/** A socket's path may have 107 bytes on Linux and 103 on macOS, with `/.s.PGSQL.5432` (15) in it. */
const LONGEST_SOCKET_DIR = 100 - '/.s.PGSQL.5432'.length;
const LARGEST_LOG_BYTES = 10 * 1024 * 1024;

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function baseDir(dataDir: string): Promise<{ base: string; user: PostgresUser }> {
  const user = await choosePostgresUser(join(dataDir, 'pg'));
  if (user.switchTo === null) return { base: dataDir, user };
  const { mode } = await stat(dataDir);
  // Others may pass through to `pg`, not look around: files beside it are 0600 by themselves.
  if ((mode & 0o011) !== 0o011) await chmod(dataDir, (mode & 0o777) | 0o011);
  if (await enterable(dataDir, user)) return { base: dataDir, user };
  const base = join(SYSTEM_DIR, shortHash(dataDir));
  await mkdir(base, { recursive: true });
  for (const dir of [SYSTEM_DIR, base]) await chmod(dir, 0o755);
  return { base, user: await choosePostgresUser(join(base, 'pg')) };
}

async function prepareLogFile(file: string, user: PostgresUser): Promise<void> {
  const old = await stat(file).catch(() => null);
  if (old !== null && old.size > LARGEST_LOG_BYTES) await rename(file, `${file}.1`);
  const handle = await open(file, 'a', 0o600);
  await handle.close();
  if (user.switchTo !== null) await chown(file, user.uid, user.gid);
}

/** Decides and prepares the folders of the cluster that belongs to a data directory. Starts nothing. */
export async function findPlace(dataDir: string): Promise<Place> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const real = await realpath(dataDir);
  const { base, user } = await baseDir(real);
  const run = join(base, 'run');
  const socketDir =
    Buffer.byteLength(run) <= LONGEST_SOCKET_DIR
      ? run
      : join(tmpdir(), `heard-${user.uid}-${shortHash(base)}`);
  await privateDir(socketDir, user);
  const logFile = join(base, 'pg.log');
  await prepareLogFile(logFile, user);
  // Links and a copy beside the data when node_modules is read-only; under the system's folder when root must share it.
  const binaries = await findBinaries(user, user.switchTo === null ? join(base, 'bin') : SYSTEM_DIR);
  return { dataDir: real, pgDir: join(base, 'pg'), socketDir, logFile, user, binaries };
}

import { spawnSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Who PostgreSQL runs as: it refuses to be root. `switchTo` is null when this process already is that user. */
export type PostgresUser = {
  readonly uid: number;
  readonly gid: number;
  readonly switchTo: { uid: number; gid: number } | null;
};

function lookUp(name: string): { uid: number; gid: number } | null {
  const ask = (flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, name], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    return status === 0 ? Number(stdout.trim()) : Number.NaN;
  };
  const uid = ask('-u');
  const gid = ask('-g');
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : null;
}

function create(name: string): void {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  // Debian, Fedora and most others; then Alpine and busybox. When neither works, "nobody" is left.
  const made = spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
    env,
  });
  if (made.status !== 0) spawnSync('adduser', ['-S', '-D', '-H', name], { env });
}

/**
 * The user of the cluster: the owner of the data directory if it exists, else ourselves, else (as root) `postgres`, a new
 * `heard`, or `nobody`. Throws when the directory belongs to somebody we cannot become.
 */
export async function choosePostgresUser(pgDir: string): Promise<PostgresUser> {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const owner = await stat(pgDir).catch(() => null);
  if (uid !== 0) {
    if (owner !== null && owner.uid !== uid) {
      throw new Error(
        `${pgDir} belongs to user ${owner.uid}, this is user ${uid}: start Heard as that user or as root, or set HEARD_DATA_DIR`,
      );
    }
    return { uid, gid, switchTo: null };
  }
  if (owner !== null && owner.uid !== 0)
    return { uid: owner.uid, gid: owner.gid, switchTo: { uid: owner.uid, gid: owner.gid } };
  let found = lookUp('postgres') ?? lookUp('heard');
  if (found === null) {
    create('heard');
    found = lookUp('heard') ?? lookUp('nobody');
  }
  if (found === null)
    throw new Error(
      'PostgreSQL refuses to run as root and no other user could be made: create one named "heard", or set DATABASE_URL',
    );
  return { ...found, switchTo: found };
}

/** True when the user may enter `path` and everything above it, by the mode bits. */
export async function enterable(path: string, user: PostgresUser): Promise<boolean> {
  const entry = await stat(path).catch(() => null);
  if (entry === null) return false;
  if (user.switchTo === null) return true;
  const shift = entry.uid === user.uid ? 6 : entry.gid === user.gid ? 3 : 0;
  return ((entry.mode >> shift) & 1) === 1 && (dirname(path) === path || enterable(dirname(path), user));
}

/** Makes a folder that only the cluster's user may enter. Throws when somebody else's thing stands there. */
export async function privateDir(path: string, user: PostgresUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const entry = await lstat(path);
  // In a shared temp folder a stranger may have put a link or a folder of theirs under our name.
  if (!entry.isDirectory() || (entry.uid !== user.uid && entry.uid !== (process.getuid?.() ?? 0))) {
    throw new Error(`${path} is not a folder of ours: remove it, or set HEARD_DATA_DIR to another place`);
  }
  if (entry.uid !== user.uid) await chown(path, user.uid, user.gid);
  if ((entry.mode & 0o777) !== 0o700) await chmod(path, 0o700);
}

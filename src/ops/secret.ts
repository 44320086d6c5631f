import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads the secret of a data directory; null when none was made yet. */
export async function readSecret(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, 'secret'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error.code === 'ENOTDIR' ? noDataDir(dataDir, error) : error;
  });
  const secret = text?.trim() ?? null;
  if (secret !== null && secret.length < 32)
    throw new Error(`${join(dataDir, 'secret')} is too short to be a secret: remove it, or set HEARD_SECRET`);
  return secret;
}

/** The secret of a data directory, made at the first call; only its owner may read it. Two processes at once agree on one. */
export async function keepSecret(dataDir: string): Promise<string> {
  const known = await readSecret(dataDir);
  if (known !== null) return known;
  await mkdir(dataDir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw noDataDir(dataDir, error);
  });
  const draft = join(dataDir, `.secret-${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  // A link fails when the name is taken: whoever came first has made it, whole.
  await link(draft, join(dataDir, 'secret')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  const made = await readSecret(dataDir);
  if (made === null) throw new Error(`The secret could not be kept in ${dataDir}`);
  return made;
}

/** Keeps the system's code, so that a terminal shows the line alone. */
function noDataDir(dataDir: string, cause: NodeJS.ErrnoException): NodeJS.ErrnoException {
  const line = `HEARD_DATA_DIR must be a directory that this user can write, not "${dataDir}"`;
  return Object.assign(new Error(line, { cause }), { code: cause.code });
}

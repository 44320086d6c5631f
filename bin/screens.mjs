// Builds the screens into dist/screens when they are missing or older than their sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, run, say } from './spawning.mjs';

const SOURCES = [
  'src/screens',
  'src/sdk',
  'src/domain',
  'src/protocol',
  'vite.config.ts',
  'package-lock.json',
];

/** Answers 0, or the exit code of the failed build. A stamp written last survives no half build. */
export async function ensureScreens(root, node, { force = false } = {}) {
  if (!existsSync(join(root, 'vite.config.ts'))) {
    say('there is no vite.config.ts, so no screens are built');
    return 0;
  }
  const stamp = join(root, 'dist', '.screens');
  const wanted = fingerprint(root);
  if (!force && readStamp(stamp) === wanted && existsSync(join(root, 'dist', 'screens'))) return 0;
  say('building the screens');
  rmSync(stamp, { force: true });
  const code = await run(
    node,
    [
      join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '--logLevel',
      'warn',
      '--manifest',
      '--outDir',
      join(root, 'dist', 'screens'),
      '--emptyOutDir',
    ],
    { cwd: root, stdio: ['ignore', 2, 2], env: environment(node, root, { NODE_ENV: 'production' }) },
  );
  if (code !== 0) {
    say(`the screens could not be built (vite ended with ${code})`);
    return code;
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
  return 0;
}

function fingerprint(root) {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesBelow(root, source))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Paths of all files below `path`, sorted, tests left out: they are not in the build. */
function filesBelow(root, path) {
  let entries;
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    return error.code === 'ENOTDIR' ? [path] : [];
  }
  return entries
    .map((entry) => ({ entry, below: `${path}/${entry.name}` }))
    .filter(({ below }) => !/\.(test|long)\.tsx?$/.test(below))
    .sort((a, b) => (a.below < b.below ? -1 : 1))
    .flatMap(({ entry, below }) => (entry.isDirectory() ? filesBelow(root, below) : [below]));
}

function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

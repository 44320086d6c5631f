#!/usr/bin/env node
// The heard command. In a clone it installs what is missing, builds the screens for `start`, and
// runs src/cli/heard.ts; installed from a tarball it runs dist/cli/heard.js. Any Node from 18 on
// may run this file; the product itself runs on Node 24.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode24, isNode24 } from './node24.mjs';
import { compiled, environment, run } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inClone = existsSync(join(root, 'src', 'cli')) && existsSync(join(root, 'package-lock.json'));
const args = process.argv.slice(2);

if (inClone) {
  const { ensureInstalled } = await import('./install.mjs');
  await ensureInstalled(root);
}
const node = findNode24();
if (inClone && args[0] === 'start') {
  const { ensureScreens } = await import('./screens.mjs');
  const code = await ensureScreens(root, node);
  if (code !== 0) process.exit(code);
}

const entry = inClone ? join(root, 'src', 'cli', 'heard.ts') : join(root, 'dist', 'cli', 'heard.js');
const env = environment(node, undefined, inClone ? compiled(root) : {});
const leash = ['--import', pathToFileURL(join(root, 'bin', 'leash.mjs')).href];
if (isNode24() && typeof process.execve === 'function') {
  // The same process becomes the command: signals, streams and the exit code are its own.
  const waitedFor = process.env.npm_lifecycle_event !== undefined;
  process.removeAllListeners('warning');
  process.execve(node, [node, ...(waitedFor ? leash : []), entry, ...args], env);
} else {
  if (process.env.npm_lifecycle_event !== undefined) await import('./leash.mjs');
  process.exit(await run(node, [...leash, entry, ...args], { env }));
}

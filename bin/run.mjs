#!/usr/bin/env node
// npm test, npm run check, bench, build and their like, straight from a clone: installs what is
// missing, finds Node 24 and hands the task to it. Any Node from 18 on may run this file.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { findNode24 } from './node24.mjs';
import { compiled, environment, run, stop } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tasks = {
  check: ['bin/check.mjs'],
  test: ['bin/test.mjs', 'short'],
  'test:long': ['bin/test.mjs', 'long'],
  bench: ['bench/main.ts'],
  build: ['bin/build.mjs'],
  dev: ['bin/dev.mjs'],
  format: ['node_modules/oxfmt/bin/oxfmt'],
};

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) stop(`there is no task "${name ?? ''}"; there are: ${Object.keys(tasks).join(', ')}`);
await ensureInstalled(root);
const node = findNode24();
if (!existsSync(join(root, task[0])))
  stop(`${task[0]} is not there, so there is nothing to run for "${name}"`);
process.exit(
  await run(node, [...task, ...args], { cwd: root, env: environment(node, root, compiled(root)) }),
);

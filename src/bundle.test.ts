import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The weighing of bin/bundle.mjs, over manifests as Vite writes them. Script of chance does not compress. */

const MODULE = new URL('../bin/bundle.mjs', import.meta.url).href;

interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  isDynamicEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heard-bundle-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Weighs a build of these chunks, each with a script of so many KB; answers the code and what was said. */
function weigh(chunks: Record<string, Chunk & { kb: number }>): { status: number | null; said: string } {
  const folder = join(root, 'dist', 'screens');
  mkdirSync(join(folder, '.vite'), { recursive: true });
  writeFileSync(join(folder, '.vite', 'manifest.json'), JSON.stringify(chunks));
  for (const { file, kb } of Object.values(chunks)) writeFileSync(join(folder, file), randomBytes(kb * 1024));
  const script = `import { weighScreens } from '${MODULE}'; process.exit(weighScreens(${JSON.stringify(root)}));`;
  const answer = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return { status: answer.status, said: answer.stderr };
}

describe('the weight of a page', () => {
  it('[HS10] counts the entry and what it imports at once, shared parts once, later parts not', () => {
    const { status, said } = weigh({
      'kitchen/index.html': {
        file: 'kitchen.js',
        src: 'kitchen/index.html',
        isEntry: true,
        imports: ['_a.js', '_b.js'],
        dynamicImports: ['_late.js'],
        kb: 20,
      },
      '_a.js': { file: 'a.js', imports: ['_b.js'], kb: 30 },
      '_b.js': { file: 'b.js', imports: ['_a.js'], kb: 40 },
      '_late.js': { file: 'late.js', kb: 500 },
      'pos/index.html': { file: 'pos.js', isEntry: true, imports: ['_b.js'], kb: 100 },
    });
    expect(said).toMatch(/kitchen 90\.\d KB of 150 KB gzip in 3 files/);
    expect(said).toMatch(/pos 170\.\d KB/);
    expect(status).toBe(0);
  });

  it('[HS10] refuses a kitchen that is too heavy by what it shares', () => {
    const { status, said } = weigh({
      'kitchen/index.html': { file: 'kitchen.js', isEntry: true, imports: ['_a.js'], kb: 20 },
      '_a.js': { file: 'a.js', kb: 140 },
    });
    expect(said).toContain('kitchen 160');
    expect(status).toBe(1);
  });

  it('[HS10] refuses a guest’s page above 40 KB: a bad network has to carry it', () => {
    const { status, said } = weigh({
      'kitchen/index.html': { file: 'kitchen.js', isEntry: true, kb: 20 },
      'track/index.html': { file: 'track.js', isEntry: true, imports: ['_a.js'], kb: 20 },
      '_a.js': { file: 'a.js', kb: 22 },
    });
    expect(said).toMatch(/track 42\.\d KB of 40 KB/);
    expect(status).toBe(1);
  });

  it('[HS10] refuses a build without a kitchen', () => {
    const { status, said } = weigh({ 'pos/index.html': { file: 'pos.js', isEntry: true, kb: 1 } });
    expect(said).toContain('no entry of kitchen');
    expect(status).toBe(1);
  });

  it('[HS10] counts the common entry when screens are loaded from one page', () => {
    const { status, said } = weigh({
      'index.html': { file: 'main.js', isEntry: true, dynamicImports: ['kitchen/Screen.tsx'], kb: 100 },
      'kitchen/Screen.tsx': { file: 'k.js', isDynamicEntry: true, kb: 60 },
    });
    expect(said).toContain('kitchen 160');
    expect(status).toBe(1);
  });
});

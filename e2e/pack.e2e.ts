import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * What an outsider gets: the tarball, installed in a folder that knows nothing of this one. Node
 * strips no types below node_modules, so a package that works in the clone can still be dead there.
 */

const ROOT = join(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

let elsewhere: string;
let listed: string[];

function run(program: string, args: string[], cwd: string): string {
  const answer = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 200_000 });
  if (answer.status !== 0) {
    throw new Error(
      `${program} ${args.join(' ')} ended with ${answer.status}\n${answer.stdout}\n${answer.stderr}`,
    );
  }
  return answer.stdout;
}

beforeAll(() => {
  elsewhere = mkdtempSync(join(tmpdir(), 'heard-pack-'));
  run('npm', ['pack', '--pack-destination', elsewhere], ROOT);
  const tarball = readdirSync(elsewhere).find((file) => file.endsWith('.tgz')) ?? 'no tarball';
  listed = run('tar', ['-tzf', join(elsewhere, tarball)], elsewhere)
    .trim()
    .split('\n');
  writeFileSync(
    join(elsewhere, 'package.json'),
    JSON.stringify({ name: 'outsider', private: true, type: 'module' }),
  );
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  run('npm', ['install', ...quiet, `./${tarball}`], elsewhere);
});

afterAll(() => rmSync(elsewhere, { recursive: true, force: true, maxRetries: 5 }));

describe('the tarball, installed elsewhere', () => {
  it('[HS7] carries what it needs and nothing of the workshop', () => {
    for (const wanted of [
      'bin/heard.mjs',
      'dist/cli/heard.js',
      'dist/sdk/client.js',
      'dist/sdk/client.d.ts',
      'LICENSE',
    ]) {
      expect(listed).toContain(`package/${wanted}`);
    }
    expect(listed.some((path) => path.startsWith('package/migrations/'))).toBe(true);
    expect(listed.some((path) => path.startsWith('package/dist/screens/kitchen'))).toBe(true);
    expect(listed.filter((path) => /^package\/(src|e2e|bench|docs)\/|\.test\.|testkit/.test(path))).toEqual(
      [],
    );
    expect(listed.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(listed).not.toContain('package/bin/test.mjs');
  });

  it('[HS7] imports of its scripts and declarations point at files that are there', () => {
    const dist = join(elsewhere, 'node_modules', name, 'dist');
    const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.(js|d\.ts)$/.test(path) && !path.startsWith('screens'),
    );
    expect(scripts.length).toBeGreaterThan(20);
    const left = scripts.filter((path) =>
      /(from|import\()\s*['"]\.[^'"]*\.ts['"]/.test(readFileSync(join(dist, path), 'utf8')),
    );
    expect(left).toEqual([]);
  });

  it('[HS7] its command runs', () => {
    expect(run('npx', ['--no-install', 'heard', '--version'], elsewhere)).toContain(version);
  });

  it('[HS7] its SDK can be imported', () => {
    const script = `const sdk = await import('${name}/client'); console.log(Object.keys(sdk).length);`;
    expect(Number(run(process.execPath, ['--input-type=module', '-e', script], elsewhere))).toBeGreaterThan(
      0,
    );
  });

  it('[HS7] its SDK can be type-checked', () => {
    mkdirSync(join(elsewhere, 'src'));
    writeFileSync(
      join(elsewhere, 'src', 'x.ts'),
      `import * as sdk from '${name}/client';\nexport const names: (keyof typeof sdk)[] = [];\n// @ts-expect-error it has a type, and not any\nexport const wrong: number = sdk;\n`,
    );
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = [
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--strict',
      '--noEmit',
      '--skipLibCheck',
      '--types',
      '',
    ];
    run(process.execPath, [tsc, ...flags, 'src/x.ts'], elsewhere);
  });
});

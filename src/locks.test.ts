import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * A check that reads nothing is green. So each lock is given a sin in a small copy of the house and
 * has to refuse it: types, lint and format, with the very configuration that `npm run check` uses.
 */

const ROOT = join(import.meta.dirname, '..');
const CONFIGURATION = [
  'package.json',
  'tsconfig.json',
  'tsconfig.pure.json',
  'tsconfig.node.json',
  'tsconfig.web.json',
  'tsconfig.both.json',
  '.oxlintrc.json',
  '.oxfmtrc.json',
];

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'heard-locks-'));
  for (const name of CONFIGURATION) cpSync(join(ROOT, name), join(house, name));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

/** Runs a tool of the house over the given files alone; answers what it printed, '' when content. */
function judge(tool: [string, ...string[]], files: Record<string, string>): string {
  for (const folder of ['src', 'e2e']) rmSync(join(house, folder), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  const [program, ...args] = tool;
  const answer = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: house,
    encoding: 'utf8',
  });
  return answer.status === 0 ? '' : `${answer.stdout}${answer.stderr}`;
}

const TSC = 'typescript/bin/tsc';
const pure: [string, ...string[]] = [TSC, '-p', 'tsconfig.pure.json'];
const node: [string, ...string[]] = [TSC, '-p', 'tsconfig.node.json'];
const web: [string, ...string[]] = [TSC, '-p', 'tsconfig.web.json'];
const both: [string, ...string[]] = [TSC, '-p', 'tsconfig.both.json'];
const lint: [string, ...string[]] = ['oxlint/bin/oxlint', '--deny-warnings', '-f', 'unix'];
const format: [string, ...string[]] = ['oxfmt/bin/oxfmt', '--check'];

const long = Array.from({ length: 401 }, (_, n) => `export const a${n} = ${n};`).join('\n');

describe('the locks of the house', () => {
  const sins: [string, [string, ...string[]], Record<string, string>, string][] = [
    ['a clock by fetch in the rules', pure, { 'src/domain/x.ts': "export const a = fetch('/');\n" }, 'fetch'],
    ['a timer in the rules', pure, { 'src/domain/x.ts': 'setTimeout(() => 1, 1);\n' }, 'setTimeout'],
    ['Node in the wire', pure, { 'src/protocol/x.ts': "import 'node:fs';\n" }, 'node:fs'],
    ['a page on the server', node, { 'src/feed/x.ts': 'document.title = "";\n' }, 'document'],
    ['Node in a screen', web, { 'src/screens/x.ts': 'export const a = process.env;\n' }, 'process'],
    ['Node in the SDK', web, { 'src/sdk/x.ts': 'export const a = Buffer.from("");\n' }, 'Buffer'],
    [
      'a wrong type in an end-to-end test',
      both,
      { 'e2e/x.e2e.ts': 'export const a: number = "";\n' },
      'TS2322',
    ],
    ['an enum', node, { 'src/log/x.ts': 'export enum A {\n  B,\n}\n' }, 'TS1294'],
    [
      'a type imported as a value',
      node,
      {
        'src/log/x.ts':
          "import { Dirent } from 'node:fs';\nexport type A = Dirent<string>;\nexport { type Stats } from 'node:fs';\nimport { Stats as S } from 'node:fs';\nexport type T = S;\nimport { BigIntStats } from 'node:fs';\nexport type B = BigIntStats;\n",
      },
      'TS1484',
    ],
    [
      'a cell that may be missing',
      pure,
      { 'src/domain/x.ts': 'export const a = (b: string[]): string => b[0];\n' },
      'TS2322',
    ],
    [
      'an import without its ending',
      node,
      { 'src/log/a.ts': 'export const a = 1;\n', 'src/log/x.ts': "export * from './a';\n" },
      'TS2835',
    ],
    [
      'a cycle',
      lint,
      {
        'src/log/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
        'src/log/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
      },
      'no-cycle',
    ],
    ['a long file', lint, { 'src/log/x.ts': long }, 'max-lines'],
    [
      'a promise left alone',
      lint,
      { 'src/log/x.ts': 'async function a(): Promise<void> {}\nexport const b = () => {\n  a();\n};\n' },
      'no-floating-promises',
    ],
    [
      'a promise left alone in a screen',
      lint,
      { 'src/screens/x.tsx': 'async function a(): Promise<void> {}\nexport const b = () => {\n  a();\n};\n' },
      'no-floating-promises',
    ],
    [
      'a promise left alone in a test',
      lint,
      { 'src/sdk/x.test.ts': 'async function a(): Promise<void> {}\nexport const b = () => {\n  a();\n};\n' },
      'no-floating-promises',
    ],
    [
      'a case left out',
      lint,
      {
        'src/domain/x.ts':
          "export const a = (b: 'c' | 'd') => {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n};\n",
      },
      'switch-exhaustiveness-check',
    ],
    ['any', lint, { 'src/domain/x.ts': 'export const a = (b: any): unknown => b;\n' }, 'no-explicit-any'],
    [
      'a silenced compiler',
      lint,
      { 'src/domain/x.ts': '// @ts-ignore\nexport const a = 1;\n' },
      'ban-ts-comment',
    ],
    [
      'the clock in the rules',
      lint,
      { 'src/domain/x.ts': 'export const a = () => Date.now();\n' },
      'no-restricted-globals',
    ],
    [
      'the clock made new in the rules',
      lint,
      { 'src/domain/deep/x.ts': 'export const a = () => new Date();\n' },
      'no-restricted-globals',
    ],
    [
      'the clock by globalThis',
      lint,
      { 'src/domain/x.ts': 'export const a = () => globalThis.Date.now();\n' },
      'no-restricted',
    ],
    [
      'chance in the rules',
      lint,
      { 'src/domain/x.ts': 'export const a = () => Math.random();\n' },
      'no-restricted-properties',
    ],
    [
      'an import inside a type',
      lint,
      { 'src/log/x.ts': "export type A = import('node:fs').Stats;\n" },
      'consistent-type-imports',
    ],
    ['a crooked line', format, { 'src/log/x.ts': 'export const a   = 1\n' }, 'x.ts'],
  ];
  it.each(sins)('[HS4] %s is refused', (_name, tool, files, expected) => {
    expect(judge(tool, files)).toContain(expected);
  });

  const clean = { 'src/domain/x.ts': 'export const a = (b: number): number => b + 1;\n' };
  it.each([
    ['the types of the rules', pure],
    ['the lint', lint],
    ['the format', format],
  ] as [string, [string, ...string[]]][])('[HS4] %s passes what is clean', (_name, tool) => {
    expect(judge(tool, clean)).toBe('');
  });
});

describe('the lock file', () => {
  it('[HS5] has an entry for every optional package of every platform', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(packages, path, name)),
    );
    expect(missing).toEqual([]);
    expect(Object.keys(packages).length).toBeGreaterThan(200);
  });
});

/** Looks where Node would: below the package itself, then below each package around it. */
function isLocked(packages: Record<string, unknown>, from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === '') return false;
  }
}

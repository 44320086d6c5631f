import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/**
 * The walls of the house. Data flows one way (screens -> sdk -> wire -> edge -> location -> domain
 * -> log -> feed), so imports do too. A folder may import what its row names, from npm only what
 * `uses` names (`@x/` stands for a whole scope), and `node:` modules only where `node` says so.
 */
interface Wall {
  imports: string[];
  /** Folders of which only types may be imported. */
  types?: string[];
  uses: string[];
  node?: boolean;
}

const WALLS: Record<string, Wall> = {
  domain: { imports: [], uses: ['zod'] },
  protocol: { imports: ['domain'], uses: ['zod'] },
  log: { imports: ['service.ts'], types: ['domain'], uses: ['pg'], node: true },
  location: { imports: ['domain', 'log', 'service.ts'], uses: [], node: true },
  feed: { imports: ['domain', 'protocol', 'service.ts'], uses: [], node: true },
  backplane: {
    imports: ['protocol', 'service.ts'],
    // The words of what nodes tell each other; what they mean is checked by whoever hears them.
    types: ['log', 'location'],
    uses: ['ioredis'],
    node: true,
  },
  projections: { imports: ['domain', 'log', 'service.ts'], uses: ['pg', 'kysely'], node: true },
  jobs: {
    imports: ['domain', 'protocol', 'location', 'service.ts'],
    uses: ['graphile-worker', 'pg'],
    node: true,
  },
  integrations: {
    imports: ['domain', 'protocol', 'location', 'service.ts'],
    uses: ['@point-of-sale/receipt-printer-encoder', 'web-push', 'standardwebhooks', 'jose', 'zod'],
    node: true,
  },
  inbox: {
    imports: ['domain', 'integrations', 'accounts', 'service.ts'],
    // Its jobs are run by the jobs, its commands carried out by the locations: both are handed in.
    types: ['jobs', 'location'],
    uses: ['pg'],
    node: true,
  },
  // The host of the providers' simulators: for `heard sim` and the demo, so nothing of a server's.
  simulators: { imports: ['domain', 'integrations', 'service.ts'], uses: ['zod'], node: true },
  accounts: { imports: ['domain', 'service.ts'], uses: ['better-auth', 'jose', 'pg', 'zod'], node: true },
  ops: {
    imports: ['domain', 'log', 'feed', 'location', 'service.ts'],
    uses: ['prom-client', 'pino', 'pg'],
    node: true,
  },
  edge: {
    imports: [
      'domain',
      'protocol',
      'log',
      'location',
      'feed',
      'backplane',
      'projections',
      'jobs',
      'integrations',
      'accounts',
      'inbox',
      'ops',
      'service.ts',
    ],
    uses: ['fastify', '@fastify/', 'fastify-plugin', 'ws', 'zod'],
    node: true,
  },
  'sdk/react': { imports: ['sdk', 'domain', 'protocol'], uses: ['react'] },
  sdk: { imports: ['domain', 'protocol'], uses: ['idb'] },
  // A guest's phone loads it over a bad network: no React, and nothing that brings it along.
  'screens/track': {
    imports: ['screens', 'sdk', 'domain'],
    uses: ['preact', '@fontsource-variable/'],
  },
  screens: {
    imports: ['sdk', 'sdk/react', 'domain'],
    uses: [
      'react',
      'react-dom',
      '@base-ui/',
      '@lingui/',
      'lucide-react',
      // The managers' charts.
      'uplot',
      '@fontsource/',
      '@fontsource-variable/',
      'tailwindcss',
      'uqr',
      'virtual:',
    ],
  },
  'service.ts': { imports: [], uses: [], node: true },
  'config.ts': { imports: ['service.ts'], uses: ['zod'], node: true },
};
/** These wire the rest together: they may import everything, and nobody imports them. */
const WIRING = ['main.ts', 'outside.ts', 'cli'];
/** In the whole tree; raised as the house grows, so that a reader that finds nothing is red. */
const FEWEST_FILES = 20;
const FEWEST_IMPORTS = 40;
const EMPTY_NAMES = /^(index|utils?|helpers?|common|managers?|misc)\.tsx?$/;
/** Tests, and the folders `testing/` that only tests may import; like testkit, they see everything. */
const TEST = /\.(test|long)\.tsx?$/;
const SUPPORT = /(^testkit|\/testing)\//;
/** Simulators of providers: only each other and the wiring load them, so that no server carries one. */
const SIM = /^integrations\/(.*\/)?sim(s|ulation|[A-Z]\w*)?\.ts$|^simulators\//;

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** Every import of one file: static, re-exported, dynamic, in a type, and `new URL('./x.ts', …)`. */
function importsOf(path: string, text: string): Import[] {
  const { module } = parseSync(path, text);
  const found: Import[] = [];
  for (const one of module.staticImports) {
    const typeOnly = one.entries.length > 0 && one.entries.every((entry) => entry.isType);
    found.push({ from: path, to: one.moduleRequest.value, typeOnly });
  }
  for (const entry of module.staticExports.flatMap((one) => one.entries)) {
    if (entry.moduleRequest)
      found.push({ from: path, to: entry.moduleRequest.value, typeOnly: entry.isType });
  }
  for (const { moduleRequest: at } of module.dynamicImports) {
    const literal = /^(['"`])([^$]*)\1$/.exec(text.slice(at.start, at.end).trim())?.[2];
    found.push({ from: path, to: literal ?? '?', typeOnly: false });
  }
  for (const match of text.matchAll(/new URL\(\s*['"](\.[^'"]+\.tsx?)['"]/g)) {
    found.push({ from: path, to: match[1] ?? '?', typeOnly: false });
  }
  return found;
}

/** The row of a path below src: `sdk/react` before `sdk`, a file at the top by its own name. */
function placeOf(path: string): string {
  const parts = path.split('/');
  const two = parts.slice(0, 2).join('/');
  return parts.length > 2 && two in WALLS ? two : (parts[0] ?? '');
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function sinOf({ from, to, typeOnly }: Import): string | undefined {
  const place = placeOf(from);
  const wall = WALLS[place];
  const inTest = TEST.test(from) || SUPPORT.test(from);
  if (to === '?')
    return WIRING.includes(place) || inTest ? undefined : 'imports something that cannot be read';
  if (to.startsWith('.')) {
    const path = normalize(join(dirname(from), to.replace(/\?.*$/, '')));
    if (path.startsWith('..')) return to.endsWith('package.json') ? undefined : `reaches out of src: ${to}`;
    const target = placeOf(path);
    if (TEST.test(path)) return `imports a test: ${to}`;
    if (inTest) return undefined;
    if (SUPPORT.test(path)) return `imports what is for tests: ${to}`;
    if (SIM.test(path) && !SIM.test(from) && !WIRING.includes(place)) return `imports a simulator: ${to}`;
    if (target === place) return undefined;
    if (WIRING.includes(place)) return undefined;
    if (wall?.imports.includes(target)) return undefined;
    if (wall?.types?.includes(target))
      return typeOnly ? undefined : `may import types only from ${target}: ${to}`;
    return `may not import ${target}: ${to}`;
  }
  if (inTest || WIRING.includes(place)) return undefined;
  if (to.startsWith('node:')) return wall?.node ? undefined : `may not use ${to}`;
  const allowed = wall?.uses.some((use) => (/[/:]$/.test(use) ? to.startsWith(use) : use === packageOf(to)));
  return allowed ? undefined : `may not use the package ${packageOf(to)}`;
}

interface Source {
  path: string;
  text: string;
}

/** Every breach of a wall, one line each. */
function sinsOf(files: Source[]): string[] {
  return files.flatMap(({ path, text }) => {
    const sins = importsOf(path, text).map((one) => sinOf(one));
    if (
      !(placeOf(path) in WALLS) &&
      !WIRING.includes(placeOf(path)) &&
      !/^(testkit\/|[^/]+\.test\.ts$)/.test(path)
    ) {
      sins.push('stands in a folder that has no row in the table');
    }
    if (EMPTY_NAMES.test(basename(path))) sins.push('has a name that says nothing (or is a barrel)');
    return sins.filter((sin) => sin !== undefined).map((sin) => `${path} ${sin}`);
  });
}

function readSources(): Source[] {
  const root = import.meta.dirname;
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && path !== 'boundaries.test.ts')
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

describe('the walls between the folders', () => {
  it('[HS1] no import crosses a wall', () => {
    expect(sinsOf(readSources())).toEqual([]);
  });

  it('[HS1] the reader finds the files and their imports', () => {
    const files = readSources();
    expect(files.length).toBeGreaterThanOrEqual(FEWEST_FILES);
    expect(files.flatMap(({ path, text }) => importsOf(path, text)).length).toBeGreaterThanOrEqual(
      FEWEST_IMPORTS,
    );
  });

  const sins: [name: string, path: string, text: string, expected: string][] = [
    ['an upward import', 'domain/x.ts', "import { a } from '../log/a.ts';", 'may not import log'],
    [
      'an import of a type upward',
      'domain/x.ts',
      "import type { A } from '../feed/a.ts';",
      'may not import feed',
    ],
    ['a dynamic import', 'feed/x.ts', "const a = await import('../edge/http.ts');", 'may not import edge'],
    [
      'a dynamic import that cannot be read',
      'feed/x.ts',
      'const a = await import(`../${name}.ts`);',
      'cannot be read',
    ],
    ['a re-export', 'protocol/x.ts', "export { a } from '../location/a.ts';", 'may not import location'],
    ['a re-export of everything', 'protocol/x.ts', "export * from '../sdk/a.ts';", 'may not import sdk'],
    ['a side effect', 'protocol/x.ts', "import '../ops/a.ts';", 'may not import ops'],
    [
      'a value where only types may come from',
      'log/x.ts',
      "import { decide } from '../domain/decide.ts';",
      'types only',
    ],
    [
      'a value among types',
      'log/x.ts',
      "import { type A, decide } from '../domain/decide.ts';",
      'types only',
    ],
    [
      'a worker',
      'domain/x.ts',
      "new Worker(new URL('../jobs/a.ts', import.meta.url));",
      'may not import jobs',
    ],
    ['Node in the rules', 'domain/x.ts', "import { readFileSync } from 'node:fs';", 'may not use node:fs'],
    [
      'Node in a screen',
      'screens/kitchen/x.tsx',
      "import { join } from 'node:path';",
      'may not use node:path',
    ],
    ['a foreign package', 'location/x.ts', "import pg from 'pg';", 'the package pg'],
    ['a foreign scope', 'feed/x.ts', "import s from '@fastify/static/sub';", 'the package @fastify/static'],
    ['React beside sdk/react', 'sdk/x.ts', "import { useState } from 'react';", 'the package react'],
    [
      'hooks inside the SDK',
      'sdk/x.ts',
      "import { useView } from './react/hooks.ts';",
      'may not import sdk/react',
    ],
    [
      'a screen on the wire',
      'screens/pos/x.ts',
      "import { Up } from '../../protocol/up.ts';",
      'may not import protocol',
    ],
    ['the wiring', 'edge/x.ts', "import { main } from '../main.ts';", 'may not import main.ts'],
    ['the environment', 'edge/x.ts', "import { config } from '../config.ts';", 'may not import config.ts'],
    ['the testkit', 'edge/x.ts', "import { clock } from '../testkit/clock.ts';", 'for tests'],
    ['a folder for tests', 'edge/x.ts', "import { clock } from './testing/clock.ts';", 'for tests'],
    ['a simulator', 'edge/x.ts', "import { SIMS } from '../integrations/sims.ts';", 'imports a simulator'],
    [
      'a simulator beside its adapter',
      'integrations/uber-eats/provider.ts',
      "import { uber } from './sim.ts';",
      'imports a simulator',
    ],
    ['a test', 'edge/y.test.ts', "import { a } from './x.test.ts';", 'imports a test'],
    ['outside', 'edge/x.ts', "import { a } from '../../bench/a.ts';", 'reaches out of src'],
    ['a folder without a row', 'shared/x.ts', 'export const a = 1;', 'no row'],
    ['a barrel', 'feed/index.ts', "export * from './a.ts';", 'says nothing'],
    ['an empty name', 'feed/utils.ts', 'export const a = 1;', 'says nothing'],
  ];
  it.each(sins)('[HS2][SI2] %s is a sin', (_name, path, text, expected) => {
    expect(sinsOf([{ path, text }]).join('\n')).toContain(expected);
  });

  const virtues: [name: string, path: string, text: string][] = [
    ['its own folder', 'log/x.ts', "import { a } from './a.ts'; import pg from 'pg'; import 'node:fs';"],
    [
      'types only',
      'log/x.ts',
      "import type { A } from '../domain/a.ts'; export type { B } from '../domain/b.ts';",
    ],
    ['hooks', 'sdk/react/x.ts', "import { useState } from 'react'; import { Client } from '../client.ts';"],
    [
      'hooks in a screen',
      'screens/pos/x.tsx',
      "import { useView } from '../../sdk/react/hooks.ts'; import './x.css';",
    ],
    ['the command', 'cli/x.ts', "import '../main.ts'; import yaml from 'yaml'; await import(name);"],
    [
      'a test with its kit',
      'domain/x.test.ts',
      "import fc from 'fast-check'; import { a } from '../testkit/a.ts';",
    ],
    [
      'simulators among themselves',
      'simulators/x.ts',
      "import { SIMS } from '../integrations/sims.ts'; import 'node:http';",
    ],
    ['words in a string', 'domain/x.ts', 'const a = "import x from \'node:fs\'"; // import "pg"'],
  ];
  it.each(virtues)('[HS2] %s is no sin', (_name, path, text) => {
    expect(sinsOf([{ path, text }])).toEqual([]);
  });
});

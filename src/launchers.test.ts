import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * The launchers of bin/, in a small clone: two packages to install, an npm that is ours, and a
 * command that says how it was started. They run on this Node, and on an older one where the
 * machine has it (Node 18 to 23 cannot run the product, which is the point of a launcher).
 */

const ROOT = join(import.meta.dirname, '..');

/** Installs slowly, so that it can be killed half-way; its last step is the mark that npm writes. */
const NPM = `
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
if (process.argv[2] === 'ci') rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/a', { recursive: true });
writeFileSync('node_modules/a/package.json', '{}');
console.log('noise of npm');
await new Promise((wake) => setTimeout(wake, 700));
mkdirSync('node_modules/b', { recursive: true });
writeFileSync('node_modules/b/package.json', '{}');
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: {
  'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } } }));
`;

const COMMAND = `
const args: string[] = process.argv.slice(2);
console.log(JSON.stringify({ args, node: process.version, path: process.env['PATH'] !== undefined }));
if (args[0] === 'wait') {
  let heard = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => console.log('got', signal, ++heard));
  console.log('up');
  setTimeout(() => process.exit(3), 1500);
} else process.exitCode = 7;
`;

let clone: string;
let npm: string;
let children: ChildProcess[];

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'heard-launch-'));
  children = [];
  cpSync(join(ROOT, 'bin'), join(clone, 'bin'), { recursive: true });
  mkdirSync(join(clone, 'src', 'cli'), { recursive: true });
  writeFileSync(join(clone, 'src', 'cli', 'heard.ts'), COMMAND);
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ name: 'x', type: 'module' }));
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b': { version: '1.0.0' },
        'node_modules/c': { version: '1.0.0', optional: true, os: ['nowhere'] },
      },
    }),
  );
  npm = join(clone, 'fake', 'npm-cli.js');
  mkdirSync(dirname(npm));
  writeFileSync(join(clone, 'fake', 'package.json'), '{"type":"module"}');
  writeFileSync(npm, NPM);
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
});

/** Nodes that can run a launcher: this one, and an older one of the system. */
const older = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const version = existsSync(path) ? spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout : '';
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
  return major >= 18 && major < 24;
});
const nodes: [string, string][] = [
  ['this Node', process.execPath],
  ...(older === undefined ? [] : ([['an older Node', older]] satisfies [string, string][])),
];

/** Only what is named: no PATH and no HOME unless given. The older Node finds this one by PATH. */
function environment(node: string): Record<string, string> {
  return { npm_execpath: npm, ...(node === process.execPath ? {} : { PATH: dirname(process.execPath) }) };
}

function launch(node: string, ...args: string[]) {
  const child = spawn(node, [join(clone, 'bin', 'heard.mjs'), ...args], {
    cwd: clone,
    env: environment(node),
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const ended = new Promise<number | string | null>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal)),
  );
  const until = async (words: string) => {
    for (let n = 0; n < 200 && !out.includes(words) && !err.includes(words); n++) await sleep(25);
    expect(out + err).toContain(words);
  };
  return { child, ended, until, out: () => out, err: () => err };
}

const log = () => (existsSync(join(clone, 'npm.log')) ? readFileSync(join(clone, 'npm.log'), 'utf8') : '');

describe.each(nodes)('the launcher on %s', (_name, node) => {
  it('[HS8] installs without PATH and HOME, then hands over arguments and exit code', async () => {
    const first = launch(node, 'token', '--role', 'waiter');
    expect(await first.ended).toBe(7);
    expect(first.err()).toContain('installing packages');
    // Standard output is the command's alone.
    const said = JSON.parse(first.out()) as { args: string[]; node: string; path: boolean };
    expect(said).toEqual({ args: ['token', '--role', 'waiter'], node: process.version, path: true });
    expect(log()).toMatch(/^ci --ignore-scripts --include=dev /);

    const second = launch(node, 'token');
    expect(await second.ended).toBe(7);
    expect(second.err()).toBe('');
    expect(log().match(/^ci/gm)).toHaveLength(1);
  });

  it('[HS9] an install killed half-way is done again, and a missing package is brought', async () => {
    const first = launch(node, 'token');
    await first.until('noise of npm');
    const [, installer] = readFileSync(join(clone, '.install.lock', 'pid'), 'utf8')
      .split(' ')
      .map(Number);
    first.child.kill('SIGKILL');
    if (installer) process.kill(installer, 'SIGKILL');
    await first.ended;
    expect(existsSync(join(clone, 'node_modules', 'a'))).toBe(true);

    const second = launch(node, 'token');
    expect(await second.ended).toBe(7);
    expect(log().match(/^ci/gm)).toHaveLength(2);

    rmSync(join(clone, 'node_modules', 'b'), { recursive: true });
    const third = launch(node, 'token');
    expect(await third.ended).toBe(7);
    expect(existsSync(join(clone, 'node_modules', 'b'))).toBe(true);
  });

  it('[HS9] two at once install once', async () => {
    const both = [launch(node, 'token'), launch(node, 'token')];
    expect(await Promise.all(both.map((one) => one.ended))).toEqual([7, 7]);
    expect(log().match(/^/gm)).toHaveLength(2);
    expect(log().match(/^ci/gm)).toHaveLength(1);
    expect(existsSync(join(clone, '.install.lock'))).toBe(false);
  });

  it('[HS9] an npm that fails ends the launcher with one line', async () => {
    writeFileSync(npm, 'process.exit(9)');
    const only = launch(node, 'token');
    expect(await only.ended).toBe(9);
    expect(only.err()).toContain('npm ci ended with 9; nothing was started');
    expect(only.out()).toBe('');
  });

  it('[HS6] SIGTERM reaches the command, and the exit code is the command’s', async () => {
    const only = launch(node, 'wait');
    await only.until('up');
    only.child.kill('SIGTERM');
    await only.until('got SIGTERM 1');
    expect(await only.ended).toBe(3);
  });
});

describe('running a program', () => {
  it('[HS6] forwards a signal once a second', async () => {
    const script = join(clone, 'twice.mjs');
    writeFileSync(
      script,
      `import { run } from './bin/spawning.mjs';
       process.exit(await run(process.execPath, ['src/cli/heard.ts', 'wait']));`,
    );
    const child = spawn(process.execPath, [script], { cwd: clone });
    children.push(child);
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    const ended = new Promise((resolve) => child.on('exit', resolve));
    for (let n = 0; n < 200 && !out.includes('up'); n++) await sleep(25);
    child.kill('SIGINT');
    await sleep(20);
    child.kill('SIGINT');
    await sleep(20);
    child.kill('SIGTERM');
    expect(await ended).toBe(3);
    expect(out.match(/got/g)).toHaveLength(1);
    expect(out).toContain('got SIGINT 1');
  });

  it('[HS6] says 127 for a program that is not there', async () => {
    const script = `import { run } from './bin/spawning.mjs'; process.exit(await run('/nowhere/at/all', []));`;
    const answer = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: clone,
      encoding: 'utf8',
    });
    expect(answer.status).toBe(127);
    expect(answer.stderr).toContain('cannot start /nowhere/at/all');
  });

  it('[HS6] the server stops when whoever waits for it is gone', async () => {
    const script = join(clone, 'parent.mjs');
    writeFileSync(
      script,
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['bin/heard.mjs', 'wait'], { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } });`,
    );
    const parent = spawn(process.execPath, [script], { cwd: clone, env: environment(process.execPath) });
    children.push(parent);
    let out = '';
    parent.stdout.on('data', (data: Buffer) => (out += data.toString()));
    for (let n = 0; n < 200 && !out.includes('up'); n++) await sleep(25);
    parent.kill('SIGKILL');
    for (let n = 0; n < 60 && !out.includes('got SIGTERM'); n++) await sleep(25);
    expect(out).toContain('got SIGTERM');
  });
});

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram, haveNginx } from './have.ts';
import { freePort } from './ports.ts';

/** The proxy of `docs/deploy`, before the nodes of a test. */
export type TestNginx = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Processes that serve: the master's children. */
  workers(): Promise<number[]>;
  /** SIGHUP: new workers take over, the old ones end with their connections. */
  reload(): Promise<void>;
  errorLog(): Promise<string>;
  dispose(): Promise<void>;
};

const TEMPLATE = join(import.meta.dirname, '../../docs/deploy/nginx.conf');

export type NginxPlaces = {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly nodes: readonly number[];
};

/** The configuration as it is documented, with this machine's ports and folders in place of the examples. */
export async function writeNginxConfig(places: NginxPlaces): Promise<string> {
  const { dir, host, port, tlsPort, nodes } = places;
  const text = await readFile(TEMPLATE, 'utf8');
  await mkdir(join(dir, 'tmp'), { recursive: true });
  makeCertificate(dir);
  const replaced: [from: RegExp, to: string][] = [
    [/^ *server node\d:8080 (.*)$/gm, ''],
    [/( *hash \$heard_place consistent;\n)/, `$1${nodes.map(upstreamLine).join('\n')}\n`],
    [/listen 80;/, `listen ${host}:${port};`],
    [/listen 443 ssl;/, `listen ${host}:${tlsPort} ssl;`],
    [/\/run\/nginx\.pid/, join(dir, 'nginx.pid')],
    [/\/var\/log\/nginx\//g, `${dir}/`],
    [/\/etc\/nginx\/tls\//g, `${dir}/`],
    [
      /^http \{$/m,
      `http {\n${TEMP_PATHS.map((name) => `  ${name}_temp_path ${dir}/tmp/${name};`).join('\n')}`,
    ],
    [/^worker_processes auto;$/m, 'worker_processes 1;\ndaemon off;'],
  ];
  const config = replaced.reduce((made, [from, to]) => {
    if (!made.match(from)) throw new Error(`docs/deploy/nginx.conf has no ${String(from)}`);
    return made.replace(from, to);
  }, text);
  const file = join(dir, 'nginx.conf');
  await writeFile(file, config);
  return file;
}

const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function upstreamLine(port: number): string {
  return `    server 127.0.0.1:${port} max_fails=1 fail_timeout=5s;`;
}

function makeCertificate(dir: string): void {
  const openssl = findProgram('openssl');
  if (openssl === undefined) throw new Error('There is no openssl, and nginx wants a certificate');
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const made = spawnSync(openssl, [
    ...args,
    ...['-subj', '/CN=localhost', '-keyout', join(dir, 'privkey.pem'), '-out', join(dir, 'fullchain.pem')],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${String(made.stderr)}`);
}

/** `nginx -t` on a configuration; answers what it says. */
export function testNginxConfig(file: string): { ok: boolean; words: string } {
  const { status, stderr } = spawnSync(haveNginx() ?? 'nginx', ['-t', '-c', file, '-e', 'stderr']);
  return { ok: status === 0, words: String(stderr) };
}

/** Starts nginx before these ports. Throws with its log when it does not come up. */
export async function startNginx(options: {
  readonly nodes: readonly number[];
  /** Default 127.0.0.1. */
  readonly host?: string;
}): Promise<TestNginx> {
  const { nodes, host = '127.0.0.1' } = options;
  const dir = await mkdtemp(join(tmpdir(), 'heard-n-'));
  // The workers are another user's.
  await chmod(dir, 0o711);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const file = await writeNginxConfig({ dir, host, port, tlsPort, nodes });
  const child: ChildProcess = spawn(haveNginx() ?? 'nginx', ['-c', file, '-e', join(dir, 'error.log')], {
    stdio: 'ignore',
  });
  const errorLog = (): Promise<string> => readFile(join(dir, 'error.log'), 'utf8').catch(() => '');
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; !(await canConnect(port)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`nginx did not start:\n${await errorLog()}`);
    await sleep(25);
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error('nginx has no pid');
  const workers = async (): Promise<number[]> => {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    return text.trim().split(/\s+/).filter(Boolean).map(Number);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    workers,
    async reload() {
      const before = await workers();
      child.kill('SIGHUP');
      for (let tries = 0; tries < 200; tries += 1) {
        if ((await workers()).some((worker) => !before.includes(worker))) return;
        await sleep(25);
      }
      throw new Error(`nginx did not reload:\n${await errorLog()}`);
    },
    errorLog,
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

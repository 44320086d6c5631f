import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { haveRedis } from './have.ts';

/** A real Redis of a test's own: nothing on disk, a free port, ended by its pid. */
export type TestRedis = {
  readonly url: string;
  readonly port: number;
  /** Null while it does not run. */
  readonly pid: number | null;
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** One command by its words; answers the raw reply. */
  command(...words: string[]): Promise<string>;
  dispose(): Promise<void>;
};

export async function startRedis(): Promise<TestRedis> {
  const program = haveRedis();
  if (program === undefined) throw new Error('There is no redis-server: apt-get install redis-server');
  const dir = await mkdtemp(join(tmpdir(), 'heard-r-'));
  const port = await freePort();
  let child: ChildProcess | null = null;

  const command = (...words: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.setTimeout(2_000, () => socket.destroy(new Error('Redis does not answer')));
      socket.once('error', reject);
      socket.once('connect', () =>
        socket.write(
          `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
        ),
      );
      let reply = '';
      socket.on('data', (chunk: Buffer) => {
        reply += chunk.toString();
        if (!isWhole(reply)) return;
        socket.destroy();
        resolve(reply);
      });
    });

  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child?.pid ?? null;
    },
    async start() {
      if (child !== null) return;
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      const started = spawn(program, [...args, '--dir', dir], { stdio: 'ignore' });
      child = started;
      for (let tries = 0; ; tries += 1) {
        if ((await command('PING').catch(() => '')).startsWith('+PONG')) return;
        if (tries > 400 || started.exitCode !== null) throw new Error('Redis did not start');
        await sleep(25);
      }
    },
    async stop() {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null) return;
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill('SIGCONT');
      ending.kill('SIGKILL');
      await gone;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    command,
    async dispose() {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

/** Enough of RESP to know when a short reply is over. */
function isWhole(reply: string): boolean {
  if (!reply.endsWith('\r\n')) return false;
  const length = /^\$(\d+)\r\n/.exec(reply);
  return length === null || reply.length >= length[0].length + Number(length[1]) + 2;
}

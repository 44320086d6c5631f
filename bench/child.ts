import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port of 127.0.0.1 that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until somebody accepts connections there. Throws after 20 s. */
export async function waitForPort(port: number): Promise<void> {
  for (const giveUp = performance.now() + 20_000; ;) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (accepted) return;
    if (performance.now() > giveUp) throw new Error(`nobody listens on port ${port}`);
    await sleep(20);
  }
}

export type Child = { readonly pid: number; stop(): Promise<void> };

/** Starts a program and waits until its output has `readyWord`. Throws with its output when it ends or takes 20 s. */
export async function startChild(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  readyWord: string,
): Promise<Child> {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let heard: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (heard = resolve));
  const read = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8000);
    if (output.includes(readyWord)) heard();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  const outcome = await Promise.race([
    ready.then(() => null),
    ended,
    sleep(20_000, 'it did not answer within 20 s', { ref: false }),
  ]);
  if (outcome !== null || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`${file} ${args.join(' ')}: ${outcome ?? 'no pid'}\n${output}`);
  }
  return { pid: child.pid, stop: () => endChild(child) };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([exited, sleep(10_000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await exited;
  }
}

const TICKS = 100;

function stat(pid: number): { parent: number; own: number; children: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return {
      parent: fields[1] ?? 0,
      own: (user + system) / TICKS,
      children: (childUser + childSystem) / TICKS,
    };
  } catch {
    return null;
  }
}

/** CPU seconds of a process, and, `withChildren`, of its children alive and dead. 0 where there is no /proc. */
export function cpuSeconds(pid: number, withChildren = false): number {
  const process_ = stat(pid);
  if (!process_) return 0;
  if (!withChildren) return process_.own;
  let sum = process_.own + process_.children;
  for (const name of readdirSync('/proc')) {
    const other = /^\d+$/.test(name) ? stat(Number(name)) : null;
    if (other?.parent === pid) sum += other.own;
  }
  return sum;
}

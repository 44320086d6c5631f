import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { untilSo } from './patience.ts';

const ENTRY = fileURLToPath(new URL('../cli/heard.ts', import.meta.url));
/** Ends the server when the process that started it is gone, so that a killed test leaves none behind. */
const LEASH = new URL('../../bin/leash.mjs', import.meta.url).href;
const KEPT_OUTPUT = 65_536;

export type ServerProcess = {
  /** Of the process that runs now. Throws while none does. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** What it printed so far, the last 64 KB over all its lives. */
  output(): string;
  /** Starts it; resolves when /readyz says 200. */
  start(): Promise<void>;
  /** Sends a signal and nothing else. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it by a signal and resolves with its exit code (null: killed). Throws, having killed it, when that takes too long. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<number | null>;
};

/** A server as users run it, in a process of its own. */
export function serverProcess(options: {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  /** Another script than `heard start`. */
  readonly entry?: string;
}): ServerProcess {
  const { url } = options;
  let child: ChildProcess | null = null;
  let output = '';

  return {
    get pid() {
      if (child?.pid === undefined) throw new Error('the server does not run');
      return child.pid;
    },
    get isRunning() {
      return child !== null && child.exitCode === null && child.signalCode === null;
    },
    output: () => output,
    async start() {
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '/',
        TMPDIR: tmpdir(),
        ...(process.env['NODE_COMPILE_CACHE'] !== undefined && {
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        }),
        HOST: '127.0.0.1',
        HEARD_DEMO: '0',
        HEARD_DEMO_PAST: '0',
        HEARD_DEMO_LIFE: '0',
        LOG_LEVEL: 'warn',
        ...options.env,
      };
      const started = spawn(
        process.execPath,
        [
          ...(options.nodeOptions ?? []),
          '--import',
          LEASH,
          ...(options.entry === undefined ? [ENTRY, 'start'] : [options.entry]),
        ],
        { env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      child = started;
      const read = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
      started.stdout.on('data', read);
      started.stderr.on('data', read);
      await untilSo(
        async () => {
          const isUp = await isReady(url);
          if (!isUp && (started.exitCode !== null || started.signalCode !== null))
            throw new Error(`the server ended (${started.signalCode ?? started.exitCode}):\n${output}`);
          return isUp;
        },
        { what: () => `the server at ${url} is ready; so far it said:\n${output.trim() || '(nothing)'}` },
      );
    },
    signal: (signal) => void child?.kill(signal),
    async end(signal, withinMs) {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null)
        return ending?.exitCode ?? null;
      const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill(signal);
      const ended = await Promise.race([exited.then(() => true), sleep(withinMs, false, { ref: false })]);
      if (!ended) {
        ending.kill('SIGKILL');
        await exited;
        throw new Error(`the server did not end within ${withinMs} ms of ${signal}:\n${output}`);
      }
      return ending.exitCode;
    },
  };
}

/** Does the server say that it can take work? */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

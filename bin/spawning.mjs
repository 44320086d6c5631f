// Starting another program so that signals, exit codes and Ctrl-C behave as if it had been started
// directly. Runs on Node 18 and later.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The environment of a child: the folder of `node` first on PATH, and a PATH where there is none. */
export function environment(node, root, more = {}) {
  const path = process.env.PATH || (process.platform === 'win32' ? '' : SYSTEM_PATH);
  const first = [dirname(node), ...(root ? [join(root, 'node_modules', '.bin')] : [])];
  return { ...process.env, PATH: [...first, path].join(delimiter), ...more };
}

/** Where Node keeps compiled code, beside the packages of this clone: whatever starts after the first start loads in about half the time. */
export function compiled(root) {
  return process.env.NODE_COMPILE_CACHE
    ? {}
    : { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'heard') };
}

/**
 * Runs a program to its end. A signal is forwarded once: one that comes within 1 s of the last
 * forwarded one is the same one (Ctrl-C reaches npm, us and the child within a millisecond).
 * `started` is told the pid. Answers the exit code, 128 + n for a signal, 127 when the program cannot be started.
 */
export function run(program, args, { started, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    if (child.pid) started?.(child.pid);
    let last = -Infinity;
    const handlers = FORWARDED.map((signal) => {
      const handler = () => {
        const now = performance.now();
        if (now - last < 1000) return;
        last = now;
        child.kill(signal);
      };
      process.on(signal, handler);
      return [signal, handler];
    });
    const end = (code) => {
      for (const [signal, handler] of handlers) process.removeListener(signal, handler);
      resolve(code);
    };
    child.on('error', (error) => {
      say(`cannot start ${program}: ${error.message}`);
      end(127);
    });
    child.on('exit', (code, signal) => end(signal ? 128 + (constants.signals[signal] ?? 0) : code));
  });
}

/** One line for the person at the terminal. On stderr: stdout belongs to the command (`heard token`). */
export function say(line) {
  process.stderr.write(`heard: ${line}\n`);
}

/** Says why it cannot go on, and ends. */
export function stop(line, code = 1) {
  say(line);
  process.exit(code);
}

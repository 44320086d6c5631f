import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Task, World } from './world.ts';

/**
 * Time, chance and the page as the code under test finds them: its timers, clocks and ids come from the world while one
 * is entered, and are Node's own otherwise. Nothing in the code under test knows.
 */
let world: World | null = null;

export function enterWorld(next: World): void {
  world = next;
}

export function leaveWorld(): void {
  world = null;
}

class Timer {
  readonly task: { current: Task };
  constructor(task: Task) {
    this.task = { current: task };
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

type Work = (...args: unknown[]) => void;

/** Node and browsers know no timer shorter than this. */
const SHORTEST_MS = 1;

function startTimer(on: World, ms: number, work: () => void): Timer {
  return new Timer(on.after(ms >= SHORTEST_MS ? ms : SHORTEST_MS, on.current, work));
}

function startInterval(on: World, ms: number, work: () => void): Timer {
  const process = on.current;
  const every = ms >= SHORTEST_MS ? ms : SHORTEST_MS;
  const again = (): Task =>
    on.after(every, process, () => {
      timer.task.current = again();
      work();
    });
  const timer = new Timer(again());
  return timer;
}

function stopTimer(timer: unknown): boolean {
  if (!(timer instanceof Timer)) return false;
  timer.task.current.run = null;
  return true;
}

const TIMED_OUT = new DOMException('The operation timed out', 'TimeoutError');

function abortAfter(on: World, ms: number): AbortSignal {
  const controller = new AbortController();
  // Most of what has a time limit is over long before it: nothing is made for that.
  on.after(ms, on.current, () => controller.abort(TIMED_OUT));
  return controller.signal;
}

function fillRandomly<T extends ArrayBufferView | null>(on: World, view: T): T {
  if (view instanceof Uint8Array)
    for (let index = 0; index < view.length; index += 1) view[index] = on.random.below(256);
  return view;
}

function randomName(on: World): string {
  const hex = Array.from({ length: 32 }, () => on.random.below(16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const require = createRequire(import.meta.url);

/** Replaces a method of something that Node gave us; the original answers while no world is entered. */
function replace(target: object, name: string, make: (real: never) => unknown): void {
  const real: unknown = Reflect.get(target, name);
  const bound = typeof real === 'function' ? real.bind(target) : real;
  Object.defineProperty(target, name, { value: make(bound as never), configurable: true, writable: true });
}

let installed = false;

/** Once in a process; harmless until a world is entered. */
export function installGlobals(): void {
  if (installed) return;
  installed = true;
  replace(
    globalThis,
    'setTimeout',
    (real: typeof setTimeout) =>
      (work: Work, ms = 0, ...args: unknown[]) =>
        world === null ? real(work, ms, ...args) : startTimer(world, ms, () => work(...args)),
  );
  replace(
    globalThis,
    'setInterval',
    (real: typeof setInterval) =>
      (work: Work, ms = 0, ...args: unknown[]) =>
        world === null ? real(work, ms, ...args) : startInterval(world, ms, () => work(...args)),
  );
  replace(
    globalThis,
    'setImmediate',
    (real: typeof setImmediate) =>
      (work: Work, ...args: unknown[]) =>
        world === null ? real(work, ...args) : new Timer(world.after(0, world.current, () => work(...args))),
  );
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'])
    replace(globalThis, name, (real: (timer: unknown) => void) => (timer: unknown) => {
      if (!stopTimer(timer)) real(timer);
    });
  replace(performance, 'now', (real: () => number) => () => (world === null ? real() : 1_000 + world.now));
  replace(Date, 'now', (real: () => number) => () => (world === null ? real() : world.wall()));
  replace(Math, 'random', (real: () => number) => () => (world === null ? real() : world.random.next()));
  replace(
    globalThis.crypto,
    'getRandomValues',
    (real: typeof crypto.getRandomValues) => (view: never) =>
      world === null ? real(view) : fillRandomly(world, view),
  );
  replace(
    globalThis.crypto,
    'randomUUID',
    (real: () => string) => () => (world === null ? real() : randomName(world)),
  );
  replace(
    AbortSignal,
    'timeout',
    (real: typeof AbortSignal.timeout) => (ms: number) => (world === null ? real(ms) : abortAfter(world, ms)),
  );
  replace(
    require('node:timers/promises'),
    'setTimeout',
    (real: (ms?: number, value?: unknown) => Promise<unknown>) =>
      (ms = 0, value?: unknown) => {
        const on = world;
        if (on === null) return real(ms, value);
        return new Promise((resolve) => startTimer(on, ms, () => resolve(value)));
      },
  );
  replace(
    require('node:crypto'),
    'randomUUID',
    (real: () => string) => () => (world === null ? real() : randomName(world)),
  );
  syncBuiltinESMExports();
  // A page's globals are there for a tab and missing for a server.
  for (const name of ['window', 'document'] as const)
    Object.defineProperty(globalThis, name, { configurable: true, get: () => world?.current?.page?.[name] });
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    get: () => (world === null ? navigator : (world.current?.page?.navigator ?? undefined)),
  });
}

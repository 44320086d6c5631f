import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/**
 * A world without real time: everything that will happen stands in one queue, ordered by when and then by who asked
 * first. Between two happenings all promises settle, as they do between two tasks of an event loop, so that the code
 * under test cannot tell the difference, and the same seed always does the same.
 *
 * A *process* is whatever can die or freeze by itself: a server, a browser's tab, the database. A timer or a message
 * belongs to the process that will run it; those of the dead never run, those of the frozen wait.
 */
export type Process = {
  readonly name: string;
  alive: boolean;
  frozen: boolean;
  /** How far its clock on the wall is off, in ms. */
  skew: number;
  held: Task[];
  /** What a browser's tab has and a server has not. */
  page: Page | null;
};

/** The globals of a tab, as far as the code under test looks at them. */
export type Page = {
  readonly window: EventTarget;
  readonly document: EventTarget & { visibilityState: 'visible' | 'hidden' };
  readonly navigator: { onLine: boolean; readonly [key: string]: unknown };
};

export type Task = { at: number; order: number; process: Process | null; run: (() => void) | null };

/** Where a world begins: an evening of service. */
export const EPOCH = Date.UTC(2026, 0, 31, 18, 0, 0);

const realImmediate = globalThis.setImmediate;
/** Immediates that are queued together: Node settles promises between any two of them without a turn of its own loop. */
const AT_ONCE = 32;
/** Things that may happen at one and the same moment; more is a loop that waits for nothing. */
const MOST_AT_ONE_TIME = 20_000;

export class World {
  readonly random: Random;
  /** Milliseconds since the world began. */
  now = 0;
  current: Process | null = null;
  happenings = 0;
  /** What the code under test threw where nobody catches. */
  readonly accidents: unknown[] = [];
  #order = 0;
  #stillAt = 0;
  readonly #heap: Task[] = [];

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  process(name: string, page: Page | null = null): Process {
    return { name, alive: true, frozen: false, skew: 0, held: [], page };
  }

  /** The time on the wall of the running process. */
  wall(process: Process | null = this.current): number {
    return Math.floor(EPOCH + this.now + (process?.skew ?? 0));
  }

  /** Runs something in a process after a while; `run` is emptied to call it off. */
  after(ms: number, process: Process | null, run: () => void): Task {
    const task = { at: this.now + Math.max(0, ms), order: (this.#order += 1), process, run };
    this.#push(task);
    return task;
  }

  freeze(process: Process): void {
    process.frozen = true;
  }

  thaw(process: Process): void {
    process.frozen = false;
    for (const task of process.held.splice(0))
      this.#push({ ...task, at: this.now, order: (this.#order += 1) });
  }

  kill(process: Process): void {
    process.alive = false;
    process.held = [];
  }

  /** Lets everything happen up to `until`. */
  advance(until: number): Promise<void> {
    return new Promise((resolve) => {
      let over = false;
      const step = (): void => {
        if (over) return;
        const task = this.#next(until);
        if (task !== null) {
          this.#run(task);
          return;
        }
        over = true;
        this.now = until;
        this.current = null;
        resolve();
      };
      const fill = (): void => {
        if (over) return;
        for (let index = 0; index < AT_ONCE; index += 1) realImmediate(step);
        realImmediate(fill);
      };
      fill();
    });
  }

  #run(task: Task): void {
    const { process, run } = task;
    this.#stillAt = task.at > this.now ? 0 : this.#stillAt + 1;
    if (this.#stillAt > MOST_AT_ONE_TIME) {
      this.accidents.push(new Error(`Time stands still: ${process?.name ?? 'the world'} runs in circles`));
      this.#heap.length = 0;
      return;
    }
    this.now = Math.max(this.now, task.at);
    if (run === null || process?.alive === false) return;
    if (process?.frozen === true) {
      process.held.push(task);
      return;
    }
    this.current = process;
    this.happenings += 1;
    try {
      run();
    } catch (error) {
      this.accidents.push(error);
    }
  }

  #next(until: number): Task | null {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > until) return null;
      this.#pop();
      if (first.run !== null && first.process?.alive !== false) return first;
    }
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(task);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, task)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      let smaller = left;
      if (right !== undefined && isBefore(right, left)) {
        smaller = right;
        child += 1;
      }
      if (isBefore(last, smaller)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

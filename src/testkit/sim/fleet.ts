import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ScheduleOptions, ScheduleResult } from './schedule.ts';

/** Schedules in processes of their own, several at a time; one that hangs is ended and blamed. */

const CHILD = fileURLToPath(new URL('./sim-child.ts', import.meta.url));
const MUTATE = new URL('./mutate.ts', import.meta.url).href;

export type FleetOptions = {
  readonly workers: number;
  /** A mutant of the source that the children run. */
  readonly mutant?: string;
  /** A schedule that takes longer than this hangs. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 60_000;

/** Runs the jobs in any order; `each` may answer false to stop early. */
export async function runFleet(
  jobs: Iterable<ScheduleOptions>,
  options: FleetOptions,
  each: (result: ScheduleResult) => boolean | void,
): Promise<void> {
  const queue = jobs[Symbol.iterator]();
  let stopped = false;
  async function work(): Promise<void> {
    let child: ChildProcess | null = null;
    try {
      while (!stopped) {
        const next = queue.next();
        if (next.done === true) return;
        child ??= open(options);
        const result = await ask(child, next.value, options.patienceMs ?? PATIENCE_MS);
        if (result.hung) {
          child.kill('SIGKILL');
          child = null;
        }
        if (each(result.result) === false) stopped = true;
      }
    } finally {
      child?.kill('SIGKILL');
    }
  }
  await Promise.all(Array.from({ length: options.workers }, () => work()));
}

/** An evening is mostly short-lived objects: room for the young ones saves a tenth of the time. */
const ROOM = ['--max-semi-space-size=128'];

function open({ mutant }: FleetOptions): ChildProcess {
  return fork(CHILD, {
    execArgv: [...ROOM, ...(mutant === undefined ? [] : ['--import', MUTATE])],
    env: { ...process.env, NODE_OPTIONS: '', ...(mutant !== undefined && { HEARD_MUTANT: mutant }) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function ask(
  child: ChildProcess,
  job: ScheduleOptions,
  patienceMs: number,
): Promise<{ result: ScheduleResult; hung: boolean }> {
  return new Promise((resolve) => {
    const end = (result: ScheduleResult, hung: boolean): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve({ result, hung });
    };
    const failed = (why: string): ScheduleResult => ({
      seed: job.seed,
      profile: job.profile ?? '',
      ok: false,
      blames: [why],
      hash: '',
      counts: {},
      story: [],
      seconds: 0,
      happenings: 0,
      ms: 0,
    });
    const timer = setTimeout(() => end(failed(`it did not end within ${patienceMs} ms`), true), patienceMs);
    child.once('message', (result: ScheduleResult) => end(result, false));
    child.once('exit', (code) => end(failed(`the process ended with ${code}`), true));
    child.send(job);
  });
}

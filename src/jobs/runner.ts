import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Runner, run } from 'graphile-worker';
import type pg from 'pg';
import type { Effect } from './effectsFollower.ts';

/**
 * Outside calls as jobs in PostgreSQL: entered in the transaction that marks an effect as handed over, tried again with
 * growing pauses, and kept as a dead letter when that does not help. A kind of effect has one handler.
 */

export type JobContext = {
  /** 1 at the first try. A later one may follow a try that did its work and could not say so. */
  readonly attempt: number;
  /** Nobody tries again after this one. */
  readonly last: boolean;
  /** Aborts when this node goes away. */
  readonly signal: AbortSignal | undefined;
};
/** Throws when it is to be tried again; `not yet` has it asked again in a moment, and counts as no try. */
export type Handler = (location: string, effect: Effect, context: JobContext) => Promise<void | 'not yet'>;

export type JobsOptions = {
  /** As role heard_app; the jobs' schema `graphile_worker` is its own. */
  readonly pool: pg.Pool;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Jobs of one queue run one after the other, in order. Null: any number at once. */
  readonly queueOf?: (location: string, effect: Effect) => string | null;
  /** RFC 3339 by the log's clock. */
  readonly now: () => string;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** No other node shares the database: what is marked as running is left over from a killed process. */
  readonly alone: boolean;
  readonly pollMs?: number;
  /** Jobs at once on this node. */
  readonly concurrent?: number;
  readonly finished?: (kind: string, outcome: 'done' | 'failed' | 'given_up' | 'late') => void;
};

export type Jobs = {
  start(): Promise<void>;
  /** Puts effects in line, within the caller's transaction. */
  enqueue(client: pg.ClientBase, location: string, effects: readonly Effect[]): Promise<void>;
  stop(): Promise<void>;
};

const CONCURRENT = 4;
const MOST_TRIES = 8;
/** No handler works longer than this: a job that is marked as running for longer belongs to a node that died. */
const LONGEST_MS = 60_000;
const SWEEP_MS = 20_000;
const STOP_MS = 6_000;
/** Until a job is asked again whose turn it was not. */
const NOT_YET_MS = 1_000;
/** Until a worker that ended over its database is begun anew. */
const AGAIN_MS = 1_000;
/** After a job of a queue; the last is for a database that is busy. */
const LOOK_AGAIN_MS = [8, 30, 150];

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A stranger's words may be in it, and the worker ends over a text that PostgreSQL cannot hold. */
function wordsOf(error: unknown): string {
  return messageOf(error).slice(0, 1_000).replaceAll('\0', '\uFFFD').toWellFormed();
}

export function createJobs(options: JobsOptions): Jobs {
  const { pool, handlers, now, alone } = options;
  const report = options.report ?? (() => undefined);
  const finished = options.finished ?? (() => undefined);
  let runner: Runner | null = null;
  let sweeper: NodeJS.Timeout | null = null;
  let stopped = false;
  /** Handlers at work, and the names under which their jobs are held in the database. */
  let working = 0;
  const holders = new Set<string>();

  /** Gives the jobs of dead workers back; a handler that still runs is younger than the age. */
  async function release(olderThanMs: number): Promise<void> {
    await pool.query(
      `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker._private_jobs
       where locked_at < now() - $1 * interval '1 millisecond' having count(*) > 0`,
      [olderThanMs],
    );
  }

  /** Puts an effect in line, from its time on or `laterMs` from now by the database's clock; it takes the place of itself. */
  async function enter(
    client: pg.ClientBase | pg.Pool,
    location: string,
    effect: Effect,
    laterMs?: number,
  ): Promise<void> {
    await client.query(
      `select graphile_worker.add_job($1, payload => $2::json, queue_name => $3, max_attempts => $4, job_key => $5,
         run_at => coalesce(now() + $7 * interval '1 millisecond', $6))`,
      [
        effect.kind,
        JSON.stringify({ location, effect }),
        options.queueOf?.(location, effect) ?? null,
        MOST_TRIES,
        `${location} ${effect.id}`,
        effect.from ?? null,
        laterMs ?? null,
      ],
    );
  }

  /**
   * Has the next of a queue looked for. The worker looks as it ends a job, which is before the queue is free in the
   * database, and would then sleep until it polls: seconds between two words of one call.
   */
  async function goOn(queue: string): Promise<void> {
    try {
      for (const pause of LOOK_AGAIN_MS) {
        await sleep(pause, undefined, { ref: false });
        const { rowCount } = await pool.query(
          `select pg_notify('jobs:insert', '{"count":1}') where exists (
             select from graphile_worker._private_jobs job
               join graphile_worker._private_job_queues queue on queue.id = job.job_queue_id
              where queue.queue_name = $1 and job.run_at <= now() and job.locked_at is null and job.attempts < job.max_attempts)`,
          [queue],
        );
        if (rowCount === 0) return;
      }
    } catch {
      // The poll finds it, a moment later.
    }
  }

  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([kind, handler]) => [
      kind,
      async (
        payload: unknown,
        helpers: {
          job: { attempts: number; max_attempts: number; locked_by: string | null };
          abortSignal?: AbortSignal;
        },
      ) => {
        if (helpers.job.locked_by !== null) holders.add(helpers.job.locked_by);
        const { location, effect } = payload as { location: string; effect: Effect };
        if (effect.until < now()) {
          finished(kind, 'late');
          report('an effect came too late to be of use', { location, effect: effect.id });
          return;
        }
        const { attempts, max_attempts: most } = helpers.job;
        const queue = options.queueOf?.(location, effect) ?? null;
        working += 1;
        try {
          const outcome = await handler(location, effect, {
            attempt: attempts,
            last: attempts >= most,
            signal: helpers.abortSignal,
          });
          if (outcome === 'not yet') await enter(pool, location, effect, NOT_YET_MS);
          else finished(kind, 'done');
        } catch (error) {
          const words = wordsOf(error);
          finished(kind, attempts >= most ? 'given_up' : 'failed');
          report(attempts >= most ? 'an effect was given up' : 'an effect failed and is tried again', {
            location,
            effect: effect.id,
            attempt: attempts,
            error: words,
          });
          throw new Error(words, { cause: error });
        } finally {
          working -= 1;
          if (queue !== null) void goOn(queue);
        }
      },
    ]),
  );

  async function launch(): Promise<void> {
    const launched = await run({
      pgPool: pool,
      taskList,
      concurrency: options.concurrent ?? CONCURRENT,
      noHandleSignals: true,
      pollInterval: options.pollMs ?? 2_000,
      // Without these two, a job whose end cannot be written down rejects where nobody listens, and the process ends.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: new Logger(() => (level, message) => {
        // Every failed job is reported above; here come only the worker's own troubles.
        if (level === 'error' && !message.startsWith('Failed task')) report(`jobs: ${message}`, {});
      }),
    });
    // Stopped while it began anew.
    if (stopped) return launched.stop();
    runner = launched;
    void launched.promise.then(() => 'it was stopped', messageOf).then(revive);
  }

  /** A worker that could not write down how a job went ends: another is begun, and does that job again. */
  async function revive(error: string): Promise<void> {
    if (stopped) return;
    report('the jobs stopped and start again', { error });
    while (!stopped) {
      await sleep(AGAIN_MS, undefined, { ref: false });
      if (working > 0) continue;
      try {
        await pool.query('select graphile_worker.force_unlock_workers($1)', [[...holders]]);
        holders.clear();
        if (!stopped) await launch();
        return;
      } catch (again) {
        report('the jobs could not start again', { error: messageOf(again) });
      }
    }
  }

  return {
    async start() {
      // A client that breaks while it is out also emits `error`; the query's own rejection is what is handled.
      pool.on('connect', (client) => client.on('error', () => undefined));
      await launch();
      if (alone) await release(0);
      sweeper = setInterval(() => {
        release(LONGEST_MS).catch((error: unknown) =>
          report('jobs of dead workers could not be looked for', {
            error: messageOf(error),
          }),
        );
      }, SWEEP_MS);
      sweeper.unref();
    },
    async enqueue(client, location, effects) {
      for (const effect of effects) await enter(client, location, effect);
    },
    async stop() {
      stopped = true;
      if (sweeper !== null) clearInterval(sweeper);
      const stopping = runner?.stop().catch((error: unknown) =>
        report('the jobs did not stop cleanly', {
          error: messageOf(error),
        }),
      );
      // What a slow printer holds up stays in line, and another node or the next start does it.
      await Promise.race([stopping, sleep(STOP_MS, undefined, { ref: false })]);
      runner = null;
    },
  };
}

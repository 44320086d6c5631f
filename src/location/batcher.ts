import { setTimeout as sleep } from 'node:timers/promises';
import { classify } from '../log/failures.ts';
import type { Log, Proposal } from '../log/types.ts';

/**
 * What became of a proposal.
 *
 * - `committed`: it is in the log.
 * - `missed`: the head had moved, nothing was written. Read the tail from the old head, decide again.
 * - `unknown`: the answer was lost, or the database could not be asked. Read tail and results, decide again.
 * - `poisoned`: the database refuses its content (SQLSTATE 22, 23, 54), nothing was written. Send each command alone. A
 *   23505 on `commands` means that another node has stored the same command meanwhile: read tail and results.
 */
export type Outcome =
  | 'committed'
  | 'missed'
  | { readonly unknown: true; readonly error: Error }
  | { readonly poisoned: Error };

export type BatcherOptions = {
  /** Locations in one statement at most. */
  readonly maxLocations: number;
  /** Statements in flight at most; not more than the log has writers. */
  readonly parallel: number;
  /** false: every proposal in a statement of its own. For the bench, to show what grouping is worth. */
  readonly groupCommit: boolean;
};

export type Batcher = {
  /** Never rejects for what the database says; rejects with RangeError for a proposal that would break the log. */
  submit(proposal: Proposal): Promise<Outcome>;
  /** Waits until all that was submitted is answered. */
  drain(): Promise<void>;
  /** Proposals that wait or are in flight, and statements sent so far. */
  readonly load: { readonly waiting: number; readonly inFlight: number; readonly statements: number };
};

type Entry = {
  readonly proposal: Proposal;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (error: Error) => void;
};

/** A failure that committed nothing (lock timeout, deadlock, too many connections) is tried again this often, then given back. */
const TRIES = 3;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Group commit: while statements are in flight, what is submitted waits, and then travels together, many locations in
 * one statement and one commit. Under light load a proposal leaves in the turn of the event loop it came in.
 * A location has one proposal in flight at most; a second one waits for the first one's answer.
 */
export function createBatcher(log: Pick<Log, 'append'>, options: BatcherOptions): Batcher {
  const maxLocations = options.groupCommit ? options.maxLocations : 1;
  let waiting: Entry[] = [];
  const busy = new Set<string>();
  let statements = 0;
  let sent = 0;
  let scheduled = false;
  let idle: (() => void)[] = [];

  /** Takes the next batch out of the queue, first come first served, leaving locations that are in flight. */
  function take(): Entry[] {
    const batch: Entry[] = [];
    const rest: Entry[] = [];
    for (const entry of waiting) {
      const { location } = entry.proposal;
      if (batch.length < maxLocations && !busy.has(location)) {
        busy.add(location);
        batch.push(entry);
      } else {
        rest.push(entry);
      }
    }
    waiting = rest;
    return batch;
  }

  async function attempt(batch: readonly Entry[]): Promise<Set<string>> {
    for (let left = TRIES; ; left -= 1) {
      try {
        sent += 1;
        return await log.append(batch.map((entry) => entry.proposal));
      } catch (error) {
        if (left === 1 || classify(error) !== 'known') throw error;
        await sleep(1 + Math.random() * 20);
      }
    }
  }

  /** Sends a batch and settles each entry, exactly once. */
  async function send(batch: readonly Entry[]): Promise<void> {
    try {
      const committed = await attempt(batch);
      for (const entry of batch)
        entry.settle(committed.has(entry.proposal.location) ? 'committed' : 'missed');
    } catch (thrown) {
      const error = asError(thrown);
      const alone = batch.length === 1;
      if (error instanceof RangeError) {
        // A proposal that is not dense: our own fault, and only its own location's.
        if (alone) batch[0]?.fail(error);
        else for (const entry of batch) await send([entry]);
      } else if (classify(error) === 'poison') {
        if (alone) batch[0]?.settle({ poisoned: error });
        else for (const entry of batch) await send([entry]);
      } else {
        for (const entry of batch) entry.settle({ unknown: true, error });
      }
    }
  }

  async function run(batch: readonly Entry[]): Promise<void> {
    statements += 1;
    try {
      await send(batch);
    } finally {
      statements -= 1;
      for (const entry of batch) busy.delete(entry.proposal.location);
      pump();
    }
  }

  function pump(): void {
    while (statements < options.parallel && waiting.length > 0) {
      const batch = take();
      if (batch.length === 0) break;
      void run(batch);
    }
    if (waiting.length === 0 && statements === 0) {
      const resolvers = idle;
      idle = [];
      for (const resolve of resolvers) resolve();
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // Not at once: all that arrives in this turn of the event loop goes together.
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  }

  return {
    submit(proposal) {
      return new Promise<Outcome>((settle, fail) => {
        waiting.push({ proposal, settle, fail });
        schedule();
      });
    },
    drain() {
      if (waiting.length === 0 && statements === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
    get load() {
      return { waiting: waiting.length, inFlight: busy.size, statements: sent };
    },
  };
}

import type { LoggedEvent } from '../domain/events.ts';

/**
 * The follower that carries what happened to the outside world: webhooks, platforms, printers, messages. It has a
 * checkpoint of its own and a book of what was handed over, and is never run over the past again: a projection is made
 * anew by reading the log from its start, and none of that may ring a phone.
 *
 * The kinds of effects are handed in; with none it only keeps its place, so that the first kind starts at today.
 */

/** Something to be done outside, once. */
export type Effect = {
  /** `<seq of the event>/<kind>`: the same event gives the same id, whoever looks. */
  readonly id: string;
  readonly kind: string;
  /** After this (RFC 3339) it is not worth doing any more. */
  readonly until: string;
  /** Not before this (RFC 3339); without it, at once. */
  readonly from?: string;
  readonly data: unknown;
};

/** Where it is written down how far a log was looked at and what was handed over. */
export type Ledger<C> = {
  checkpoint(location: string): Promise<number>;
  behind(limit: number): Promise<string[]>;
  enter(
    looked: readonly {
      readonly location: string;
      readonly from: number;
      readonly to: number;
      readonly effects: readonly Effect[];
    }[],
    enqueue: (client: C, location: string, effects: readonly Effect[]) => Promise<void>,
  ): Promise<Set<string>>;
};

export type EffectsFollowerOptions<C> = {
  readonly ledger: Ledger<C>;
  /** What an event asks for; pure. */
  readonly effectsOf: (location: string, event: LoggedEvent) => readonly Effect[];
  /** Puts jobs in line, in the transaction that marks them as handed over. */
  readonly enqueue: (client: C, location: string, effects: readonly Effect[]) => Promise<void>;
  /** Events with seq > after, in order, at most `limit`. Throws at one that this code does not know. */
  readonly readEvents: (location: string, after: number, limit: number) => Promise<readonly LoggedEvent[]>;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly gatherMs?: number;
  readonly pollMs?: number;
};

export type EffectsFollower = {
  /** What happened: to be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: { readonly head: number },
    after: { readonly head: number },
    events: readonly LoggedEvent[],
  ): void;
  /** Follows one log to its end. */
  catchUp(location: string): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

const EVENTS_AT_ONCE = 1_000;
const POLL_LIMIT = 100;

export function createEffectsFollower<C>(options: EffectsFollowerOptions<C>): EffectsFollower {
  const { ledger, effectsOf, enqueue, readEvents, gatherMs = 500, pollMs = 5_000 } = options;
  const report = options.report ?? (() => undefined);
  const gathered = new Map<string, { from: number; to: number; effects: Effect[] }>();
  let flushTimer: NodeJS.Timeout | null = null;
  let pollTimer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let stopped = false;

  async function flush(): Promise<void> {
    const looked = [...gathered].map(([location, entry]) => ({ location, ...entry }));
    gathered.clear();
    try {
      // What is not entered was skipped or is another node's; the poll tells which.
      await ledger.enter(looked, enqueue);
    } catch (error) {
      report('effects could not be handed over', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async function catchUp(location: string): Promise<void> {
    for (let from = await ledger.checkpoint(location); ;) {
      const events = await readEvents(location, from, EVENTS_AT_ONCE);
      const to = events.at(-1)?.seq;
      if (to === undefined) return;
      const effects = events.flatMap((event) => effectsOf(location, event));
      const entered = await ledger.enter([{ location, from, to, effects }], enqueue);
      if (!entered.has(location) || events.length < EVENTS_AT_ONCE) return;
      from = to;
    }
  }

  async function poll(): Promise<void> {
    for (const location of await ledger.behind(POLL_LIMIT)) {
      if (stopped) return;
      if (!gathered.has(location))
        await catchUp(location).catch((error: unknown) =>
          report('effects do not advance', {
            location,
            error: error instanceof Error ? error.message : String(error),
          }),
        );
    }
  }

  function repeat(): void {
    if (stopped) return;
    pollTimer = setTimeout(() => {
      working = working
        .then(poll)
        .catch((error: unknown) =>
          report('effects could not be looked after', {
            error: error instanceof Error ? error.message : String(error),
          }),
        )
        .then(repeat);
    }, pollMs);
    pollTimer.unref();
  }

  return {
    committed(location, before, after, events) {
      const entry = gathered.get(location.id);
      const effects = events.flatMap((event) => effectsOf(location.id, event));
      if (entry !== undefined && entry.to === before.head) {
        entry.to = after.head;
        entry.effects.push(...effects);
      } else {
        gathered.set(location.id, { from: before.head, to: after.head, effects });
      }
      if (flushTimer !== null || stopped) return;
      flushTimer = setTimeout(() => {
        flushTimer = null;
        working = working.then(flush);
      }, gatherMs);
    },
    catchUp,
    start: repeat,
    async stop() {
      stopped = true;
      if (pollTimer !== null) clearTimeout(pollTimer);
      if (flushTimer !== null) clearTimeout(flushTimer);
      await working;
      await flush();
    },
  };
}

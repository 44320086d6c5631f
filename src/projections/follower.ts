import type pg from 'pg';
import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState } from '../domain/state.ts';
import type { Log } from '../log/types.ts';
import { lockCheckpoints, moveCheckpoints, waitForCheckpoints } from './checkpoints.ts';
import { Changes, type Projection, type Step } from './projection.ts';
import { stateAt, stepsOf } from './replay.ts';
import { createBeside, dropBeside, swapTables, writeChanges } from './rowWriter.ts';
import { withConnection, writing } from './scoped.ts';

/**
 * The follower that writes the tables of projections. Rows and checkpoints are one transaction, so it may be stopped
 * anywhere; two nodes that follow the same location skip each other's lock and find the work done.
 *
 * Usually it writes what the commits say, straight from hot state. What it did not hear of (another node's, a crash, a
 * projection that is new) it finds by comparing checkpoints with heads, and takes from the log.
 */

export type FollowerOptions = {
  readonly log: Pick<Log, 'readTail' | 'loadSnapshot'>;
  readonly projections: readonly Projection[];
  /** As role heard_app. */
  readonly pool: pg.Pool;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** How long commits are gathered before their rows are written, ms. */
  readonly gatherMs?: number;
  /** How often checkpoints are compared with heads, ms. */
  readonly pollMs?: number;
};

export type Follower = {
  /** What happened: to be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: LocationState,
    after: LocationState,
    events: readonly LoggedEvent[],
    appended: { readonly states: readonly LocationState[] },
  ): void;
  /** Writes now what this node has gathered of a location: whoever asks finds what was answered before. */
  settle(location: string): Promise<void>;
  /** Follows the log of one location to its end. False when another node is at it. */
  catchUp(location: string): Promise<boolean>;
  /** Makes the rows of a location anew from its log, beside the old ones, and swaps. Answers how many there are. */
  rebuild(location: string, projections?: readonly Projection[]): Promise<number>;
  start(): void;
  /** Writes what was gathered, and ends. */
  stop(): Promise<void>;
};

type Gathered = { from: number; to: number; readonly steps: Step[]; mustReplay: boolean };

const EVENTS_AT_ONCE = 1_000;
const LOCATIONS_AT_ONCE = 2;
const POLL_LIMIT = 100;
/** Of states that steps hold on to; more is taken from the log instead. */
const MOST_STEPS = 20_000;

export function createFollower(options: FollowerOptions): Follower {
  const { log, pool, projections, gatherMs = 2_000, pollMs = 5_000 } = options;
  const report = options.report ?? (() => undefined);
  const names = projections.map(({ name }) => name);
  const gathered = new Map<string, Gathered>();
  let flushTimer: NodeJS.Timeout | null = null;
  let pollTimer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let stopped = false;

  function complain(message: string, location: string, error: unknown): void {
    report(message, { location, error: error instanceof Error ? error.message : String(error) });
  }

  function committed(
    location: { readonly id: string },
    before: LocationState,
    after: LocationState,
    events: readonly LoggedEvent[],
    { states }: { readonly states: readonly LocationState[] },
  ): void {
    let entry = gathered.get(location.id);
    if (entry === undefined || entry.to !== before.head) {
      entry = { from: before.head, to: before.head, steps: [], mustReplay: entry !== undefined };
      gathered.set(location.id, entry);
    }
    entry.to = after.head;
    if (entry.steps.length > MOST_STEPS) {
      entry.steps.length = 0;
      entry.mustReplay = true;
    }
    let last = before;
    for (const [index, event] of events.entries()) {
      const next = states[index] ?? after;
      if (!entry.mustReplay) entry.steps.push({ before: last, event, after: next });
      last = next;
    }
    schedule();
  }

  function schedule(): void {
    if (flushTimer !== null || stopped) return;
    flushTimer = setTimeout(() => {
      flushTimer = null;
      working = working.then(flush);
    }, gatherMs);
  }

  async function flush(): Promise<void> {
    const work = [...gathered];
    gathered.clear();
    const next = work[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const [location, entry] of next) {
        try {
          const written = entry.mustReplay ? 'behind' : await write(location, entry);
          if (written === 'locked' || (written === 'behind' && !(await catchUp(location))))
            putBack(location, entry);
        } catch (error) {
          // The poll finds it again.
          complain('figures and history could not be written', location, error);
        }
      }
    };
    await Promise.all(Array.from({ length: LOCATIONS_AT_ONCE }, worker));
  }

  /** Another node is at this location: perhaps it writes the same, perhaps it has not heard of it. Looked at again. */
  function putBack(location: string, entry: Gathered): void {
    const newer = gathered.get(location);
    if (newer === undefined) {
      gathered.set(location, entry);
    } else if (newer.from === entry.to && !newer.mustReplay && !entry.mustReplay) {
      newer.from = entry.from;
      newer.steps.unshift(...entry.steps);
    } else {
      newer.mustReplay = true;
    }
    schedule();
  }

  /** Writes what was gathered; `behind` when a checkpoint is further back than that reaches. */
  function write(location: string, { from, to, steps }: Gathered): Promise<'written' | 'locked' | 'behind'> {
    return inTransaction(location, async (client) => {
      const seqs = await lockCheckpoints(client, location, names);
      if (seqs === null) return 'locked';
      if ([...seqs.values()].some((seq) => seq < from)) return 'behind';
      await writeSteps(client, location, seqs, steps, to);
      return 'written';
    });
  }

  /** Each projection gets the steps after its own checkpoint; then all stand at `to` or beyond. */
  async function writeSteps(
    client: pg.ClientBase,
    location: string,
    seqs: ReadonlyMap<string, number>,
    steps: readonly Step[],
    to: number,
  ): Promise<void> {
    const moved = projections.filter(({ name }) => (seqs.get(name) ?? 0) < to);
    if (moved.length === 0) return;
    const changes = new Changes();
    for (const projection of moved) {
      const seq = seqs.get(projection.name) ?? 0;
      changes.take(
        projection,
        steps.filter(({ event }) => event.seq > seq),
      );
    }
    const tables = moved.flatMap((projection) => projection.tables);
    await writeChanges(client, 'live', location, tables, changes);
    await moveCheckpoints(
      client,
      location,
      moved.map(({ name }) => name),
      to,
    );
  }

  /** One bounded batch from the log. Null when another node has a lock, else whether there may be more. */
  function followOnce(location: string, state: { at: LocationState | null }): Promise<boolean | null> {
    return inTransaction(location, async (client) => {
      const seqs = await lockCheckpoints(client, location, names);
      if (seqs === null) return null;
      const from = Math.min(...seqs.values());
      const events = await log.readTail(location, from, EVENTS_AT_ONCE);
      if (events.length === 0) return false;
      const before = state.at?.head === from ? state.at : await stateAt(log, location, from);
      const steps = [...stepsOf(before, events)];
      const after = steps.at(-1)?.after ?? before;
      await writeSteps(client, location, seqs, steps, after.head);
      state.at = after;
      return events.length === EVENTS_AT_ONCE;
    });
  }

  async function catchUp(location: string): Promise<boolean> {
    const state = { at: null };
    for (;;) {
      const more = await followOnce(location, state);
      if (more !== true) return more !== null;
    }
  }

  async function rebuild(location: string, chosen: readonly Projection[] = projections): Promise<number> {
    const tables = chosen.flatMap((projection) => projection.tables);
    const own = chosen.map(({ name }) => name);
    return withConnection(pool, async (client) => {
      await createBeside(client, tables);
      let state = await stateAt(log, location, 0);
      /** Takes what the log has beyond `state`. */
      const follow = async (): Promise<void> => {
        for (;;) {
          const events = await log.readTail(location, state.head, EVENTS_AT_ONCE);
          const steps = [...stepsOf(state, events)];
          const changes = new Changes();
          for (const projection of chosen) changes.take(projection, steps);
          await writeChanges(client, 'beside', location, tables, changes);
          state = steps.at(-1)?.after ?? state;
          if (events.length < EVENTS_AT_ONCE) return;
        }
      };
      try {
        await follow();
        return await writing(client, location, async () => {
          await client.query('set local statement_timeout = 0');
          await waitForCheckpoints(client, location, own);
          // Followers wait now: what came meanwhile is in the new rows too, so that no reader misses it for a moment.
          await follow();
          const count = await swapTables(client, location, tables);
          await moveCheckpoints(client, location, own, state.head);
          return count;
        });
      } finally {
        await dropBeside(client, tables);
      }
    });
  }

  /** Locations whose log is longer than what was followed, the furthest behind first. */
  async function poll(): Promise<void> {
    const { rows } = await pool.query<{ id: string }>(
      `select l.id from locations l cross join unnest($1::text[]) n
         left join checkpoints c on c.location_id = l.id and c.name = n
       where l.head > coalesce(c.seq, 0) group by l.id order by max(l.head - coalesce(c.seq, 0)) desc limit $2`,
      [names, POLL_LIMIT],
    );
    for (const { id } of rows) {
      if (stopped) return;
      if (gathered.has(id)) continue;
      await catchUp(id).catch((error: unknown) => complain('a projection does not advance', id, error));
    }
  }

  function repeat(): void {
    if (stopped) return;
    pollTimer = setTimeout(() => {
      working = working
        .then(poll)
        .catch((error: unknown) => complain('projections could not be looked after', '', error))
        .then(repeat);
    }, pollMs);
    pollTimer.unref();
  }

  function inTransaction<T>(location: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return withConnection(pool, (client) => writing(client, location, () => work(client)));
  }

  return {
    committed,
    async settle(location) {
      if (gathered.has(location)) working = working.then(flush);
      await working;
    },
    catchUp,
    rebuild,
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

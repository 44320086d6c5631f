import type pg from 'pg';
import type { LoggedEvent } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import type { LocationState, Touch } from '../domain/state.ts';
import type { Log } from '../log/types.ts';
import { swapRows, toRow, writeRows } from './orderRows.ts';
import { ordersTouched, stateAt } from './replay.ts';

/**
 * The follower that writes the table `orders`, for search and history. Rows and checkpoint are one transaction, so it
 * may be stopped anywhere; two nodes that follow the same location skip each other's lock and find the work done.
 *
 * Usually it writes what the commits say, straight from hot state. What it did not hear of (another node's, a crash) it
 * finds by comparing checkpoints with heads, and takes from the log.
 */

export type OrdersFollowerOptions = {
  readonly log: Log;
  /** As role heard_app. */
  readonly pool: pg.Pool;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** How long commits are gathered before their rows are written, ms. */
  readonly gatherMs?: number;
  /** How often checkpoints are compared with heads, ms. */
  readonly pollMs?: number;
};

export type OrdersFollower = {
  /** What happened: to be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: LocationState,
    after: LocationState,
    events: readonly LoggedEvent[],
    appended: { readonly touched: readonly (readonly Touch[])[] },
  ): void;
  /** Writes now what this node has gathered of a location: whoever asks finds what was answered before. */
  settle(location: string): Promise<void>;
  /** Follows the log of one location to its end. False when another node is at it. */
  catchUp(location: string): Promise<boolean>;
  /** Makes the rows of a location anew from its log, beside the old ones, and swaps. Answers how many there are. */
  rebuild(location: string): Promise<number>;
  start(): void;
  /** Writes what was gathered, and ends. */
  stop(): Promise<void>;
};

type Gathered = { from: number; to: number; readonly orders: Map<string, Order>; mustReplay: boolean };

export const CHECKPOINT = 'orders';
const EVENTS_AT_ONCE = 1_000;
const LOCATIONS_AT_ONCE = 2;
const POLL_LIMIT = 100;

export function createOrdersFollower(options: OrdersFollowerOptions): OrdersFollower {
  const { log, pool, gatherMs = 1_000, pollMs = 5_000 } = options;
  const report = options.report ?? (() => undefined);
  const gathered = new Map<string, Gathered>();
  let flushTimer: NodeJS.Timeout | null = null;
  let pollTimer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let stopped = false;

  function committed(
    location: { readonly id: string },
    before: LocationState,
    after: LocationState,
    events: readonly LoggedEvent[],
    { touched }: { readonly touched: readonly (readonly Touch[])[] },
  ): void {
    let entry = gathered.get(location.id);
    if (entry === undefined || entry.to !== before.head) {
      entry = { from: before.head, to: before.head, orders: new Map(), mustReplay: entry !== undefined };
      gathered.set(location.id, entry);
    }
    entry.to = after.head;
    for (const [index, touches] of touched.entries()) {
      for (const { kind, id } of touches) {
        if (kind !== 'order') continue;
        const order = after.orders.get(id) ?? before.orders.get(id);
        if (order !== undefined) entry.orders.set(id, order);
        // It changed and left within one commit: what it came to is only in the log.
        if (!after.orders.has(id) && events[index]?.type !== 'order.archived') entry.mustReplay = true;
      }
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
          report('orders could not be written', {
            location,
            error: error instanceof Error ? error.message : String(error),
          });
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
    } else if (newer.from === entry.to) {
      newer.from = entry.from;
      newer.mustReplay ||= entry.mustReplay;
      for (const [id, order] of entry.orders) if (!newer.orders.has(id)) newer.orders.set(id, order);
    } else {
      newer.mustReplay = true;
    }
    schedule();
  }

  /** Writes what was gathered; `behind` when the checkpoint is further back than that reaches. */
  function write(location: string, { from, to, orders }: Gathered): Promise<'written' | 'locked' | 'behind'> {
    return inTransaction(pool, location, async (client) => {
      const seq = await lockCheckpoint(client, location);
      if (seq === null) return 'locked';
      if (seq < from) return 'behind';
      if (seq < to) {
        await writeRows(client, 'orders', location, [...orders.values()].map(toRow));
        await moveCheckpoint(client, location, to);
      }
      return 'written';
    });
  }

  /** One bounded batch from the log. Null when another node has the lock, else whether there may be more. */
  function followOnce(location: string, state: { at: LocationState | null }): Promise<boolean | null> {
    return inTransaction(pool, location, async (client) => {
      const seq = await lockCheckpoint(client, location);
      if (seq === null) return null;
      const events = await log.readTail(location, seq, EVENTS_AT_ONCE);
      if (events.length === 0) return false;
      const before = state.at?.head === seq ? state.at : await stateAt(log, location, seq);
      const { state: after, orders } = ordersTouched(before, events);
      await writeRows(client, 'orders', location, [...orders.values()].map(toRow));
      await moveCheckpoint(client, location, after.head);
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

  async function rebuild(location: string): Promise<number> {
    return withConnection(pool, async (client) => {
      await client.query(
        `create temp table orders_beside (like orders including defaults including constraints including indexes)`,
      );
      try {
        let state = await stateAt(log, location, 0);
        for (;;) {
          const events = await log.readTail(location, state.head, EVENTS_AT_ONCE);
          const touched = ordersTouched(state, events);
          state = touched.state;
          await writeRows(client, 'orders_beside', location, [...touched.orders.values()].map(toRow));
          if (events.length < EVENTS_AT_ONCE) break;
        }
        return await transaction(client, location, async () => {
          await client.query('set local statement_timeout = 0');
          // A row that is not there cannot be locked, and a follower may be about to write the first one.
          await client.query(
            'insert into checkpoints (name, location_id) values ($1, $2) on conflict do nothing',
            [CHECKPOINT, location],
          );
          await client.query('select seq from checkpoints where name = $1 and location_id = $2 for update', [
            CHECKPOINT,
            location,
          ]);
          await swapRows(client, location);
          // The follower goes on from here, also when it was further: it writes the same rows again.
          await moveCheckpoint(client, location, state.head);
          const { rows } = await client.query<{ n: number }>(
            'select count(*)::int as n from orders where location_id = $1',
            [location],
          );
          return rows[0]?.n ?? 0;
        });
      } finally {
        await client.query('drop table if exists orders_beside');
      }
    });
  }

  /** Locations whose log is longer than what was followed, the furthest behind first. */
  async function poll(): Promise<void> {
    const { rows } = await pool.query<{ id: string }>(
      `select l.id from locations l left join checkpoints c on c.location_id = l.id and c.name = $1
       where l.head > coalesce(c.seq, 0) order by l.head - coalesce(c.seq, 0) desc limit $2`,
      [CHECKPOINT, POLL_LIMIT],
    );
    for (const { id } of rows) {
      if (stopped) return;
      if (gathered.has(id)) continue;
      await catchUp(id).catch((error: unknown) =>
        report('a projection does not advance', {
          location: id,
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
          report('projections could not be looked after', {
            error: error instanceof Error ? error.message : String(error),
          }),
        )
        .then(repeat);
    }, pollMs);
    pollTimer.unref();
  }

  async function settle(location: string): Promise<void> {
    if (gathered.has(location)) working = working.then(flush);
    await working;
  }

  return {
    committed,
    settle,
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

/** The checkpoint, locked; null when somebody else has the lock. */
async function lockCheckpoint(client: pg.ClientBase, location: string): Promise<number | null> {
  const select = 'select seq from checkpoints where name = $1 and location_id = $2 for update skip locked';
  const found = await client.query<{ seq: number }>(select, [CHECKPOINT, location]);
  if (found.rows[0] !== undefined) return found.rows[0].seq;
  // Not there yet, or locked: an insert tells which.
  const made = await client.query(
    'insert into checkpoints (name, location_id) values ($1, $2) on conflict do nothing',
    [CHECKPOINT, location],
  );
  return made.rowCount === 1 ? 0 : null;
}

async function moveCheckpoint(client: pg.ClientBase, location: string, seq: number): Promise<void> {
  await client.query(
    'update checkpoints set seq = $3, updated_at = now() where name = $1 and location_id = $2',
    [CHECKPOINT, location, seq],
  );
}

async function withConnection<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let broken = true;
  try {
    const result = await work(client);
    broken = false;
    return result;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** A transaction that sees the rows of one location. What it writes can be made again from the log, so it does not wait for the disk. */
async function transaction<T>(client: pg.PoolClient, location: string, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(
      `select set_config('heard.location', $1, true), set_config('synchronous_commit', 'off', true)`,
      [location],
    );
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function inTransaction<T>(
  pool: pg.Pool,
  location: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return withConnection(pool, (client) => transaction(client, location, () => work(client)));
}

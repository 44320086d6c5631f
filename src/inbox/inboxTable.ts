import type pg from 'pg';
import { inScope } from '../accounts/scope.ts';
import type { HookAnswer } from '../integrations/provider.ts';

/** Questions to the table `inbox`. */

export const STATUSES = ['waiting', 'done', 'failed', 'dead', 'ignored'] as const;
/** `failed`: is tried again; `dead`: is not, until somebody replays it; `ignored`: there was nothing to do. */
export type DeliveryStatus = (typeof STATUSES)[number];

export type NewDelivery = {
  readonly location: string;
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  readonly key: string;
  readonly event: string;
  readonly queue: string | null;
  readonly method: 'GET' | 'POST';
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
  readonly receivedAt: string;
  readonly status: 'waiting' | 'ignored' | 'dead';
  readonly reason: string | null;
};

export type DeliveryRow = {
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly receivedAt: string;
  readonly finishedAt: string | null;
  readonly attempts: number;
  readonly repeats: number;
  readonly replays: number;
  readonly reason: string | null;
  readonly bytes: number;
};
export type StoredDelivery = DeliveryRow & {
  readonly key: string;
  readonly queue: string | null;
  readonly method: 'GET' | 'POST';
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
  readonly answer: HookAnswer | null;
};

export type DeliveryQuestion = {
  readonly channel?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};
/** Of what is open, over all of a location's channels. */
export type Waiting = { readonly waiting: number; readonly failed: number; readonly dead: number };

/** Puts what must be done in line, in the transaction of the row. */
export type Enqueue = (
  client: pg.ClientBase,
  row: { readonly id: string; readonly queue: string | null; readonly replays: number },
) => Promise<void>;

export type InboxTable = {
  /**
   * Stores it with its job, or finds the row that is there. A repeat is counted and tells the answer that was thought out
   * for the first, if there was one.
   */
  take(
    row: NewDelivery,
    enqueue: Enqueue | null,
  ): Promise<{ id: string; isNew: boolean; answer: HookAnswer | null }>;
  read(location: string, id: string): Promise<StoredDelivery | null>;
  list(
    location: string,
    question: DeliveryQuestion,
  ): Promise<{
    deliveries: DeliveryRow[];
    next: string | null;
    open: Waiting;
  } | null>;
  /** What became of a try. Says nothing about a row that somebody replayed meanwhile: the next try will. */
  finish(
    location: string,
    id: string,
    result: {
      readonly status: DeliveryStatus;
      readonly attempt: number;
      /** Of the row as the try began. */
      readonly replays: number;
      readonly reason: string | null;
      readonly at: string;
      readonly answer?: HookAnswer;
    },
  ): Promise<void>;
  /** Has them worked again; answers how many there were. Without `id`: the dead ones, of a channel or of all, at most 500. */
  replay(
    location: string,
    which: { readonly id: string } | { readonly channel?: string | undefined },
    enqueue: Enqueue,
  ): Promise<number>;
  /** Over all locations: how many are dead, and since when the oldest has waited (ms since 1970; null: none waits). */
  look(): Promise<{ dead: number; oldest: number | null }>;
  /** Deletes at most `limit` that came before then (RFC 3339). */
  forget(before: string, limit: number): Promise<number>;
};

const LISTED = `id, channel, provider, event, status, received_at, finished_at, attempts, repeats, replays, reason, length(raw) as bytes`;
const EXACT = `to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as exact`;
const MOST_REPLAYS = 500;
const CURSOR = /^(\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)~([0-9a-f-]{36})$/;

type Listed = Omit<DeliveryRow, 'receivedAt' | 'finishedAt'> & {
  received_at: string;
  finished_at: string | null;
  exact: string;
};

/** `pool` as role heard_app. */
export function createInboxTable(pool: pg.Pool): InboxTable {
  const listed = ({ received_at, finished_at, exact: _exact, ...row }: Listed): DeliveryRow => ({
    ...row,
    receivedAt: received_at,
    finishedAt: finished_at,
  });

  return {
    take: (row, enqueue) =>
      inScope(pool, { location: row.location }, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          `insert into inbox (location_id, id, channel, provider, dedupe_key, event, queue, method, query, headers, raw,
             received_at, status, reason, finished_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
           on conflict (location_id, provider, channel, dedupe_key) do nothing returning id`,
          [
            row.location,
            row.id,
            row.channel,
            row.provider,
            row.key,
            row.event,
            row.queue,
            row.method,
            row.query,
            JSON.stringify(row.headers),
            row.raw,
            row.receivedAt,
            row.status,
            row.reason,
            row.status === 'waiting' ? null : row.receivedAt,
          ],
        );
        if (rows[0] === undefined) {
          const { rows: known } = await client.query<{ id: string; answer: HookAnswer | null }>(
            `update inbox set repeats = repeats + 1
              where location_id = $1 and provider = $2 and channel = $3 and dedupe_key = $4 returning id, answer`,
            [row.location, row.provider, row.channel, row.key],
          );
          return { id: known[0]?.id ?? row.id, isNew: false, answer: known[0]?.answer ?? null };
        }
        await enqueue?.(client, { ...row, replays: 0 });
        // Every 10 s is enough for a person to look at; a row that all deliveries write would have them wait for each other.
        await client.query(
          `update channel_links set last_delivery_at = $3 where location_id = $1 and channel = $2
            and (last_delivery_at is null or last_delivery_at < $3::timestamptz - interval '10 seconds')`,
          [row.location, row.channel, row.receivedAt],
        );
        return { id: row.id, isNew: true, answer: null };
      }),

    read: (location, id) =>
      inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Listed & Omit<StoredDelivery, keyof DeliveryRow>>(
          `select ${LISTED}, ${EXACT}, dedupe_key as key, queue, method, query, headers, raw, answer
            from inbox where location_id = $1 and id = $2`,
          [location, id],
        );
        const row = rows[0];
        if (row === undefined) return null;
        const { key, queue, method, query, headers, raw, answer } = row;
        return { ...listed(row), key, queue, method, query, headers, raw, answer };
      }),

    list(location, { channel, status, limit, cursor }) {
      const from = cursor === undefined ? null : CURSOR.exec(cursor);
      if (cursor !== undefined && from === null) return Promise.resolve(null);
      return inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Listed>(
          `select ${LISTED}, ${EXACT} from inbox
            where location_id = $1 and ($2::text is null or channel = $2) and ($3::text is null or status = $3)
              and ($4::timestamptz is null or (received_at, id) < ($4::timestamptz, $5::uuid))
            order by received_at desc, id desc limit $6`,
          [location, channel ?? null, status ?? null, from?.[1] ?? null, from?.[2] ?? null, limit + 1],
        );
        const { rows: counted } = await client.query<{ status: keyof Waiting; n: number }>(
          `select status, count(*)::int as n from inbox
            where location_id = $1 and status in ('waiting', 'failed', 'dead') group by status`,
          [location],
        );
        const count = (name: keyof Waiting) => counted.find((one) => one.status === name)?.n ?? 0;
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        return {
          deliveries: rows.slice(0, limit).map(listed),
          next: last === undefined ? null : `${last.exact}~${last.id}`,
          open: { waiting: count('waiting'), failed: count('failed'), dead: count('dead') },
        };
      });
    },

    finish: (location, id, { status, attempt, replays, reason, at, answer }) =>
      inScope(pool, { location }, async (client) => {
        await client.query(
          `update inbox set status = $3, attempts = greatest(attempts, $4), reason = $5, answer = coalesce($6, answer),
             finished_at = case when $3 = 'failed' then null else $7::timestamptz end
            where location_id = $1 and id = $2 and replays = $8`,
          [
            location,
            id,
            status,
            attempt,
            reason,
            answer === undefined ? null : JSON.stringify(answer),
            at,
            replays,
          ],
        );
      }),

    replay: (location, which, enqueue) =>
      inScope(pool, { location }, async (client) => {
        const one = 'id' in which ? which.id : null;
        const { rows } = await client.query<{
          id: string;
          queue: string | null;
          replays: number;
          received_at: string;
        }>(
          `update inbox set status = 'waiting', replays = replays + 1, reason = null, finished_at = null
            where location_id = $1 and id in (
              select id from inbox where location_id = $1
                and case when $2::uuid is null then status = 'dead' and ($3::text is null or channel = $3) else id = $2 end
              order by received_at, id limit ${MOST_REPLAYS} for update)
            returning id, queue, replays, received_at`,
          [location, one, 'id' in which ? null : (which.channel ?? null)],
        );
        // In the order in which they came.
        for (const row of rows.sort((a, b) => (a.received_at < b.received_at ? -1 : 1)))
          await enqueue(client, row);
        return rows.length;
      }),

    look: () =>
      inScope(pool, { round: 'inbox' }, async (client) => {
        const { rows } = await client.query<{ dead: number; oldest: string | null }>(
          `select (select count(*)::int from inbox where status = 'dead') as dead,
             (select min(received_at) from inbox where status in ('waiting', 'failed')) as oldest`,
        );
        const oldest = rows[0]?.oldest ?? null;
        return { dead: rows[0]?.dead ?? 0, oldest: oldest === null ? null : Date.parse(oldest) };
      }),

    forget: (before, limit) =>
      inScope(pool, { round: 'inbox' }, async (client) => {
        const { rowCount } = await client.query(
          `delete from inbox where (location_id, id) in (
             select location_id, id from inbox where received_at < $1::timestamptz order by received_at limit $2)`,
          [before, limit],
        );
        return rowCount ?? 0;
      }),
  };
}

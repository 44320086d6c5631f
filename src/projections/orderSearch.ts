import type pg from 'pg';
import { instant } from '../domain/text.ts';
import type { Json } from '../log/types.ts';
import { reading } from './scoped.ts';

/** Questions to the table `orders`: the history of a location, newest first. */

export type OrderQuestion = {
  readonly status?: readonly string[] | undefined;
  /** Placed at or after, and before; RFC 3339. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A number, a table, somebody else's id, or a part of the guest's name. */
  readonly q?: string | undefined;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
};

export type OrderRow = {
  readonly id: string;
  readonly number: number | null;
  readonly day: string | null;
  readonly status: string;
  readonly type: string;
  readonly source: string | null;
  readonly table_id: string | null;
  readonly guest_name: string | null;
  readonly external_id: string | null;
  readonly display_id: string | null;
  readonly placed_at: string;
  readonly closed_at: string | null;
  readonly total: number;
  /** The order as the contract shows it. */
  readonly body: Json;
};

export type OrderPage = { readonly orders: readonly OrderRow[]; readonly next: string | null };

export type OrderSearch = {
  /** A page of orders, without those of drills; null for a cursor that is not one of this list. */
  search(location: string, question: OrderQuestion): Promise<OrderPage | null>;
  find(location: string, id: string): Promise<Json | null>;
};

/** `pool` as role heard_app. `settle`: lets what is known of the location reach the table first. */
export function createOrderSearch(
  pool: pg.Pool,
  settle: (location: string) => Promise<void> = async () => undefined,
): OrderSearch {
  return {
    async search(location, question) {
      await settle(location);
      const after = question.cursor === undefined ? null : readCursor(question.cursor);
      if (question.cursor !== undefined && after === null) return null;
      const { status, from, to, q, limit } = question;
      const rows = await ofLocation<OrderRow>(
        pool,
        location,
        `select id, number, day, status, type, source, table_id, guest_name, external_id, display_id, placed_at, closed_at, total, body
         from orders where location_id = $1 and not (source = 'drill' and total = 0)
           and ($2::text[] is null or status = any($2))
           and ($3::timestamptz is null or placed_at >= $3)
           and ($4::timestamptz is null or placed_at < $4)
           and ($5::text is null or number::text = $5 or lower(table_id) = lower($5) or external_id = $5
                or lower(display_id) = lower($5) or position(lower($5) in lower(guest_name)) > 0)
           and ($6::timestamptz is null or (placed_at, id) < ($6, $7))
         order by placed_at desc, id desc limit $8`,
        [
          location,
          status ?? null,
          from ?? null,
          to ?? null,
          q ?? null,
          after?.at ?? null,
          after?.id ?? null,
          limit + 1,
        ],
      );
      const orders = rows.slice(0, limit);
      const last = orders.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        orders,
        next: more ? Buffer.from(`${last.placed_at}|${last.id}`).toString('base64url') : null,
      };
    },
    async find(location, id) {
      await settle(location);
      const rows = await ofLocation<{ body: Json }>(
        pool,
        location,
        'select body from orders where location_id = $1 and id = $2',
        [location, id],
      );
      return rows[0]?.body ?? null;
    },
  };
}

/** One question in a transaction that sees the rows of one location. */
function ofLocation<T extends pg.QueryResultRow>(
  pool: pg.Pool,
  location: string,
  text: string,
  values: unknown[],
): Promise<T[]> {
  return reading(pool, location, async (client) => (await client.query<T>(text, values)).rows);
}

function readCursor(cursor: string): { at: string; id: string } | null {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const time = instant.safeParse(at);
  return time.success && id !== undefined && /^[\w-]{1,64}$/.test(id) ? { at: time.data, id } : null;
}

import type pg from 'pg';
import type { OrderView } from '../domain/entities.ts';
import type { Order } from '../domain/order.ts';
import { presentOrder } from '../domain/present.ts';

/** A row of `orders`: what search looks at, and the order as the contract shows it. */
export type OrderRow = {
  readonly id: string;
  readonly number: number;
  readonly day: string;
  readonly status: string;
  readonly type: string;
  readonly source: string;
  readonly table_id: string | null;
  readonly guest_name: string | null;
  readonly external_id: string | null;
  readonly display_id: string | null;
  readonly placed_at: string;
  readonly closed_at: string | null;
  readonly total: number;
  readonly body: OrderView;
};

export function toRow(order: Order): OrderRow {
  const body = presentOrder(order, 'staff', false);
  return {
    id: order.id,
    number: order.number,
    day: order.day,
    status: body.status,
    type: order.type,
    source: order.source,
    table_id: order.table ?? null,
    guest_name: order.guest?.name ?? null,
    external_id: order.externalId ?? null,
    display_id: order.displayId ?? null,
    placed_at: order.placedAt,
    closed_at: order.closed?.at ?? order.cancelled?.at ?? null,
    total: body.total,
    body,
  };
}

const COLUMNS =
  'id, number, day, status, type, source, table_id, guest_name, external_id, display_id, placed_at, closed_at, total, body';
const SHAPE =
  'id text, number integer, day date, status text, type text, source text, table_id text, guest_name text, external_id text, display_id text, placed_at timestamptz, closed_at timestamptz, total bigint, body jsonb';
const OVERWRITE = COLUMNS.split(', ')
  .filter((column) => column !== 'id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

/** Writes rows of one location into `table` (`orders`, or one of the same shape), the newer over the older. */
export async function writeRows(
  client: pg.ClientBase,
  table: 'orders' | 'orders_beside',
  location: string,
  rows: readonly OrderRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into ${table} (location_id, ${COLUMNS})
     select $1, ${COLUMNS} from jsonb_to_recordset($2::jsonb) as r (${SHAPE})
     on conflict (location_id, id) do update set ${OVERWRITE}`,
    [location, JSON.stringify(rows)],
  );
}

/** Puts what was written beside in the place of what is there. */
export async function swapRows(client: pg.ClientBase, location: string): Promise<void> {
  await client.query('delete from orders where location_id = $1', [location]);
  await client.query(
    `insert into orders (location_id, ${COLUMNS}) select location_id, ${COLUMNS} from orders_beside where location_id = $1`,
    [location],
  );
}

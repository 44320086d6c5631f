import type { Order } from '../domain/order.ts';
import { presentOrder } from '../domain/present.ts';
import type { Change, Projection, Row, Step, Table } from './projection.ts';

/** The orders of all days: what search looks at, and each as the contract shows it. */

const ORDERS: Table = {
  name: 'orders',
  key: ['id'],
  columns: {
    id: 'text',
    number: 'integer',
    day: 'date',
    status: 'text',
    type: 'text',
    source: 'text',
    table_id: 'text',
    guest_name: 'text',
    external_id: 'text',
    display_id: 'text',
    placed_at: 'timestamptz',
    closed_at: 'timestamptz',
    total: 'bigint',
    body: 'jsonb',
  },
  once: [],
};

export const orders: Projection = {
  name: 'orders',
  tables: [ORDERS],
  *changesOf({ before, after }: Step): Generator<Change> {
    for (const { kind, id } of after.touched) {
      // One that left memory stands as it last was.
      const order = kind === 'order' ? (after.orders.get(id) ?? before.orders.get(id)) : undefined;
      if (order !== undefined) yield { table: ORDERS, key: id, row: () => toRow(order) };
    }
  },
};

function toRow(order: Order): Row {
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

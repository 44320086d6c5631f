import type { LocationConfig } from '../domain/config.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { type Item, isLive, liveQty } from '../domain/item.ts';
import { findMenuItem } from '../domain/menu.ts';
import { type Order, findItem } from '../domain/order.ts';
import { localHour } from './localHour.ts';
import type { Change, Projection, Row, Step, Table } from './projection.ts';
import { keyOf } from './rowWriter.ts';

/**
 * What was sold, line by line, and what was taken back or made again. A line is written from the order's present shape, so
 * a void of yesterday's order corrects yesterday's figures. Drills sell nothing.
 */

export const DRILL = 'drill';

const SOLD_LINES: Table = {
  name: 'sold_lines',
  key: ['line_id'],
  columns: {
    line_id: 'text',
    order_id: 'text',
    at: 'timestamptz',
    day: 'date',
    hour: 'smallint',
    type: 'text',
    source: 'text',
    item: 'text',
    name: 'text',
    category: 'text',
    qty: 'integer',
    net: 'bigint',
    refire_of: 'text',
  },
  // When and as what it was sold: a menu that changes later does not change that.
  once: ['order_id', 'at', 'day', 'hour', 'type', 'source', 'item', 'name', 'category', 'refire_of'],
};

const CORRECTIONS: Table = {
  name: 'corrections',
  key: ['seq', 'line_id'],
  columns: {
    seq: 'bigint',
    line_id: 'text',
    order_id: 'text',
    at: 'timestamptz',
    day: 'date',
    kind: 'text',
    station: 'text',
    item: 'text',
    name: 'text',
    qty: 'integer',
    value: 'bigint',
    reason: 'text',
    made: 'boolean',
    by_whom: 'text',
  },
  once: [],
};

export const sales: Projection = {
  name: 'sales',
  tables: [SOLD_LINES, CORRECTIONS],
  *changesOf({ before, event, after }: Step): Generator<Change> {
    for (const { kind, id } of after.touched) {
      const order = kind === 'order' ? after.orders.get(id) : undefined;
      if (order === undefined || order.source === DRILL) continue;
      const was = new Set(before.orders.get(id)?.items);
      for (const item of order.items)
        if (!was.has(item))
          yield { table: SOLD_LINES, key: item.id, row: soldLine(order, item, event, after.config) };
    }
    yield* correctionsOf(before.orders, event);
  },
};

function soldLine(order: Order, item: Item, event: LoggedEvent, config: LocationConfig | null): Row {
  const onMenu = item.menuItem === undefined ? undefined : findMenuItem(config, item.menuItem);
  return {
    line_id: item.id,
    order_id: order.id,
    at: event.at,
    day: order.day,
    hour: localHour(config?.timezone ?? 'UTC', event.at),
    type: order.type,
    source: order.source,
    item: item.menuItem ?? null,
    name: item.name,
    category: onMenu?.category ?? null,
    qty: liveQty(item),
    net: item.unitPrice * liveQty(item),
    refire_of: item.refireOf ?? null,
  };
}

/** What an event takes back (pieces of a line, a whole order) or has made again. */
function* correctionsOf(orders: Step['before']['orders'], event: LoggedEvent): Generator<Change> {
  if (event.type === 'order.cancelled') {
    const order = orders.get(event.data.order);
    for (const item of order?.items ?? [])
      if (order !== undefined && isLive(item) && !item.served)
        yield* correction(order, item, event, 'cancel', liveQty(item), event.data.reason, null);
  } else if (event.type === 'item.voided' || event.type === 'item.refired') {
    const order = orders.get(event.data.order);
    const item = order && findItem(order, event.data.item);
    if (order === undefined || item === undefined) return;
    const { reason } = event.data;
    yield* event.type === 'item.voided'
      ? correction(order, item, event, 'void', event.data.qty, reason, event.data.made)
      : correction(order, item, event, 'refire', liveQty(item), reason, true);
  }
}

function* correction(
  order: Order,
  item: Item,
  event: LoggedEvent,
  kind: 'void' | 'cancel' | 'refire',
  qty: number,
  reason: string,
  made: boolean | null,
): Generator<Change> {
  if (order.source === DRILL) return;
  const row = {
    seq: event.seq,
    line_id: item.id,
    order_id: order.id,
    at: event.at,
    day: order.day,
    kind,
    station: item.stations[0] ?? null,
    item: item.menuItem ?? null,
    name: item.name,
    qty,
    value: item.unitPrice * qty,
    reason,
    made,
    by_whom: event.by.id,
  };
  yield { table: CORRECTIONS, key: keyOf(event.seq, item.id), row };
}

import type { LocationConfig } from '../domain/config.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { type Item, type Part, isLive, liveQty } from '../domain/item.ts';
import { findMenuItem } from '../domain/menu.ts';
import { type Order, type Ticket, findTicket, ticketLines, ticketStatus } from '../domain/order.ts';
import { UNROUTED, UNROUTED_LIMITS } from '../domain/place.ts';
import type { LocationState } from '../domain/state.ts';
import { localHour } from './localHour.ts';
import type { Change, Projection, Row, Step, Table } from './projection.ts';
import { keyOf } from './rowWriter.ts';
import { DRILL } from './sales.ts';

/**
 * What the kitchen did and when: each fire of a ticket at its station with the thresholds that held then, and each line
 * where it was made. Held work is not here until it fires; drills are not here at all.
 */

const FIRED_TICKETS: Table = {
  name: 'fired_tickets',
  key: ['ticket_id'],
  columns: {
    ticket_id: 'text',
    order_id: 'text',
    number: 'integer',
    station: 'text',
    type: 'text',
    source: 'text',
    day: 'date',
    hour: 'smallint',
    fired_at: 'timestamptz',
    heard_at: 'timestamptz',
    started_at: 'timestamptz',
    first_ready_at: 'timestamptz',
    ready_at: 'timestamptz',
    recalled_at: 'timestamptz',
    passed_at: 'timestamptz',
    warn: 'integer',
    late: 'integer',
    lines: 'integer',
    status: 'text',
    recalls: 'integer',
    rush: 'boolean',
    add_on: 'boolean',
    episodes: 'integer',
    rungs: 'integer',
  },
  once: [
    'order_id',
    'number',
    'station',
    'type',
    'source',
    'day',
    'hour',
    'fired_at',
    'heard_at',
    'started_at',
    'first_ready_at',
    'passed_at',
    // What was late is late, whatever the manager sets afterwards.
    'warn',
    'late',
    'add_on',
  ],
};

const COOKED_LINES: Table = {
  name: 'cooked_lines',
  key: ['line_id', 'station'],
  columns: {
    line_id: 'text',
    station: 'text',
    ticket_id: 'text',
    item: 'text',
    name: 'text',
    category: 'text',
    type: 'text',
    source: 'text',
    day: 'date',
    hour: 'smallint',
    fired_at: 'timestamptz',
    started_at: 'timestamptz',
    ready_at: 'timestamptz',
    qty: 'integer',
    dropped: 'boolean',
  },
  once: ['item', 'name', 'category', 'type', 'source', 'day', 'hour', 'fired_at', 'started_at', 'ready_at'],
};

export const kitchen: Projection = {
  name: 'kitchen',
  tables: [FIRED_TICKETS, COOKED_LINES],
  *changesOf(step: Step): Generator<Change> {
    for (const { kind, id } of step.after.touched) {
      const order = kind === 'order' ? step.after.orders.get(id) : undefined;
      if (order === undefined || order.source === DRILL) continue;
      const was = step.before.orders.get(id);
      yield* tickets(was, order, step);
      yield* lines(was, order, step);
    }
  },
};

function* tickets(was: Order | undefined, order: Order, { event, after }: Step): Generator<Change> {
  const known = new Set(was?.tickets);
  // A ticket's state is its lines' and its order's: when these change, it may.
  const all = was?.items !== order.items || was.closed !== order.closed || was.cancelled !== order.cancelled;
  for (const ticket of order.tickets)
    if (ticket.firedAt !== null && (all || !known.has(ticket)))
      yield { table: FIRED_TICKETS, key: ticket.id, row: firedTicket(order, ticket, event, after) };
  for (const { id, firedAt } of known)
    if (firedAt !== null && findTicket(order, id) === undefined)
      yield { table: FIRED_TICKETS, key: id, row: null };
}

function firedTicket(order: Order, ticket: Ticket, event: LoggedEvent, state: LocationState): Row {
  const status = ticketStatus(order, ticket);
  const limits = limitsOf(state.config, ticket.station);
  const live = ticketLines(order, ticket).filter(({ item }) => isLive(item));
  // A ticket of which all is made again elsewhere counts as passed, but nobody carried anything away.
  const isPassed = (status === 'passed' || status === 'done') && live.length > 0;
  return {
    ticket_id: ticket.id,
    order_id: order.id,
    number: order.number,
    station: ticket.station,
    type: order.type,
    source: order.source,
    day: order.day,
    hour: localHour(zoneOf(state.config), ticket.firedAt ?? event.at),
    fired_at: ticket.firedAt,
    heard_at: ticket.heardAt ?? null,
    started_at: ticket.startedAt ?? null,
    first_ready_at: ticket.readyAt ?? null,
    ready_at: ticket.readyAt ?? null,
    recalled_at: ticket.recalledAt ?? null,
    passed_at: isPassed ? event.at : null,
    ...limits,
    lines: live.length,
    status,
    recalls: ticket.recalls,
    rush: ticket.rush,
    add_on: ticket.addOn,
    episodes: ticket.episode,
    rungs: Math.max(0, ...ticket.rungs),
  };
}

/** The lane of what no station makes has limits of its own. */
function limitsOf(
  config: LocationConfig | null,
  station: string,
): { readonly warn: number | null; readonly late: number | null } {
  const known =
    config?.stations.find(({ id }) => id === station) ?? (station === UNROUTED ? UNROUTED_LIMITS : null);
  return { warn: known?.warn ?? null, late: known?.late ?? null };
}

function* lines(was: Order | undefined, order: Order, { event, after }: Step): Generator<Change> {
  if (was?.items === order.items) return;
  const known = new Map(was?.items.map((item) => [item.id, item]));
  for (const item of order.items) {
    const before = known.get(item.id);
    if (before === item) continue;
    for (const part of item.parts) {
      const ticket = findTicket(order, part.ticket);
      if (ticket === undefined || ticket.firedAt === null) continue;
      yield {
        table: COOKED_LINES,
        key: keyOf(item.id, part.station),
        row: cookedLine(order, ticket, { item, part }, event, after.config),
      };
    }
  }
}

function cookedLine(
  order: Order,
  ticket: Ticket,
  { item, part }: { item: Item; part: Part },
  event: LoggedEvent,
  config: LocationConfig | null,
): Row {
  const live = liveQty(item);
  const isReady = live > 0 && part.readyQty >= live;
  const onMenu = item.menuItem === undefined ? undefined : findMenuItem(config, item.menuItem);
  return {
    line_id: item.id,
    station: part.station,
    ticket_id: ticket.id,
    item: item.menuItem ?? null,
    name: item.kitchenName,
    category: onMenu?.category ?? null,
    type: order.type,
    source: order.source,
    day: order.day,
    hour: localHour(zoneOf(config), ticket.firedAt ?? event.at),
    fired_at: ticket.firedAt,
    // Written once, so what stands is the moment at which it first was so.
    started_at: part.started || part.readyQty > 0 ? event.at : null,
    ready_at: isReady ? event.at : null,
    qty: live,
    dropped: live === 0 || part.movedTo !== undefined,
  };
}

function zoneOf(config: LocationConfig | null): string {
  return config?.timezone ?? 'UTC';
}

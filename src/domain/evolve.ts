import { evolveBooking, reviseBook } from './booking/evolve.ts';
import { evolveCall, followCalls } from './call/evolve.ts';
import { evolveChannel, followChannels } from './channel/evolve.ts';
import { type PlatformEvent, evolvePlatform, isPlatformEvent } from './channel/platform.ts';
import type { LocationConfig } from './config.ts';
import type { Gone } from './entities.ts';
import type { LoggedEvent } from './events.ts';
import { evolveOrder, placedOrder } from './evolveOrder.ts';
import { sell } from './evolveMenu.ts';
import { followTracking } from './evolveTracking.ts';
import { forget } from './forgetting.ts';
import { type EventOf, type Family, isEventOf } from './families.ts';
import { inKitchen, isMember, isStation, topicsOf, whyGone } from './membership.ts';
import { type AlertType, alertId, alertsOf } from './alerts.ts';
import { type Order, findTicket, isOpen, ticketStatus } from './order.ts';
import { UNROUTED } from './place.ts';
import { PMap } from './pmap.ts';
import { orderDeadline } from './policies.ts';
import type { LocationState, Table, Touch } from './state.ts';
import { evolveStock, followStock } from './stock/evolve.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * State and event in, state out. Everything that Heard knows is a fold of this function over a log.
 * It also keeps, per topic, a short list of what left it, so that a screen that was away catches up from state.
 */

/** Tombstones kept per topic; a reader from before the oldest takes a snapshot. */
const TOMBSTONES = 400;
/** Refused policies that are remembered. */
const REFUSALS = 1_000;
/** Bumped tickets that stay on a station for recall. */
const RECALL_LIST = 50;

export function evolve(state: LocationState, event: LoggedEvent): LocationState {
  const followed = followCalls(followStock(state, apply(state, event), event), event);
  const { state: applied, touched } = followTracking(
    state,
    followChannels(state, followed, event.seq),
    event,
  );
  const after = keepRecallList({ ...applied, head: event.seq, at: event.at, touched }, touched, event.seq);
  return bury(state, after, event.seq);
}

type Applied = { state: LocationState; touched: Touch[] };

function apply(state: LocationState, event: LoggedEvent): Applied {
  if (isEventOf('booking', event)) return evolveBooking(state, event);
  if (isEventOf('call', event)) return evolveCall(state, event);
  if (isEventOf('channel', event))
    return isPlatformEvent(event) ? changeOrder(state, event) : evolveChannel(state, event);
  if (isEventOf('stock', event)) return evolveStock(state, event);
  switch (event.type) {
    case 'location.configured':
      return configure(state, event.data.config, event.seq);
    case 'order.placed':
      return place(state, event);
    case 'order.archived':
      return archive(state, event.data.order);
    case 'menu.soldOut':
    case 'menu.restored':
      return sell(state, event);
    case 'table.seated':
      return setTable(state, event.data.table, event.seq, (table) => ({
        ...table,
        status: 'seated',
        covers: event.data.covers,
        since: table.status === 'seated' && table.since !== undefined ? table.since : event.at,
        ...partyOf(event.data),
      }));
    case 'table.cleared':
      return setTable(state, event.data.table, event.seq, ({ id, version, orders }) => ({
        id,
        version,
        orders,
        status: event.data.to,
        since: event.at,
      }));
    case 'table.blocked':
      return setTable(state, event.data.table, event.seq, (table) => ({
        ...table,
        status: 'blocked',
        reason: event.data.reason,
        since: event.at,
      }));
    case 'station.proved':
      return prove(state, event);
    case 'policy.refused':
      return { state: { ...state, refused: noteRefusal(state.refused, event) }, touched: [] };
    case 'person.redacted':
      return forget(state, event.data.subjects, event.seq);
    default:
      return changeOrder(state, event);
  }
}

function place(state: LocationState, event: Extract<LoggedEvent, { type: 'order.placed' }>): Applied {
  const order = placedOrder(event);
  const key = externalKey(order);
  const next: LocationState = {
    ...state,
    orders: state.orders.set(order.id, order),
    external: key === null ? state.external : state.external.set(key, order.id),
    day: order.day,
    nextNumber: order.number + 1,
  };
  const touched: Touch[] = [{ kind: 'order', id: order.id }];
  return order.table === undefined
    ? { state: next, touched }
    : occupy({ state: next, touched }, order.table, order, event.seq, event.at);
}

function changeOrder(
  state: LocationState,
  event:
    | PlatformEvent
    | Exclude<
        LoggedEvent,
        {
          type:
            | 'location.configured'
            | 'order.placed'
            | 'order.archived'
            | 'menu.soldOut'
            | 'menu.restored'
            | 'table.seated'
            | 'table.cleared'
            | 'table.blocked'
            | 'station.proved'
            | 'policy.refused'
            | 'person.redacted'
            | EventOf<Family>['type'];
        }
      >,
): Applied {
  const before = state.orders.get(event.data.order);
  if (!before) return { state, touched: [] };
  const changed = isEventOf('channel', event) ? evolvePlatform(before, event) : evolveOrder(before, event);
  // What leaves the kitchen or comes back to it leaves and comes whole, whichever ticket it was about.
  const seen = new Set(
    inKitchen(before) === inKitchen(changed)
      ? touchedTickets(before, changed, event)
      : allTickets(before, changed),
  );
  const order: Order = {
    ...changed,
    version: event.seq,
    tickets: changed.tickets.map((ticket) =>
      seen.has(ticket.id) ? { ...ticket, version: event.seq } : ticket,
    ),
  };
  let tickets = state.tickets;
  for (const ticket of order.tickets) if (!tickets.has(ticket.id)) tickets = tickets.set(ticket.id, order.id);
  for (const ticket of before.tickets)
    if (!order.tickets.some(({ id }) => id === ticket.id)) tickets = tickets.delete(ticket.id);
  const applied: Applied = {
    state: {
      ...state,
      orders: state.orders.set(order.id, order),
      tickets,
      timers: setTimer(state.timers, order, state.config),
    },
    touched: [
      { kind: 'order', id: order.id },
      ...[...seen].flatMap((id): Touch[] => [{ kind: 'ticket', id }, ...touchAlerts([before, order], id)]),
    ],
  };
  return followTables(applied, before, order, event.seq, event.at);
}

/** A ticket's own event is seen on that ticket; what concerns the order is seen on all that are still on a board. */
function touchedTickets(before: Order, after: Order, event: LoggedEvent): string[] {
  switch (event.type) {
    case 'ticket.heard':
    case 'ticket.unheard':
    case 'ticket.unseen':
    case 'print.asked':
    case 'ticket.printed':
    case 'print.failed':
    case 'ticket.rushed':
    case 'ticket.acknowledged':
      return [event.data.ticket];
    case 'ticket.started':
    case 'ticket.bumped':
    case 'ticket.recalled':
      return [event.data.ticket, ...sharing(after, event.data.ticket)];
    case 'item.readied':
    case 'item.unreadied': {
      const { item, station } = event.data;
      return after.items
        .filter(({ id }) => id === item)
        .flatMap(({ parts }) => parts.filter((part) => part.station === station).map((part) => part.ticket));
    }
    default:
      return allTickets(before, after);
  }
}

function allTickets(before: Order, after: Order): string[] {
  return [...new Set([...before.tickets, ...after.tickets].map(({ id }) => id))];
}

/** Serving again after a recall shows on the other stations of the same items. */
function sharing(order: Order, ticketId: string): string[] {
  return order.items
    .filter(({ parts }) => parts.some((part) => part.ticket === ticketId))
    .flatMap(({ parts }) => parts.map((part) => part.ticket));
}

/** The alerts that a ticket raised before or raises now. */
function touchAlerts(orders: readonly Order[], id: string): Touch[] {
  const types = new Set<AlertType>();
  for (const order of orders) {
    const ticket = findTicket(order, id);
    if (ticket) for (const type of alertsOf(order, ticket)) types.add(type);
  }
  return [...types].map((type) => ({ kind: 'alert', id: alertId(type, id) }));
}

/** Tables follow their orders: an open order occupies one, a closed or moved one leaves it. */
function followTables(applied: Applied, before: Order, after: Order, seq: number, at: string): Applied {
  const was = isOpen(before) ? before.table : undefined;
  const is = isOpen(after) ? after.table : undefined;
  let next = applied;
  if (was !== undefined && was !== is) {
    const moved = is !== undefined;
    const left = next.state.tables.get(was);
    next = merge(
      next,
      setTable(next.state, was, seq, ({ covers, reservation, entry, ...table }) => {
        const orders = table.orders.filter((id) => id !== after.id);
        if (orders.length > 0 || !moved)
          return {
            ...table,
            orders,
            ...(covers !== undefined && { covers }),
            ...partyOf({ reservation, entry }),
          };
        return { ...table, orders, status: 'dirty', since: at };
      }),
    );
    // The party goes where its last order goes.
    if (moved && left?.orders.length === 1)
      next = merge(
        next,
        setTable(next.state, is, seq, (table) => ({ ...table, ...partyOf(left) })),
      );
  }
  if (is !== undefined && was !== is) return occupy(next, is, after, seq, at);
  // Its table says ordered or served by what the orders say.
  if (is !== undefined && (before.completedAt !== undefined) !== (after.completedAt !== undefined))
    return merge(
      next,
      setTable(next.state, is, seq, (table) => ({ ...table, since: at })),
    );
  return next;
}

/** Who sits at a table, where the book or the waitlist knows. */
function partyOf(said: {
  reservation?: string | undefined;
  entry?: string | undefined;
  joined?: string | undefined;
}): Pick<Table, 'reservation' | 'entry' | 'joined'> {
  return {
    ...(said.reservation !== undefined && { reservation: said.reservation }),
    ...(said.entry !== undefined && { entry: said.entry }),
    ...(said.joined !== undefined && { joined: said.joined }),
  };
}

function occupy(applied: Applied, tableId: string, order: Order, seq: number, at: string): Applied {
  return merge(
    applied,
    setTable(applied.state, tableId, seq, (table) => ({
      ...table,
      status: 'seated',
      orders: [...table.orders.filter((id) => id !== order.id), order.id],
      ...(order.covers !== undefined ? { covers: order.covers } : {}),
      since: table.orders.length === 0 ? at : (table.since ?? at),
    })),
  );
}

function setTable(state: LocationState, id: string, seq: number, edit: (table: Table) => Table): Applied {
  const table = state.tables.get(id);
  if (!table) return { state, touched: [] };
  return {
    state: { ...state, tables: state.tables.set(id, { ...edit(table), version: seq }) },
    touched: [{ kind: 'table', id }],
  };
}

function merge(first: Applied, second: Applied): Applied {
  return {
    state: second.state,
    touched: [
      ...first.touched,
      ...second.touched.filter(
        (one) => !first.touched.some((two) => two.kind === one.kind && two.id === one.id),
      ),
    ],
  };
}

function archive(state: LocationState, id: string): Applied {
  const order = state.orders.get(id);
  if (!order) return { state, touched: [] };
  const key = externalKey(order);
  const external =
    key !== null && state.external.get(key) === id ? state.external.delete(key) : state.external;
  const tickets = order.tickets.reduce((map, ticket) => map.delete(ticket.id), state.tickets);
  return {
    state: { ...state, orders: state.orders.delete(id), timers: state.timers.delete(id), tickets, external },
    touched: [
      { kind: 'order', id },
      ...order.tickets.flatMap(({ id: ticket }): Touch[] => [
        { kind: 'ticket', id: ticket },
        ...touchAlerts([order], ticket),
      ]),
    ],
  };
}

function configure(state: LocationState, config: LocationConfig, seq: number): Applied {
  const tables = PMap.from(
    config.tables.map(({ id }): [string, Table] => [
      id,
      { ...(state.tables.get(id) ?? { id, status: 'free', orders: [] }), version: seq },
    ]),
  );
  const touched: Touch[] = [
    ...touchAll('station', [...config.stations, ...(state.config?.stations ?? []), { id: UNROUTED }]),
    ...touchAll('menu', [...config.menu.categories, ...(state.config?.menu.categories ?? [])]),
    ...touchAll('table', [...config.tables, ...(state.config?.tables ?? [])]),
    ...touchAll('channel', [...config.channels, ...(state.config?.channels ?? [])]),
  ];
  const menuVersions = Object.fromEntries(config.menu.categories.map(({ id }) => [id, seq]));
  const proved = Object.fromEntries(
    Object.entries(state.proved).filter(([id]) => config.stations.some((station) => station.id === id)),
  );
  // A station that has a backup or a printer now may need them for what was fired before.
  let timers = state.timers;
  for (const order of state.orders.values()) timers = setTimer(timers, order, config);
  const bookings = reviseBook(state.bookings, config, seq);
  for (const id of Object.keys(bookings.reservations)) touched.push({ kind: 'reservation', id });
  touched.push({ kind: 'book', id: 'book' });
  return {
    state: { ...state, config, configuredAt: seq, tables, menuVersions, proved, timers, bookings },
    touched,
  };
}

function prove(state: LocationState, event: Extract<LoggedEvent, { type: 'station.proved' }>): Applied {
  const { station, minute } = event.data;
  return {
    state: { ...state, proved: { ...state.proved, [station]: { at: event.at, minute, seq: event.seq } } },
    touched: [{ kind: 'station', id: station }],
  };
}

/** Refusals are kept while they matter: until an hour after the next try, by then it came to something or is over. */
function noteRefusal(
  refused: LocationState['refused'],
  event: Extract<LoggedEvent, { type: 'policy.refused' }>,
): LocationState['refused'] {
  const hourAgo = toInstant((toMillis(event.at) ?? 0) - 3_600_000);
  const { policy, next } = event.data;
  const kept = Object.entries(refused).filter(([id, one]) => id !== policy && one.next > hourAgo);
  return Object.fromEntries([...kept, [policy, { at: event.at, next }]].slice(-REFUSALS));
}

function setTimer(timers: PMap<string>, order: Order, config: LocationConfig | null): PMap<string> {
  const at = orderDeadline(order, config);
  if (at === null) return timers.delete(order.id);
  return timers.get(order.id) === at ? timers : timers.set(order.id, at);
}

function touchAll(kind: Touch['kind'], things: readonly { id: string }[]): Touch[] {
  return [...new Set(things.map(({ id }) => id))].map((id) => ({ kind, id }));
}

/** The last 50 bumped tickets of a station stay on its board; the one that falls out leaves it. */
function keepRecallList(state: LocationState, touched: readonly Touch[], seq: number): LocationState {
  let next = state;
  for (const { kind, id } of touched) {
    if (kind !== 'ticket') continue;
    const orderId = next.tickets.get(id);
    const order = orderId === undefined ? undefined : next.orders.get(orderId);
    const ticket = order?.tickets.find((one) => one.id === id);
    if (!order || !ticket) continue;
    const list = next.bumped[ticket.station] ?? [];
    const isReady = ticketStatus(order, ticket) === 'ready' && isOpen(order);
    if (ticket.offBoard && !isReady) next = setOffBoard(next, id, false, seq);
    if (isReady === list.includes(id) || (isReady && ticket.offBoard)) continue;
    const kept = isReady ? [...list, id] : list.filter((one) => one !== id);
    next = { ...next, bumped: { ...next.bumped, [ticket.station]: kept.slice(-RECALL_LIST) } };
    for (const old of kept.slice(0, -RECALL_LIST)) next = setOffBoard(next, old, true, seq);
  }
  return next;
}

function setOffBoard(state: LocationState, ticketId: string, offBoard: boolean, seq: number): LocationState {
  const orderId = state.tickets.get(ticketId);
  const order = orderId === undefined ? undefined : state.orders.get(orderId);
  if (!order) return state;
  const tickets = order.tickets.map((ticket) =>
    ticket.id === ticketId ? { ...ticket, offBoard, version: seq } : ticket,
  );
  return {
    ...state,
    orders: state.orders.set(order.id, { ...order, tickets }),
    touched: [...state.touched, { kind: 'ticket', id: ticketId }, ...touchAlerts([order], ticketId)],
  };
}

/** Writes down what left each topic with this event. */
function bury(before: LocationState, after: LocationState, seq: number): LocationState {
  let gone = after.gone;
  for (const touch of after.touched)
    // What was in a topic is named by the state in which it was there.
    for (const topic of topicsOf(before, touch)) {
      if (!isMember(before, topic, touch) || isMember(after, topic, touch)) continue;
      const tombstone: Gone = {
        ...touch,
        version: seq,
        why: touch.kind === 'station' && !isStation(after, touch.id) ? 'closed' : whyGone(after, touch),
      };
      const { floor, list } = gone[topic] ?? { floor: 0, list: [] };
      const kept = [...list, tombstone].slice(-TOMBSTONES);
      const dropped = list.length + 1 - kept.length;
      gone = {
        ...gone,
        [topic]: { floor: dropped > 0 ? (list[dropped - 1]?.version ?? floor) : floor, list: kept },
      };
    }
  return gone === after.gone ? after : { ...after, gone };
}

/** How an order is known outside: one per source. */
export function externalKey(order: { source: string; externalId?: string | undefined }): string | null {
  return order.externalId === undefined ? null : `${order.source}|${order.externalId}`;
}

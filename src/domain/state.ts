import { type Bookings, NO_BOOKINGS } from './booking/state.ts';
import { type Calls, NO_CALLS } from './call/state.ts';
import { type Channels, NO_CHANNELS } from './channel/state.ts';
import type { EntityKind, Gone } from './entities.ts';
import type { LocationConfig } from './config.ts';
import type { Order, Ticket } from './order.ts';
import { findTicket } from './order.ts';
import { PMap } from './pmap.ts';
import { NO_STOCK, type Stock } from './stock/state.ts';
import type { Tracking } from './tracking.ts';

/** What one event changed the sight of. */
export type Touch = { kind: EntityKind; id: string };

/** `why`: not said by a person. `seq`: where in the log it was said. */
export type SoldOut = { until: string | null; why?: 'portions' | 'stock'; seq?: number };

export type Table = {
  id: string;
  version: number;
  /** `ordered` and `served` follow from its orders; these are what is stored. */
  status: 'free' | 'seated' | 'dirty' | 'blocked';
  covers?: number;
  since?: string;
  reason?: string;
  /** Open orders at it. */
  orders: readonly string[];
  /** The party that sits here, in the book or on the waitlist. */
  reservation?: string;
  entry?: string;
  /** Pushed to this table: its guests are counted there. */
  joined?: string;
};

/** One location, whole and immutable: what its log says up to `head`. */
export type LocationState = {
  id: string;
  head: number;
  /** Time of the last event; the next is never before it. */
  at: string | null;
  config: LocationConfig | null;
  /** Position of the last configuration: the version of its stations. */
  configuredAt: number;
  day: string | null;
  /** The number that the next order of this day gets. */
  nextNumber: number;
  orders: PMap<Order>;
  /** Ticket id -> order id. */
  tickets: PMap<string>;
  /** `source|externalId` -> order id, while the order is here. */
  external: PMap<string>;
  /** Order id -> when a policy next looks at it; only orders that have such a time. */
  timers: PMap<string>;
  tables: PMap<Table>;
  soldOut: {
    items: Readonly<Record<string, SoldOut>>;
    options: Readonly<Record<string, SoldOut>>;
  };
  /** Category -> position of its last change. */
  menuVersions: Readonly<Record<string, number>>;
  /** Station -> its last 50 bumped tickets, newest last. */
  bumped: Readonly<Record<string, readonly string[]>>;
  /** Station -> its last canary. */
  proved: Readonly<Record<string, { at: string; minute: number; seq: number }>>;
  /** Id of a policy's command that was refused -> when it was, and when it is tried again. */
  refused: Readonly<Record<string, { at: string; next: string }>>;
  /** Order id -> what its guest was told. */
  tracking: PMap<Tracking>;
  /** Station -> item-seconds that it still has to cook. */
  load: Readonly<Record<string, number>>;
  bookings: Bookings;
  calls: Calls;
  channels: Channels;
  stock: Stock;
  /** Topic -> what left it, oldest first, bounded; `floor` is the position below which the list no longer reaches. */
  gone: Readonly<Record<string, { floor: number; list: readonly Gone[] }>>;
  /** What the last event touched. Not part of a snapshot. */
  touched: readonly Touch[];
};

export function emptyLocation(id: string): LocationState {
  return {
    id,
    head: 0,
    at: null,
    config: null,
    configuredAt: 0,
    day: null,
    nextNumber: 1,
    orders: PMap.empty(),
    tickets: PMap.empty(),
    external: PMap.empty(),
    timers: PMap.empty(),
    tables: PMap.empty(),
    soldOut: { items: {}, options: {} },
    menuVersions: {},
    bumped: {},
    proved: {},
    refused: {},
    tracking: PMap.empty(),
    load: {},
    bookings: NO_BOOKINGS,
    calls: NO_CALLS,
    channels: NO_CHANNELS,
    stock: NO_STOCK,
    gone: {},
    touched: [],
  };
}

export function findByTicket(
  state: LocationState,
  ticketId: string,
): { order: Order; ticket: Ticket } | null {
  const orderId = state.tickets.get(ticketId);
  const order = orderId === undefined ? undefined : state.orders.get(orderId);
  const ticket = order && findTicket(order, ticketId);
  return order && ticket ? { order, ticket } : null;
}

import type { Platform } from './channel/state.ts';
import type { OrderStatus, OrderType, TicketStatus } from './entities.ts';
import { type Item, type Part, isLive, itemStatus, partStatus } from './item.ts';

/** A change that the kitchen must see: where it stands in the log, and what it was. `item` null: the whole ticket (a table moved). */
export type Change = {
  seq: number;
  item: string | null;
  at: string;
  field: 'qty' | 'modifiers' | 'allergies' | 'notes' | 'seat' | 'course' | 'station' | 'void' | 'table';
  from: string | number;
  to: string | number;
};

/** One order × one station × one fire. Its state is what its items say; stored are only facts about the ticket itself. */
export type Ticket = {
  id: string;
  station: string;
  version: number;
  /** Null while held. */
  firedAt: string | null;
  fireAt?: string;
  course?: number;
  addOn: boolean;
  rush: boolean;
  rushedBy?: string;
  recalls: number;
  recalledAt?: string;
  startedAt?: string;
  readyAt?: string;
  heardAt?: string;
  /** Counts fires, recalls and changes: each wants to be heard anew. */
  episode: number;
  /** When the present episode began. */
  episodeAt: string;
  /** The rungs of the ladder that the present episode has climbed. */
  rungs: readonly number[];
  /** When the pass was told that nobody heard the present episode, and whether no screen was live. */
  unheard?: { at: string; deaf: boolean };
  /** The episode in which somebody last worked on it or tapped its changes: whoever did that knows of it. */
  knownIn?: number;
  /** A station that shows it as well, until it is bumped. */
  backup?: string;
  /** How often it was asked for on paper. */
  copies: number;
  /** The last jobs, with the episode that each of them prints. */
  jobs: readonly { job: string; episode: number }[];
  printed?: { at: string; episode: number; printer: string };
  /** A print that failed and was not made up for. */
  printFailed?: { at: string; printer: string; reason: string; next?: string };
  /** Changes up to here waited too long for a tap. */
  unseenUpTo: number;
  /** Who last tapped changes away. */
  seen?: { by: string; at: string };
  /** Changes that nobody at the station has tapped yet. */
  pending: readonly Change[];
  /** Position of the last change that wanted a tap, tapped or not: a bump of an older painting is refused. */
  changedAt: number;
  movedFrom?: string;
  /** What stood ready before the bump, so that an undo gives it back. */
  before?: Readonly<Record<string, number>>;
  /** Bumped so long ago that even the recall list has dropped it. */
  offBoard: boolean;
};

export type Order = {
  id: string;
  version: number;
  number: number;
  day: string;
  type: OrderType;
  source: string;
  table?: string;
  guest?: { name: string; phone?: string };
  covers?: number;
  notes?: string;
  allergies: readonly string[];
  promisedAt?: string;
  externalId?: string;
  displayId?: string;
  server?: string;
  call?: string;
  /** Where a courier brings it. */
  dropoff?: { address: string; instructions?: string };
  /** The delivery platform that it came from, or the courier service that brings it. */
  platform?: Platform;
  /** The partner that placed it, by its id in the log. */
  partner?: string;
  fingerprint: string;
  placedAt: string;
  items: readonly Item[];
  tickets: readonly Ticket[];
  completedAt?: string;
  cancelled?: { at: string; reason: string };
  closed?: { at: string; how: 'completed' | 'table' | 'swept' };
};

/** A line of a ticket: the item and its part there. */
export type TicketLine = { item: Item; part: Part };

export function ticketLines(order: Order, ticket: Ticket): TicketLine[] {
  const lines: TicketLine[] = [];
  for (const item of order.items)
    for (const part of item.parts)
      if (part.ticket === ticket.id && part.station === ticket.station) lines.push({ item, part });
  return lines;
}

/** The ticket's state from the states of its lines: the one rule, also for the browser's prediction. */
export function ticketWork(
  lines: readonly { status: string; started: boolean }[],
  held: boolean,
): TicketStatus {
  // One walk: this is asked many times for every event.
  let [live, served, ready] = [0, 0, 0];
  let [wasRefired, isBegun] = [false, false];
  for (const { status, started } of lines) {
    if (status === 'refired') wasRefired = true;
    if (status === 'refired' || status === 'voided') continue;
    live += 1;
    if (status === 'served') served += 1;
    if (status === 'ready') ready += 1;
    if (started || status !== 'fired') isBegun = true;
  }
  if (live === 0) return wasRefired ? 'passed' : 'voided';
  if (held) return 'held';
  if (served === live) return 'passed';
  if (served + ready === live) return 'ready';
  return isBegun ? 'cooking' : 'new';
}

export function ticketStatus(order: Order, ticket: Ticket): TicketStatus {
  const lines: { status: string; started: boolean }[] = [];
  for (const item of order.items)
    for (const part of item.parts)
      if (part.ticket === ticket.id && part.station === ticket.station)
        lines.push({ status: partStatus(item, part), started: part.started });
  const work = ticketWork(lines, ticket.firedAt === null);
  if (order.closed && work !== 'voided')
    return order.closed.how === 'swept' && work !== 'passed' ? 'auto_closed' : 'done';
  return work;
}

export function orderStatus(order: Order): OrderStatus {
  if (order.cancelled) return 'cancelled';
  if (order.closed) return 'closed';
  let [live, served, ready] = [0, 0, 0];
  let isBegun = false;
  for (const item of order.items) {
    if (!isLive(item)) continue;
    const status = itemStatus(item);
    live += 1;
    if (status === 'served') served += 1;
    else if (status === 'ready') ready += 1;
    else if (status === 'started') isBegun = true;
  }
  if (served === live) return 'completed';
  if (served + ready === live) return 'ready';
  return isBegun || served + ready > 0 ? 'in_progress' : 'placed';
}

/** Neither closed nor cancelled: it can still be changed. */
export function isOpen(order: Order): boolean {
  return order.closed === undefined && order.cancelled === undefined;
}

/** On its station's board: until passed or closed; the last 50 bumped stay for recall; a void until somebody saw it. */
export function onBoard(order: Order, ticket: Ticket): boolean {
  const status = ticketStatus(order, ticket);
  if (status === 'held' || status === 'new' || status === 'cooking') return isOpen(order);
  if (status === 'ready') return isOpen(order) && !ticket.offBoard;
  return status === 'voided' && ticket.pending.length > 0 && order.closed === undefined;
}

export function findItem(order: Order, id: string): Item | undefined {
  return order.items.find((item) => item.id === id);
}

export function findTicket(order: Order, id: string): Ticket | undefined {
  return order.tickets.find((ticket) => ticket.id === id);
}

/** For all live pieces, in minor units. A refired item keeps its price; the one that replaces it costs nothing. */
export function orderTotal(order: Order): number {
  return order.items.reduce((total, item) => total + item.unitPrice * (item.qty - item.voidQty), 0);
}

import type { OrderView, StationView, TicketView } from '../../domain/entities.ts';
import { USUAL_LIMITS, paintedLines, urgencyOf, type PaintedLine, type Urgency } from '../kitchen/tickets.ts';
import type { Work } from '../ui/marks.tsx';
import { courierRank } from '../platform/standing.ts';
import { stationLive } from '../ui/stationLive.ts';
import { millis } from '../ui/time.ts';

/** The pass: whole orders, from the kitchen's tickets. Pure; `now` is the server's clock in ms. */

export const UNROUTED_STATION = 'unrouted';

/** Whether and since when a station's part of an order stands as it does. */
export type Group = {
  ticket: TicketView;
  station: string;
  name: string;
  work: Work;
  state: 'sent' | 'heard' | 'cooking' | 'ready' | 'held' | 'late' | 'served';
  /** ms; null while held. */
  since: number | null;
  lines: readonly PaintedLine[];
};

export type PassOrder = {
  order: OrderView;
  groups: readonly Group[];
  /** Lines that are ready or handed over, of those that are live. */
  ready: number;
  live: number;
  complete: boolean;
  urgency: Urgency;
  /** When the first of it was fired, ms. */
  since: number;
  rush: boolean;
  /** Who is waited for: the unfinished station that began first. */
  waitsFor: Group | null;
};

/** All orders that somebody has to hand over: the fullest first, then whose courier stands here, then the oldest. */
export function passOrders(
  orders: Iterable<OrderView>,
  tickets: Iterable<TicketView>,
  stations: ReadonlyMap<string, StationView>,
  now: number,
): PassOrder[] {
  const byOrder = new Map<string, TicketView[]>();
  for (const ticket of tickets) {
    // A station that skips the pass hands over by itself.
    if (stations.get(ticket.station)?.expo === 'skip' || ticket.status === 'voided') continue;
    const list = byOrder.get(ticket.order);
    if (list) list.push(ticket);
    else byOrder.set(ticket.order, [ticket]);
  }
  const made: PassOrder[] = [];
  for (const order of orders) {
    if (order.status === 'completed' || order.status === 'closed' || order.status === 'cancelled') continue;
    const own = byOrder.get(order.id) ?? [];
    const one = passOrder(order, own, stations, now);
    if (one !== null) made.push(one);
  }
  return made.sort(
    (a, b) =>
      b.ready / b.live - a.ready / a.live ||
      courierRank(a.order, now) - courierRank(b.order, now) ||
      a.since - b.since ||
      a.order.number - b.order.number,
  );
}

function passOrder(
  order: OrderView,
  tickets: readonly TicketView[],
  stations: ReadonlyMap<string, StationView>,
  now: number,
): PassOrder | null {
  const groups = tickets
    .map((ticket) => groupOf(ticket, stations.get(ticket.station), now))
    .filter((group) => group.lines.length > 0)
    .sort(
      (a, b) =>
        (a.ticket.firedAt ?? '9').localeCompare(b.ticket.firedAt ?? '9') || a.name.localeCompare(b.name),
    );
  const fired = groups.filter((group) => group.state !== 'held');
  if (fired.length === 0) return null;
  // An item that two stations make is ready when both are.
  const items = new Map<string, boolean>();
  for (const { ticket } of groups) {
    for (const line of ticket.lines) {
      if (line.status === 'voided' || line.status === 'refired' || line.movedTo !== undefined) continue;
      const ready = line.status === 'ready' || line.status === 'served';
      items.set(line.item, (items.get(line.item) ?? true) && ready);
    }
  }
  const ready = [...items.values()].filter(Boolean).length;
  if (items.size === 0 || groups.every((group) => group.state === 'served')) return null;
  const open = fired.filter((group) => group.state !== 'ready' && group.state !== 'served');
  const rank: Urgency[] = ['held', 'ok', 'soon', 'late'];
  const urgency = open.reduce<Urgency>((worst, { ticket, station }) => {
    const mine = urgencyOf(ticket, stations.get(station) ?? USUAL_LIMITS, now);
    return rank.indexOf(mine) > rank.indexOf(worst) ? mine : worst;
  }, 'ok');
  const since = Math.min(
    ...fired.map((group) => (group.ticket.firedAt === null ? now : millis(group.ticket.firedAt))),
  );
  return {
    order,
    groups,
    ready,
    live: items.size,
    complete: ready === items.size,
    urgency,
    since,
    rush: tickets.some((ticket) => ticket.rush),
    waitsFor: open[0] ?? null,
  };
}

function groupOf(ticket: TicketView, station: StationView | undefined, now: number): Group {
  const base = {
    ticket,
    station: ticket.station,
    name: station?.name ?? ticket.station.toUpperCase(),
    lines: paintedLines(ticket).filter((line) => line.state !== 'voided' && line.state !== 'moved'),
  };
  const at = (instant: string | undefined, otherwise: string | null): number | null =>
    instant !== undefined ? millis(instant) : otherwise === null ? null : millis(otherwise);
  switch (ticket.status) {
    case 'held':
      return { ...base, work: 'held', state: 'held', since: null };
    case 'passed':
    case 'done':
    case 'auto_closed':
      return { ...base, work: 'ready', state: 'served', since: null };
    case 'ready':
      return { ...base, work: 'ready', state: 'ready', since: at(ticket.readyAt, ticket.firedAt) };
    case 'new':
    case 'cooking':
    case 'voided': {
      if (urgencyOf(ticket, station ?? USUAL_LIMITS, now) === 'late')
        return { ...base, work: 'blocked', state: 'late', since: at(undefined, ticket.firedAt) };
      if (ticket.status === 'cooking')
        return { ...base, work: 'cooking', state: 'cooking', since: at(ticket.startedAt, ticket.firedAt) };
      return {
        ...base,
        work: 'waiting',
        state: ticket.delivery.state === 'heard' ? 'heard' : 'sent',
        since: at(undefined, ticket.firedAt),
      };
    }
  }
}

export type StationTile = {
  station: StationView;
  open: number;
  oldest: number | null;
  notHeard: number;
  /** What is proven of all that is open: `heard` only when a screen painted every ticket; null with nothing open. */
  receipt: 'heard' | 'sent' | 'unheard' | null;
  /** Screens that look at it now; null: nobody counted yet. */
  screens: number | null;
  /** Since when it has none (ms), from 20 s on. */
  deafSince: number | null;
};

/** After this long without a screen that painted it, a ticket is not heard, ms. */
export const UNHEARD_AFTER = 12_000;

export function isUnheard(ticket: TicketView, now: number): boolean {
  const since = askedSince(ticket);
  const { state } = ticket.delivery;
  return (
    ticket.status === 'new' &&
    since !== null &&
    (state === 'queued' || state === 'unheard' || state === 'rerouted') &&
    now - since >= UNHEARD_AFTER
  );
}

/** Since when it asks to be heard (ms): its fire, its recall, its last change. */
export function askedSince(ticket: TicketView): number | null {
  const since = ticket.delivery.askedAt ?? ticket.firedAt;
  return since === null ? null : millis(since);
}

/** What the pass makes itself, or hands on: tickets of a station that has no screen and whose backup is the pass. */
export function standInTickets(tickets: readonly TicketView[], expo: string | undefined): TicketView[] {
  return tickets.filter(
    ({ delivery, status }) =>
      expo !== undefined && delivery.to === expo && (status === 'new' || status === 'cooking'),
  );
}

export function stationTiles(
  stations: Iterable<StationView>,
  tickets: readonly TicketView[],
  now: number,
  live: ReadonlyMap<string, unknown> = new Map(),
): StationTile[] {
  return [...stations]
    .filter((station) => station.id !== UNROUTED_STATION)
    .map((station) => {
      const open = tickets.filter(
        (ticket) => ticket.station === station.id && (ticket.status === 'new' || ticket.status === 'cooking'),
      );
      const fires = open.flatMap((ticket) => (ticket.firedAt === null ? [] : [millis(ticket.firedAt)]));
      const notHeard = open.filter((ticket) => isUnheard(ticket, now)).length;
      const allHeard = open.every((ticket) => ticket.delivery.state === 'heard');
      return {
        station,
        open: open.length,
        oldest: fires.length === 0 ? null : Math.min(...fires),
        notHeard,
        screens: stationLive(live, station.id)?.screens ?? null,
        deafSince: stationLive(live, station.id)?.deafSince ?? null,
        receipt: open.length === 0 ? null : notHeard > 0 ? 'unheard' : allHeard ? 'heard' : 'sent',
      };
    });
}

/** What no station makes: it stands in a lane of its own until somebody here has dealt with it. */
export function unroutedTickets(tickets: readonly TicketView[]): TicketView[] {
  return tickets.filter(
    (ticket) =>
      ticket.station === UNROUTED_STATION && (ticket.status === 'new' || ticket.status === 'cooking'),
  );
}

import type { OrderView, StationView } from '../../domain/entities.ts';
import type { Pending } from '../../sdk/shapes.ts';
import { field } from './reading.ts';

/**
 * What may be said about an order's way to the kitchen, and nothing better than what is proved: not sent yet, sent ✓,
 * heard ✓✓ (a screen painted it), ● touched, on paper because no screen did, or unheard. Times are milliseconds by the server's clock.
 */

export type Mark = 'queued' | 'sent' | 'heard' | 'touched' | 'printed' | 'unheard';

export type Receipt = {
  readonly ticket: string;
  readonly station: string;
  readonly mark: Mark;
  readonly items: readonly string[];
  /** Nothing is fired: it waits for its course. */
  readonly held: boolean;
  readonly printedAt: number | null;
  /** The printer that had it. */
  readonly printer: string | null;
  /** The backup station that shows it as well. */
  readonly shownAt: string | null;
  /** The last rung that the house has climbed for it; 0: none. */
  readonly rung: number;
  /** A change waits for a tap since then. */
  readonly untappedSince: number | null;
  /** Who tapped the last change away, and when. */
  readonly seen: { readonly by: string; readonly at: number } | null;
  /** Screens that have painted it now; null while nobody counted. */
  readonly screens: number | null;
  /** From asked (the fire, the recall, the change) to painted. */
  readonly heardMs: number | null;
  readonly heardAt: number | null;
  readonly touchedAt: number | null;
  /** `unheard`: for how long. */
  readonly silentMs: number | null;
  /** The station is done with it. */
  readonly ready: boolean;
};

/** The kitchen is nudged after 8 s; from then on a waiter is told too. */
export const UNHEARD_AFTER = 8_000;

/** A command that has not reached the server, as far as a receipt cares. */
export type OnItsWay = {
  readonly name: string;
  readonly input: unknown;
  readonly state: Pending['state'];
  readonly tappedAt: number;
  readonly id: string;
};

/** What is typed and tapped but not in the log yet: `sending` is under way, the others wait. */
export type Unsent = {
  readonly items: ReadonlySet<string>;
  readonly orders: ReadonlyMap<
    string,
    { readonly id: string; readonly waits: boolean; readonly asks: boolean; readonly since: number }
  >;
};

/** Reads the outbox: which items and orders are not in the kitchen yet. `waits`: no try is under way, so nothing is promised. */
export function unsentOf(pending: readonly OnItsWay[]): Unsent {
  const items = new Set<string>();
  const orders = new Map<string, { id: string; waits: boolean; asks: boolean; since: number }>();
  for (const command of pending) {
    if (command.name !== 'order.place' && command.name !== 'order.add') continue;
    const input = field(command.input, 'order');
    const id = typeof input === 'string' ? input : field(input, 'id');
    if (typeof id !== 'string') continue;
    const before = orders.get(id);
    orders.set(id, {
      id: before?.id ?? command.id,
      waits:
        command.state === 'unsent' ||
        command.state === 'stale' ||
        command.state === 'held' ||
        before?.waits === true,
      asks: command.state === 'stale' || before?.asks === true,
      since: Math.min(before?.since ?? command.tappedAt, command.tappedAt),
    });
    const lines = field(typeof input === 'string' ? command.input : input, 'items');
    for (const line of Array.isArray(lines) ? lines : []) {
      const item = field(line, 'id');
      if (typeof item === 'string') items.add(item);
    }
  }
  return { items, orders };
}

/** Live counts of a ticket: how many screens show it, and how long it took. Anything else is not believed. */
export function screensOf(
  live: ReadonlyMap<string, unknown>,
  ticket: string,
): { screens: number; heardMs: number | null } | null {
  const data = live.get(`ticket:${ticket}`);
  const screens = field(data, 'screens');
  const heardMs = field(data, 'heardMs');
  return typeof screens === 'number'
    ? { screens, heardMs: typeof heardMs === 'number' ? heardMs : null }
    : null;
}

/** One receipt a ticket, in the order of the tickets. */
export function receiptsOf(
  order: OrderView,
  unsent: Unsent,
  live: ReadonlyMap<string, unknown>,
  now: number,
): Receipt[] {
  return order.tickets
    .filter((ticket) => ticket.status !== 'voided' || ticket.ackRequired)
    .map((ticket): Receipt => {
      const asked = at(ticket.firedAt === null ? null : (ticket.delivery.askedAt ?? ticket.firedAt));
      const heardAt = at(ticket.delivery.heardAt);
      const touchedAt = at(ticket.startedAt) ?? at(ticket.readyAt);
      const seen = screensOf(live, ticket.id);
      const queued = ticket.items.length > 0 && ticket.items.every((item) => unsent.items.has(item));
      const touched =
        ticket.status === 'cooking' ||
        ticket.status === 'ready' ||
        ticket.status === 'passed' ||
        ticket.status === 'done';
      const silent = asked === null ? 0 : now - asked;
      const heard = ticket.delivery.state === 'heard';
      const mark: Mark = queued
        ? 'queued'
        : touched
          ? 'touched'
          : heard
            ? 'heard'
            : ticket.delivery.state === 'printed'
              ? 'printed'
              : ticket.status !== 'held' &&
                  (ticket.delivery.state === 'unheard' ||
                    ticket.delivery.state === 'rerouted' ||
                    silent >= UNHEARD_AFTER)
                ? 'unheard'
                : 'sent';
      return {
        ticket: ticket.id,
        station: ticket.station,
        mark,
        items: ticket.items,
        held: ticket.status === 'held',
        printedAt: at(ticket.delivery.printedAt),
        printer: ticket.delivery.printer ?? null,
        shownAt: ticket.delivery.to ?? null,
        rung: ticket.delivery.rung ?? 0,
        untappedSince: at(ticket.ackSince),
        seen: ticket.seen ? { by: ticket.seen.by, at: Date.parse(ticket.seen.at) } : null,
        screens: seen?.screens ?? null,
        heardMs:
          seen?.heardMs ??
          (heardAt !== null && asked !== null && heard ? Math.max(0, heardAt - asked) : null),
        heardAt: heard ? heardAt : null,
        touchedAt: touched ? touchedAt : null,
        silentMs: mark === 'unheard' ? silent : null,
        ready: ticket.status === 'ready' || ticket.status === 'passed' || ticket.status === 'done',
      };
    });
}

/** Where sending an order stands as a whole: the button's word. The worst of its tickets. */
export function sendingOf(
  receipts: readonly Receipt[],
  order: string,
  unsent: Unsent,
): 'sending' | 'waits' | 'asks' | 'sent' | 'heard' | 'printed' | 'unheard' {
  const way = unsent.orders.get(order);
  if (way) return way.asks ? 'asks' : way.waits ? 'waits' : 'sending';
  const fired = receipts.filter((receipt) => !receipt.held);
  if (fired.some((receipt) => receipt.mark === 'unheard')) return 'unheard';
  const known = fired.filter(({ mark }) => mark === 'heard' || mark === 'touched' || mark === 'printed');
  if (fired.length === 0 || known.length < fired.length) return 'sent';
  return known.some(({ mark }) => mark === 'printed') ? 'printed' : 'heard';
}

/** The station's own word for itself: its name in capitals, or its id where this topic does not say the name. */
export function stationName(id: string, stations: ReadonlyMap<string, StationView>): string {
  return (stations.get(id)?.name ?? id).toLocaleUpperCase();
}

/** RFC 3339 to milliseconds; null for nothing. */
export function at(instant: string | null | undefined): number | null {
  if (instant === null || instant === undefined) return null;
  const time = Date.parse(instant);
  return Number.isNaN(time) ? null : time;
}

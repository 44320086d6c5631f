import type { ItemView, OrderView, StationView } from '../../domain/entities.ts';
import { type Receipt, type Unsent, at } from './receipts.ts';

/** What the floor wants to know of an order: where its worst part stands, and what is ready to run. Pure; times in ms of the server's clock. */

export type Standing =
  | 'unsent'
  | 'unheard'
  | 'late'
  | 'ready'
  | 'soon'
  | 'cooking'
  | 'waiting'
  | 'held'
  | 'served'
  | 'cancelled';

/** What somebody must do; it is the border of a tile. */
export type Act = 'late' | 'run' | 'soon' | 'queued' | null;

export type OrderState = {
  readonly standing: Standing;
  readonly act: Act;
  /** Since when; null where no timer says anything (held). */
  readonly since: number | null;
  /** The one station that is meant: `drinks ready`, `grill unheard`; null when it is more than one. */
  readonly station: string | null;
  readonly ready: number;
  readonly of: number;
  readonly held: number;
};

/** Where the topic does not carry a station's own times. */
const USUAL = { warn: 600, late: 900 };

/** Items that somebody still has to do something about: not voided, not replaced. */
export function liveItems(order: OrderView): ItemView[] {
  return (order.items ?? []).filter((item) => item.status !== 'voided' && item.status !== 'refired');
}

/** The worst part of an order: unsent, unheard, late, ready, soon, cooking, waiting, held, served, in this order. */
export function stateOf(
  order: OrderView,
  receipts: readonly Receipt[],
  unsent: Unsent,
  stations: ReadonlyMap<string, StationView>,
  now: number,
): OrderState {
  const items = liveItems(order);
  const open = items.filter((item) => item.status !== 'served');
  const ready = open.filter((item) => item.status === 'ready');
  const counts = {
    ready: ready.length,
    of: open.length,
    held: open.filter((item) => item.status === 'held').length,
  };
  const placed = at(order.placedAt);
  const make = (
    standing: Standing,
    act: Act,
    since: number | null,
    station: string | null = null,
  ): OrderState => ({ standing, act, since, station, ...counts });

  if (order.status === 'cancelled') return make('cancelled', null, at(order.completedAt) ?? placed);
  const way = unsent.orders.get(order.id);
  if (way?.waits) return make('unsent', 'queued', way.since);

  const unheard = receipts.filter((receipt) => receipt.mark === 'unheard');
  if (unheard.length > 0)
    return make(
      'unheard',
      'late',
      earliest(tickets(order, unheard).map((ticket) => at(ticket.firedAt))),
      only(unheard.map((receipt) => receipt.station)),
    );

  const working = order.tickets.filter(
    (ticket) => (ticket.status === 'new' || ticket.status === 'cooking') && ticket.firedAt !== null,
  );
  const over = (which: 'warn' | 'late') =>
    working.filter(
      (ticket) => now - (at(ticket.firedAt) ?? now) >= (stations.get(ticket.station) ?? USUAL)[which] * 1000,
    );
  const late = over('late');
  if (late.length > 0)
    return make(
      'late',
      'late',
      earliest(late.map((ticket) => at(ticket.firedAt))),
      only(late.map((ticket) => ticket.station)),
    );

  if (ready.length > 0) {
    const ids = new Set(ready.map((item) => item.id));
    const from = order.tickets.filter((ticket) => ticket.items.some((id) => ids.has(id)));
    const station = only(ready.flatMap((item) => item.stations));
    // `grill ready` is said of a station that has nothing else to make for the order.
    const whole =
      station !== null && !open.some((item) => item.status !== 'ready' && item.stations.includes(station));
    return make(
      'ready',
      'run',
      earliest(from.map((ticket) => at(ticket.readyAt))) ??
        earliest(from.map((ticket) => at(ticket.startedAt))) ??
        placed,
      whole ? station : null,
    );
  }
  const soon = over('warn');
  if (soon.length > 0)
    return make(
      'soon',
      'soon',
      earliest(soon.map((ticket) => at(ticket.firedAt))),
      only(soon.map((ticket) => ticket.station)),
    );

  const since = earliest(working.map((ticket) => at(ticket.firedAt))) ?? placed;
  if (open.some((item) => item.status === 'started')) return make('cooking', null, since);
  if (open.some((item) => item.status === 'fired')) return make('waiting', null, since);
  if (counts.held > 0) return make('held', null, null);
  return make('served', null, at(order.completedAt) ?? placed);
}

export type Run = {
  readonly order: OrderView;
  readonly items: readonly ItemView[];
  readonly ready: number;
  readonly of: number;
  /** Set when the items come from one station that has nothing else to make for the order. */
  readonly station: string | null;
  readonly since: number;
};

/** What stands at the pass, the oldest first: orders with items that are ready and not served. */
export function readyToRun(orders: Iterable<OrderView>, now: number): Run[] {
  const runs: Run[] = [];
  for (const order of orders) {
    if (order.status === 'cancelled' || order.status === 'closed' || order.status === 'completed') continue;
    const open = liveItems(order).filter((item) => item.status !== 'served');
    const items = open.filter((item) => item.status === 'ready');
    if (items.length === 0) continue;
    const ids = new Set(items.map((item) => item.id));
    const since =
      earliest(
        order.tickets
          .filter((ticket) => ticket.items.some((id) => ids.has(id)))
          .map((ticket) => at(ticket.readyAt)),
      ) ?? now;
    const station = only(items.flatMap((item) => item.stations));
    const whole =
      station !== null && !open.some((item) => item.status !== 'ready' && item.stations.includes(station));
    runs.push({
      order,
      items,
      ready: items.length,
      of: open.length,
      station: whole && items.length < open.length ? station : null,
      since,
    });
  }
  return runs.toSorted((a, b) => a.since - b.since || a.order.number - b.order.number);
}

/** How an item stands, as a dot and a word. `part`: pieces ready of those wanted, where some but not all are. */
export type ItemMark = {
  readonly mark: 'unsent' | 'waiting' | 'cooking' | 'ready' | 'served' | 'held' | 'voided' | 'refired';
  readonly part: { readonly ready: number; readonly of: number } | null;
};

export function markOf(item: ItemView, unsent: Unsent): ItemMark {
  if (unsent.items.has(item.id)) return { mark: 'unsent', part: null };
  const of = item.qty - item.voidQty;
  const part = item.readyQty > 0 && item.readyQty < of ? { ready: item.readyQty, of } : null;
  const mark = (
    {
      held: 'held',
      fired: 'waiting',
      started: 'cooking',
      ready: 'ready',
      served: 'served',
      voided: 'voided',
      refired: 'refired',
    } as const
  )[item.status];
  return { mark, part };
}

/** Which taps an item offers. The server has the last word; this hides what cannot succeed. */
export function actionsOf(
  item: ItemView,
  order: OrderView,
): readonly ('amend' | 'void' | 'refire' | 'hold' | 'fire' | 'serve')[] {
  if (order.status === 'cancelled' || order.status === 'closed') return [];
  switch (item.status) {
    case 'held':
      return ['fire', 'amend', 'void'];
    case 'fired':
      return ['hold', 'amend', 'void'];
    case 'started':
      return ['amend', 'void'];
    case 'ready':
      return ['serve', 'refire', 'void'];
    case 'served':
      return ['refire'];
    case 'voided':
    case 'refired':
      return [];
  }
}

/** The courses with held items, lowest first: what `Fire course 4` may name. Null is the items without a course. */
export function heldCourses(order: OrderView): (number | null)[] {
  const courses = new Set(
    liveItems(order)
      .filter((item) => item.status === 'held')
      .map((item) => item.course ?? null),
  );
  return [...courses].toSorted((a, b) => (a ?? 0) - (b ?? 0));
}

/** Open orders, the oldest first; those of one server only where `server` is given. */
export function openOrders(orders: Iterable<OrderView>, server?: string): OrderView[] {
  return [...orders]
    .filter(
      (order) =>
        order.status !== 'closed' &&
        order.status !== 'cancelled' &&
        (server === undefined || order.server === server),
    )
    .toSorted((a, b) => (a.placedAt < b.placedAt ? -1 : a.placedAt > b.placedAt ? 1 : a.number - b.number));
}

/** A number that the server gave; a predicted order has none yet. */
export function numberOf(order: OrderView, unsent: Unsent): number | null {
  return order.number > 0 && !isPlacing(order, unsent) ? order.number : null;
}

/** The order itself, not only an add-on, is still on its way. */
function isPlacing(order: OrderView, unsent: Unsent): boolean {
  const items = order.items ?? [];
  return unsent.orders.has(order.id) && items.length > 0 && items.every((item) => unsent.items.has(item.id));
}

function tickets(order: OrderView, receipts: readonly Receipt[]) {
  const ids = new Set(receipts.map((receipt) => receipt.ticket));
  return order.tickets.filter((ticket) => ids.has(ticket.id));
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function only(stations: readonly string[]): string | null {
  const names = new Set(stations);
  const [first] = names;
  return names.size === 1 && first !== undefined ? first : null;
}

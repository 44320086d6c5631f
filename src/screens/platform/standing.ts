import type { PlatformView } from '../../domain/channel/entities.ts';
import type { ItemView, OrderView, TicketView } from '../../domain/entities.ts';
import { millis } from '../ui/time.ts';

/** How an order from a platform stands, as every screen says it. Pure; `now` is the server's clock in ms. */

export type PlatformOrder = OrderView & { platform: PlatformView };

export function isPlatformOrder(order: OrderView): order is PlatformOrder {
  return order.platform !== undefined;
}

/** The platform waits for our yes. */
export function waitsForUs({ state }: PlatformView): boolean {
  return state === 'awaiting_accept';
}

/**
 * What waits for our yes, the shortest clock first. The kitchen's hearing says yes by itself within a second or two, so an
 * order is told of here only once that has not happened.
 */
export function waiting(orders: Iterable<OrderView>, now: number): PlatformOrder[] {
  return [...orders]
    .filter(isPlatformOrder)
    .filter(
      ({ status, platform, placedAt }) =>
        waitsForUs(platform) &&
        status !== 'cancelled' &&
        status !== 'closed' &&
        (platform.level > 0 || now - millis(placedAt) >= HEARS_ITSELF),
    )
    .toSorted((a, b) => byClock(a) - byClock(b) || a.number - b.number);
}

const HEARS_ITSELF = 4_000;

function byClock({ platform }: PlatformOrder): number {
  return platform.acceptBy === null ? Infinity : millis(platform.acceptBy);
}

export type CourierLook = 'none' | 'coming' | 'near' | 'here' | 'waits' | 'gone' | 'trouble';
export type CourierLine = {
  readonly look: CourierLook;
  /** The end of a message key: `platform.courier.<word>`. */
  readonly word:
    | 'none'
    | 'requested'
    | 'assigned'
    | 'minutes'
    | 'arriving'
    | 'here'
    | 'collected'
    | 'onTheWay'
    | 'atTheDoor'
    | 'delivered'
    | 'cancelled'
    | 'returning'
    | 'backHere'
    | 'returned';
  readonly name: string | null;
  readonly minutes: number;
  readonly batched: boolean;
  /** ms since which they stand at the door; null: nobody knows. */
  readonly since: number | null;
};

const NEAR_MINUTES = 5;
/** A courier who has stood here this long, ms, is somebody's business. */
const PATIENCE = 5 * 60_000;

/** Does a courier come for it? Whoever collects their own food has none, and nobody is missed. */
export function expectsCourier({ type, platform }: OrderView): boolean {
  return type === 'delivery' || (platform !== undefined && platform.courier !== null);
}

/** Where the courier is, in the words and the urgency of the pass. */
export function courierLine({ courier }: PlatformView, now: number): CourierLine {
  const eta = courier === null || courier.eta === null ? null : millis(courier.eta);
  const minutes = eta === null ? 0 : Math.max(0, Math.ceil((eta - now) / 60_000));
  const line = (look: CourierLook, word: CourierLine['word'], since: number | null = null): CourierLine => ({
    look,
    word,
    name: courier?.name ?? null,
    minutes,
    batched: courier?.batched ?? false,
    since,
  });
  if (courier === null) return line('none', 'none');
  switch (courier.state) {
    case 'requested':
      return line('none', 'requested');
    case 'assigned':
    case 'to_pickup':
      if (eta === null) return line('coming', 'assigned');
      return minutes === 0
        ? line('near', 'arriving')
        : line(minutes <= NEAR_MINUTES ? 'near' : 'coming', 'minutes');
    case 'at_pickup': {
      const since = millis(courier.at);
      return line(now - since >= PATIENCE ? 'waits' : 'here', 'here', since);
    }
    case 'picked_up':
      return line('gone', 'collected');
    case 'to_dropoff':
      return line('gone', 'onTheWay');
    case 'at_dropoff':
      return line('gone', 'atTheDoor');
    case 'delivered':
      return line('gone', 'delivered');
    case 'return_started':
      return line('trouble', 'returning');
    case 'return_arrived':
      return line('trouble', 'backHere');
    case 'returned':
      return line('gone', 'returned');
    case 'cancelled':
      return line('trouble', 'cancelled');
  }
}

/** Before others of the same completeness: who stands at the door, then who is nearly there. */
export function courierRank(order: OrderView, now: number): number {
  if (order.platform === undefined) return 2;
  const { look } = courierLine(order.platform, now);
  return look === 'here' || look === 'waits' ? 0 : look === 'near' ? 1 : 2;
}

/** Orders on the pass that are called by the same number: numbers of platforms are not unique, and bags are mixed up by them. */
export function twinsOf(order: OrderView, orders: Iterable<OrderView>): OrderView[] {
  const own = numberOf(order);
  if (own === null) return [];
  return [...orders].filter((other) => other.id !== order.id && numberOf(other) === own);
}

function numberOf(order: OrderView): string | null {
  return (order.platform?.number ?? order.displayId)?.toLocaleUpperCase() ?? null;
}

/** Cancelled while somebody is at it: these stations have not tapped it away. */
export type Stop = {
  readonly order: string;
  readonly name: string;
  readonly number: string;
  readonly stations: readonly string[];
  readonly tickets: readonly TicketView[];
};

/** From the tickets: the order itself has left the pass by then. */
export function stopped(tickets: Iterable<TicketView>): Stop[] {
  const stops = new Map<string, Stop>();
  for (const ticket of tickets) {
    const { order, platform, station } = ticket;
    if (platform === undefined || ticket.status !== 'voided' || !ticket.ackRequired) continue;
    const known = stops.get(order);
    stops.set(order, {
      order,
      name: platform.name,
      number: platform.number,
      stations: [...new Set([...(known?.stations ?? []), station])],
      tickets: [...(known?.tickets ?? []), ticket],
    });
  }
  return [...stops.values()];
}

/** What could have run out: each dish of the order that stands on the menu, once. */
export function mayHaveRunOut(items: readonly Pick<ItemView, 'menuItem' | 'name'>[]): {
  id: string;
  name: string;
}[] {
  const dishes = new Map<string, string>();
  for (const { menuItem, name } of items) if (menuItem !== undefined) dishes.set(menuItem, name);
  return [...dishes].map(([id, name]) => ({ id, name }));
}

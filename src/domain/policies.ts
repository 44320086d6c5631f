import { upcomingBookings } from './booking/policies.ts';
import { upcomingCalls } from './call/policies.ts';
import { upcomingOfDoors, upcomingOfPlatform } from './channel/policies.ts';
import type { Command } from './commands.ts';
import type { LocationConfig } from './config.ts';
import { canaries } from './canary.ts';
import { nameId } from './ids.ts';
import { type House, type Upcoming, type Watch, ladderOf, unseenOf, watchOf } from './ladder.ts';
import { type Order, isOpen, orderStatus, ticketLines, ticketStatus } from './order.ts';
import type { LocationState } from './state.ts';
import { stockUpcoming } from './stock/policies.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * What happens by itself when its time comes. Pure: state, time and what is known of the screens in, commands out, with
 * ids that follow from what they are about, so two nodes that run the same policy do it once.
 */

export type { House } from './ladder.ts';

/** A handed-over order without a table leaves the open lists after this; one at a table waits for `table.clear`, or this long. */
const CLOSE_AFTER_MS = 15 * 60_000;
const CLOSE_TABLE_AFTER_MS = 4 * 3_600_000;
/** Closed orders stay in memory this long for recall and look-up; then history answers. */
const ARCHIVE_AFTER_MS = 4 * 3_600_000;
/** A refused policy is tried again after this, each time after twice as long, up to the most. */
const REFUSED_MS = 30_000;
const REFUSED_MOST_MS = 3_600_000;

/** Under which everything is due as early as it can ever be: what a deadline is reckoned with. */
const EARLIEST: Watch = { settledAt: 0, goneSince: () => 0 };

/** When a policy may next have something to do with the order (RFC 3339), at the earliest; null: nothing by itself. */
export function orderDeadline(order: Order, config: LocationConfig | null): string | null {
  let first = Number.POSITIVE_INFINITY;
  for (const { at } of upcoming(order, config, EARLIEST)) first = Math.min(first, at);
  return first === Number.POSITIVE_INFINITY ? null : toInstant(first);
}

/**
 * The location's next deadline, orders and sold-outs together. Not later than the first thing `due` will answer,
 * whatever the screens do; what waits for a station to lose its screens makes it lie in the past. `after` (RFC 3339)
 * asks for the first that is later than that.
 */
export function nextDeadline(state: LocationState, after = ''): string | null {
  const refused = Object.keys(state.refused).length > 0;
  let first: string | null = null;
  const note = (at: string): void => {
    if (at > after && (first === null || at < first)) first = at;
  };
  state.timers.forEach((at, id) => {
    const order = refused || at <= after ? state.orders.get(id) : undefined;
    if (!order) note(at);
    else for (const one of upcoming(order, state.config, EARLIEST)) note(toInstant(notBefore(state, one)));
  });
  const { bookings, calls } = state;
  if (bookings.deadline !== null && !refused && bookings.deadline > after) note(bookings.deadline);
  else if (bookings.deadline !== null)
    for (const one of upcomingBookings(bookings, state.config)) note(toInstant(notBefore(state, one)));
  if (calls.deadline !== null && !refused && calls.deadline > after) note(calls.deadline);
  else if (calls.deadline !== null)
    for (const one of upcomingCalls(calls)) note(toInstant(notBefore(state, one)));
  for (const one of expiries(state)) note(toInstant(notBefore(state, one)));
  for (const one of stockUpcoming(state)) note(toInstant(notBefore(state, one)));
  for (const one of upcomingOfDoors(state)) note(toInstant(notBefore(state, one)));
  return first;
}

/**
 * The commands whose time has come at `now` (RFC 3339). `house`: what is known of the screens; without it nothing is
 * shown elsewhere or printed for want of a screen, and no station is proved.
 */
export function due(state: LocationState, now: string, house: House | null = null): Command[] {
  const commands: Command[] = [];
  const time = toMillis(now) ?? 0;
  const watch = house && watchOf(house);
  const take = (one: Upcoming): void => {
    if (one.at <= time && notBefore(state, one) <= time) commands.push(one.command());
  };
  state.timers.forEach((at, id) => {
    const order = at <= now ? state.orders.get(id) : undefined;
    if (order) for (const one of upcoming(order, state.config, watch)) take(one);
  });
  if (state.bookings.deadline !== null && state.bookings.deadline <= now)
    for (const one of upcomingBookings(state.bookings, state.config)) take(one);
  if (state.calls.deadline !== null && state.calls.deadline <= now)
    for (const one of upcomingCalls(state.calls)) take(one);
  for (const one of expiries(state)) take(one);
  for (const one of stockUpcoming(state)) take(one);
  for (const one of upcomingOfDoors(state)) take(one);
  if (house !== null)
    for (const command of canaries(state, now, house)) take({ at: time, command: () => command });
  return commands;
}

/** When a refused policy is tried again: twice as long after as the last time. */
export function nextTry(state: LocationState, policy: string, now: string): string {
  const before = state.refused[policy];
  const waited = before ? (toMillis(before.next) ?? 0) - (toMillis(before.at) ?? 0) : 0;
  return toInstant((toMillis(now) ?? 0) + Math.min(REFUSED_MOST_MS, Math.max(REFUSED_MS, waited * 2)));
}

/** All that time alone will ask of an order as it is. */
function* upcoming(order: Order, config: LocationConfig | null, watch: Watch | null): Generator<Upcoming> {
  const { id } = order;
  for (const ticket of order.tickets) {
    yield* ladderOf(order, ticket, config, watch);
    yield* unseenOf(order, ticket, watch);
  }
  if (order.platform || order.dropoff) yield* upcomingOfPlatform(order, config, watch?.settledAt ?? 0);
  const ended = order.closed?.at ?? order.cancelled?.at;
  if (ended !== undefined) {
    const at = (toMillis(ended) ?? 0) + ARCHIVE_AFTER_MS;
    yield {
      at,
      command: () => ({
        id: nameId('archive', id, toInstant(at)),
        name: 'order.archive',
        input: { order: id },
      }),
    };
  } else if (order.completedAt !== undefined && orderStatus(order) === 'completed') {
    const wait = order.table === undefined ? CLOSE_AFTER_MS : CLOSE_TABLE_AFTER_MS;
    const at = (toMillis(order.completedAt) ?? 0) + wait;
    yield {
      at,
      command: () => ({
        id: nameId('close', id, toInstant(at)),
        name: 'order.close',
        input: { order: id },
      }),
    };
  } else yield* release(order);
}

/** One command for all that fire together: an item made at two stations waits on two tickets and fires once. */
function* release(order: Order): Generator<Upcoming> {
  if (!isOpen(order)) return;
  const held = order.tickets.filter(
    (ticket) => ticket.fireAt !== undefined && ticketStatus(order, ticket) === 'held',
  );
  const at = earliest(held.flatMap(({ fireAt }) => fireAt ?? []));
  if (at === null) return;
  const waiting = held.filter(({ fireAt }) => fireAt === at);
  yield {
    at: toMillis(at) ?? 0,
    command: () => ({
      id: nameId('release', at, ...waiting.map((ticket) => ticket.id)),
      name: 'order.release',
      input: {
        order: order.id,
        items: [
          ...new Set(waiting.flatMap((ticket) => ticketLines(order, ticket).map(({ item }) => item.id))),
        ],
      },
    }),
  };
}

function* expiries(state: LocationState): Generator<Upcoming> {
  for (const [item, { until }] of Object.entries(state.soldOut.items))
    if (until !== null) yield expiry({ item }, 'item', item, until);
  for (const [option, { until }] of Object.entries(state.soldOut.options))
    if (until !== null) yield expiry({ option }, 'option', option, until);
}

function expiry(
  input: { item: string } | { option: string },
  kind: string,
  id: string,
  until: string,
): Upcoming {
  return {
    at: toMillis(until) ?? 0,
    command: () => ({ id: nameId('expire', kind, id, until), name: 'menu.expire', input }),
  };
}

/** Its time, or the later one at which it is tried again. */
function notBefore(state: LocationState, { at, command }: Upcoming): number {
  if (Object.keys(state.refused).length === 0) return at;
  const next = state.refused[command().id]?.next;
  return next === undefined ? at : Math.max(at, toMillis(next) ?? 0);
}

function earliest(times: readonly string[]): string | null {
  return times.reduce<string | null>((first, at) => (first === null || at < first ? at : first), null);
}

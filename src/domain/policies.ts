import type { Command } from './commands.ts';
import type { LocationConfig } from './config.ts';
import { canaries } from './canary.ts';
import { nameId } from './ids.ts';
import { type House, type Upcoming, ladderOf, unseenOf } from './ladder.ts';
import { type Order, isOpen, orderStatus, ticketLines, ticketStatus } from './order.ts';
import type { LocationState } from './state.ts';
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
const EARLIEST: House = {
  readyAt: '1970-01-01T00:00:00.000Z',
  goneSince: () => '1970-01-01T00:00:00.000Z',
};

/** When a policy may next have something to do with the order (RFC 3339), at the earliest; null: nothing by itself. */
export function orderDeadline(order: Order, config: LocationConfig | null): string | null {
  return earliest([...upcoming(order, config, EARLIEST)].map(({ at }) => at));
}

/**
 * The location's next deadline, orders and sold-outs together. Not later than the first thing `due` will answer,
 * whatever the screens do; what waits for a station to lose its screens makes it lie in the past.
 */
export function nextDeadline(state: LocationState): string | null {
  const times: string[] = [];
  const refused = new Set(Object.keys(state.refused));
  for (const [id, at] of state.timers.entries()) {
    const order = refused.size === 0 ? undefined : state.orders.get(id);
    if (!order) times.push(at);
    else for (const one of upcoming(order, state.config, EARLIEST)) times.push(notBefore(state, one));
  }
  for (const one of expiries(state)) times.push(notBefore(state, one));
  return earliest(times);
}

/**
 * The commands whose time has come at `now` (RFC 3339). `house`: what is known of the screens; without it nothing is
 * shown elsewhere or printed for want of a screen, and no station is proved.
 */
export function due(state: LocationState, now: string, house: House | null = null): Command[] {
  const commands: Command[] = [];
  const take = (one: Upcoming): void => {
    if (notBefore(state, one) <= now) commands.push(one.command);
  };
  for (const [id, at] of state.timers.entries()) {
    const order = at <= now ? state.orders.get(id) : undefined;
    if (order) for (const one of upcoming(order, state.config, house)) take(one);
  }
  for (const one of expiries(state)) take(one);
  if (house !== null) for (const command of canaries(state, now, house)) take({ at: now, command });
  return commands;
}

/** When a refused policy is tried again: twice as long after as the last time. */
export function nextTry(state: LocationState, policy: string, now: string): string {
  const before = state.refused[policy];
  const waited = before ? (toMillis(before.next) ?? 0) - (toMillis(before.at) ?? 0) : 0;
  return later(now, Math.min(REFUSED_MOST_MS, Math.max(REFUSED_MS, waited * 2)));
}

/** All that time alone will ask of an order as it is. */
function* upcoming(order: Order, config: LocationConfig | null, house: House | null): Generator<Upcoming> {
  const { id } = order;
  for (const ticket of order.tickets) {
    yield* ladderOf(order, ticket, config, house);
    yield* unseenOf(order, ticket, house);
  }
  const ended = order.closed?.at ?? order.cancelled?.at;
  if (ended !== undefined) {
    const at = later(ended, ARCHIVE_AFTER_MS);
    yield { at, command: { id: nameId('archive', id, at), name: 'order.archive', input: { order: id } } };
  } else if (order.completedAt !== undefined && orderStatus(order) === 'completed') {
    const wait = order.table === undefined ? CLOSE_AFTER_MS : CLOSE_TABLE_AFTER_MS;
    const at = later(order.completedAt, wait);
    yield { at, command: { id: nameId('close', id, at), name: 'order.close', input: { order: id } } };
  } else yield* release(order);
}

/** One command for all that fire together: an item made at two stations waits on two tickets and fires once. */
function* release(order: Order): Generator<Upcoming> {
  const held = order.tickets.filter((ticket) => isOpen(order) && ticketStatus(order, ticket) === 'held');
  const at = earliest(held.flatMap(({ fireAt }) => fireAt ?? []));
  if (at === null) return;
  const waiting = held.filter(({ fireAt }) => fireAt === at);
  const items = waiting.flatMap((ticket) => ticketLines(order, ticket).map(({ item }) => item.id));
  yield {
    at,
    command: {
      id: nameId('release', at, ...waiting.map((ticket) => ticket.id)),
      name: 'order.release',
      input: { order: order.id, items: [...new Set(items)] },
    },
  };
}

function* expiries(state: LocationState): Generator<Upcoming> {
  for (const [item, { until }] of Object.entries(state.soldOut.items))
    if (until !== null)
      yield {
        at: until,
        command: { id: nameId('expire', 'item', item, until), name: 'menu.expire', input: { item } },
      };
  for (const [option, { until }] of Object.entries(state.soldOut.options))
    if (until !== null)
      yield {
        at: until,
        command: { id: nameId('expire', 'option', option, until), name: 'menu.expire', input: { option } },
      };
}

function notBefore(state: LocationState, { at, command }: Upcoming): string {
  const next = state.refused[command.id]?.next ?? at;
  return next > at ? next : at;
}

function later(at: string, ms: number): string {
  return toInstant((toMillis(at) ?? 0) + ms);
}

function earliest(times: readonly string[]): string | null {
  return times.reduce<string | null>((first, at) => (first === null || at < first ? at : first), null);
}

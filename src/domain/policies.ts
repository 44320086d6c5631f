import type { Command } from './commands.ts';
import { nameId } from './ids.ts';
import { type Order, isOpen, orderStatus, ticketLines, ticketStatus } from './order.ts';
import type { LocationState } from './state.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * What happens by itself when its time comes. Pure: state and time in, commands out, with ids that follow from
 * what they are about, so two nodes that run the same policy do it once.
 */

/** A handed-over order without a table leaves the open lists after this; one at a table waits for `table.clear`, or this long. */
const CLOSE_AFTER_MS = 15 * 60_000;
const CLOSE_TABLE_AFTER_MS = 4 * 3_600_000;
/** Closed orders stay in memory this long for recall and look-up; then history answers. */
const ARCHIVE_AFTER_MS = 4 * 3_600_000;

/** When a policy next has something to do with the order (RFC 3339); null: nothing by itself. */
export function orderDeadline(order: Order): string | null {
  const ended = order.closed?.at ?? order.cancelled?.at;
  if (ended !== undefined) return later(ended, ARCHIVE_AFTER_MS);
  if (order.completedAt !== undefined)
    return later(order.completedAt, order.table === undefined ? CLOSE_AFTER_MS : CLOSE_TABLE_AFTER_MS);
  return earliest(
    order.tickets.flatMap((ticket) => (ticketStatus(order, ticket) === 'held' ? (ticket.fireAt ?? []) : [])),
  );
}

/** The location's next deadline, orders and sold-outs together. */
export function nextDeadline(state: LocationState): string | null {
  const soldOut = [...Object.values(state.soldOut.items), ...Object.values(state.soldOut.options)].flatMap(
    ({ until }) => until ?? [],
  );
  return earliest([...state.timers.values(), ...soldOut]);
}

/** The commands whose time has come at `now` (RFC 3339). */
export function due(state: LocationState, now: string): Command[] {
  const commands: Command[] = [];
  for (const [id, at] of state.timers.entries()) {
    const order = at <= now ? state.orders.get(id) : undefined;
    if (order) commands.push(...dueOrder(order, now));
  }
  for (const [item, { until }] of Object.entries(state.soldOut.items))
    if (until !== null && until <= now)
      commands.push({ id: nameId('expire', 'item', item, until), name: 'menu.expire', input: { item } });
  for (const [option, { until }] of Object.entries(state.soldOut.options))
    if (until !== null && until <= now)
      commands.push({
        id: nameId('expire', 'option', option, until),
        name: 'menu.expire',
        input: { option },
      });
  return commands;
}

function dueOrder(order: Order, now: string): Command[] {
  const { id } = order;
  const deadline = orderDeadline(order);
  if (deadline === null || deadline > now) return [];
  if (!isOpen(order))
    return [{ id: nameId('archive', id, deadline), name: 'order.archive', input: { order: id } }];
  if (orderStatus(order) === 'completed')
    return [{ id: nameId('close', id, deadline), name: 'order.close', input: { order: id } }];
  // One command for all: an item made at two stations waits on two tickets and fires once.
  const waiting = order.tickets.filter(
    (ticket) => ticketStatus(order, ticket) === 'held' && ticket.fireAt !== undefined && ticket.fireAt <= now,
  );
  const items = [
    ...new Set(waiting.flatMap((ticket) => ticketLines(order, ticket).map(({ item }) => item.id))),
  ];
  return [
    {
      id: nameId('release', deadline, ...waiting.map((ticket) => ticket.id)),
      name: 'order.release',
      input: { order: id, items },
    },
  ];
}

function later(at: string, ms: number): string {
  return toInstant((toMillis(at) ?? 0) + ms);
}

function earliest(times: readonly string[]): string | null {
  return times.reduce<string | null>((first, at) => (first === null || at < first ? at : first), null);
}

import type { CommandInput, Context, InnerInputs } from './commands.ts';
import { type EventBody, fact } from './events.ts';
import { type Order, type Ticket, isOpen, ticketStatus } from './order.ts';
import { conflict, notFound } from './refusals.ts';
import { type LocationState, findByTicket } from './state.ts';

/** The rules of a ticket at its station: start, bump, recall, rush, acknowledge, and being heard. */

export function start(state: LocationState, input: CommandInput<'ticket.start'>): EventBody[] {
  const { order, ticket } = openTicket(state, input.ticket);
  const status = ticketStatus(order, ticket);
  if (status === 'cooking') return [];
  if (status !== 'new') throw wrong(order, ticket, 'started');
  return [fact('ticket.started', { order: order.id, ticket: ticket.id })];
}

/** A bump of the painted version is also the acknowledgement of all that it showed. */
export function bump(state: LocationState, input: CommandInput<'ticket.bump'>): EventBody[] {
  const { order, ticket } = openTicket(state, input.ticket);
  const status = ticketStatus(order, ticket);
  const seen = seenUpTo(state, order, ticket, input.version);
  if (status === 'ready' || status === 'voided') return seen;
  if (status !== 'new' && status !== 'cooking') throw wrong(order, ticket, 'bumped');
  return [...seen, fact('ticket.bumped', { order: order.id, ticket: ticket.id })];
}

export function recall(
  state: LocationState,
  input: CommandInput<'ticket.recall'>,
  context: Context,
): EventBody[] {
  const { order, ticket } = openTicket(state, input.ticket);
  const status = ticketStatus(order, ticket);
  if (status === 'new' || status === 'cooking') return [];
  if (status === 'passed' && (context.by.role === 'kitchen' || context.by.role === 'waiter'))
    throw conflict(`Order ${order.number} was handed over; ask the pass to recall it.`, {
      kind: 'order',
      id: order.id,
    });
  if (status !== 'ready' && status !== 'passed') throw wrong(order, ticket, 'recalled');
  return [fact('ticket.recalled', { order: order.id, ticket: ticket.id })];
}

export function rush(state: LocationState, input: CommandInput<'ticket.rush'>): EventBody[] {
  const { order, ticket } = openTicket(state, input.ticket);
  if (ticket.rush === input.rush) return [];
  const status = ticketStatus(order, ticket);
  if (status === 'passed' || status === 'voided') throw wrong(order, ticket, 'rushed');
  return [fact('ticket.rushed', { order: order.id, ticket: ticket.id, rush: input.rush })];
}

export function acknowledge(state: LocationState, input: CommandInput<'ticket.acknowledge'>): EventBody[] {
  const found = findByTicket(state, input.ticket);
  if (!found) throw notFound('ticket', input.ticket);
  const { order, ticket } = found;
  const upTo = input.version ?? ticket.version;
  if (!ticket.pending.some((change) => change.seq <= upTo)) return [];
  return [fact('ticket.acknowledged', { order: order.id, ticket: ticket.id, upTo })];
}

/** A screen painted it. The first in each episode is an event; how many more did is live data. */
export function hear(state: LocationState, input: InnerInputs['ticket.hear']): EventBody[] {
  const found = findByTicket(state, input.ticket);
  if (!found || found.ticket.firedAt === null || found.ticket.heardAt !== undefined) return [];
  const { order, ticket } = found;
  return [
    fact('ticket.heard', {
      order: order.id,
      ticket: ticket.id,
      ...(input.screen !== undefined && { screen: input.screen }),
    }),
  ];
}

function seenUpTo(
  state: LocationState,
  order: Order,
  ticket: Ticket,
  version: number | undefined,
): EventBody[] {
  if (version !== undefined && version < ticket.changedAt)
    throw conflict(`Order ${order.number} changed since this screen painted it.`, {
      kind: 'ticket',
      id: ticket.id,
    });
  return ticket.pending.length === 0
    ? []
    : [fact('ticket.acknowledged', { order: order.id, ticket: ticket.id, upTo: version ?? state.head })];
}

function openTicket(state: LocationState, id: string): { order: Order; ticket: Ticket } {
  const found = findByTicket(state, id);
  if (!found) throw notFound('ticket', id);
  const { order, ticket } = found;
  // A cancelled order's tickets are still bumped away: that is how a station says that it saw it.
  if (!isOpen(order) && ticketStatus(order, ticket) !== 'voided') throw wrong(order, ticket, 'changed');
  return found;
}

function wrong(order: Order, ticket: Ticket, verb: string): Error {
  return conflict(
    `Ticket of order ${order.number} at ${ticket.station} is ${ticketStatus(order, ticket)}; it cannot be ${verb}.`,
    { kind: 'ticket', id: ticket.id },
  );
}

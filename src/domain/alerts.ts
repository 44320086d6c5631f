import type { AlertView } from './entities.ts';
import { asks, isPrinted } from './ladder.ts';
import { type Order, type Ticket, isOpen, onBoard, ticketStatus } from './order.ts';
import { UNROUTED } from './place.ts';
import { type LocationState, findByTicket } from './state.ts';

/** What somebody must take care of, by ticket. Like all that is seen, an alert follows from state: it ends when its cause does. */

export type AlertType = AlertView['type'];
const TYPES: readonly AlertType[] = ['unrouted', 'unheard', 'unseen', 'printer'];

const NONE: readonly AlertType[] = [];

export function alertsOf(order: Order, ticket: Ticket): readonly AlertType[] {
  let raised = NONE;
  for (const type of TYPES) if (isRaised(order, ticket, type)) raised = [...raised, type];
  return raised;
}

export function alertId(type: AlertType, ticket: string): string {
  return `${type}:${ticket}`;
}

/** The ticket that an alert speaks of, while it is raised. */
export function findAlert(
  state: LocationState,
  id: string,
): { type: AlertType; order: Order; ticket: Ticket } | null {
  const type = TYPES.find((one) => id.startsWith(`${one}:`));
  const found = type && findByTicket(state, id.slice(type.length + 1));
  return type && found && isRaised(found.order, found.ticket, type) ? { type, ...found } : null;
}

function isRaised(order: Order, ticket: Ticket, type: AlertType): boolean {
  switch (type) {
    case 'unrouted':
      return ticket.station === UNROUTED && isAtWork(order, ticket);
    case 'unheard':
      return ticket.unheard !== undefined && asks(order, ticket) && !isPrinted(ticket);
    case 'unseen':
      return ticket.pending.some(({ seq }) => seq <= ticket.unseenUpTo) && onBoard(order, ticket);
    case 'printer':
      return ticket.printFailed !== undefined && isAtWork(order, ticket);
    default:
      return type satisfies never;
  }
}

function isAtWork(order: Order, ticket: Ticket): boolean {
  const status = ticketStatus(order, ticket);
  return isOpen(order) && (status === 'new' || status === 'cooking');
}

import { isPlatformAlert } from './channel/alerts.ts';
import type { AlertView } from './entities.ts';
import { asks, isPrinted } from './ladder.ts';
import { isLive, liveQty } from './item.ts';
import { type Order, type Ticket, isOpen, onBoard, ticketLines, ticketStatus } from './order.ts';
import { UNROUTED } from './place.ts';
import { type LocationState, findByTicket } from './state.ts';

/** What somebody must take care of, by ticket. Like all that is seen, an alert follows from state: it ends when its cause does. */

export type AlertType = AlertView['type'];
const TYPES: readonly AlertType[] = ['unrouted', 'unheard', 'unseen', 'printer', 'short'];
/** Asked of orders that came from a platform alone. */
const PLATFORM_TYPES: readonly AlertType[] = ['accept', 'refused', 'courier', 'unmapped'];

const NONE: readonly AlertType[] = [];

export function alertsOf(order: Order, ticket: Ticket): readonly AlertType[] {
  let raised = NONE;
  for (const type of TYPES) if (isRaised(order, ticket, type)) raised = [...raised, type];
  if (order.platform)
    for (const type of PLATFORM_TYPES) if (isRaised(order, ticket, type)) raised = [...raised, type];
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
  const type = [...TYPES, ...PLATFORM_TYPES].find((one) => id.startsWith(`${one}:`));
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
    case 'short':
      return isShort(order) && shortLines(order, ticket).length > 0 && isAtWork(order, ticket);
    case 'accept':
    case 'refused':
    case 'courier':
      return isPlatformAlert(order, ticket, type);
    case 'unmapped':
      return isPlatformAlert(order, ticket, type) && ticket.station !== UNROUTED && isAtWork(order, ticket);
    default:
      return type satisfies never;
  }
}

/** Lines of the ticket that were sold elsewhere beyond what was left, and how many pieces too many. */
export function shortLines(order: Order, ticket: Ticket): { name: string; qty: number }[] {
  return ticketLines(order, ticket).flatMap(({ item }) =>
    item.short !== undefined && isLive(item)
      ? [{ name: item.name, qty: Math.min(item.short, liveQty(item)) }]
      : [],
  );
}

/** Asked of every ticket with every event: most orders have none. */
function isShort(order: Order): boolean {
  for (const item of order.items) if (item.short !== undefined) return true;
  return false;
}

function isAtWork(order: Order, ticket: Ticket): boolean {
  const status = ticketStatus(order, ticket);
  return isOpen(order) && (status === 'new' || status === 'cooking');
}

import { type Order, ticketStatus } from '../order.ts';
import { UNROUTED } from '../place.ts';

/**
 * Every station that was sent something has it on a screen, on paper, or in its hands. What still waits for its time asks
 * nobody yet; beside other tickets, the lane without a station is the pass's, which has an alert of its own for it.
 */
export function isHeard(order: Order): boolean {
  // What stands ready was in somebody's hands, also when the receipt of its card was lost on the way.
  const asked = order.tickets.filter((ticket) => {
    const status = ticketStatus(order, ticket);
    return status === 'new' || status === 'cooking';
  });
  const stations = asked.filter(({ station }) => station !== UNROUTED);
  return (stations.length > 0 ? stations : asked).every(
    (ticket) =>
      ticket.heardAt !== undefined || ticket.printed !== undefined || ticket.knownIn === ticket.episode,
  );
}

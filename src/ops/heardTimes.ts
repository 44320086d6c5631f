import { toMillis } from '../domain/text.ts';
import type { LoggedEvent } from '../domain/events.ts';
import type { Metrics } from './metrics.ts';

/**
 * Times of tickets from the log: how long a fired (or added to, or recalled) ticket waited until a screen had painted it.
 * Remembers when an unheard ticket was fired; a bounded number of them, since most are heard within a second.
 */
export function observeHeard(
  metrics: Pick<Metrics, 'orderToHeard' | 'orderToCommit'>,
): (
  location: unknown,
  before: unknown,
  after: unknown,
  events: readonly LoggedEvent[],
  appended: { readonly decidedAt: number | null; readonly committedAt: number },
) => void {
  const waiting = new Map<string, number>();
  return (_location, _before, _after, events, { decidedAt, committedAt }) => {
    if (decidedAt !== null) metrics.orderToCommit(Math.max(0, committedAt - decidedAt));
    for (const event of events) {
      if (event.type === 'ticket.fired' || event.type === 'ticket.recalled') {
        if (waiting.size >= MOST_WAITING) waiting.delete(waiting.keys().next().value ?? '');
        waiting.set(event.data.ticket, toMillis(event.at) ?? 0);
      } else if (event.type === 'ticket.heard') {
        const since = waiting.get(event.data.ticket);
        waiting.delete(event.data.ticket);
        if (since !== undefined) metrics.orderToHeard(Math.max(0, (toMillis(event.at) ?? since) - since));
      }
    }
  };
}

const MOST_WAITING = 50_000;

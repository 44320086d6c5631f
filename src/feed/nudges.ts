import type { LocationState } from '../domain/state.ts';
import { findByTicket } from '../domain/state.ts';
import type { LiveDatum } from './presence.ts';

/**
 * The first rung: "paint this ticket again, say so again, and ring". It goes to the screens that show the ticket, as
 * live data: a frame at or below their cursor would be skipped.
 */
export function nudgeOf(state: LocationState, ticketId: string): LiveDatum[] {
  const found = findByTicket(state, ticketId);
  if (!found) return [];
  const { station, backup, episode } = found.ticket;
  const shown = new Set([`station:${station}`, `station:${backup ?? station}`]);
  return [
    {
      topics: (topic) => shown.has(topic),
      kind: 'nudge',
      id: ticketId,
      data: JSON.stringify({ episode }),
    },
  ];
}

/** Of the tickets that a station's view asks to have heard, those that were nudged: a screen that comes now is told too. */
export function standingNudges(state: LocationState, unheard: Iterable<string>): LiveDatum[] {
  return [...unheard].flatMap((id) =>
    findByTicket(state, id)?.ticket.rungs.includes(1) === true ? nudgeOf(state, id) : [],
  );
}

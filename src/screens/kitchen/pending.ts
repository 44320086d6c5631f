import { useEffect, useState } from 'react';
import type { Pending } from '../../sdk/shapes.ts';

/** Which taps of this screen have not reached the server: they are drawn dashed, and can be taken back. */
export type Unsent = {
  /** Ticket to the outbox's id of its bump. */
  bumps: ReadonlyMap<string, string>;
  starts: ReadonlySet<string>;
  /** Items with a ready or unready on its way. */
  items: ReadonlySet<string>;
};

export const NONE_UNSENT: Unsent = { bumps: new Map(), starts: new Set(), items: new Set() };

/** With a line, what is being sent right now is not "unsent"; without one, everything that waits is. */
export function unsentOf(pending: readonly Pending[], hasLine: boolean): Unsent {
  const bumps = new Map<string, string>();
  const starts = new Set<string>();
  const items = new Set<string>();
  for (const one of pending) {
    if (hasLine && one.state !== 'unsent' && one.state !== 'stale') continue;
    const input = one.input as { ticket?: string; item?: string };
    if (one.name === 'ticket.bump' && input.ticket !== undefined) bumps.set(input.ticket, one.id);
    // Recalled after all, before either was sent: the card is simply there.
    if (one.name === 'ticket.recall' && input.ticket !== undefined) bumps.delete(input.ticket);
    if (one.name === 'ticket.start' && input.ticket !== undefined) starts.add(input.ticket);
    if ((one.name === 'item.ready' || one.name === 'item.unready') && input.item !== undefined)
      items.add(input.item);
  }
  return bumps.size + starts.size + items.size === 0 ? NONE_UNSENT : { bumps, starts, items };
}

const OWN_BUMP = 8000;

/** Our own bumps of the last seconds, ticket to command: the answer may come before the change that says who was faster. */
export function useOwnBumps(pending: readonly Pending[]): ReadonlyMap<string, string> {
  const [own] = useState(() => new Map<string, string>());
  useEffect(() => {
    for (const one of pending) {
      const { ticket } = one.input as { ticket?: string };
      if (ticket === undefined) continue;
      if (one.name === 'ticket.recall') own.delete(ticket);
      if (one.name !== 'ticket.bump' || own.get(ticket) === one.id) continue;
      own.set(ticket, one.id);
      setTimeout(() => own.delete(ticket), OWN_BUMP);
    }
  }, [own, pending]);
  return own;
}

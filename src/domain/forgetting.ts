import { isOver, isWaiting } from './booking/state.ts';
import { forgetPlatform } from './channel/platform.ts';
import { forgetCalls } from './call/forget.ts';
import { isLive } from './call/state.ts';
import type { InnerInputs } from './commands.ts';
import { type EventBody, fact } from './events.ts';
import type { Item } from './item.ts';
import { type Change, type Order, type Ticket, isOpen } from './order.ts';
import { conflict } from './refusals.ts';
import type { LocationState, Touch } from './state.ts';

/**
 * What a guest said of himself is forgotten: in the log by overwriting, in state by this event, on every node that has the
 * location in memory. What was ordered, cooked and paid stays; no rule ever looked at the words.
 */

/** Stands where the words of a person stood. */
export const FORGOTTEN = '—';

/** May its words still be needed? */
export function isStillOpen(state: LocationState, id: string): boolean {
  const order = state.orders.get(id);
  const { reservations, waitlist } = state.bookings;
  const [visit, entry] = [reservations[id], waitlist[id]];
  return (
    (order !== undefined && isOpen(order)) ||
    (visit !== undefined && !isOver(visit)) ||
    (entry !== undefined && isWaiting(entry)) ||
    isOnTheLine(state, id) ||
    state.tables.get(id)?.status === 'blocked'
  );
}

function isOnTheLine({ calls }: LocationState, id: string): boolean {
  const call = calls.calls[id];
  return call !== undefined && isLive(call);
}

/** Open orders keep their words: the name at the counter and the allergy on the ticket are still needed. */
export function redact(state: LocationState, input: InnerInputs['person.redact']): EventBody[] {
  for (const id of input.subjects)
    if (isStillOpen(state, id)) throw conflict(`${id} is still open; close or cancel it first.`);
  if (input.subjects.length === 0) return [];
  return [fact('person.redacted', { subjects: input.subjects, why: input.why })];
}

export function forget(
  state: LocationState,
  subjects: readonly string[],
  seq: number,
): { state: LocationState; touched: Touch[] } {
  let { orders } = state;
  const { reservations, waitlist } = state.bookings;
  const [visits, entries] = [{ ...reservations }, { ...waitlist }];
  const touched: Touch[] = [];
  for (const id of subjects) {
    const [order, visit, entry] = [orders.get(id), reservations[id], waitlist[id]];
    if (order) {
      orders = orders.set(id, forgetOrder(order, seq));
      touched.push(
        { kind: 'order', id },
        ...order.tickets.map((ticket): Touch => ({ kind: 'ticket', id: ticket.id })),
      );
    }
    if (visit) {
      visits[id] = { ...visit, ...forgetVisit(visit), version: seq };
      touched.push({ kind: 'reservation', id });
    }
    if (entry) {
      entries[id] = { ...entry, ...forgetVisit(entry), version: seq };
      touched.push({ kind: 'waitlist', id });
    }
  }
  const gone = new Set(subjects);
  const waste = state.stock.waste.map((one) =>
    one.order !== undefined && one.reason !== undefined && gone.has(one.order)
      ? { ...one, reason: FORGOTTEN }
      : one,
  );
  const said = forgetCalls(state.calls, gone, FORGOTTEN, seq);
  touched.push(...said.touched);
  return {
    state: {
      ...state,
      calls: said.calls,
      orders,
      bookings: { ...state.bookings, reservations: visits, waitlist: entries },
      stock: { ...state.stock, waste },
    },
    touched,
  };
}

/** Of a reservation or of somebody who waited. */
function forgetVisit<T extends { guest: { phone?: string | undefined } }>(
  visit: T & {
    notes?: string | undefined;
    reason?: string | undefined;
    fingerprint?: string | undefined;
    allergies?: readonly string[];
  },
) {
  return {
    guest: { name: FORGOTTEN, ...(visit.guest.phone !== undefined && { phone: FORGOTTEN }) },
    ...(visit.notes !== undefined && { notes: FORGOTTEN }),
    ...(visit.reason !== undefined && { reason: FORGOTTEN }),
    ...(visit.fingerprint !== undefined && { fingerprint: FORGOTTEN }),
    ...(visit.allergies && { allergies: visit.allergies.map(() => FORGOTTEN) }),
  };
}

function forgetOrder(order: Order, seq: number): Order {
  const { guest, notes, cancelled, platform, dropoff } = order;
  return {
    ...order,
    version: seq,
    ...(guest && {
      guest: { name: FORGOTTEN, ...(guest.phone !== undefined && { phone: FORGOTTEN }) },
    }),
    ...(notes !== undefined && { notes: FORGOTTEN }),
    allergies: order.allergies.map(() => FORGOTTEN),
    fingerprint: FORGOTTEN,
    items: order.items.map(forgetItem),
    tickets: order.tickets.map((ticket) => forgetTicket(ticket, seq)),
    ...(cancelled && { cancelled: { ...cancelled, reason: FORGOTTEN } }),
    ...(dropoff && {
      dropoff: {
        address: FORGOTTEN,
        ...(dropoff.instructions !== undefined && { instructions: FORGOTTEN }),
      },
    }),
    ...(platform && { platform: forgetPlatform(platform, FORGOTTEN) }),
  };
}

function forgetItem(item: Item): Item {
  return {
    ...item,
    ...(item.notes !== undefined && { notes: FORGOTTEN }),
    allergies: item.allergies.map(() => FORGOTTEN),
  };
}

function forgetTicket(ticket: Ticket, seq: number): Ticket {
  return { ...ticket, version: seq, pending: ticket.pending.map(forgetChange) };
}

function forgetChange(change: Change): Change {
  if (change.field !== 'notes' && change.field !== 'allergies') return change;
  return { ...change, from: FORGOTTEN, to: FORGOTTEN };
}

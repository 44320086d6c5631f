import { type EventBody, fact } from '../events.ts';
import { conflict } from '../refusals.ts';
import type { LocationState, Table } from '../state.ts';
import { judge } from './availability.ts';
import { findAgain, lapsed, lookNow, millis } from './places.ts';
import type { Guest, Reservation } from './state.ts';

/** Who sits where: the thread between a table, its party in the book, and what is ordered there. */

/** The tables at which they sit, the first of a joined row first. */
export function tablesOf(state: LocationState, { id }: Pick<Reservation, 'id'>): string[] {
  return [...state.tables.values()]
    .filter(({ reservation }) => reservation === id)
    .toSorted((a, b) => Number(a.joined !== undefined) - Number(b.joined !== undefined))
    .map((table) => table.id);
}

/** Back at the door: their tables are free again. Throws where an order is open there, or their time is another's by now. */
export function unseat(state: LocationState, one: Reservation, at: string): EventBody[] {
  const seatedAt = tablesOf(state, one);
  for (const id of seatedAt)
    if ((state.tables.get(id)?.orders.length ?? 0) > 0)
      throw conflict(`There is an order at table ${id}; move it first.`, { kind: 'table', id });
  const tables = findAgain(state, one, at, true, seatedAt);
  return [
    ...lapsed(state, at),
    fact('reservation.corrected', { reservation: one.id, to: 'arrived', tables: [...tables] }),
    ...seatedAt.map((id) => fact('table.cleared', { table: id, to: 'free' })),
  ];
}

/**
 * What clearing a table means to the party that sat there. Free again at once, it was a slip: they are back at the door,
 * where their table is still theirs. Otherwise they are finished, and the tables pushed to theirs are empty too.
 */
export function partyLeft(state: LocationState, table: Table, to: 'free' | 'dirty', at: string): EventBody[] {
  const one = table.reservation === undefined ? undefined : state.bookings.reservations[table.reservation];
  if (one?.status !== 'seated') return [];
  const others = tablesOf(state, one).filter((id) => id !== table.id);
  const cleared = others
    .filter((id) => (state.tables.get(id)?.orders.length ?? 0) === 0)
    .map((id) => fact('table.cleared', { table: id, to }));
  // They still sit at another of their tables, with an order.
  if (cleared.length < others.length) return [];
  const wish = { party: one.party, minutes: one.minutes, tables: one.tables };
  const isSlip =
    to === 'free' && judge(lookNow(state, at, one.id, tablesOf(state, one)), millis(one.at), wish, true).free;
  return [
    ...cleared,
    isSlip
      ? fact('reservation.corrected', { reservation: one.id, to: 'arrived', tables: [...one.tables] })
      : fact('reservation.finished', { reservation: one.id }),
  ];
}

/** Whom the first order of a table is for, where the book or the waitlist knows; null: it is not the first, or nobody does. */
export function partyAt(
  state: LocationState,
  id: string,
): { covers: number; guest: Guest; allergies: readonly string[] } | null {
  const table = state.tables.get(id);
  if (!table || table.orders.length > 0) return null;
  const entry = state.bookings.waitlist[table.entry ?? ''];
  if (entry) return { covers: entry.party, guest: { name: entry.guest.name }, allergies: [] };
  const one = state.bookings.reservations[table.reservation ?? ''];
  if (!one || tablesOf(state, one).some((other) => (state.tables.get(other)?.orders.length ?? 0) > 0))
    return null;
  return { covers: one.party, guest: { name: one.guest.name }, allergies: one.allergies };
}

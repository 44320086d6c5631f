import type { TableView } from '../entities.ts';
import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../text.ts';
import { MINUTE_MS } from '../zone.ts';
import type { BookView, ReservationView, WaitlistView } from './entities.ts';
import { isKept } from './state.ts';

export function presentReservation(
  state: LocationState,
  id: string,
  forKitchen = false,
): ReservationView | null {
  const one = state.bookings.reservations[id];
  if (!one) return null;
  const { guest, notes, fingerprint: _fingerprint, announced: _announced, ...rest } = one;
  const rules = state.config?.booking;
  const after = (minutes: number | undefined): string =>
    toInstant((toMillis(one.at) ?? 0) + (minutes ?? 0) * MINUTE_MS);
  return {
    kind: 'reservation',
    ...rest,
    ...(!forKitchen && { guest: { ...guest } }),
    ...(notes !== undefined && { notes }),
    allergies: [...one.allergies],
    tables: [...one.tables],
    lateAt: after(rules?.lateAfter),
    noShowAt: after(rules?.noShowAfter),
  };
}

/** The kitchen sees a large party from when it was told of it until they sit. */
export function isForKitchen(state: LocationState, id: string): boolean {
  const one = state.bookings.reservations[id];
  return one?.announced === true && isKept(one);
}

export function presentWaitEntry(state: LocationState, id: string): WaitlistView | null {
  const one = state.bookings.waitlist[id];
  if (!one) return null;
  const { fingerprint: _fingerprint, tables, ...rest } = one;
  return { kind: 'waitlist', ...rest, guest: { ...one.guest }, ...(tables && { tables: [...tables] }) };
}

/** Who comes to the table next: whoever seats somebody there within half an hour before is asked. */
export function presentReserved(state: LocationState, table: string): TableView['reserved'] {
  const one = state.bookings.reservations[state.bookings.next[table] ?? ''];
  return one && { reservation: one.id, at: one.at, party: one.party, name: one.guest.name };
}

export function presentBook(state: LocationState): BookView | null {
  const { config } = state;
  if (!config) return null;
  const { booking } = config;
  return {
    kind: 'book',
    id: 'book',
    version: state.configuredAt,
    timezone: config.timezone,
    dayEndsAt: config.dayEndsAt,
    slotMinutes: booking.slotMinutes,
    turns: booking.turns,
    ...(booking.hours && { hours: withoutGaps(booking.hours) }),
    exceptions: booking.exceptions,
    ...(booking.pacing !== undefined && { pacing: booking.pacing }),
    largest: booking.largest,
    daysAhead: booking.daysAhead,
    holdMinutes: booking.holdMinutes,
    lateAfter: booking.lateAfter,
    noShowAfter: booking.noShowAfter,
    announceFrom: booking.announceFrom,
    combinations: booking.combinations,
  };
}

function withoutGaps<V>(hours: Readonly<Record<string, V | undefined>>): Record<string, V> {
  return Object.fromEntries(
    Object.entries(hours).flatMap(([day, periods]) => (periods ? [[day, periods]] : [])),
  );
}

import type { LocationConfig } from '../config.ts';
import { nameId } from '../ids.ts';
import type { Upcoming } from '../ladder.ts';
import { toInstant, toMillis } from '../text.ts';
import { MINUTE_MS } from '../zone.ts';
import { type Bookings, type Reservation, type WaitEntry, isKept, isOver, isWaiting } from './state.ts';

/** What time alone asks of the book. Each has one command with an id of its own, and is over once that is in the log. */

const ARCHIVE_AFTER_MS = 4 * 3_600_000;
/** What nobody ever said the end of leaves memory as well, so long after its table would have been free. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** The same with the time at which a policy next looks at it; to be called on every book that changed. */
export function withDeadline(bookings: Bookings, config: LocationConfig | null): Bookings {
  let first = Number.POSITIVE_INFINITY;
  for (const { at } of upcomingBookings(bookings, config)) first = Math.min(first, at);
  const deadline = first === Number.POSITIVE_INFINITY ? null : toInstant(first);
  return deadline === bookings.deadline ? bookings : { ...bookings, deadline };
}

export function* upcomingBookings(bookings: Bookings, config: LocationConfig | null): Generator<Upcoming> {
  for (const one of Object.values(bookings.reservations)) yield* ofReservation(one, config);
  for (const one of Object.values(bookings.waitlist)) yield* ofEntry(one);
}

function* ofReservation(one: Reservation, config: LocationConfig | null): Generator<Upcoming> {
  const { id } = one;
  const comes = millis(one.at);
  if (isOver(one)) {
    yield archive(id, millis(one.endedAt ?? one.at) + ARCHIVE_AFTER_MS);
    return;
  }
  yield archive(id, comes + one.minutes * MINUTE_MS + FORGOTTEN_AFTER_MS);
  if (one.status === 'held' && one.until !== undefined) {
    const { until } = one;
    yield {
      at: millis(until),
      command: () => ({
        id: nameId('hold', id, until),
        name: 'reservation.expire',
        input: { reservation: id },
      }),
    };
    return;
  }
  const rules = config?.booking;
  if (!rules || !isKept(one) || one.status === 'requested') return;
  if (one.party >= rules.announceFrom && one.announced !== true)
    yield {
      at: comes - rules.announceMinutes * MINUTE_MS,
      command: () => ({
        id: nameId('announce', id, String(one.version)),
        name: 'reservation.announce',
        input: { reservation: id },
      }),
    };
  if (rules.autoNoShow !== undefined && (one.status === 'booked' || one.status === 'confirmed')) {
    const at = comes + rules.autoNoShow * MINUTE_MS;
    yield {
      at,
      command: () => ({
        id: nameId('no-show', id, String(one.version)),
        name: 'reservation.giveUp',
        input: { reservation: id },
      }),
    };
  }
}

function* ofEntry(one: WaitEntry): Generator<Upcoming> {
  const { id, until } = one;
  if (!isWaiting(one)) {
    yield archiveEntry(id, millis(one.endedAt ?? one.since) + ARCHIVE_AFTER_MS);
    return;
  }
  yield archiveEntry(id, millis(one.since) + FORGOTTEN_AFTER_MS);
  if (one.status === 'notified' && until !== undefined)
    yield {
      at: millis(until),
      command: () => ({ id: nameId('lapse', id, until), name: 'waitlist.lapse', input: { entry: id } }),
    };
}

function archive(id: string, at: number): Upcoming {
  return {
    at,
    command: () => ({
      id: nameId('archive-reservation', id, toInstant(at)),
      name: 'reservation.archive',
      input: { reservation: id },
    }),
  };
}

function archiveEntry(id: string, at: number): Upcoming {
  return {
    at,
    command: () => ({
      id: nameId('archive-entry', id, toInstant(at)),
      name: 'waitlist.archive',
      input: { entry: id },
    }),
  };
}

/** Has the time come at which it leaves memory? */
export function isStale(one: Reservation | WaitEntry, now: number): boolean {
  const list = 'at' in one ? ofReservation(one, null) : ofEntry(one);
  for (const { at, command } of list) {
    const { name } = command();
    if ((name === 'reservation.archive' || name === 'waitlist.archive') && at <= now) return true;
  }
  return false;
}

function millis(instant: string): number {
  return toMillis(instant) ?? 0;
}

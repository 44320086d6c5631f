import type { BookingConfig } from './config.ts';

/** Times of day and turn times, without the schemas: screens draw with them. */

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** `00:30` in a house whose day ends at four is minute 1470 of its day. */
export function serviceMinute(clock: string, dayEndsAt: number): number {
  const minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  return minute < dayEndsAt * 60 ? minute + 1_440 : minute;
}

/** Minutes that a table is a party's. */
export function turnOf(booking: Pick<BookingConfig, 'turns'>, party: number): number {
  const row = booking.turns.find(({ upTo }) => party <= upTo) ?? booking.turns.at(-1);
  return row?.minutes ?? 90;
}

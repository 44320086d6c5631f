import { z } from 'zod';
import { slug, words } from '../text.ts';
import { WEEKDAYS, serviceMinute } from './times.ts';

/** How a location takes reservations. Left out: the defaults of the trade. Minutes unless said otherwise. */

const wall = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 18:30');
const day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be a day such as 2026-12-25');

/** First and last time at which a party may come. An hour before the location's `dayEndsAt` is of the evening before. */
const period = z.strictObject({ name: words(40).optional(), first: wall, last: wall });
const periods = z.array(period).max(8);

export const bookingConfig = z.strictObject({
  /** Between two times at which a party may come. */
  slotMinutes: z.int().min(5).max(120).default(15),
  /** How long the table is theirs, by the size of the party: the first row that reaches it, else the last. */
  turns: z
    .array(z.strictObject({ upTo: z.int().min(1).max(99), minutes: z.int().min(15).max(720) }))
    .min(1)
    .max(20)
    .default([
      { upTo: 2, minutes: 75 },
      { upTo: 4, minutes: 90 },
      { upTo: 6, minutes: 120 },
      { upTo: 99, minutes: 150 },
    ]),
  /** By weekday; a weekday that is not named is closed. Left out altogether: at any hour. */
  hours: z
    .strictObject({
      sun: periods.optional(),
      mon: periods.optional(),
      tue: periods.optional(),
      wed: periods.optional(),
      thu: periods.optional(),
      fri: periods.optional(),
      sat: periods.optional(),
    })
    .optional(),
  /** Days that are not like their weekday; without periods: closed. */
  exceptions: z
    .array(z.strictObject({ day, periods: periods.default([]), reason: words(80).optional() }))
    .max(400)
    .default([]),
  /** Covers that may come at one slot. Left out: as many as there are tables for. */
  pacing: z.int().min(1).max(999).optional(),
  /** The largest party that is taken. */
  largest: z.int().min(1).max(99).default(20),
  /** From this size on the house answers itself: what the phone or a partner books is a request until then. */
  confirmFrom: z.int().min(2).max(99).optional(),
  daysAhead: z.int().min(0).max(730).default(60),
  /** A table is kept so long while somebody is still talking. */
  holdMinutes: z.int().min(1).max(120).default(10),
  /** A party that is not here is late after this … */
  lateAfter: z.int().min(0).max(240).default(10),
  /** … and somebody is asked whether they come at all after this. */
  noShowAfter: z.int().min(0).max(240).default(15),
  /** They are a no-show by themselves after this. Left out: only a person says so. */
  autoNoShow: z.int().min(5).max(480).optional(),
  /** Who was called from the waitlist has so long to come to the stand. */
  notifyMinutes: z.int().min(1).max(120).default(10),
  /** The kitchen is told of parties from this size on, `announceMinutes` before they come. */
  announceFrom: z.int().min(2).max(99).default(8),
  announceMinutes: z.int().min(0).max(240).default(30),
  /** Tables that can be pushed together, and how many sit there then. */
  combinations: z
    .array(z.strictObject({ tables: z.array(slug).min(2).max(6), seats: z.int().min(2).max(99) }))
    .max(200)
    .default([]),
});
export type BookingConfig = z.infer<typeof bookingConfig>;
export type PeriodConfig = z.infer<typeof period>;

/** Tables that do not exist, and days whose last time comes before the first. */
export function* lintBooking(
  booking: BookingConfig,
  tables: readonly { id: string }[],
  dayEndsAt: number,
): Generator<{ path: (string | number)[]; message: string }> {
  for (const [index, { tables: joined }] of booking.combinations.entries())
    for (const [at, id] of joined.entries()) {
      const path = ['booking', 'combinations', index, 'tables', at];
      if (!tables.some((table) => table.id === id)) yield { path, message: `no table "${id}"` };
      else if (joined.indexOf(id) < at) yield { path, message: `"${id}" is here twice` };
    }
  for (const [index, { upTo }] of booking.turns.entries())
    if (index > 0 && upTo <= (booking.turns[index - 1]?.upTo ?? 0))
      yield { path: ['booking', 'turns', index, 'upTo'], message: 'must be above the one before' };
  const days: { path: (string | number)[]; list: readonly PeriodConfig[] }[] = [
    ...WEEKDAYS.map((name) => ({ path: ['booking', 'hours', name], list: booking.hours?.[name] ?? [] })),
    ...booking.exceptions.map((one, index) => ({
      path: ['booking', 'exceptions', index, 'periods'],
      list: one.periods,
    })),
  ];
  for (const { path, list } of days)
    for (const [index, { first, last }] of list.entries())
      if (serviceMinute(last, dayEndsAt) < serviceMinute(first, dayEndsAt))
        yield {
          path: [...path, index, 'last'],
          message: 'must not be before first (the day ends at dayEndsAt)',
        };
}

import { type Sql, sql } from './sql.ts';

/** What a report is about: business days of one location, and the days that they are compared with. */
export type Period = {
  readonly location: string;
  /** `2026-03-13`, both included. */
  readonly from: string;
  readonly to: string;
  /** The same weekdays before: so many days earlier, a multiple of seven. */
  readonly back: number;
  /** RFC 3339; of the days before, no more than had happened by this time of theirs. */
  readonly now: string;
  readonly zone: string;
  /** The hour at which a business day begins. */
  readonly dayStart: number;
};

/** The days that a period is compared with begin so much earlier: one week, or as many as it is long. */
export function backOf(days: number): number {
  return Math.ceil(days / 7) * 7;
}

export type Side = 'now' | 'before';

/** Rows of a table in the period, or on the days before it up to the same time of day. `at` is the column with their time. */
export function within(period: Period, side: Side, at: 'at' | 'fired_at'): Sql {
  const { location, from, to, back, now, zone } = period;
  if (side === 'now') return sql`location_id = ${location} and day between ${from}::date and ${to}::date`;
  const time = at === 'at' ? sql`at` : sql`fired_at`;
  return sql`location_id = ${location}
    and day between ${from}::date - ${back}::int and ${to}::date - ${back}::int
    and (${time} at time zone ${zone}::text) <= (${now}::timestamptz at time zone ${zone}::text) - ${back}::int * interval '1 day'`;
}

/** Hours in the order of a business day: with a day that begins at four, 4 to 23 and then 0 to 3. */
export function hourOrder({ dayStart }: Period): Sql {
  return sql`(hour - ${dayStart}::int + 24) % 24`;
}

import { z } from 'zod';

/** What reports answer. Money in minor units of the location's currency, times in seconds, days are business days. */

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const row = z.record(z.string(), cell);
const about = {
  /** Business days, both included. */
  from: z.string(),
  to: z.string(),
  /** The days these are compared with. */
  beforeFrom: z.string(),
  beforeTo: z.string(),
  /** The business day of now. */
  today: z.string(),
  /** The business day on which the log begins: what lies before it cannot be compared with. */
  since: z.string(),
  timezone: z.string(),
  currency: z.string(),
};

export const reportAnswer = z.object({
  report: z.string(),
  ...about,
  columns: z.array(z.string()),
  rows: z.array(row),
  /** For the next page; null: that is all. */
  next: z.string().nullable(),
});

/** Several reports of one moment: what a page of figures shows. */
export const figuresAnswer = z.object({ ...about, reports: z.record(z.string(), z.array(row)) });

/** One row a location of an organization. */
export const rollUpAnswer = z.object({
  locations: z.array(z.object({ location: z.string(), name: z.string(), ...about, rows: z.array(row) })),
});

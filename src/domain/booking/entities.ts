import { z } from 'zod';

/** What the stand sees of the book. `host`; the kitchen sees large parties that were announced, without their guest. */

const instant = z.string();
const version = z.int().min(0);
const guest = z.object({ name: z.string(), phone: z.string().optional() });

export const reservationStatus = z.enum([
  'held',
  'requested',
  'booked',
  'confirmed',
  'partially_arrived',
  'arrived',
  'seated',
  'finished',
  'cancelled',
  'no_show',
  'left',
  'expired',
  'declined',
]);

export const reservationView = z.object({
  kind: z.literal('reservation'),
  id: z.string(),
  version,
  status: reservationStatus,
  at: instant,
  /** Minutes that the table is theirs. */
  minutes: z.int(),
  party: z.int(),
  /** Not shown to the kitchen. */
  guest: guest.optional(),
  notes: z.string().optional(),
  allergies: z.array(z.string()),
  tables: z.array(z.string()),
  source: z.string(),
  call: z.string().optional(),
  madeAt: instant,
  madeBy: z.string().optional(),
  /** Of a hold: when it runs out. */
  until: instant.optional(),
  /** How many of them are here. */
  here: z.int().optional(),
  arrivedAt: instant.optional(),
  seatedAt: instant.optional(),
  endedAt: instant.optional(),
  reason: z.string().optional(),
  /** From then on they are late, and from then on somebody is asked whether they come: while they are booked or confirmed. */
  lateAt: instant,
  noShowAt: instant,
});
export type ReservationView = z.infer<typeof reservationView>;

export const waitlistView = z.object({
  kind: z.literal('waitlist'),
  id: z.string(),
  version,
  status: z.enum(['waiting', 'notified', 'checked_in', 'seated', 'cancelled', 'no_show']),
  party: z.int(),
  guest,
  notes: z.string().optional(),
  call: z.string().optional(),
  /** Minutes that they were told when they came on the list. */
  quote: z.int(),
  addedAt: instant,
  since: instant,
  notifiedAt: instant.optional(),
  until: instant.optional(),
  lapses: z.int(),
  tables: z.array(z.string()).optional(),
  /** Minutes that it took in the end. */
  waited: z.int().optional(),
  endedAt: instant.optional(),
});
export type WaitlistView = z.infer<typeof waitlistView>;

/** The rules of the book, so that a screen can draw a day and offer times without asking. One entity, `book`. */
export const bookView = z.object({
  kind: z.literal('book'),
  id: z.string(),
  version,
  timezone: z.string(),
  dayEndsAt: z.int(),
  slotMinutes: z.int(),
  turns: z.array(z.object({ upTo: z.int(), minutes: z.int() })),
  hours: z
    .record(
      z.string(),
      z.array(z.object({ name: z.string().optional(), first: z.string(), last: z.string() })),
    )
    .optional(),
  exceptions: z.array(
    z.object({
      day: z.string(),
      periods: z.array(z.object({ name: z.string().optional(), first: z.string(), last: z.string() })),
      reason: z.string().optional(),
    }),
  ),
  pacing: z.int().optional(),
  largest: z.int(),
  daysAhead: z.int(),
  holdMinutes: z.int(),
  lateAfter: z.int(),
  noShowAfter: z.int(),
  announceFrom: z.int(),
  combinations: z.array(z.object({ tables: z.array(z.string()), seats: z.int() })),
});
export type BookView = z.infer<typeof bookView>;

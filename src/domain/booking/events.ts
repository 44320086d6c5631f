import { z } from 'zod';

/** What happened in the book of reservations and on the waitlist. */

const id = z.string();
const at = z.string();
const pii = { pii: true };

const guest = z.object({ name: z.string().meta(pii), phone: z.string().optional().meta(pii) });

const reservationFact = z.object({
  id,
  at,
  /** Minutes that the table is theirs. */
  minutes: z.int(),
  party: z.int(),
  guest,
  notes: z.string().optional().meta(pii),
  allergies: z.array(z.string()).meta(pii),
  tables: z.array(z.string()),
  source: z.string(),
  call: id.optional(),
  /** Of the whole request: the same id with the same content is the same reservation. */
  fingerprint: z.string().optional().meta(pii),
});
export type ReservationFact = z.infer<typeof reservationFact>;

const entryFact = z.object({
  id,
  party: z.int(),
  guest,
  notes: z.string().optional().meta(pii),
  call: id.optional(),
  /** Minutes that they were told. */
  quote: z.int(),
  fingerprint: z.string().optional().meta(pii),
});

const only = z.object({ reservation: id });
const entryOnly = z.object({ entry: id });
const who = z.enum(['guest', 'house']);

export const bookingFacts = {
  'reservation.held': z.object({ reservation: reservationFact, until: at }),
  /** The house has to say yes first. */
  'reservation.requested': z.object({ reservation: reservationFact }),
  'reservation.booked': z.object({ reservation: reservationFact }),
  /** One step on: a hold or a request became what it was for, or the guest said again that they come. */
  'reservation.confirmed': only.extend({ to: z.enum(['requested', 'booked', 'confirmed']) }),
  'reservation.declined': only.extend({ reason: z.string().optional().meta(pii) }),
  'reservation.changed': only.extend({
    at: at.optional(),
    minutes: z.int().optional(),
    party: z.int().optional(),
    tables: z.array(z.string()).optional(),
    guest: guest.optional(),
    notes: z.string().nullable().optional().meta(pii),
    allergies: z.array(z.string()).optional().meta(pii),
  }),
  'reservation.cancelled': only.extend({ by: who, reason: z.string().optional().meta(pii) }),
  'reservation.expired': only,
  /** So many of them are here; fewer than the party: the others still come. */
  'reservation.arrived': only.extend({ covers: z.int() }),
  'reservation.seated': only.extend({ tables: z.array(z.string()) }),
  'reservation.finished': only,
  'reservation.noShow': only,
  'reservation.left': only,
  /** A slip of the finger taken back; `tables`: where they are kept now. */
  'reservation.corrected': only.extend({ to: z.enum(['arrived', 'booked']), tables: z.array(z.string()) }),
  /** The kitchen was told of a large party. */
  'reservation.announced': only,
  /** Over long enough: out of memory. */
  'reservation.archived': only,
  'waitlist.added': z.object({ entry: entryFact }),
  /** They were told that their table is ready; they have until then to come to the stand. */
  'waitlist.notified': entryOnly.extend({ until: at }),
  'waitlist.checkedIn': entryOnly,
  /** `waited`: minutes from the list to the table, beside what was quoted. */
  'waitlist.seated': entryOnly.extend({ tables: z.array(z.string()), quoted: z.int(), waited: z.int() }),
  'waitlist.cancelled': entryOnly.extend({ by: who }),
  'waitlist.noShow': entryOnly,
  /** Told, and not come in time: at the end of the list again. */
  'waitlist.lapsed': entryOnly,
  'waitlist.archived': entryOnly,
} as const;

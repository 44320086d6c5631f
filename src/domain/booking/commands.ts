import { z } from 'zod';
import { allergies, instant, paintedVersion, slug, text, uuid, words } from '../text.ts';

/** What may be asked of the book of reservations and of the waitlist. */

const guest = z.strictObject({
  name: words(80).meta({ pii: true }),
  phone: text(40).optional().meta({ pii: true }),
});
const party = z.int('must be a whole number').min(1, 'must be 1 to 99').max(99, 'must be 1 to 99');
const reservation = uuid;
const entry = uuid;
const version = paintedVersion;
/** Who stands at the door knows better: outside the hours, above the pacing, too many at one table. Never two at one table. */
const anyway = z.boolean().optional();
const notes = text(280).meta({ pii: true });

export const bookingInputs = {
  /** `hold: true` keeps the table for 10 minutes while the caller is still talking; `reservation.confirm` makes it a booking. */
  'reservation.book': z.strictObject({
    reservation: z.strictObject({
      id: uuid,
      at: instant,
      party,
      guest,
      notes: notes.optional(),
      allergies,
      /** Fixed by the host; otherwise the house chooses. */
      tables: z.array(slug).min(1).max(6).optional(),
      source: slug.optional(),
      /** The call in which it was made. */
      call: uuid.optional(),
      hold: z.boolean().default(false),
    }),
    anyway,
  }),
  /**
   * A hold becomes a booking (or a request, where the house answers large parties itself), a request is accepted.
   * `to: 'confirmed'`: the guest said again that they come.
   */
  'reservation.confirm': z.strictObject({
    reservation,
    to: z.enum(['booked', 'confirmed']).optional(),
    version,
  }),
  'reservation.decline': z.strictObject({ reservation, reason: words(140).optional(), version }),
  'reservation.change': z.strictObject({
    reservation,
    at: instant.optional(),
    party: party.optional(),
    tables: z.array(slug).min(1).max(6).optional(),
    guest: guest.optional(),
    notes: notes.nullable().optional(),
    allergies: z.array(words(60)).max(20).optional().meta({ pii: true }),
    anyway,
    version,
  }),
  'reservation.cancel': z.strictObject({
    reservation,
    by: z.enum(['guest', 'house']).default('house'),
    reason: words(140).optional(),
    version,
  }),
  /** Some (`covers` below the party) or all of them are here. */
  'reservation.arrive': z.strictObject({ reservation, covers: party.optional(), version }),
  /** Without `table`: the one that was kept. */
  'reservation.seat': z.strictObject({ reservation, table: slug.optional(), version }),
  'reservation.finish': z.strictObject({ reservation, version }),
  'reservation.noShow': z.strictObject({ reservation, version }),
  /** They were here, and left before they got a table. */
  'reservation.leave': z.strictObject({ reservation, version }),
  /** A slip of the finger: seated or no-show back to arrived, cancelled back to booked where the table is still free. */
  'reservation.correct': z.strictObject({ reservation, to: z.enum(['arrived', 'booked']), version }),
  'waitlist.add': z.strictObject({
    entry: z.strictObject({ id: uuid, party, guest, notes: notes.optional(), call: uuid.optional() }),
  }),
  'waitlist.notify': z.strictObject({ entry, version }),
  'waitlist.checkIn': z.strictObject({ entry, version }),
  'waitlist.seat': z.strictObject({ entry, table: slug, version }),
  'waitlist.cancel': z.strictObject({ entry, by: z.enum(['guest', 'house']).default('house'), version }),
  'waitlist.noShow': z.strictObject({ entry, version }),
} as const;

/** What time alone asks of the book. */
export type BookingInner = {
  /** A hold ran out. */
  'reservation.expire': { reservation: string };
  /** A large party comes soon: the kitchen is told. */
  'reservation.announce': { reservation: string };
  /** They did not come, in a house that wants this said by itself. */
  'reservation.giveUp': { reservation: string };
  /** Over long enough: out of memory. */
  'reservation.archive': { reservation: string };
  /** They were told and did not come in time. */
  'waitlist.lapse': { entry: string };
  'waitlist.archive': { entry: string };
};

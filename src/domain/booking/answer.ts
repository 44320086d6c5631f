import type { CommandOf } from '../families.ts';
import type { LocationState } from '../state.ts';

/** What a booking comes to: enough for a sentence to the guest, and nothing of whom it is for. */
export function answerBooking(
  state: LocationState,
  { input }: CommandOf<'booking'>,
): { [key: string]: { [key: string]: string | number | string[] } } {
  if ('reservation' in input) {
    const id = typeof input.reservation === 'string' ? input.reservation : input.reservation.id;
    const one = state.bookings.reservations[id];
    return one
      ? {
          reservation: {
            id,
            status: one.status,
            version: one.version,
            at: one.at,
            minutes: one.minutes,
            party: one.party,
            tables: [...one.tables],
            ...(one.until !== undefined && { until: one.until }),
          },
        }
      : {};
  }
  const id = typeof input.entry === 'string' ? input.entry : input.entry.id;
  const one = state.bookings.waitlist[id];
  return one
    ? { entry: { id, status: one.status, version: one.version, party: one.party, quote: one.quote } }
    : {};
}

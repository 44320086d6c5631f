import type { LocationState } from '../state.ts';

/** Whose number it is. Decided once, when the call becomes known: nothing that follows looks at the number again. */

/** A number counts as the same when its last digits are: with and without the country's code. */
const TELLING = 9;
const LEAST = 7;

export function knownAs(
  state: LocationState,
  phone: string | undefined,
): { name: string; visits: number; allergies: string[] } | null {
  const number = telling(phone);
  if (number === null) return null;
  const found: { name: string; at: string; allergies: readonly string[]; visit?: boolean }[] = [];
  for (const { guest, at, allergies } of Object.values(state.bookings.reservations))
    if (telling(guest.phone) === number) found.push({ name: guest.name, at, allergies, visit: true });
  for (const { guest, since } of Object.values(state.bookings.waitlist))
    if (telling(guest.phone) === number) found.push({ name: guest.name, at: since, allergies: [] });
  for (const { guest, placedAt, allergies } of state.orders.values())
    if (guest && telling(guest.phone) === number)
      found.push({ name: guest.name, at: placedAt, allergies, visit: true });
  for (const { guest, from, startedAt } of Object.values(state.calls.calls))
    if (guest && telling(from) === number)
      found.push({ name: guest.name, at: startedAt, allergies: guest.allergies });
  const latest = found.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (!latest) return null;
  const allergies = [...new Set(found.flatMap((one) => one.allergies))].slice(0, 20);
  return { name: latest.name, visits: found.filter(({ visit }) => visit === true).length, allergies };
}

/** The digits by which a number is known again; null where there are too few. */
export function telling(phone: string | undefined): string | null {
  const digits = phone?.replaceAll(/\D/g, '') ?? '';
  return digits.length < LEAST ? null : digits.slice(-TELLING);
}

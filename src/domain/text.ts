import { z } from 'zod';
import { isWithinYears, toInstant, toMillis } from './instants.ts';

export { isWithinYears, toInstant, toMillis };

/**
 * The small shapes that every document of Heard is built from.
 * A string from outside is well-formed Unicode without U+0000: PostgreSQL's jsonb refuses both,
 * and one such string would fail a whole batch of strangers' orders.
 */

const SLUG = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True when PostgreSQL's jsonb can hold the string. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** Free text of 0 to `max` characters, storable. */
export function text(max: number) {
  return z
    .string()
    .max(max, `must be at most ${max} characters`)
    .refine(isStorable, 'must be well-formed Unicode without U+0000');
}

/** Text that must say something: 1 to `max` characters. */
export function words(max: number) {
  return text(max).refine((value) => value.trim().length > 0, 'must not be empty');
}

/** What people configure: `grill`, `T12`, `classic-burger`. 1 to 64 of A-Z a-z 0-9 - _. */
export const slug = z.string().regex(SLUG, 'must be 1 to 64 letters, digits, - or _');

/** An id minted by whoever creates the thing; lower-cased, so that a retry in capitals names the same thing. */
export const uuid = z
  .string()
  .regex(UUID, 'must be a UUID')
  .transform((value) => value.toLowerCase());

/** RFC 3339 in UTC (or with an offset); kept as UTC with milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, message: 'must be an RFC 3339 time such as 2026-01-31T18:30:00Z' })
  .transform((value, context) => {
    const normal = toUtc(value);
    if (normal === null) {
      context.addIssue({ code: 'custom', message: 'must be a time that exists, from 1970 to 9999' });
      return z.NEVER;
    }
    return normal;
  });

/** Money in integer minor units of the location's currency. */
export const money = z.int().min(-100_000_000).max(100_000_000);

/** A count of portions, 1 to 999. */
export const quantity = z
  .int('must be a whole number')
  .min(1, 'must be 1 to 999')
  .max(999, 'must be 1 to 999');

/** A version that a screen painted: a position in the location's log. */
export const paintedVersion = z.int().min(0).optional();

/** Allergens as a short list of words, without repeats. */
export const allergies = z.array(words(60)).max(20).default([]).meta({ pii: true });

function toUtc(value: string): string | null {
  const millis = toMillis(value);
  return millis === null || !isWithinYears(millis) ? null : toInstant(millis);
}

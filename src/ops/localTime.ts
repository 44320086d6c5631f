import { isWithinYears, toMillis } from '../domain/text.ts';
import { DAY_MS, offsetAt } from '../domain/zone.ts';

/** Times as people of a place say them, as moments: `19:42` is the last time that it was 19:42 there. */

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const CIVIL = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)$/;

/** Milliseconds since 1970, or null for what is no time. RFC 3339, `2026-03-13T19:42` or `19:42` in the zone. */
export function readLocalTime(said: string, zone: string, now: number): number | null {
  const at = readAnyTime(said, zone, now);
  return at === null || !isWithinYears(at) ? null : at;
}

function readAnyTime(said: string, zone: string, now: number): number | null {
  const exact = toMillis(said);
  if (exact !== null) return Number.isNaN(Date.parse(said)) ? null : exact;
  const civil = CIVIL.exec(said);
  if (civil !== null) return fromCivil(`${civil[1]}T${civil[2]}:${civil[3]}:00.000Z`, zone);
  const clock = CLOCK.exec(said);
  if (clock === null) return null;
  const [, hour = '', minute = ''] = clock;
  for (const back of [0, 1, 2]) {
    const day = new Date(now + offsetAt(zone, now) - back * DAY_MS).toISOString().slice(0, 10);
    const at = fromCivil(`${day}T${hour.padStart(2, '0')}:${minute}:00.000Z`, zone);
    if (at !== null && at <= now) return at;
  }
  return null;
}

/** `19:42:07` in the zone. */
export function localClock(at: number, zone: string): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(11, 19);
}

function fromCivil(asUtc: string, zone: string): number | null {
  const civil = Date.parse(asUtc);
  if (Number.isNaN(civil) || !isWithinYears(civil)) return null;
  // The offset of a guess is right but around a change of the clocks; the second guess is right there too.
  const guess = civil - offsetAt(zone, civil);
  return civil - offsetAt(zone, guess);
}

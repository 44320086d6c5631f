/** Times as text and as milliseconds since 1970, without a clock. In a file of its own: screens want it without the schemas. */

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i;

/** The form in which this house writes times: nearly every one that is read. */
const OWN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Pure RFC 3339 to UTC milliseconds since 1970; null when it is no such time. */
export function toMillis(value: string): number | null {
  if (OWN.test(value)) return readOwn(value);
  const match = INSTANT.exec(value);
  if (!match) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = 'Z'] =
    match;
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  const millis = Number(`${fraction}000`.slice(0, 3));
  const offset =
    zone.toUpperCase() === 'Z'
      ? 0
      : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  return (((days * 24 + Number(hour)) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + millis;
}

/** By place rather than by pattern: the rules read a dozen times with every event. */
function readOwn(value: string): number {
  const days = daysFromCivil(digits(value, 0, 4), digits(value, 5, 7), digits(value, 8, 10));
  const minutes = (days * 24 + digits(value, 11, 13)) * 60 + digits(value, 14, 16);
  return (minutes * 60 + digits(value, 17, 19)) * 1000 + digits(value, 20, 23);
}

function digits(value: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index += 1) number = number * 10 + value.charCodeAt(index) - ZERO;
  return number;
}

const ZERO = 48;

/** Milliseconds since 1970 as RFC 3339 in UTC with whole milliseconds: `2026-01-31T18:30:00.000Z`. */
export function toInstant(millis: number): string {
  const days = Math.floor(millis / 86_400_000);
  const rest = Math.floor(millis) - days * 86_400_000;
  const [year, month, day] = civilFromDays(days);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(Math.floor(rest / 3_600_000))}:${two(Math.floor(rest / 60_000) % 60)}:${two(Math.floor(rest / 1000) % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}.${String(rest % 1000).padStart(3, '0')}Z`;
}

/** The last moment whose year has four digits: later ones are no RFC 3339, and the first centuries are none to PostgreSQL. */
const LAST = 253_402_300_799_999;

/** Is the moment one that every part of the house can write down? */
export function isWithinYears(millis: number): boolean {
  return millis >= 0 && millis <= LAST;
}

/** Days since 1970-01-01 of a civil date. After H. Hinnant, "chrono-compatible low-level date algorithms". */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): [year: number, month: number, day: number] {
  const z0 = days + 719_468;
  const era = Math.floor(z0 / 146_097);
  const dayOfEra = z0 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return [
    yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  ];
}

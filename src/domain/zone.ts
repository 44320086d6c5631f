import { toInstant, toMillis } from './instants.ts';

/**
 * What the clock on the wall says in a place, and when it says it. Pure: no time of now is read here.
 *
 * - *wall time*: a civil day (`2026-03-08`) and a minute of it, 0 to 1439. When clocks go forward some wall times do not
 *   exist; when they go back some come twice.
 * - *business day*: from the location's `dayEndsAt` o'clock to the next; half past midnight belongs to the evening before.
 *
 * What is decided with it is decided on the server, and events hold the moments that came of it: a browser whose tables
 * of zones are of another year only draws.
 */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;

export type Wall = { readonly day: string; readonly minute: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/** A zone that this machine does not know is read as UTC, as papers and order numbers do: the configuration is checked at the door. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const options = {
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  } as const;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch {
    made = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
  formats.set(timeZone, made);
  return made;
}

/** The zone's wall time minus UTC at a moment (ms since 1970), in ms. */
export function offsetAt(zone: string, at: number): number {
  if (zone === 'UTC') return 0;
  let [year, month, day, hour, minute, second] = ['', '', '', '', '', ''];
  for (const { type, value } of formatIn(zone).formatToParts(at))
    if (type === 'year') year = value;
    else if (type === 'month') month = value;
    else if (type === 'day') day = value;
    else if (type === 'hour') hour = value;
    else if (type === 'minute') minute = value;
    else if (type === 'second') second = value;
  const civil = toMillis(`${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.000Z`) ?? at;
  return civil - Math.floor(at / 1000) * 1000;
}

export function wallOf(zone: string, at: number): Wall {
  const civil = at + offsetAt(zone, at);
  return {
    day: toInstant(civil).slice(0, 10),
    minute: Math.floor((((civil % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS),
  };
}

/** The moments at which the wall says so, first to last: none when clocks jump over it, two when they go back over it. */
export function momentsOf(zone: string, { day, minute }: Wall): number[] {
  const civil = civilOf(day, minute);
  const [before, after] = offsetsAround(zone, civil);
  const found = before === after ? [civil - before] : [civil - before, civil - after];
  return found
    .filter((at, index) => at + offsetAt(zone, at) === civil && found.indexOf(at) === index)
    .sort((a, b) => a - b);
}

/** One moment for any wall time: of two the first; of one that is jumped over, as long after the jump as it lies in it. */
export function momentOf(zone: string, wall: Wall): number {
  const [first] = momentsOf(zone, wall);
  const civil = civilOf(wall.day, wall.minute);
  return first ?? civil - offsetsAround(zone, civil)[0];
}

/** Zones change their clocks at most once within two days. */
function offsetsAround(zone: string, civil: number): [before: number, after: number] {
  return [offsetAt(zone, civil - DAY_MS), offsetAt(zone, civil + DAY_MS)];
}

function civilOf(day: string, minute: number): number {
  return (toMillis(`${day}T00:00:00.000Z`) ?? 0) + minute * MINUTE_MS;
}

export function addDays(day: string, count: number): string {
  return toInstant(civilOf(day, count * DAY_MINUTES)).slice(0, 10);
}

/** 0 Sunday to 6 Saturday. */
export function weekdayOf(day: string): number {
  return (Math.floor(civilOf(day, 0) / DAY_MS) + 4) % 7;
}

/** `20:15`, of a minute of the day; minutes past midnight of a long evening count on from 1440. */
export function clockOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}

/** Where a location is, and when its day ends. */
export type Clock = { readonly timezone: string; readonly dayEndsAt: number };

/** A moment as the business day and a minute of it: hours past midnight count on from 1440. */
export function serviceTime(clock: Clock, at: number): Wall {
  const { day, minute } = wallOf(clock.timezone, at);
  return minute < clock.dayEndsAt * 60
    ? { day: addDays(day, -1), minute: minute + DAY_MINUTES }
    : { day, minute };
}

/** The moments of a minute of the business day. */
export function serviceMoments(clock: Clock, { day, minute }: Wall): number[] {
  return momentsOf(clock.timezone, civilWall(day, minute));
}

/** When a business day begins, and when the next one does (ms since 1970). */
export function serviceDay(clock: Clock, day: string): { from: number; to: number } {
  const begin = (of: string): number => momentOf(clock.timezone, { day: of, minute: clock.dayEndsAt * 60 });
  return { from: begin(day), to: begin(addDays(day, 1)) };
}

function civilWall(day: string, minute: number): Wall {
  const days = Math.floor(minute / DAY_MINUTES);
  return { day: addDays(day, days), minute: minute - days * DAY_MINUTES };
}

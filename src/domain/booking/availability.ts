import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../instants.ts';
import { MINUTE_MS, addDays, clockOf, serviceDay, serviceTime, wallOf } from '../zone.ts';
import { type Book, type Look, assign, bookOf, isIdle, lookAt } from './book.ts';
import { turnOf } from './times.ts';
import { slotAt, slotStart, slotTimes } from './hours.ts';

/** Whether a party can come at a time, when else, and on which day. Pure: the same answer to the same book. */

/** Why not: outside the hours, no slot, gone by, too many come at once, no table. */
export type Why = 'closed' | 'between' | 'past' | 'pacing' | 'full';
export type Verdict = { free: true; tables: readonly string[] } | { free: false; why: Why };

export type Wish = {
  party: number;
  /** Left out: the turn time of the party. */
  minutes?: number;
  /** These and no others. */
  tables?: readonly string[];
};

/** A time that is offered, or why it is not. */
export type Slot = {
  at: string;
  /** The same on the wall of the place: `2026-11-20T20:15`. */
  local: string;
  minutes: number;
  free: boolean;
  why?: Why;
  tables: readonly string[];
  period?: string;
};

export type Availability = {
  /** The business day that was looked at. */
  day: string;
  party: number;
  minutes: number;
  /** `party`: larger than the house takes; `past`, `far`: a day on which nothing is taken; `closed`: no hours. */
  closed?: 'party' | 'past' | 'far' | 'closed';
  /** Every slot of the day. */
  slots: Slot[];
  /** The nearest times that are free: to `at` where it was asked for, else the first of the day. Another day's only when this has none. */
  alternatives: Slot[];
};

const OFFERED = 4;
const DAYS_LOOKED_AT = 7;

/** A look at one day of the book, or at the day of one moment. `now` and `at` are RFC 3339. */
export function availability(
  state: LocationState,
  now: string,
  ask: { day?: string; at?: string; party: number; except?: string },
): Availability {
  const book = bookOf(state);
  const time = toMillis(now) ?? 0;
  if (!book)
    return {
      day: now.slice(0, 10),
      party: ask.party,
      minutes: 0,
      closed: 'closed',
      slots: [],
      alternatives: [],
    };
  return dayOf(lookAt(book, time, ask.except), ask);
}

/** The same of a look that is there already. */
export function dayOf(look: Look, ask: { day?: string; at?: string; party: number }): Availability {
  const { book, now } = look;
  const at = ask.at === undefined ? null : toMillis(ask.at);
  const today = serviceTime(book.clock, now).day;
  const day = at === null ? (ask.day ?? today) : serviceTime(book.clock, at).day;
  const minutes = turnOf(book.rules, ask.party);
  const slots = slotsOf(look, day, ask);
  const closed =
    ask.party > book.rules.largest
      ? 'party'
      : day < today
        ? 'past'
        : day > addDays(today, book.rules.daysAhead)
          ? 'far'
          : slots.length === 0
            ? 'closed'
            : null;
  const near = at ?? toMillis(slots.find(({ free }) => free)?.at ?? '') ?? serviceDay(book.clock, day).from;
  return {
    day,
    party: ask.party,
    minutes,
    ...(closed !== null && { closed }),
    slots: closed === null ? slots : slots.map((slot) => ({ ...slot, free: false })),
    alternatives: closed === 'party' ? [] : alternatives(look, near, ask),
  };
}

/** One moment. `anyway`: hours and pacing do not count, tables always do. */
export function judge(look: Look, at: number, wish: Wish, anyway = false): Verdict {
  const { book, now } = look;
  const { rules, clock } = book;
  if (!anyway) {
    const slot = slotAt(rules, clock, at);
    if (slot !== 'slot') return { free: false, why: slot };
    if (at <= now - rules.slotMinutes * MINUTE_MS) return { free: false, why: 'past' };
    const coming = look.covers.get(slotStart(rules, clock, at)) ?? 0;
    if (rules.pacing !== undefined && coming + wish.party > rules.pacing)
      return { free: false, why: 'pacing' };
  }
  const to = at + (wish.minutes ?? turnOf(rules, wish.party)) * MINUTE_MS;
  const tables = wish.tables
    ? wish.tables.every((id) => isIdle(look, id, at, to))
      ? wish.tables
      : null
    : assign(look, wish.party, at, to);
  return tables ? { free: true, tables } : { free: false, why: 'full' };
}

export function slotsOf(look: Look, day: string, wish: Wish): Slot[] {
  const { rules, clock } = look.book;
  const minutes = wish.minutes ?? turnOf(rules, wish.party);
  return slotTimes(rules, clock, day).map(({ at, period }) => {
    const verdict = judge(look, at, wish);
    return {
      at: toInstant(at),
      local: localOf(look.book, at),
      minutes,
      free: verdict.free,
      ...(!verdict.free && { why: verdict.why }),
      tables: verdict.free ? verdict.tables : [],
      ...(period !== null && { period }),
    };
  });
}

/** The free slots nearest to a moment: of its day, else of the days after it at about that time. */
export function alternatives(look: Look, at: number, wish: Wish, count = OFFERED): Slot[] {
  const { clock, rules } = look.book;
  const { day, minute } = serviceTime(clock, at);
  const last = addDays(serviceTime(clock, look.now).day, rules.daysAhead);
  if (wish.party > rules.largest) return [];
  const far = (slot: Slot): number =>
    Math.abs(serviceTime(clock, toMillis(slot.at) ?? 0).minute - minute) * MINUTE_MS;
  const free = (on: string): Slot[] => (on > last ? [] : slotsOf(look, on, wish).filter((slot) => slot.free));
  const found = free(day)
    .toSorted((a, b) => far(a) - far(b) || (a.at < b.at ? -1 : 1))
    .slice(0, count);
  for (let later = 1; later <= DAYS_LOOKED_AT && found.length === 0; later += 1)
    found.push(
      ...free(addDays(day, later))
        .toSorted((a, b) => far(a) - far(b) || (a.at < b.at ? -1 : 1))
        .slice(0, count),
    );
  return found.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** `2026-11-20T20:15` on the wall of the place. */
export function localOf({ clock }: Pick<Book, 'clock'>, at: number): string {
  const { day, minute } = wallOf(clock.timezone, at);
  return `${day}T${clockOf(minute)}`;
}

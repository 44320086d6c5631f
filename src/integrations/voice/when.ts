import { bookOf } from '../../domain/booking/book.ts';
import { slotAt } from '../../domain/booking/hours.ts';
import type { LocationState } from '../../domain/state.ts';
import { toInstant, toMillis } from '../../domain/text.ts';
import { type Wall, addDays, momentsOf, wallOf } from '../../domain/zone.ts';
import { timeOfText } from './clocks.ts';
import { type DaySaid, dayOfText } from './days.ts';
import { plain } from './spoken.ts';
import type { Language } from './words.ts';

/**
 * When somebody wants to come, from what a model made of what was said: ISO, `7 pm`, "tomorrow at half past seven". All in
 * the zone of the place, whose clock knows best what tomorrow is; what may mean two things is asked back.
 */

/** Where and when it was said. `now`: ms since 1970. */
export type Here = { readonly state: LocationState; readonly now: number; readonly language: Language };

export type DayAsked =
  | { readonly ok: true; readonly day: string }
  | { readonly ok: false; readonly ask: 'day' };
export type WhenAsked =
  | { readonly ok: true; readonly at: string }
  /** No day, no time, morning or evening (the minutes), or a time that the clocks jump over. */
  | { readonly ok: false; readonly ask: 'day' | 'time' | 'none' }
  | { readonly ok: false; readonly ask: 'half'; readonly day: string; readonly minutes: readonly number[] };

const OFFSET = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;
const LOCAL = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$/;
const LONGEST = 120;

/** What the model gave as day, time, or both in one. */
export type Said = { readonly day?: unknown; readonly time?: unknown; readonly both?: unknown };

export function dayAsked(said: Said, here: Here): DayAsked {
  const day = dayIn([said.day, said.both, said.time], here);
  return day === null ? { ok: false, ask: 'day' } : { ok: true, day: day.day };
}

export function whenAsked(said: Said, here: Here): WhenAsked {
  for (const one of [said.both, said.day, said.time]) {
    const whole = textOf(one);
    if (OFFSET.test(whole)) {
      const at = toMillis(
        whole
          .replace(' ', 'T')
          .replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
          .replace(/T(\d\d:\d\d)(?=[Zz+-])/, 'T$1:00'),
      );
      if (at !== null) return { ok: true, at: toInstant(at - (at % 60_000)) };
    }
    const local = LOCAL.exec(whole);
    // A day with midnight beside a time of its own is a model's way of writing a day.
    if (local?.[1] !== undefined && local[2] !== undefined && (one !== said.day || textOf(said.time) === ''))
      return momentAt(local[1], minuteOf(local[2]), here);
  }
  const day = dayIn([said.day, said.both, said.time], here);
  const time = timeOfText(plain(textOf(said.time) || (day?.rest ?? textOf(said.both))));
  if (time === null) return { ok: false, ask: day === null ? 'day' : 'time' };
  if (day === null) return { ok: false, ask: 'day' };
  return choose(day.day, time.minutes, time.literal, here, day.night === true);
}

/** `literal`: the minute that a clock of 24 hours would show; `late`: "tonight", so past midnight is of the night to come. */
function choose(
  day: string,
  minutes: readonly number[],
  literal: number | null,
  here: Here,
  late: boolean,
): WhenAsked {
  const only = minutes[0];
  if (minutes.length === 1 && only !== undefined)
    return momentAt(late ? night(day, only, here) : day, only, here);
  const open = minutes.filter((minute) => isOpen(day, minute, here));
  const [first] = open;
  if (open.length === 1 && first !== undefined) return momentAt(day, first, here);
  if (literal !== null) return momentAt(day, literal, here);
  // Nobody is open at either: what is more likely meant is refused with times that can be had.
  const evening = minutes[1];
  if (open.length === 0 && evening !== undefined) return momentAt(day, evening, here);
  return { ok: false, ask: 'half', day, minutes };
}

function isOpen(day: string, minute: number, { state, now }: Here): boolean {
  const book = bookOf(state);
  if (!book) return false;
  return momentsOf(book.clock.timezone, { day, minute }).some(
    (at) => at > now && slotAt(book.rules, book.clock, at) !== 'closed',
  );
}

function momentAt(day: string, minute: number, { state }: Here): WhenAsked {
  const [at] = momentsOf(zoneOf(state), { day, minute });
  return at === undefined ? { ok: false, ask: 'none' } : { ok: true, at: toInstant(at) };
}

/** "Tonight at half past midnight" is tomorrow's calendar day. */
function night(day: string, minute: number, here: Here): string {
  const ends = (here.state.config?.dayEndsAt ?? 0) * 60;
  return minute < ends && todayIn(here).minute >= ends ? addDays(day, 1) : day;
}

function dayIn(parts: readonly unknown[], here: Here): DaySaid | null {
  for (const part of parts) {
    const text = textOf(part);
    if (text === '') continue;
    const found = dayOfText(plain(text), todayIn(here), here.language === 'en');
    if (found) return found;
  }
  return null;
}

export function todayIn({ state, now }: Pick<Here, 'state' | 'now'>): Wall {
  return wallOf(zoneOf(state), now);
}

export function zoneOf(state: LocationState): string {
  return state.config?.timezone ?? 'UTC';
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST).trim() : '';
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

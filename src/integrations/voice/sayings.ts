import type { LocationState } from '../../domain/state.ts';
import { toMillis } from '../../domain/text.ts';
import { addDays, wallOf } from '../../domain/zone.ts';
import { type Here, todayIn, zoneOf } from './when.ts';
import { type Language, wordsIn } from './words.ts';

/** Days, times, lists and sums in words that a voice can read out. */

/** Digits that every voice reads alike. */
const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-US',
  es: 'es-ES',
  ar: 'ar-u-nu-latn-ca-gregory',
};

function spoken(text: string): string {
  return text.replaceAll(/[\u00a0\u202f\u200e\u200f\u061c]/g, (mark) =>
    /[\u00a0\u202f]/.test(mark) ? ' ' : '',
  );
}

/** "tomorrow, Saturday, November 21": the weekday tells a caller at once when a day was misheard. */
export function sayDay(day: string, here: Here): string {
  const words = wordsIn(here.language);
  const named = spoken(
    new Intl.DateTimeFormat(LOCALES[here.language], {
      timeZone: 'UTC',
      weekday: 'long',
      month: 'long',
      day: 'numeric',
    }).format(toMillis(`${day}T12:00:00Z`) ?? 0),
  );
  const today = todayIn(here).day;
  if (day === today) return words.today(named);
  return day === addDays(today, 1) ? words.tomorrow(named) : named;
}

/** "7:30 PM" of a moment. */
export function sayTime(at: string, here: Here): string {
  return clock(toMillis(at) ?? 0, here, zoneOf(here.state));
}

/** The same of minutes past midnight. */
export function sayMinute(minute: number, here: Here): string {
  return clock((minute % 1_440) * 60_000, here, 'UTC');
}

function clock(at: number, { language }: Here, timeZone: string): string {
  return spoken(
    new Intl.DateTimeFormat(LOCALES[language], {
      timeZone,
      hour: 'numeric',
      minute: '2-digit',
    }).format(at),
  );
}

export function sayWhen(at: string, here: Here): string {
  return wordsIn(here.language).at(sayDay(dayOf(at, here.state), here), sayTime(at, here));
}

export function dayOf(at: string, state: LocationState): string {
  return wallOf(zoneOf(state), toMillis(at) ?? 0).day;
}

/** Times of one day as times, of several with their days: "7 PM, 7:15 PM or 8 PM". */
export function sayTimes(times: readonly string[], here: Here, asked: string | null): string {
  const days = new Set(times.map((at) => dayOf(at, here.state)));
  const isOfTheDay = days.size === 1 && asked !== null && days.has(asked);
  return either(
    times.map((at) => (isOfTheDay ? sayTime(at, here) : sayWhen(at, here))),
    here.language,
  );
}

/** "a, b or c". */
export function either(list: readonly string[], language: Language): string {
  return new Intl.ListFormat(LOCALES[language], { type: 'disjunction' }).format(list);
}

/** "a, b and c". */
export function all(list: readonly string[], language: Language): string {
  return new Intl.ListFormat(LOCALES[language], { type: 'conjunction' }).format(list);
}

export function sayMoney(amount: number, { state, language }: Here): string {
  const currency = state.config?.currency ?? 'USD';
  const format = new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency });
  return spoken(format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)));
}

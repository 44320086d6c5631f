import { type Clock, MINUTE_MS, serviceMoments, serviceTime, weekdayOf } from '../zone.ts';
import type { PeriodConfig } from './config.ts';
import { WEEKDAYS, serviceMinute } from './times.ts';

/** When a party may come. A day here is a business day, and its minutes past midnight count on from 1440. */

export type Hours = {
  readonly slotMinutes: number;
  readonly hours?: Readonly<Partial<Record<string, readonly PeriodConfig[]>>> | undefined;
  readonly exceptions: readonly { readonly day: string; readonly periods: readonly PeriodConfig[] }[];
};

/** A stretch of the day in which parties come: minutes of the first and of the last slot. */
export type Period = { readonly name: string | null; readonly first: number; readonly last: number };

/** A time at which a party may come; `at` in ms since 1970. Where clocks go back, one minute has two of them. */
export type SlotTime = { readonly at: number; readonly minute: number; readonly period: string | null };

export function periodsOn(hours: Hours, clock: Clock, day: string): Period[] {
  const opens = clock.dayEndsAt * 60;
  const exception = hours.exceptions.find((one) => one.day === day);
  const listed = exception?.periods ?? hours.hours?.[WEEKDAYS[weekdayOf(day)] ?? 'sun'];
  // A house that says nothing of hours turns nobody away by them.
  if (!listed)
    return hours.hours ? [] : [{ name: null, first: opens, last: opens + 1_440 - hours.slotMinutes }];
  return listed
    .map(({ name, first, last }) => ({
      name: name ?? null,
      first: serviceMinute(first, clock.dayEndsAt),
      last: serviceMinute(last, clock.dayEndsAt),
    }))
    .toSorted((a, b) => a.first - b.first);
}

/** All slots of a business day, first to last. What clocks jump over is not one. */
export function slotTimes(hours: Hours, clock: Clock, day: string): SlotTime[] {
  return periodsOn(hours, clock, day).flatMap(({ name, first, last }) => {
    const found: SlotTime[] = [];
    for (let minute = first; minute <= last; minute += hours.slotMinutes)
      for (const at of serviceMoments(clock, { day, minute })) found.push({ at, minute, period: name });
    return found;
  });
}

/** Is this moment one at which a party may come? `closed`: outside the hours; `between`: inside, and no slot. */
export function slotAt(hours: Hours, clock: Clock, at: number): 'slot' | 'between' | 'closed' {
  const { day, minute } = serviceTime(clock, at);
  const period = periodsOn(hours, clock, day).find(({ first, last }) => first <= minute && minute <= last);
  if (!period) return 'closed';
  return at % MINUTE_MS === 0 && (minute - period.first) % hours.slotMinutes === 0 ? 'slot' : 'between';
}

/** The beginning of the quarter of an hour (or whatever a slot is) in which a moment lies: whose covers are counted together. */
export function slotStart(hours: Pick<Hours, 'slotMinutes'>, clock: Clock, at: number): number {
  const { minute } = serviceTime(clock, at);
  return at - (at % MINUTE_MS) - (minute % hours.slotMinutes) * MINUTE_MS;
}

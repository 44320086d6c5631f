import { Refused, conflict, invalid, notFound } from '../refusals.ts';
import { type EventBody, fact } from '../events.ts';
import type { LocationState } from '../state.ts';
import { toMillis } from '../text.ts';
import { MINUTE_MS, addDays, clockOf, serviceTime } from '../zone.ts';
import { type Why, alternatives, judge } from './availability.ts';
import { type Book, type Look, bookOf, hasLapsed, isIdle, lookAt } from './book.ts';
import { slotStart } from './hours.ts';
import type { Reservation } from './state.ts';

/** Finding tables for whoever wants them, and saying why there is none and when else: what every rule of the book asks. */

/** `freed`: tables at which nobody is thought to sit any more. */
export function lookNow(
  state: LocationState,
  now: string,
  except?: string,
  freed: readonly string[] = [],
): Look {
  const made = bookOf(state);
  if (!made) throw conflict('This location is not set up yet.');
  const look = lookAt(made, millis(now), except);
  if (freed.length === 0) return look;
  const busy = new Map(look.busy);
  for (const id of freed)
    busy.set(
      id,
      (busy.get(id) ?? []).filter(({ by }) => by !== null),
    );
  return { ...look, busy };
}

export function find(state: LocationState, id: string): Reservation {
  const one = state.bookings.reservations[id];
  if (!one) throw notFound('reservation', id);
  return one;
}

export function wrongState(one: Reservation, what: string): Refused {
  return conflict(`The reservation is ${one.status.replaceAll('_', ' ')}; it cannot be ${what}.`, named(one));
}

export function named({ id }: Reservation): { kind: 'reservation'; id: string } {
  return { kind: 'reservation', id };
}

/** Where they had it, else anywhere. Throws the refusal with other times. `only` tables count, not hours and pacing. */
export function findAgain(
  state: LocationState,
  one: Reservation,
  now: string,
  only: boolean,
  freed: readonly string[] = [],
): readonly string[] {
  const look = lookNow(state, now, one.id, freed);
  const wish = { party: one.party, minutes: one.minutes };
  const verdict = judge(look, millis(one.at), { ...wish, tables: one.tables }, only);
  return verdict.free ? verdict.tables : findTables(look, one.at, wish, only, 'reservation');
}

export function findTables(
  look: Look,
  at: string,
  wish: { party: number; minutes: number; tables?: readonly string[] | undefined },
  only: boolean,
  path: string,
): readonly string[] {
  const { tables, ...rest } = wish;
  const verdict = judge(look, millis(at), { ...rest, ...(tables && { tables }) }, only);
  if (verdict.free) return verdict.tables;
  const message = why(look, millis(at), wish, verdict.why);
  // Another table at that time is an answer too, where certain ones were asked for.
  const others = alternatives(look, millis(at), rest);
  throw new Refused({
    code: 'conflict',
    detail: `${message}${others.length === 0 ? '' : ` Free: ${others.map(({ local }) => wallWords(local, look.book, at)).join(', ')}.`}`,
    errors: [{ path, message }],
    alternatives: others.map(({ at: other, local, minutes }) => ({
      at: other,
      local,
      minutes,
      party: wish.party,
    })),
  });
}

function why(
  look: Look,
  at: number,
  wish: { party: number; minutes: number; tables?: readonly string[] | undefined },
  reason: Why,
): string {
  const { rules, clock } = look.book;
  const clockTime = clockOf(serviceTime(clock, at).minute);
  switch (reason) {
    case 'closed':
      return `${clockTime} is outside the hours.`;
    case 'between':
      return `Parties come every ${rules.slotMinutes} minutes; ${clockTime} lies between two times.`;
    case 'past':
      return `${clockTime} is over.`;
    case 'pacing': {
      const coming = look.covers.get(slotStart(rules, clock, at)) ?? 0;
      return `${rules.pacing ?? 0} guests may come at ${clockTime} and ${coming} are booked; ${wish.party} more are too many.`;
    }
    case 'full':
      return wish.tables
        ? `${wish.tables.join(' and ')} is not free at ${clockTime} for ${wish.minutes} minutes.`
        : `No table for ${wish.party} is free at ${clockTime} for ${wish.minutes} minutes.`;
    default:
      return reason satisfies never;
  }
}

/** The time alone, where it is of the same day. */
function wallWords(local: string, { clock }: Book, at: string): string {
  const [day = '', time = ''] = local.split('T');
  return serviceTime(clock, millis(at)).day === day ? time : `${day} ${time}`;
}

/** The table cannot be had: which others can, now. */
export function instead(look: Look, one: Reservation, detail: string, table: string): Refused {
  const until = look.now + one.minutes * MINUTE_MS;
  const open = look.book.tables.filter(
    ({ id, status, shape }) => shape === 'table' && status === 'free' && isIdle(look, id, look.now, until),
  );
  const fitting = open.filter(({ seats }) => seats >= one.party).toSorted((a, b) => a.seats - b.seats);
  const others = fitting.slice(0, 6).map(({ id }) => id);
  return new Refused({
    code: 'conflict',
    detail: others.length === 0 ? detail : `${detail} Free now: ${others.join(', ')}.`,
    errors: others.map((id) => ({ path: 'table', message: id })),
    current: { kind: 'table', id: table },
  });
}

/** What was on paper while the line was down may be written into the book afterwards. */
const BACK_MS = 4 * 3_600_000;

export function requireTime(look: Look, at: string, path: string): void {
  const { clock, rules } = look.book;
  const today = serviceTime(clock, look.now).day;
  if (millis(at) < look.now - BACK_MS) throw invalid(path, 'is in the past');
  if (serviceTime(clock, millis(at)).day > addDays(today, rules.daysAhead))
    throw invalid(path, `must be within ${rules.daysAhead} days from today`);
}

export function requireParty(look: Look, party: number, insists: boolean, path: string): void {
  const { largest } = look.book.rules;
  if (party > largest && !insists) throw invalid(path, `must be at most ${largest}`);
}

export function requireTables(
  { tables: all }: Book,
  tables: readonly string[],
  party: number,
  insists: boolean,
  path: string,
): void {
  let seats = 0;
  for (const [index, id] of tables.entries()) {
    const table = all.find((one) => one.id === id);
    if (!table) throw invalid(`${path}.${index}`, `"${id}" is not a table here`);
    if (tables.indexOf(id) < index) throw invalid(`${path}.${index}`, `"${id}" is here twice`);
    seats += table.seats;
  }
  if (seats < party && !insists)
    throw invalid(path, `seat ${seats}; the party is ${party} (say anyway to seat them closer)`);
}

/** Holds that ran out and whose policy has not come yet: they end with the decision that takes their table. */
export function lapsed(state: LocationState, at: string, except?: string): EventBody[] {
  return Object.values(state.bookings.reservations)
    .filter((one) => one.id !== except && hasLapsed(one, millis(at)))
    .map(({ id }) => fact('reservation.expired', { reservation: id }));
}

export function sameTables(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

export function millis(instant: string): number {
  return toMillis(instant) ?? 0;
}

import type { Actor, CommandInput, Context } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import { nameId } from '../ids.ts';
import { conflict, forbidden } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { toInstant } from '../text.ts';
import { MINUTE_MS } from '../zone.ts';
import { judge } from './availability.ts';
import { hasLapsed, seatings } from './book.ts';
import { turnOf } from './times.ts';
import {
  find,
  findAgain,
  findTables,
  lapsed,
  lookNow,
  millis,
  named,
  requireParty,
  requireTables,
  requireTime,
  sameTables,
  wrongState,
} from './places.ts';
import { isKept } from './state.ts';

/**
 * The life of a reservation, and who gets which table:
 *
 *     held -> requested -> booked -> confirmed -> partially_arrived -> arrived -> seated -> finished
 *
 * Every step may be skipped but the first. A hold expires, a request is declined, a booking is cancelled or not shown up
 * for, and who is here may leave. Late is not a state: it is the clock beside a booking. Two parties never have one table
 * at one time; the decision is made here, on the one log, so of two that want the last table one gets it.
 */

export function book(
  state: LocationState,
  input: CommandInput<'reservation.book'>,
  context: Context,
): EventBody[] {
  const wanted = input.reservation;
  // A validated input has its keys in the schema's order, so equal content is equal text.
  const fingerprint = nameId(JSON.stringify(wanted));
  const known = state.bookings.reservations[wanted.id];
  if (known) {
    if (known.fingerprint === fingerprint) return [];
    throw conflict(`Reservation ${wanted.id} exists with other content.`, named(known));
  }
  const insists = insist(input.anyway, context.by);
  const { party, at } = wanted;
  const look = lookNow(state, context.at);
  const minutes = turnOf(look.book.rules, party);
  requireTime(look, at, 'reservation.at');
  requireParty(look, party, insists, 'reservation.party');
  if (wanted.tables) requireTables(look.book, wanted.tables, party, insists, 'reservation.tables');
  const tables = findTables(look, at, { party, minutes, tables: wanted.tables }, insists, 'reservation.at');
  const reservation = {
    id: wanted.id,
    at,
    minutes,
    party,
    guest: wanted.guest,
    ...(wanted.notes !== undefined && wanted.notes !== '' && { notes: wanted.notes }),
    allergies: wanted.allergies,
    tables: [...tables],
    source: wanted.source ?? sourceOf(context.by),
    ...(wanted.call !== undefined && { call: wanted.call }),
    fingerprint,
  };
  return [
    ...lapsed(state, context.at),
    wanted.hold
      ? fact('reservation.held', { reservation, until: holdUntil(state, context.at) })
      : fact(mustBeAnswered(state, party, context.by) ? 'reservation.requested' : 'reservation.booked', {
          reservation,
        }),
  ];
}

export function confirm(
  state: LocationState,
  input: CommandInput<'reservation.confirm'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  const to = input.to ?? 'booked';
  switch (one.status) {
    case 'held': {
      const step = mustBeAnswered(state, one.party, context.by) ? 'requested' : to;
      const late = hasLapsed(one, millis(context.at)) ? findAgain(state, one, context.at, false) : one.tables;
      return [
        ...(sameTables(late, one.tables)
          ? []
          : [fact('reservation.changed', { reservation: one.id, tables: [...late] })]),
        fact('reservation.confirmed', { reservation: one.id, to: step }),
      ];
    }
    case 'requested':
      // Who asked may ask again; the answer is the house's.
      return mustBeAnswered(state, one.party, context.by)
        ? []
        : [fact('reservation.confirmed', { reservation: one.id, to })];
    case 'booked':
      return to === 'booked' ? [] : [fact('reservation.confirmed', { reservation: one.id, to })];
    case 'confirmed':
      return [];
    default:
      throw wrongState(one, 'confirmed');
  }
}

export function decline(state: LocationState, input: CommandInput<'reservation.decline'>): EventBody[] {
  const one = find(state, input.reservation);
  if (one.status === 'declined') return [];
  if (one.status !== 'requested') throw wrongState(one, 'declined');
  return [fact('reservation.declined', { reservation: one.id, ...given('reason', input.reason) })];
}

export function change(
  state: LocationState,
  input: CommandInput<'reservation.change'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  const at = input.at ?? one.at;
  const party = input.party ?? one.party;
  const moves =
    at !== one.at ||
    party !== one.party ||
    (input.tables !== undefined && !sameTables(input.tables, one.tables));
  const words = {
    ...(input.guest !== undefined && !same(input.guest, one.guest) && { guest: input.guest }),
    ...(input.notes !== undefined &&
      (input.notes ?? '') !== (one.notes ?? '') && { notes: input.notes || null }),
    ...(input.allergies !== undefined &&
      !same(input.allergies, one.allergies) && { allergies: input.allergies }),
  };
  if (!moves)
    return Object.keys(words).length === 0
      ? []
      : [fact('reservation.changed', { reservation: one.id, ...words })];
  if (!isKept(one)) throw wrongState(one, 'moved');
  const insists = insist(input.anyway, context.by);
  const look = lookNow(state, context.at, one.id);
  const minutes = party === one.party ? one.minutes : turnOf(look.book.rules, party);
  if (at !== one.at) requireTime(look, at, 'at');
  if (party !== one.party) requireParty(look, party, insists, 'party');
  if (input.tables) requireTables(look.book, input.tables, party, insists, 'tables');
  const wish = { party, minutes };
  // Where nobody chose, they stay where they are, if they fit.
  const stays =
    input.tables ??
    (seatings(look.book, party).some((tables) => sameTables(tables, one.tables)) &&
    judge(look, millis(at), { ...wish, tables: one.tables }, insists).free
      ? one.tables
      : undefined);
  // A party that is here, or one whose time does not change, is not turned away by hours or pacing.
  const only = insists || (at === one.at && party <= one.party);
  const tables = findTables(look, at, { ...wish, tables: stays }, only, input.tables ? 'tables' : 'at');
  return [
    ...lapsed(state, context.at, one.id),
    fact('reservation.changed', {
      reservation: one.id,
      ...(at !== one.at && { at }),
      ...(minutes !== one.minutes && { minutes }),
      ...(party !== one.party && { party }),
      ...(!sameTables(tables, one.tables) && { tables: [...tables] }),
      ...words,
    }),
  ];
}

export function cancel(state: LocationState, input: CommandInput<'reservation.cancel'>): EventBody[] {
  const one = find(state, input.reservation);
  if (one.status === 'cancelled') return [];
  if (!isKept(one) || one.status === 'arrived' || one.status === 'partially_arrived')
    throw wrongState(one, 'cancelled');
  return [
    fact('reservation.cancelled', { reservation: one.id, by: input.by, ...given('reason', input.reason) }),
  ];
}

/** Only who stands at the door, or the house itself, may overrule the book. */
function insist(anyway: boolean | undefined, by: Actor): boolean {
  if (anyway === true && !isHouse(by))
    throw forbidden('Only the stand or a manager may book against the hours or the pacing.');
  return anyway === true;
}

function isHouse({ role }: Actor): boolean {
  return role === 'owner' || role === 'manager' || role === 'host';
}

/** A large party that the phone or a partner takes is a request until the house says yes. */
function mustBeAnswered(state: LocationState, party: number, by: Actor): boolean {
  const from = state.config?.booking.confirmFrom;
  return from !== undefined && party >= from && !isHouse(by);
}

function holdUntil(state: LocationState, at: string): string {
  return toInstant(millis(at) + (state.config?.booking.holdMinutes ?? 10) * MINUTE_MS);
}

function sourceOf({ role }: Actor): string {
  return role === 'phone' || role === 'partner' ? role : 'house';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

import type { CommandInput, Context } from '../commands.ts';
import { tableClear } from '../decideHouse.ts';
import { type EventBody, fact } from '../events.ts';
import { conflict, invalid } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { MINUTE_MS, serviceTime } from '../zone.ts';
import { isIdle } from './book.ts';
import {
  find,
  findAgain,
  instead,
  lapsed,
  lookNow,
  millis,
  named,
  sameTables,
  wrongState,
} from './places.ts';
import { tablesOf, unseat } from './seating.ts';
import { type Reservation, isKept } from './state.ts';

/** From the door to the table and out again. */

/** A mistaken seating is taken back within this. */
const UNSEAT_MS = 5 * MINUTE_MS;

export function arrive(
  state: LocationState,
  input: CommandInput<'reservation.arrive'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  const covers = input.covers ?? one.party;
  if ((one.status === 'arrived' || one.status === 'partially_arrived') && one.here === covers) return [];
  if (one.status !== 'booked' && one.status !== 'confirmed' && one.status !== 'partially_arrived')
    throw wrongState(one, 'marked as arrived');
  requireToday(state, one, context);
  return [fact('reservation.arrived', { reservation: one.id, covers })];
}

export function seat(
  state: LocationState,
  input: CommandInput<'reservation.seat'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  const tables = input.table === undefined || one.tables.includes(input.table) ? one.tables : [input.table];
  if (one.status === 'seated' && sameTables(tables, one.tables)) return [];
  if (one.status === 'held' || one.status === 'requested' || !isKept(one)) throw wrongState(one, 'seated');
  requireToday(state, one, context);
  const look = lookNow(state, context.at, one.id);
  const now = millis(context.at);
  const at = millis(one.at);
  const isTheirs = sameTables(tables, one.tables);
  const until = isTheirs ? Math.max(now, at) : Math.max(now, at) + one.minutes * MINUTE_MS;
  for (const id of tables) {
    const table = state.tables.get(id);
    if (!table) throw invalid('table', `"${id}" is not a table here`);
    if (table.status !== 'free')
      throw instead(look, one, `Table ${id} is ${table.status === 'seated' ? 'taken' : table.status}.`, id);
    if (until > now && !isIdle(look, id, now, until))
      throw instead(look, one, `Table ${id} is kept for another party in that time.`, id);
  }
  return [
    fact('reservation.seated', { reservation: one.id, tables: [...tables] }),
    ...tables.map((id, index) =>
      fact('table.seated', {
        table: id,
        covers: index === 0 ? one.party : 0,
        reservation: one.id,
        ...(index > 0 && { joined: tables[0] }),
      }),
    ),
  ];
}

export function finish(
  state: LocationState,
  input: CommandInput<'reservation.finish'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  if (one.status === 'finished') return [];
  if (one.status !== 'seated') throw wrongState(one, 'finished');
  const table = tablesOf(state, one)[0];
  return table === undefined
    ? [fact('reservation.finished', { reservation: one.id })]
    : tableClear(state, { table }, context, 'finished');
}

export function noShow(
  state: LocationState,
  input: CommandInput<'reservation.noShow'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  if (one.status === 'no_show') return [];
  if (one.status !== 'booked' && one.status !== 'confirmed') throw wrongState(one, 'marked as a no-show');
  if (millis(context.at) < millis(one.at)) throw conflict('Their time has not come yet.', named(one));
  return [fact('reservation.noShow', { reservation: one.id })];
}

export function leave(state: LocationState, input: CommandInput<'reservation.leave'>): EventBody[] {
  const one = find(state, input.reservation);
  if (one.status === 'left') return [];
  if (one.status !== 'arrived' && one.status !== 'partially_arrived') throw wrongState(one, 'marked as left');
  return [fact('reservation.left', { reservation: one.id })];
}

/** What a finger slipped on. Each looks at the book again: meanwhile the table may be somebody else's. */
export function correct(
  state: LocationState,
  input: CommandInput<'reservation.correct'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.reservation);
  const { to } = input;
  if (one.status === to) return [];
  if (to === 'booked') {
    if (one.status !== 'cancelled') throw wrongState(one, 'booked again');
    const tables = findAgain(state, one, context.at, false);
    return [
      ...lapsed(state, context.at),
      fact('reservation.corrected', { reservation: one.id, to, tables: [...tables] }),
    ];
  }
  if (one.status === 'no_show') {
    requireToday(state, one, context);
    const tables = findAgain(state, one, context.at, true);
    return [
      ...lapsed(state, context.at),
      fact('reservation.corrected', { reservation: one.id, to, tables: [...tables] }),
    ];
  }
  if (one.status !== 'seated') throw wrongState(one, 'put back to arrived');
  if (millis(context.at) - millis(one.seatedAt ?? '') > UNSEAT_MS)
    throw conflict(
      'They have been seated for more than 5 minutes; finish the reservation instead.',
      named(one),
    );
  return unseat(state, one, context.at);
}

function requireToday(state: LocationState, one: Reservation, context: Context): void {
  const clock = state.config ?? { timezone: 'UTC', dayEndsAt: 0 };
  const { day } = serviceTime(clock, millis(one.at));
  if (day !== serviceTime(clock, millis(context.at)).day)
    throw conflict(`The reservation is for ${day}.`, named(one));
}

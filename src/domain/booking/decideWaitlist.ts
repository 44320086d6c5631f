import type { CommandInput, Context, InnerInputs } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import { nameId } from '../ids.ts';
import { type Refused, conflict, invalid, notFound } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { toInstant } from '../text.ts';
import { MINUTE_MS } from '../zone.ts';
import { lookNow, millis } from './places.ts';
import { quoteMinutes } from './quote.ts';
import { type WaitEntry, inLine, isWaiting } from './state.ts';

/**
 * Who waits for a table: waiting -> notified -> checked_in -> seated. Any step may be skipped. Who was told and does not
 * come in time goes to the end of the line; that they are gone, only a person says.
 */

export function add(
  state: LocationState,
  input: CommandInput<'waitlist.add'>,
  context: Context,
): EventBody[] {
  const { id, party, guest, notes, call } = input.entry;
  const fingerprint = nameId(JSON.stringify(input.entry));
  const known = state.bookings.waitlist[id];
  if (known) {
    if (known.fingerprint === fingerprint) return [];
    throw conflict(`Entry ${id} exists with other content.`, { kind: 'waitlist', id });
  }
  const { book, now } = lookNow(state, context.at);
  const quote = quoteMinutes(book, now, inLine(state.bookings), party);
  return [
    fact('waitlist.added', {
      entry: {
        id,
        party,
        guest,
        ...(notes !== undefined && notes !== '' && { notes }),
        ...(call !== undefined && { call }),
        quote,
        fingerprint,
      },
    }),
  ];
}

export function notify(
  state: LocationState,
  input: CommandInput<'waitlist.notify'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.entry);
  if (one.status === 'notified') return [];
  if (one.status !== 'waiting') throw wrongState(one, 'told');
  const minutes = state.config?.booking.notifyMinutes ?? 10;
  return [
    fact('waitlist.notified', {
      entry: one.id,
      until: toInstant(millis(context.at) + minutes * MINUTE_MS),
    }),
  ];
}

export function checkIn(state: LocationState, input: CommandInput<'waitlist.checkIn'>): EventBody[] {
  const one = find(state, input.entry);
  if (one.status === 'checked_in') return [];
  if (!isWaiting(one)) throw wrongState(one, 'checked in');
  return [fact('waitlist.checkedIn', { entry: one.id })];
}

export function seat(
  state: LocationState,
  input: CommandInput<'waitlist.seat'>,
  context: Context,
): EventBody[] {
  const one = find(state, input.entry);
  if (one.status === 'seated' && one.tables?.includes(input.table)) return [];
  if (!isWaiting(one)) throw wrongState(one, 'seated');
  const table = state.tables.get(input.table);
  if (!table) throw invalid('table', `"${input.table}" is not a table here`);
  if (table.status !== 'free')
    throw conflict(`Table ${table.id} is ${table.status === 'seated' ? 'taken' : table.status}.`, {
      kind: 'table',
      id: table.id,
    });
  const waited = Math.max(0, Math.round((millis(context.at) - millis(one.addedAt)) / MINUTE_MS));
  return [
    fact('waitlist.seated', { entry: one.id, tables: [table.id], quoted: one.quote, waited }),
    fact('table.seated', { table: table.id, covers: one.party, entry: one.id }),
  ];
}

export function cancel(state: LocationState, input: CommandInput<'waitlist.cancel'>): EventBody[] {
  const one = find(state, input.entry);
  if (one.status === 'cancelled') return [];
  if (!isWaiting(one)) throw wrongState(one, 'cancelled');
  return [fact('waitlist.cancelled', { entry: one.id, by: input.by })];
}

export function noShow(state: LocationState, input: CommandInput<'waitlist.noShow'>): EventBody[] {
  const one = find(state, input.entry);
  if (one.status === 'no_show') return [];
  if (!isWaiting(one)) throw wrongState(one, 'marked as gone');
  return [fact('waitlist.noShow', { entry: one.id })];
}

export function lapse(
  state: LocationState,
  input: InnerInputs['waitlist.lapse'],
  context: Context,
): EventBody[] {
  const one = state.bookings.waitlist[input.entry];
  if (one?.status !== 'notified' || millis(one.until ?? '') > millis(context.at)) return [];
  return [fact('waitlist.lapsed', { entry: one.id })];
}

function find(state: LocationState, id: string): WaitEntry {
  const one = state.bookings.waitlist[id];
  if (!one) throw notFound('entry of the waitlist', id);
  return one;
}

function wrongState(one: WaitEntry, what: string): Refused {
  return conflict(`They are ${one.status.replaceAll('_', ' ')}; they cannot be ${what}.`, {
    kind: 'waitlist',
    id: one.id,
  });
}

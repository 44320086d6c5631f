import type { Reservation } from '../../domain/booking/state.ts';
import { isKept } from '../../domain/booking/state.ts';
import { telling } from '../../domain/call/guest.ts';
import { toMillis } from '../../domain/text.ts';
import { clockOf, wallOf } from '../../domain/zone.ts';
import {
  type Asking,
  type ToolAnswer,
  argOf,
  guestOf,
  partyArg,
  textArg,
  troubled,
  unclear,
  whenSaid,
} from './asking.ts';
import { askWhen, judgeNow, notFree, outOfBounds } from './bookings.ts';
import { dayOf, either, sayWhen } from './sayings.ts';
import { peopleOf, plain } from './spoken.ts';
import { type Here, type Said, dayAsked, whenAsked, zoneOf } from './when.ts';
import { wordsIn } from './words.ts';

/** Changing and cancelling what is booked. Whose it is: whoever calls from its number or names it, its day and its name. */

/** `change_reservation`: what is not named stays. */
export async function changeReservation(asking: Asking): Promise<ToolAnswer> {
  const { args, here, tools, callId } = asking;
  const words = wordsIn(here.language);
  const search = find(asking, hasNew(args) ? whenSaid(args) : {}, isKept);
  if ('ask' in search) return search.ask;
  const { found } = search;
  const prefix = hasNew(args) ? 'new_' : '';
  const saidParty = partyArg(args, prefix);
  const party = saidParty === undefined ? found.party : peopleOf(saidParty);
  if (party === null) return unclear(words.askParty);
  const said = whenSaid(args, prefix);
  const isMoved = said.day !== undefined || said.time !== undefined || said.both !== undefined;
  const wall = wallOf(zoneOf(here.state), toMillis(found.at) ?? 0);
  const when = isMoved
    ? whenAsked(
        {
          // A time alone is of the same day, a day alone at the same time.
          day: said.day ?? (said.both === undefined && !dayAsked(said, here).ok ? wall.day : undefined),
          time: said.time ?? (said.both === undefined ? clockOf(wall.minute) : undefined),
          both: said.both,
        },
        here,
      )
    : ({ ok: true, at: found.at } as const);
  if (!when.ok) return askWhen(when, here);
  const notes = textArg(args, 280, 'new_notes', 'notes', 'note', 'special_requests');
  if (when.at === found.at && party === found.party && notes === null) return unclear(words.whatChange);
  const bounds = outOfBounds(dayOf(when.at, here.state), party, here);
  if (bounds !== null) return bounds;
  const changed = await tools.submit(tools.idOf('change', found.id, asking.key), 'reservation.change', {
    reservation: found.id,
    at: when.at,
    party,
    ...(notes !== null && { notes }),
  });
  if (!changed.ok) {
    if (!('refusal' in changed)) return troubled(asking, changed);
    const { alternatives } = changed.refusal;
    if (alternatives === undefined) return { status: 'refused', say: words.tooLate };
    return notFree(when.at, judgeNow(when.at, party, here, found.id), alternatives, here);
  }
  await tools.submitInner(tools.idOf('link', asking.key, found.id), 'call.link', {
    call: callId,
    did: 'changed',
    reservation: found.id,
  });
  return { status: 'changed', say: words.changed(party, sayWhen(when.at, here)), reservation_id: found.id };
}

/** `cancel_reservation`. */
export async function cancelReservation(asking: Asking): Promise<ToolAnswer> {
  const { args, here, tools, callId } = asking;
  const words = wordsIn(here.language);
  // Asked twice, it is still the answer that it is cancelled.
  const search = find(asking, whenSaid(args), isKept, (one) => one.status === 'cancelled');
  if ('ask' in search) return search.ask;
  const { found } = search;
  const say = words.cancelled(sayWhen(found.at, here));
  if (found.status === 'cancelled') return { status: 'cancelled', say, reservation_id: found.id };
  const reason = textArg(args, 140, 'reason');
  const cancelled = await tools.submit(tools.idOf('cancel', found.id, asking.key), 'reservation.cancel', {
    reservation: found.id,
    by: 'guest',
    ...(reason !== null && { reason }),
  });
  if (!cancelled.ok)
    return 'refusal' in cancelled ? { status: 'refused', say: words.tooLate } : troubled(asking, cancelled);
  await tools.submitInner(tools.idOf('link', asking.key, found.id), 'call.link', {
    call: callId,
    did: 'cancelled',
    reservation: found.id,
  });
  return { status: 'cancelled', say, reservation_id: found.id };
}

function hasNew(args: Asking['args']): boolean {
  return Object.keys(args).some((name) => name.startsWith('new_') && argOf(args, name) !== undefined);
}

/** A few hours late is still today's table. */
const BACK_MS = 4 * 3_600_000;
const MOST_NAMED = 4;

/** The one that is meant, or what to ask. `kinds`: the first that finds any is taken. */
function find(
  asking: Asking,
  old: Said,
  ...kinds: readonly ((one: Reservation) => boolean)[]
): { found: Reservation } | { ask: ToolAnswer } {
  const { args, here, callId } = asking;
  const words = wordsIn(here.language);
  const all = Object.values(here.state.bookings.reservations);
  const id = textArg(args, 64, 'reservation_id', 'confirmation_code', 'reservation')?.toLowerCase();
  const { name, phone } = guestOf(asking);
  const number = telling(phone ?? undefined);
  const caller = telling(asking.call.from ?? undefined);
  const day = dayAsked(old, here);
  for (const isMeant of kinds) {
    const coming = all.filter((one) => isMeant(one) && (toMillis(one.at) ?? 0) > here.now - BACK_MS);
    const named = coming.filter((one) => one.id === id);
    const theirs = coming.filter((one) => {
      const of = telling(one.guest.phone);
      return one.call === callId || (of !== null && (of === number || of === caller));
    });
    const onDay = (one: Reservation): boolean => day.ok && dayOf(one.at, here.state) === day.day;
    const byName = (one: Reservation): boolean => name !== null && isSameName(name, one.guest.name);
    // Without the number, only who knows both the name and the day.
    const others = day.ok && name !== null ? coming.filter((one) => onDay(one) && byName(one)) : [];
    const onTheDay = day.ok ? theirs.filter(onDay) : theirs;
    const found = named.length > 0 ? named : theirs.length > 0 ? narrow(onTheDay, byName) : others;
    const [first] = found;
    if (first !== undefined && found.length === 1) return { found: first };
    // They have one, on another day than they said: it is theirs to say which.
    const meant = found.length === 0 ? theirs : found;
    if (meant.length > 0) return { ask: unclear(words.whichBooking(namesOf(meant, here))) };
  }
  return { ask: unclear(words.noBooking) };
}

function namesOf(list: readonly Reservation[], here: Here): string {
  return either(
    list
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      .slice(0, MOST_NAMED)
      .map((one) => wordsIn(here.language).bookingIs(one.party, sayWhen(one.at, here))),
    here.language,
  );
}

/** By what else was said, where that leaves any. */
function narrow(list: readonly Reservation[], isMeant: (one: Reservation) => boolean): Reservation[] {
  const kept = list.filter(isMeant);
  return kept.length > 0 ? kept : [...list];
}

/** "Ortiz" is Lena Ortiz. */
function isSameName(said: string, known: string): boolean {
  const a = plain(said).split(' ');
  const b = plain(known).split(' ');
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((part) => long.includes(part));
}

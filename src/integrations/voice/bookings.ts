import { availability, judge } from '../../domain/booking/availability.ts';
import { bookOf, lookAt } from '../../domain/booking/book.ts';
import { isOver } from '../../domain/booking/state.ts';
import type { Alternative } from '../../domain/refusals.ts';
import { toInstant, toMillis } from '../../domain/text.ts';
import { addDays } from '../../domain/zone.ts';
import {
  type Asking,
  type ToolAnswer,
  guestOf,
  listArg,
  partyArg,
  textArg,
  troubled,
  unclear,
  whenSaid,
} from './asking.ts';
import { peopleOf, plain } from './spoken.ts';
import { dayOf, either, sayDay, sayMinute, sayTimes, sayWhen } from './sayings.ts';
import { type Here, type WhenAsked, dayAsked, todayIn, whenAsked } from './when.ts';
import { wordsIn } from './words.ts';

/** Asking for a table and booking one. */

const OFFERED = 4;

/** `check_availability`: says what is free, and keeps nothing. */
export async function checkAvailability(asking: Asking): Promise<ToolAnswer> {
  const { args, here } = asking;
  const words = wordsIn(here.language);
  const party = peopleOf(partyArg(args));
  if (party === null) return unclear(words.askParty);
  const when = whenAsked(whenSaid(args), here);
  if (!when.ok && when.ask !== 'time') return askWhen(when, here);
  const bounds = outOfBounds(when.ok ? dayOf(when.at, here.state) : null, party, here);
  if (bounds !== null) return bounds;
  if (when.ok) {
    const verdict = judgeNow(when.at, party, here);
    if (verdict === 'free')
      return { status: 'answered', say: words.free(party, sayWhen(when.at, here)), available: true };
    const { alternatives } = availability(here.state, toInstant(here.now), { at: when.at, party });
    return notFree(when.at, verdict, alternatives, here);
  }
  const asked = dayAsked(whenSaid(args), here);
  if (!asked.ok) return unclear(words.askDay);
  const far = outOfBounds(asked.day, party, here);
  if (far !== null) return far;
  const found = availability(here.state, toInstant(here.now), { day: asked.day, party });
  const free = found.slots.filter((slot) => slot.free);
  const offered = free.length > 0 ? spread(free) : found.alternatives;
  const day = sayDay(asked.day, here);
  if (offered.length === 0) return { status: 'unavailable', say: words.nothingFree(day), available: false };
  const times = sayTimes(
    offered.map(({ at }) => at),
    here,
    asked.day,
  );
  if (free.length > 0)
    return {
      status: 'answered',
      say: capital(words.freeTimes(day, times)),
      available: true,
      times: offered.map(({ local }) => local),
    };
  const say = found.closed === 'closed' ? words.closedDay(day, times) : words.gone(day, times);
  return { status: 'unavailable', say, available: false, alternatives: offered.map(({ local }) => local) };
}

/** `create_reservation`: one a call, time, party and name, however often it is asked for. */
export async function createReservation(asking: Asking): Promise<ToolAnswer> {
  const { args, here, tools, callId } = asking;
  const words = wordsIn(here.language);
  const party = peopleOf(partyArg(args));
  const when = whenAsked(whenSaid(args), here);
  const { name, phone } = guestOf(asking);
  if (!when.ok) return askWhen(when, here);
  if (party === null) return unclear(words.askParty);
  if (name === null) return unclear(words.askName);
  const { at } = when;
  const bounds = outOfBounds(dayOf(at, here.state), party, here);
  if (bounds !== null) return bounds;
  const notes = textArg(args, 280, 'notes', 'note', 'special_requests', 'requests', 'comments');
  const id = freshId(asking, ['reservation', at, String(party), plain(name)]);
  const allergies = listArg(args, 20, 'allergies', 'allergy', 'allergens');
  const booked = await tools.submit(tools.idOf('book', id), 'reservation.book', {
    reservation: {
      id,
      at,
      party,
      guest: { name, ...(phone !== null && { phone }) },
      ...(notes !== null && { notes }),
      allergies,
      source: 'phone',
      call: callId,
    },
  });
  const known = (await tools.state()).bookings.reservations[id];
  // Asked for again with other notes: it is the same table all the same.
  if (!booked.ok && known === undefined) {
    if (!('refusal' in booked)) return troubled(asking, booked);
    if (booked.refusal.code !== 'conflict') return troubled(asking, booked);
    return notFree(at, judgeNow(at, party, here), booked.refusal.alternatives ?? [], here);
  }
  const requested = known?.status === 'requested';
  const say = (requested ? words.requested : words.booked)(party, sayWhen(at, here), name);
  return { status: requested ? 'requested' : 'confirmed', say, reservation_id: id };
}

/**
 * The id of what was wished for. Whoever wishes for the same again means the same thing; after it was cancelled they mean
 * a new one.
 */
function freshId({ tools, call, here }: Asking, intent: readonly string[]): string {
  for (let time = 0; ; time += 1) {
    const id = tools.idOf(call.externalId, ...intent, String(time));
    const known = here.state.bookings.reservations[id];
    if (known === undefined || !isOver(known) || time === 9) return id;
  }
}

export function askWhen(when: Extract<WhenAsked, { ok: false }>, here: Here): ToolAnswer {
  const words = wordsIn(here.language);
  switch (when.ask) {
    case 'day':
      return unclear(words.askDay);
    case 'time':
      return unclear(words.askTime);
    case 'none':
      return unclear(words.noSuchTime);
    case 'half':
      return unclear(
        words.askHalf(
          either(
            when.minutes.map((minute) => sayMinute(minute, here)),
            here.language,
          ),
        ),
      );
    default:
      return when satisfies never;
  }
}

/** Larger than the house takes, over, or too far away; null: none of these. */
export function outOfBounds(day: string | null, party: number, here: Here): ToolAnswer | null {
  const words = wordsIn(here.language);
  const rules = here.state.config?.booking;
  if (rules === undefined) return { status: 'refused', say: words.trouble };
  if (party > rules.largest) return { status: 'refused', say: words.tooLarge(rules.largest) };
  const today = todayIn(here).day;
  if (day !== null && day < addDays(today, -1)) return unclear(words.past);
  if (day !== null && day > addDays(today, rules.daysAhead))
    return { status: 'unavailable', say: words.tooFar(rules.daysAhead) };
  return null;
}

export type Judged = 'free' | 'closed' | 'between' | 'past' | 'pacing' | 'full';

export function judgeNow(at: string, party: number, here: Here, except?: string): Judged {
  const book = bookOf(here.state);
  if (!book) return 'closed';
  const verdict = judge(lookAt(book, here.now, except), toMillis(at) ?? 0, { party });
  return verdict.free ? 'free' : verdict.why;
}

/** Why not, and when else. */
export function notFree(
  at: string,
  why: Judged,
  alternatives: readonly Pick<Alternative, 'at' | 'local'>[],
  here: Here,
): ToolAnswer {
  const words = wordsIn(here.language);
  if (why === 'past') return unclear(words.past);
  const offered = alternatives.slice(0, OFFERED);
  const when = sayWhen(at, here);
  if (offered.length === 0) return { status: 'unavailable', say: words.nothingFree(when), available: false };
  const others = sayTimes(
    offered.map((one) => one.at),
    here,
    dayOf(at, here.state),
  );
  return {
    status: 'unavailable',
    say: why === 'closed' ? words.closedThen(when, others) : words.gone(when, others),
    available: false,
    alternatives: offered.map(({ local }) => local),
  };
}

/** A few of many, from the first to the last. */
function spread<T>(list: readonly T[]): T[] {
  if (list.length <= OFFERED) return [...list];
  return Array.from(
    { length: OFFERED },
    (_, index) => list[Math.round((index * (list.length - 1)) / (OFFERED - 1))],
  ).filter((one) => one !== undefined);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { Context } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import type { CommandOf } from '../families.ts';
import type { LocationState } from '../state.ts';
import { MINUTE_MS } from '../zone.ts';
import { hasLapsed } from './book.ts';
import { arrive, correct, finish, leave, noShow, seat } from './decideArrival.ts';
import { book, cancel, change, confirm, decline } from './decideReservation.ts';
import * as waitlist from './decideWaitlist.ts';
import { millis } from './places.ts';
import { isStale } from './policies.ts';
import { isKept } from './state.ts';

export function decideBooking(
  state: LocationState,
  command: CommandOf<'booking'>,
  context: Context,
): EventBody[] {
  switch (command.name) {
    case 'reservation.book':
      return book(state, command.input, context);
    case 'reservation.confirm':
      return confirm(state, command.input, context);
    case 'reservation.decline':
      return decline(state, command.input);
    case 'reservation.change':
      return change(state, command.input, context);
    case 'reservation.cancel':
      return cancel(state, command.input);
    case 'reservation.arrive':
      return arrive(state, command.input, context);
    case 'reservation.seat':
      return seat(state, command.input, context);
    case 'reservation.finish':
      return finish(state, command.input, context);
    case 'reservation.noShow':
      return noShow(state, command.input, context);
    case 'reservation.leave':
      return leave(state, command.input);
    case 'reservation.correct':
      return correct(state, command.input, context);
    case 'reservation.expire':
    case 'reservation.announce':
    case 'reservation.giveUp':
    case 'reservation.archive':
      return byTime(state, command, context);
    case 'waitlist.add':
      return waitlist.add(state, command.input, context);
    case 'waitlist.notify':
      return waitlist.notify(state, command.input, context);
    case 'waitlist.checkIn':
      return waitlist.checkIn(state, command.input);
    case 'waitlist.seat':
      return waitlist.seat(state, command.input, context);
    case 'waitlist.cancel':
      return waitlist.cancel(state, command.input);
    case 'waitlist.noShow':
      return waitlist.noShow(state, command.input);
    case 'waitlist.lapse':
      return waitlist.lapse(state, command.input, context);
    case 'waitlist.archive': {
      const one = state.bookings.waitlist[command.input.entry];
      return one && isStale(one, millis(context.at)) ? [fact('waitlist.archived', { entry: one.id })] : [];
    }
    default:
      return command satisfies never;
  }
}

type ByTime = Extract<
  CommandOf<'booking'>,
  {
    name: 'reservation.expire' | 'reservation.announce' | 'reservation.giveUp' | 'reservation.archive';
  }
>;

/** Whatever somebody did meanwhile goes first: then there is nothing left to do. */
function byTime(state: LocationState, { name, input }: ByTime, context: Context): EventBody[] {
  const one = state.bookings.reservations[input.reservation];
  const now = millis(context.at);
  if (!one) return [];
  const { id } = one;
  switch (name) {
    case 'reservation.expire':
      return hasLapsed(one, now) ? [fact('reservation.expired', { reservation: id })] : [];
    case 'reservation.announce':
      return isKept(one) && one.announced !== true
        ? [fact('reservation.announced', { reservation: id })]
        : [];
    case 'reservation.giveUp': {
      const after = state.config?.booking.autoNoShow;
      const waits = one.status === 'booked' || one.status === 'confirmed';
      return waits && after !== undefined && now >= millis(one.at) + after * MINUTE_MS
        ? [fact('reservation.noShow', { reservation: id })]
        : [];
    }
    case 'reservation.archive':
      return isStale(one, now) ? [fact('reservation.archived', { reservation: id })] : [];
    default:
      return name satisfies never;
  }
}

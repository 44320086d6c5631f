import type { LocationConfig } from '../config.ts';
import type { EventOf } from '../families.ts';
import type { LocationState, Touch } from '../state.ts';
import { withDeadline } from './policies.ts';
import { type Bookings, type Reservation, type ReservationStatus, type WaitEntry, isKept } from './state.ts';

type Event = EventOf<'booking'>;
type Applied = { state: LocationState; touched: Touch[] };

export function evolveBooking(state: LocationState, event: Event): Applied {
  return 'entry' in event.data ? evolveWaitlist(state, event) : evolveReservation(state, event);
}

function evolveReservation(state: LocationState, event: Event): Applied {
  const id = reservationOf(event);
  const before = id === null ? undefined : state.bookings.reservations[id];
  if (id === null) return { state, touched: [] };
  const after = event.type === 'reservation.archived' ? null : next(before, event);
  if (after === undefined) return { state, touched: [] };
  const { [id]: _old, ...others } = state.bookings.reservations;
  const reservations = after === null ? others : { ...others, [id]: { ...after, version: event.seq } };
  return settle(state, { ...state.bookings, reservations }, event, [
    { kind: 'reservation', id },
    ...touchTables([before, after ?? undefined]),
  ]);
}

/** The reservation after the event; undefined: it says nothing of one that is known. */
function next(before: Reservation | undefined, event: Event): Reservation | undefined {
  switch (event.type) {
    case 'reservation.held':
      return { ...made(event, 'held'), until: event.data.until };
    case 'reservation.requested':
      return made(event, 'requested');
    case 'reservation.booked':
      return made(event, 'booked');
    default:
      return before && changed(before, event);
  }
}

function made(
  event: Extract<Event, { type: 'reservation.held' | 'reservation.requested' | 'reservation.booked' }>,
  status: ReservationStatus,
): Reservation {
  return {
    ...event.data.reservation,
    status,
    version: event.seq,
    madeAt: event.at,
    ...(event.by.name !== undefined && { madeBy: event.by.name }),
  };
}

function changed(before: Reservation, event: Event): Reservation | undefined {
  const ended = (status: ReservationStatus): Reservation => ({ ...before, status, endedAt: event.at });
  switch (event.type) {
    case 'reservation.confirmed': {
      const { until: _until, ...rest } = before;
      return { ...rest, status: event.data.to };
    }
    case 'reservation.changed': {
      const { reservation: _id, notes, ...rest } = event.data;
      const { notes: old, announced, ...kept } = before;
      const said = notes === undefined ? old : (notes ?? undefined);
      // A party that comes at another time, or is another size, is news to the kitchen.
      const isNews = rest.at !== undefined || rest.party !== undefined;
      return {
        ...kept,
        ...given(rest),
        ...(said !== undefined && { notes: said }),
        ...(announced === true && !isNews && { announced }),
      };
    }
    case 'reservation.arrived':
      return {
        ...before,
        status: event.data.covers < before.party ? 'partially_arrived' : 'arrived',
        here: event.data.covers,
        arrivedAt: before.arrivedAt ?? event.at,
      };
    case 'reservation.seated':
      return { ...before, status: 'seated', tables: event.data.tables, seatedAt: event.at };
    case 'reservation.corrected': {
      const { endedAt: _ended, seatedAt: _seated, reason: _reason, ...rest } = before;
      return {
        ...rest,
        status: event.data.to,
        tables: event.data.tables,
        ...(event.data.to === 'arrived' && {
          here: before.here ?? before.party,
          arrivedAt: before.arrivedAt ?? event.at,
        }),
      };
    }
    case 'reservation.announced':
      return { ...before, announced: true };
    case 'reservation.declined':
      return withReason(ended('declined'), event.data.reason);
    case 'reservation.cancelled':
      return withReason(ended('cancelled'), event.data.reason);
    case 'reservation.expired':
      return ended('expired');
    case 'reservation.finished':
      return ended('finished');
    case 'reservation.noShow':
      return ended('no_show');
    case 'reservation.left':
      return ended('left');
    default:
      return undefined;
  }
}

function withReason(one: Reservation, reason: string | undefined): Reservation {
  return reason === undefined ? one : { ...one, reason };
}

function evolveWaitlist(state: LocationState, event: Event): Applied {
  const id = entryOf(event);
  if (id === null) return { state, touched: [] };
  const before = state.bookings.waitlist[id];
  const after = event.type === 'waitlist.archived' ? null : nextEntry(before, event);
  if (after === undefined) return { state, touched: [] };
  const { [id]: _old, ...others } = state.bookings.waitlist;
  const waitlist = after === null ? others : { ...others, [id]: { ...after, version: event.seq } };
  return settle(state, { ...state.bookings, waitlist }, event, [{ kind: 'waitlist', id }]);
}

function nextEntry(before: WaitEntry | undefined, event: Event): WaitEntry | undefined {
  if (event.type === 'waitlist.added')
    return {
      ...event.data.entry,
      status: 'waiting',
      version: event.seq,
      addedAt: event.at,
      since: event.at,
      lapses: 0,
    };
  if (!before) return undefined;
  const { until: _until, ...rest } = before;
  switch (event.type) {
    case 'waitlist.notified':
      return { ...rest, status: 'notified', notifiedAt: event.at, until: event.data.until };
    case 'waitlist.checkedIn':
      return { ...rest, status: 'checked_in' };
    case 'waitlist.seated':
      return {
        ...rest,
        status: 'seated',
        tables: event.data.tables,
        waited: event.data.waited,
        endedAt: event.at,
      };
    case 'waitlist.cancelled':
      return { ...rest, status: 'cancelled', endedAt: event.at };
    case 'waitlist.noShow':
      return { ...rest, status: 'no_show', endedAt: event.at };
    case 'waitlist.lapsed':
      return { ...rest, status: 'waiting', since: event.at, lapses: before.lapses + 1 };
    default:
      return undefined;
  }
}

/** Who comes to which table next, and when a policy looks again: both follow from the reservations. */
function settle(
  state: LocationState,
  changedBook: Bookings,
  event: Event,
  touched: readonly Touch[],
): Applied {
  const upcoming: Record<string, string> = { ...changedBook.next };
  let { tables } = state;
  for (const { kind, id } of touched) {
    if (kind !== 'table') continue;
    const first = nextAt(changedBook, id);
    if (first === null) delete upcoming[id];
    else upcoming[id] = first;
    const table = tables.get(id);
    if (table) tables = tables.set(id, { ...table, version: event.seq });
  }
  const bookings = withDeadline({ ...changedBook, next: upcoming }, state.config);
  return { state: { ...state, tables, bookings }, touched: [...touched] };
}

/** The house has other rules: when somebody is late, and what time asks of the book, may be another. */
export function reviseBook(bookings: Bookings, config: LocationConfig, seq: number): Bookings {
  const reservations = Object.fromEntries(
    Object.entries(bookings.reservations).map(([id, one]) => [id, { ...one, version: seq }]),
  );
  return withDeadline({ ...bookings, reservations }, config);
}

function nextAt({ reservations }: Bookings, table: string): string | null {
  let first: Reservation | null = null;
  for (const one of Object.values(reservations))
    if (isKept(one) && one.tables.includes(table) && (first === null || one.at < first.at)) first = one;
  return first?.id ?? null;
}

/** Tables that a reservation was or is kept at. */
function touchTables(versions: readonly (Reservation | undefined)[]): Touch[] {
  const ids = new Set(versions.flatMap((one) => (one && isKept(one) ? one.tables : [])));
  return [...ids].map((id) => ({ kind: 'table', id }));
}

function reservationOf({ data }: Event): string | null {
  if (!('reservation' in data)) return null;
  return typeof data.reservation === 'string' ? data.reservation : data.reservation.id;
}

function entryOf({ data }: Event): string | null {
  if (!('entry' in data)) return null;
  return typeof data.entry === 'string' ? data.entry : data.entry.id;
}

/** Without what is not said: undefined would hide what was there before. */
function given<T extends object>(said: T): Partial<T> {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Partial<T>;
}

import type { LocationState } from '../state.ts';
import { toMillis } from '../instants.ts';
import { type Clock, MINUTE_MS, serviceDay, serviceTime } from '../zone.ts';
import type { BookingConfig } from './config.ts';
import { type Hours, slotStart } from './hours.ts';
import { type ReservationStatus, isKept } from './state.ts';
import { turnOf } from './times.ts';

/**
 * The book as a table of who has which table when. Made from state on the server, where it decides, and from what the
 * stand's screen shows, where it only offers: one set of rules for both.
 */
export type Book = {
  readonly clock: Clock;
  readonly rules: BookRules;
  readonly tables: readonly BookTable[];
  readonly reservations: readonly Claim[];
};

export type BookRules = Hours &
  Pick<BookingConfig, 'turns' | 'largest' | 'daysAhead' | 'combinations'> & {
    readonly pacing?: number | undefined;
  };

export type BookTable = {
  readonly id: string;
  readonly seats: number;
  readonly shape: 'table' | 'bar';
  /** Anything but free, dirty and blocked: guests sit there. */
  readonly status: string;
  readonly since?: string | undefined;
  readonly covers?: number | undefined;
};

export type Claim = {
  readonly id: string;
  readonly status: ReservationStatus;
  readonly at: string;
  readonly minutes: number;
  readonly party: number;
  readonly tables: readonly string[];
  readonly until?: string | undefined;
};

/** Half-open, in ms since 1970. `by`: the reservation it is kept for; null where guests sit, or the table is blocked. */
export type Busy = { readonly from: number; readonly to: number; readonly by: string | null };

/** Times at each table, and covers by slot: read once, asked many times. */
export type Look = {
  readonly book: Book;
  readonly now: number;
  readonly busy: ReadonlyMap<string, readonly Busy[]>;
  readonly covers: ReadonlyMap<number, number>;
};

export function bookOf(state: LocationState): Book | null {
  const { config, bookings } = state;
  if (!config) return null;
  return {
    clock: config,
    rules: config.booking,
    tables: config.tables.map(({ id, seats, shape }) => {
      const table = state.tables.get(id);
      return {
        id,
        seats,
        shape,
        status: table?.status ?? 'free',
        since: table?.since,
        covers: table?.covers,
      };
    }),
    reservations: Object.values(bookings.reservations),
  };
}

/** `except`: a reservation that is being moved stands in nobody's way, least of all its own. */
export function lookAt(book: Book, now: number, except?: string): Look {
  const busy = new Map<string, Busy[]>();
  const covers = new Map<number, number>();
  const keep = (table: string, one: Busy): void => {
    const list = busy.get(table);
    if (list) list.push(one);
    else busy.set(table, [one]);
  };
  for (const claim of book.reservations) {
    if (claim.id === except) continue;
    const from = toMillis(claim.at) ?? 0;
    if (isComing(claim, now)) {
      const slot = slotStart(book.rules, book.clock, from);
      covers.set(slot, (covers.get(slot) ?? 0) + claim.party);
    }
    if (!isKept(claim) || hasLapsed(claim, now)) continue;
    for (const table of claim.tables)
      keep(table, { from, to: from + claim.minutes * MINUTE_MS, by: claim.id });
  }
  const dayEnds = serviceDay(book.clock, serviceTime(book.clock, now).day).to;
  for (const table of book.tables) {
    if (table.status === 'blocked') keep(table.id, { from: Number.NEGATIVE_INFINITY, to: dayEnds, by: null });
    else if (isOccupied(table))
      keep(table.id, {
        from: toMillis(table.since ?? '') ?? now,
        to: expectedEnd(book, table, now),
        by: null,
      });
  }
  return { book, now, busy, covers };
}

/** A hold whose minutes are over keeps nothing, also while nobody has written that down yet. */
export function hasLapsed({ status, until }: Pick<Claim, 'status' | 'until'>, now: number): boolean {
  return status === 'held' && until !== undefined && (toMillis(until) ?? 0) <= now;
}

/** Counts among the covers of its slot: still to come, here, or been here. */
function isComing(claim: Claim, now: number): boolean {
  return (
    (isKept(claim) && !hasLapsed(claim, now)) || claim.status === 'seated' || claim.status === 'finished'
  );
}

export function isOccupied({ status }: Pick<BookTable, 'status'>): boolean {
  return status !== 'free' && status !== 'dirty' && status !== 'blocked';
}

/** When the guests of a table will have gone, as far as anybody knows: not before the next slot. */
export function expectedEnd(book: Pick<Book, 'rules'>, table: BookTable, now: number): number {
  const since = toMillis(table.since ?? '') ?? now;
  const minutes = turnOf(book.rules, table.covers ?? table.seats);
  return Math.max(since + minutes * MINUTE_MS, now + book.rules.slotMinutes * MINUTE_MS);
}

export function isIdle(look: Pick<Look, 'busy'>, table: string, from: number, to: number): boolean {
  return (look.busy.get(table) ?? []).every((one) => one.to <= from || to <= one.from);
}

/** What can be given to a party, the smallest first: tables, and combinations where these are smaller. The bar is for who asks. */
export function seatings(book: Book, party: number): (readonly string[])[] {
  const known = new Set(book.tables.map(({ id }) => id));
  const single = book.tables
    .filter(({ seats, shape }) => shape === 'table' && seats >= party)
    .map(({ id, seats }) => ({ tables: [id], seats }));
  const joined = book.rules.combinations.filter(
    ({ tables, seats }) => seats >= party && tables.every((id) => known.has(id)),
  );
  return [...single, ...joined]
    .map((one, index) => ({ ...one, index }))
    .toSorted((a, b) => a.seats - b.seats || a.tables.length - b.tables.length || a.index - b.index)
    .map(({ tables }) => tables);
}

/** The smallest that is free all the time; null: there is none. */
export function assign(look: Look, party: number, from: number, to: number): readonly string[] | null {
  return (
    seatings(look.book, party).find((tables) => tables.every((id) => isIdle(look, id, from, to))) ?? null
  );
}

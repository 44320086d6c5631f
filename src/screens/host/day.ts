import type { BookView, ReservationView, WaitlistView } from '../../domain/booking/entities.ts';
import {
  type Book,
  type Look,
  expectedEnd,
  isOccupied,
  lookAt,
  seatings,
} from '../../domain/booking/book.ts';
import { periodsOn, slotTimes } from '../../domain/booking/hours.ts';
import { isKept, isOver } from '../../domain/booking/state.ts';
import type { TableView } from '../../domain/entities.ts';
import { MINUTE_MS, clockOf, serviceDay, serviceTime } from '../../domain/zone.ts';

/**
 * A day of the book as the stand draws it: bars on the rows of tables, covers by slot, and what is late. Pure; times in
 * ms of the server's clock. A day is a business day: an hour past midnight still belongs to the evening.
 */

const HOUR_MS = 3_600_000;
/** Whoever seats somebody at a table is asked when its next party comes within this. */
export const SOON_MS = 30 * MINUTE_MS;

/** The book as this screen has it, for the rules of the book itself. */
export function bookFrom(
  rules: BookView,
  tables: Iterable<TableView>,
  reservations: Iterable<ReservationView>,
): Book {
  return { clock: rules, rules, tables: [...tables], reservations: [...reservations] };
}

export type BarLook =
  | 'held'
  | 'requested'
  | 'booked'
  | 'confirmed'
  | 'late'
  | 'partial'
  | 'arrived'
  | 'seated'
  | 'finished'
  | 'noShow'
  | 'walkIn';

export type Bar = {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly look: BarLook;
  /** Null: guests who came without a reservation. */
  readonly reservation: ReservationView | null;
  readonly party: number;
};

export type Row = { readonly table: TableView; readonly bars: readonly Bar[] };

export type Day = {
  readonly day: string;
  /** Null: `now` lies on another day. */
  readonly now: number | null;
  readonly from: number;
  readonly to: number;
  /** Full hours inside, with what the wall says then. */
  readonly hours: readonly { readonly at: number; readonly clock: string }[];
  readonly rows: readonly Row[];
  readonly reservations: readonly ReservationView[];
  /** Names of the periods in which parties come. */
  readonly periods: readonly string[];
  readonly isOpen: boolean;
};

export function dayFrom(
  book: Book,
  tables: readonly TableView[],
  shown: readonly ReservationView[],
  day: string,
  now: number,
): Day {
  const { clock, rules } = book;
  const today = serviceTime(clock, now).day;
  const whole = serviceDay(clock, day);
  const reservations = shown
    .filter((one) => isWithin(Date.parse(one.at), whole.from, whole.to))
    .toSorted((a, b) => (a.at === b.at ? a.party - b.party : a.at < b.at ? -1 : 1));
  const drawn = reservations.filter(isDrawn);
  const slots = slotTimes(rules, clock, day);
  const bars = drawn.map((one) => barOf(one, now));
  const walkIns = day === today ? tables.flatMap((table) => walkIn(book, table, now) ?? []) : [];
  const all = [...bars, ...walkIns.map(({ bar }) => bar)];
  const turn = rules.turns[0]?.minutes ?? 75;
  const starts = [...all.map(({ from }) => from), ...slots.slice(0, 1).map(({ at }) => at)];
  const ends = [...all.map(({ to }) => to), ...slots.slice(-1).map(({ at }) => at + turn * MINUTE_MS)];
  if (day === today) {
    starts.push(now);
    ends.push(now + HOUR_MS);
  }
  const from = floorHour(clock, Math.max(whole.from, least(starts, whole.from + 14 * HOUR_MS)));
  const to = Math.min(whole.to + 4 * HOUR_MS, ceilHour(clock, most(ends, from + 5 * HOUR_MS)));
  return {
    day,
    now: day === today ? now : null,
    from,
    to,
    hours: hoursBetween(clock, from, to),
    rows: tables
      .filter(
        (table) =>
          table.shape === 'table' ||
          drawn.some((one) => one.tables.includes(table.id)) ||
          walkIns.some((one) => one.table === table.id),
      )
      .toSorted(byName)
      .map((table) => ({
        table,
        bars: [
          ...walkIns.filter((one) => one.table === table.id).map(({ bar }) => bar),
          ...bars.filter(({ reservation }) => reservation?.tables.includes(table.id)),
        ],
      })),
    reservations,
    periods: periodsOn(rules, clock, day).flatMap(({ name }) => name ?? []),
    isOpen: slots.length > 0,
  };
}

/** What still stands on a table's row; cancelled ones are in the list alone. */
function isDrawn({ status }: ReservationView): boolean {
  return isKept({ status }) || status === 'seated' || status === 'finished' || status === 'no_show';
}

function barOf(one: ReservationView, now: number): Bar {
  const from = Date.parse(one.at);
  const booked = from + one.minutes * MINUTE_MS;
  // Guests who stay longer than they were given the table are still there.
  const to = one.status === 'seated' ? Math.max(booked, now) : booked;
  return { key: one.id, from, to, look: lookOf(one, now), reservation: one, party: one.party };
}

export function lookOf(one: ReservationView, now: number): BarLook {
  switch (one.status) {
    case 'booked':
    case 'confirmed':
      return isLate(one, now) ? 'late' : one.status;
    case 'partially_arrived':
      return 'partial';
    case 'held':
    case 'requested':
    case 'arrived':
    case 'seated':
      return one.status;
    case 'no_show':
      return 'noShow';
    default:
      return 'finished';
  }
}

/** Booked, not here, and past the grace: a flag of the clock, not a state. */
export function isLate(one: Pick<ReservationView, 'status' | 'lateAt'>, now: number): boolean {
  return (one.status === 'booked' || one.status === 'confirmed') && now >= Date.parse(one.lateAt);
}

/** So late that somebody should say whether they come. */
export function isMissing(one: Pick<ReservationView, 'status' | 'noShowAt'>, now: number): boolean {
  return (one.status === 'booked' || one.status === 'confirmed') && now >= Date.parse(one.noShowAt);
}

export function minutesLate(one: Pick<ReservationView, 'at'>, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(one.at)) / MINUTE_MS));
}

/** Guests at a table whom the book does not know. */
function walkIn(book: Book, table: TableView, now: number): { table: string; bar: Bar } | null {
  if (!isOccupied(table) || table.reservation !== undefined || table.joined !== undefined) return null;
  const since = table.since === undefined ? now : Date.parse(table.since);
  return {
    table: table.id,
    bar: {
      key: `walk-in ${table.id}`,
      from: since,
      to: expectedEnd(book, table, now),
      look: 'walkIn',
      reservation: null,
      party: table.covers ?? table.seats,
    },
  };
}

export type PacingColumn = { readonly at: number; readonly clock: string; readonly covers: number };

/** Covers by slot around a moment, as many slots as there is room for. */
export function pacingOf(book: Book, day: Day, around: number, room: number): PacingColumn[] {
  const covers = lookAt(book, around).covers;
  const slots = slotTimes(book.rules, book.clock, day.day);
  const odd = [...covers.keys()].filter(
    (at) => isWithin(at, day.from, day.to) && !slots.some((slot) => slot.at === at),
  );
  const all = [...slots.map(({ at }) => at), ...odd].toSorted((a, b) => a - b);
  const next = all.findIndex((at) => at + book.rules.slotMinutes * MINUTE_MS > around);
  const first = Math.max(0, Math.min(next === -1 ? all.length : next - 1, all.length - room));
  return all.slice(first, first + room).map((at) => ({
    at,
    clock: clockOf(serviceTime(book.clock, at).minute),
    covers: covers.get(at) ?? 0,
  }));
}

/** Tables that could be given to a party now, the best first: large enough, free, and longest before somebody else's. */
export function tablesNow(look: Look, tables: ReadonlyMap<string, TableView>, party: number): TableView[] {
  const single = seatings(look.book, party).filter((one) => one.length === 1);
  return single
    .flatMap(([id = '']) => {
      const table = tables.get(id);
      return table?.status === 'free' ? [table] : [];
    })
    .toSorted((a, b) => Number(isSoon(a, look.now)) - Number(isSoon(b, look.now)) || a.seats - b.seats);
}

/** Its next party comes so soon that whoever seats somebody else there should know. */
export function isSoon(table: Pick<TableView, 'reserved'>, now: number, within = SOON_MS): boolean {
  return table.reserved !== undefined && Date.parse(table.reserved.at) - now <= within;
}

/** Who waits, in the order of the list. */
export function waiting(entries: Iterable<WaitlistView>): WaitlistView[] {
  return [...entries]
    .filter(({ status }) => status === 'waiting' || status === 'notified' || status === 'checked_in')
    .toSorted((a, b) => (a.since === b.since ? (a.id < b.id ? -1 : 1) : a.since < b.since ? -1 : 1));
}

export type Counts = {
  readonly all: number;
  readonly covers: number;
  readonly late: number;
  readonly allergies: number;
};

/** What the head of the page says of the day. */
export function countsOf(reservations: readonly ReservationView[], now: number): Counts {
  const live = reservations.filter((one) => !isOver(one) || one.status === 'finished');
  return {
    all: live.length,
    covers: live.reduce((sum, { party }) => sum + party, 0),
    late: live.filter((one) => isLate(one, now)).length,
    allergies: live.filter(({ allergies, status }) => allergies.length > 0 && status !== 'finished').length,
  };
}

/** The reservations that have to do with what somebody types: name, or the end of a phone number. */
export function findGuests(reservations: Iterable<ReservationView>, typed: string): ReservationView[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const digits = wanted.replaceAll(/\D/g, '');
  if (wanted.length < 2) return [];
  const seen = new Set<string>();
  return [...reservations]
    .filter(({ guest }) => {
      const phone = (guest?.phone ?? '').replaceAll(/\D/g, '');
      return (
        (guest?.name ?? '').toLocaleLowerCase().includes(wanted) ||
        (digits.length >= 3 && phone.includes(digits))
      );
    })
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .filter(({ guest }) => {
      const key = `${guest?.name ?? ''}|${guest?.phone ?? ''}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** The slot nearest to a point of the time line, of those on which a party may come. */
export function snap(book: Book, day: string, at: number): number {
  const slots = slotTimes(book.rules, book.clock, day);
  const step = book.rules.slotMinutes * MINUTE_MS;
  const rounded = Math.round(at / step) * step;
  return slots.reduce(
    (best, slot) => (Math.abs(slot.at - at) < Math.abs(best - at) ? slot.at : best),
    slots[0]?.at ?? rounded,
  );
}

function isWithin(at: number, from: number, to: number): boolean {
  return at >= from && at < to;
}

function floorHour(clock: Book['clock'], at: number): number {
  return at - (at % MINUTE_MS) - (serviceTime(clock, at).minute % 60) * MINUTE_MS;
}

function ceilHour(clock: Book['clock'], at: number): number {
  const floor = floorHour(clock, at);
  return floor === at ? at : floor + HOUR_MS;
}

function hoursBetween(clock: Book['clock'], from: number, to: number): { at: number; clock: string }[] {
  const found: { at: number; clock: string }[] = [];
  for (let at = from; at < to; at += HOUR_MS)
    found.push({ at, clock: clockOf(serviceTime(clock, at).minute) });
  return found;
}

function least(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : Math.min(...values);
}

function most(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : Math.max(...values);
}

/** T2 before T10. */
function byName(a: TableView, b: TableView): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

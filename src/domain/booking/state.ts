/** The book as it stands: what is to come and what is going on; what is over leaves memory some hours later. */

export type Bookings = {
  readonly reservations: Readonly<Record<string, Reservation>>;
  readonly waitlist: Readonly<Record<string, WaitEntry>>;
  /** Table -> the reservation that comes to it next and is not seated yet. */
  readonly next: Readonly<Record<string, string>>;
  /** When a policy next looks at the book (RFC 3339). */
  readonly deadline: string | null;
};

export type ReservationStatus =
  | 'held'
  | 'requested'
  | 'booked'
  | 'confirmed'
  | 'partially_arrived'
  | 'arrived'
  | 'seated'
  | 'finished'
  | 'cancelled'
  | 'no_show'
  | 'left'
  | 'expired'
  | 'declined';

export type Guest = { readonly name: string; readonly phone?: string | undefined };

export type Reservation = {
  readonly id: string;
  readonly version: number;
  readonly status: ReservationStatus;
  readonly at: string;
  readonly minutes: number;
  readonly party: number;
  readonly guest: Guest;
  readonly notes?: string | undefined;
  readonly allergies: readonly string[];
  readonly tables: readonly string[];
  readonly source: string;
  readonly call?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly madeAt: string;
  readonly madeBy?: string | undefined;
  /** Of a hold: when it runs out. */
  readonly until?: string | undefined;
  /** How many are here. */
  readonly here?: number | undefined;
  readonly arrivedAt?: string | undefined;
  readonly seatedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly reason?: string | undefined;
  /** The kitchen was told of it. */
  readonly announced?: boolean | undefined;
};

export type WaitStatus = 'waiting' | 'notified' | 'checked_in' | 'seated' | 'cancelled' | 'no_show';

export type WaitEntry = {
  readonly id: string;
  readonly version: number;
  readonly status: WaitStatus;
  readonly party: number;
  readonly guest: Guest;
  readonly notes?: string | undefined;
  readonly call?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly quote: number;
  readonly addedAt: string;
  /** Its place in the list: since when it waits, later than `addedAt` where it was put at the end again. */
  readonly since: string;
  readonly notifiedAt?: string | undefined;
  readonly until?: string | undefined;
  /** How often they were told and did not come. */
  readonly lapses: number;
  readonly tables?: readonly string[] | undefined;
  readonly waited?: number | undefined;
  readonly endedAt?: string | undefined;
};

export const NO_BOOKINGS: Bookings = { reservations: {}, waitlist: {}, next: {}, deadline: null };

/** They still come, or are here without a table: the table is kept for them. */
const KEPT: ReadonlySet<ReservationStatus> = new Set([
  'held',
  'requested',
  'booked',
  'confirmed',
  'partially_arrived',
  'arrived',
]);

const OVER: ReadonlySet<ReservationStatus> = new Set([
  'finished',
  'cancelled',
  'no_show',
  'left',
  'expired',
  'declined',
]);

/** Is a table kept for it? */
export function isKept({ status }: Pick<Reservation, 'status'>): boolean {
  return KEPT.has(status);
}

/** Nothing can happen to it any more but a correction. */
export function isOver({ status }: Pick<Reservation, 'status'>): boolean {
  return OVER.has(status);
}

/** Waits, was told, or stands at the door. */
export function isWaiting({ status }: Pick<WaitEntry, 'status'>): boolean {
  return status === 'waiting' || status === 'notified' || status === 'checked_in';
}

/** Everybody who waits, in the order in which it is their turn. */
export function inLine(bookings: Pick<Bookings, 'waitlist'>): WaitEntry[] {
  return Object.values(bookings.waitlist)
    .filter(isWaiting)
    .toSorted((a, b) => (a.since === b.since ? (a.id < b.id ? -1 : 1) : a.since < b.since ? -1 : 1));
}

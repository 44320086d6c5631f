import { toMillis } from '../instants.ts';
import { MINUTE_MS } from '../zone.ts';
import { type Book, type BookTable, expectedEnd, hasLapsed, isOccupied, seatings } from './book.ts';
import { turnOf } from './times.ts';
import { isKept } from './state.ts';

/**
 * How long a party without a reservation will wait: everybody before them is given the table that comes free first, as
 * the stand would do it, around what is reserved; then it is their turn.
 */

/** People are told round minutes, never fewer. */
const ROUND_MS = 5 * MINUTE_MS;
/** A longer wait is told as this one. */
const MOST_MINUTES = 240;
/** A table that guests have just left. */
const CLEAN_MS = 5 * MINUTE_MS;

type Stay = { from: number; to: number };

/** Minutes, a multiple of 5; 0: now. `ahead`: parties before them, in the order of the list. */
export function quoteMinutes(
  book: Book,
  now: number,
  ahead: readonly { party: number }[],
  party: number,
): number {
  const stays = new Map<string, Stay[]>(
    book.tables.map((table) => [table.id, [...presentStay(book, table, now)]]),
  );
  for (const claim of book.reservations) {
    if (!isKept(claim) || hasLapsed(claim, now)) continue;
    // Who is late still comes: their table is kept for as long as they were promised it.
    const from = toMillis(claim.at) ?? 0;
    for (const id of claim.tables) stays.get(id)?.push({ from, to: from + claim.minutes * MINUTE_MS });
  }
  let start: number | null = null;
  for (const one of [...ahead, { party }]) {
    const stay = turnOf(book.rules, one.party) * MINUTE_MS;
    const found = earliest(book, stays, one.party, stay, now);
    start = found?.at ?? null;
    if (found) for (const id of found.tables) stays.get(id)?.push({ from: found.at, to: found.at + stay });
  }
  if (start === null) return MOST_MINUTES;
  return Math.min(MOST_MINUTES, (Math.ceil((start - now) / ROUND_MS) * ROUND_MS) / MINUTE_MS);
}

function* presentStay(book: Book, table: BookTable, now: number): Generator<Stay> {
  if (table.status === 'blocked') yield { from: now, to: Number.POSITIVE_INFINITY };
  else if (table.status === 'dirty') yield { from: now, to: now + CLEAN_MS };
  else if (isOccupied(table)) yield { from: now, to: expectedEnd(book, table, now) };
}

function earliest(
  book: Book,
  stays: ReadonlyMap<string, readonly Stay[]>,
  party: number,
  length: number,
  now: number,
): { at: number; tables: readonly string[] } | null {
  let best: { at: number; tables: readonly string[] } | null = null;
  for (const tables of seatings(book, party)) {
    const taken = tables.flatMap((id) => stays.get(id) ?? []);
    const at = firstGap(taken, length, now);
    if (Number.isFinite(at) && (best === null || at < best.at)) best = { at, tables };
  }
  return best;
}

/** The first moment from which nothing is in the way for so long. */
function firstGap(taken: readonly Stay[], length: number, now: number): number {
  let at = now;
  for (const { from, to } of taken.toSorted((a, b) => a.from - b.from))
    if (to > at && from < at + length) at = to;
  return at;
}

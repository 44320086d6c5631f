import { toMillis } from '../text.ts';
import type { Courier, CourierNews, CourierState } from './state.ts';

/**
 * Where a courier is, from news that may come late, twice and in any order. All of it is kept by the platform's clock and
 * read from the start again, so the same news come to the same state however they arrived.
 */

/** A courier never goes back to an earlier one. */
const STEP: Record<CourierState, number> = {
  requested: 0,
  assigned: 1,
  to_pickup: 2,
  at_pickup: 3,
  picked_up: 4,
  to_dropoff: 5,
  at_dropoff: 6,
  return_started: 7,
  return_arrived: 8,
  delivered: 9,
  returned: 9,
  cancelled: 0,
};
/** More than any delivery has; what is older than all of them says nothing any more. */
const MOST_NEWS = 60;

export function isOver({ state }: Pick<Courier, 'state'>): boolean {
  return state === 'delivered' || state === 'returned';
}

/** Has the courier the food? */
export function hasFood({ state }: Pick<Courier, 'state'>): boolean {
  return STEP[state] >= STEP.picked_up;
}

export type Word = {
  readonly state: CourierState;
  readonly at: string;
  readonly name?: string | undefined;
  readonly eta?: string | undefined;
  readonly batched?: boolean | undefined;
};

/** The courier after one more word; the same object when nothing follows from it. */
export function hearCourier(courier: Courier | undefined, word: Word): Courier {
  const { state, at, name, eta, batched = false } = word;
  const known = courier ?? { state, at, batched, news: [] };
  if (isOver(known) && known.news.length > 0) return known;
  const isHeard = known.news.some((one) => one.state === state && one.at === at);
  // That a courier is still where they just were says nothing; where one is called off and another asked for, each word counts.
  const before = known.news.findLast((one) => one.at <= at);
  const isStill =
    state !== 'requested' &&
    state !== 'cancelled' &&
    before?.state === state &&
    (name === undefined || before.name === name);
  const isNews = !isHeard && !isStill;
  const news = isNews
    ? [...known.news, { state, at, ...(name !== undefined && { name }) }].sort(byTime).slice(-MOST_NEWS)
    : known.news;
  const next = read(news);
  return unlessSame(courier, {
    state: next?.state ?? known.state,
    at: next?.at ?? known.at,
    ...latest('name', 'nameAt', known, name, at),
    ...latest('eta', 'etaAt', known, eta, at),
    batched: known.batched || batched,
    news,
  });
}

function byTime(a: CourierNews, b: CourierNews): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return STEP[a.state] - STEP[b.state] || (a.state < b.state ? -1 : 1);
}

/** Reads the news from the start. A courier that was called off is followed by another, or was not: then the food came after all. */
function read(news: readonly CourierNews[]): CourierNews | null {
  let here: CourierNews | null = null;
  for (const one of news) if (here === null || follows(here.state, one.state)) here = one;
  return here;
}

function follows(from: CourierState, to: CourierState): boolean {
  if (isOver({ state: from })) return false;
  if (isOver({ state: to })) return true;
  if (to === 'cancelled') return from !== 'cancelled';
  if (from === 'cancelled') return to === 'requested';
  return STEP[to] > STEP[from];
}

function latest<K extends 'name' | 'eta', A extends 'nameAt' | 'etaAt'>(
  key: K,
  atKey: A,
  known: Pick<Courier, K | A>,
  said: string | undefined,
  at: string,
): Pick<Courier, K | A> {
  const knownAt = known[atKey];
  const isNewer = said !== undefined && (knownAt === undefined || at >= knownAt);
  const value = isNewer ? said : known[key];
  const valueAt = isNewer ? at : knownAt;
  // Both or neither.
  return (value === undefined ? {} : { [key]: value, [atKey]: valueAt }) as Pick<Courier, K | A>;
}

/** Without a difference that anybody sees or that later news would need. */
function unlessSame(before: Courier | undefined, after: Courier): Courier {
  return before !== undefined &&
    before.news === after.news &&
    before.name === after.name &&
    before.batched === after.batched &&
    isSameMinute(before.eta, after.eta)
    ? before
    : after;
}

/** Where one is expected is said with every word of it: seconds are not worth an entry in the log. */
function isSameMinute(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Math.abs((toMillis(a) ?? 0) - (toMillis(b) ?? 0)) < 60_000;
}

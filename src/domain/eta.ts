import type { LocationConfig } from './config.ts';
import { isLive, liveParts, liveQty } from './item.ts';
import { findMenuItem } from './menu.ts';
import type { Order } from './order.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * When an order will be ready, as a guest is told: a range, never a moment. It is made from what the stations still have
 * to cook, narrows as they get on, and its end moves later only when somebody can say why.
 */
export type Eta = { from: string; to: string; why?: Delay };

/** Why it became later: more was ordered, something was changed, something is made again. */
export type Delay = 'added' | 'changed' | 'mending';

/** What one station still has to cook of an order. */
export type StationWork = {
  /** Item-seconds. */
  seconds: number;
  /** Of the piece that takes longest. */
  longest: number;
  /** When its cooks began, as far as they have on all of it. */
  startedAt: string | null;
};

const MINUTE = 60_000;
const NARROWEST = 5 * MINUTE;
const SPREAD = 0.15;
/** Of a dish whose time nobody wrote down, in seconds. */
const USUAL_PREP = 480;
/** Item-seconds in 15 minutes of a station whose capacity nobody wrote down: four pans. */
const USUAL_CAPACITY = 3_600;

/** What is fired and not ready, by station. */
export function workOf(order: Order, config: LocationConfig | null): Map<string, StationWork> {
  const work = new Map<string, StationWork>();
  for (const item of order.items) {
    if (item.held || item.served || !isLive(item)) continue;
    const prep =
      (item.menuItem === undefined ? null : findMenuItem(config, item.menuItem)?.prep) ?? USUAL_PREP;
    for (const part of liveParts(item)) {
      const pieces = liveQty(item) - part.readyQty;
      if (pieces <= 0) continue;
      const startedAt = order.tickets.find(({ id }) => id === part.ticket)?.startedAt ?? null;
      const known = work.get(part.station);
      work.set(part.station, {
        seconds: (known?.seconds ?? 0) + prep * pieces,
        longest: Math.max(known?.longest ?? 0, prep),
        startedAt: latestStart(known, startedAt),
      });
    }
  }
  return work;
}

/** One ticket of several that nobody began: the station has not begun. */
function latestStart(known: StationWork | undefined, startedAt: string | null): string | null {
  if (known === undefined) return startedAt;
  if (known.startedAt === null || startedAt === null) return null;
  return known.startedAt > startedAt ? known.startedAt : startedAt;
}

export type Question = {
  work: ReadonlyMap<string, StationWork>;
  config: LocationConfig | null;
  at: string;
  promisedAt?: string | undefined;
  /** Something waits for a later course: nobody knows when, unless a time was promised. */
  isHeld: boolean;
  /** Item-seconds of others that a station has to cook first. */
  ahead(station: string): number;
  before: Eta | undefined;
  /** Nothing was told yet: the range is drawn afresh. */
  isNew: boolean;
  why: Delay | null;
};

/** The range to tell now; null: there is none (nothing is cooking, or it waits for a course). */
export function estimate(question: Question): Eta | null {
  const at = toMillis(question.at) ?? 0;
  const promised = question.promisedAt === undefined ? null : toMillis(question.promisedAt);
  if (question.isHeld && promised === null) return null;
  if (question.work.size === 0 && promised === null) return null;
  const before = question.isNew ? undefined : question.before;
  let centre = at + MINUTE;
  for (const [station, one] of question.work)
    centre = Math.max(centre, finish(question, station, one, at, before));
  const wanted = rangeAround(Math.max(centre, promised ?? 0), at);
  if (before === undefined)
    return { ...shown(wanted), ...(!question.isNew && question.why !== null && { why: question.why }) };
  const old = { from: toMillis(before.from) ?? 0, to: toMillis(before.to) ?? 0 };
  if (wanted.to > old.to && question.why !== null) return { ...shown(wanted), why: question.why };
  const to = Math.min(wanted.to, old.to);
  const from = Math.min(wanted.to > old.to ? Math.max(wanted.from, old.from) : wanted.from, to - NARROWEST);
  // As it was told: most events move nothing, and writing times costs more than the rest.
  if (from === old.from && to === old.to) return before;
  return { ...shown({ from, to }), ...(before.why !== undefined && { why: before.why }) };
}

function finish(
  { config, ahead }: Question,
  station: string,
  work: StationWork,
  at: number,
  before: Eta | undefined,
): number {
  const capacity = config?.stations.find(({ id }) => id === station)?.capacity ?? USUAL_CAPACITY;
  const rate = capacity / 900;
  const cooking = Math.max(work.longest, work.seconds / rate) * 1000;
  if (work.startedAt !== null) return (toMillis(work.startedAt) ?? at) + cooking;
  if (before === undefined) return at + (ahead(station) / rate) * 1000 + cooking;
  // Nobody began, and the queue has changed since: what was said stands, unless it cannot be kept any more.
  return Math.max(at + cooking, ((toMillis(before.from) ?? 0) + (toMillis(before.to) ?? 0)) / 2);
}

type Range = { from: number; to: number };

function rangeAround(centre: number, at: number): Range {
  const half = Math.max(NARROWEST / 2, SPREAD * (centre - at));
  return {
    from: Math.floor((centre - half) / MINUTE) * MINUTE,
    to: Math.ceil((centre + half) / MINUTE) * MINUTE,
  };
}

function shown({ from, to }: Range): { from: string; to: string } {
  return { from: toInstant(from), to: toInstant(to) };
}

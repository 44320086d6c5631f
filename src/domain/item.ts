import type { ItemStatus } from './entities.ts';
import type { ModifierFact } from './events.ts';

/**
 * The item is the only stored truth about work; tickets and orders say what their items say.
 *
 *   held -> fired -> started -> ready -> served
 *   fired -> held (until somebody started it), ready -> started (recall, un-ready, a change),
 *   ready | served -> refired (a new item takes its place), any but served and refired -> voided
 *
 * A line made at two stations has a part at each; it is ready when every part is.
 */
export type Part = {
  station: string;
  ticket: string;
  started: boolean;
  readyQty: number;
  /** It is made elsewhere now; the old station shows it struck through until somebody there saw that. */
  movedTo?: string;
};

export type Item = {
  id: string;
  menuItem?: string;
  name: string;
  kitchenName: string;
  qty: number;
  voidQty: number;
  unitPrice: number;
  modifiers: readonly ModifierFact[];
  notes?: string;
  allergies: readonly string[];
  seat?: number;
  course?: number;
  stations: readonly string[];
  held: boolean;
  served: boolean;
  refired: boolean;
  refireOf?: string;
  /** Sold elsewhere beyond what was left: so many pieces. */
  short?: number;
  parts: readonly Part[];
};

/** Pieces still wanted. */
export function liveQty(item: Item): number {
  return item.qty - item.voidQty;
}

/** Parts where it is made today. */
export function liveParts(item: Item): readonly Part[] {
  return item.parts.filter((part) => part.movedTo === undefined);
}

/** Pieces ready at every station that makes it. */
export function readyQty(item: Item): number {
  let least = Number.POSITIVE_INFINITY;
  for (const part of item.parts)
    if (part.movedTo === undefined && part.readyQty < least) least = part.readyQty;
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}

/** The state of a part of work, from what is stored of it: the one rule for items, lines and the browser's prediction. */
export function workStatus(work: {
  held: boolean;
  started: boolean;
  readyQty: number;
  live: number;
}): ItemStatus {
  if (work.live <= 0) return 'voided';
  if (work.held) return 'held';
  if (work.readyQty >= work.live) return 'ready';
  return work.started || work.readyQty > 0 ? 'started' : 'fired';
}

export function itemStatus(item: Item): ItemStatus {
  if (item.refired) return 'refired';
  if (item.served) return 'served';
  return workStatus({
    held: item.held,
    started: item.parts.some((part) => part.started || part.readyQty > 0),
    readyQty: readyQty(item),
    live: liveQty(item),
  });
}

/** The state of an item as one station sees it. */
export function partStatus(item: Item, part: Part): ItemStatus {
  if (part.movedTo !== undefined) return 'voided';
  if (item.refired) return 'refired';
  if (item.served) return 'served';
  return workStatus({ held: item.held, started: part.started, readyQty: part.readyQty, live: liveQty(item) });
}

/** Somebody still has to do something with it: not voided, not replaced. */
export function isLive(item: Item): boolean {
  return !item.refired && liveQty(item) > 0;
}

/** A cook has touched it. */
export function isTouched(item: Item): boolean {
  return item.served || item.parts.some((part) => part.started || part.readyQty > 0);
}

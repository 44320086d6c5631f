import { isOver } from './channel/courier.ts';
import { presentCourier } from './channel/present.ts';
import type { LocationConfig } from './config.ts';
import type { TrackingView } from './entities.ts';
import { type Delay, type Eta, type StationWork, estimate, workOf } from './eta.ts';
import type { LoggedEvent } from './events.ts';
import { type Item, isLive, itemStatus, liveQty, readyQty } from './item.ts';
import { type Order, orderStatus, ticketStatus } from './order.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * What a guest is told of one order, and nothing else: no person, no price, no position in the log.
 *
 * Its `version` counts its own changes, so it says nothing of how busy the house is. Steps only go forward: what goes
 * wrong after a step was told is a sentence under it (`trouble`), not a step back.
 */

export const STEPS = ['received', 'confirmed', 'preparing', 'ready', 'handed_over'] as const;
export type Step = (typeof STEPS)[number];

export type Tracking = {
  version: number;
  /** When it last changed, and a word that names that change: equal counts of two histories are told apart by it. */
  at: string;
  mark: string;
  /** The furthest that was ever told. */
  step: Step;
  reached: Readonly<Partial<Record<Step, string>>>;
  /** Pieces that are ready, and all of them. Never fewer ready than was told, unless pieces were taken off. */
  ready: number;
  things: number;
  eta?: Eta;
  /** Something that was told as ready is not. */
  trouble?: { kind: 'mending' | 'changed'; since: string };
  /** Item-seconds that each station still has to cook of it: the others' queue. */
  work: Readonly<Record<string, number>>;
};

export type Kitchen = {
  config: LocationConfig | null;
  /** Item-seconds that each station has to cook, this order's included. */
  load: Readonly<Record<string, number>>;
};

/** The tracking of an order that was just placed. */
export function beginTracking(order: Order, event: LoggedEvent): Tracking {
  return {
    version: 1,
    at: event.at,
    mark: markOf(event),
    step: 'received',
    reached: { received: event.at },
    ready: 0,
    things: piecesOf(order.items),
    work: {},
  };
}

/** What happens to an order without its guest seeing anything of it: most of a busy evening. */
const QUIET: ReadonlySet<string> = new Set<LoggedEvent['type']>([
  'ticket.rushed',
  'ticket.acknowledged',
  'ticket.unheard',
  'ticket.unseen',
  'print.asked',
  'print.failed',
  'order.transferred',
]);
/** These confirm an order, and do nothing else to it. */
const HEARING: ReadonlySet<string> = new Set<LoggedEvent['type']>(['ticket.heard', 'ticket.printed']);

/** The tracking after an event changed the order. The version rises only when the guest sees a difference. */
export function track(
  old: Tracking,
  before: Order,
  after: Order,
  event: LoggedEvent,
  kitchen: Kitchen,
): Tracking {
  if (QUIET.has(event.type) || (HEARING.has(event.type) && old.step !== 'received')) return old;
  const things = piecesOf(after.items);
  const truth = stepOf(after, things);
  const step = isAfter(truth, old.step) ? truth : old.step;
  const trouble = troubleAfter(old, after, event, truth, step);
  const work = workOf(after, kitchen.config);
  const eta = etaAfter({ old, after, event, kitchen, step, trouble, work });
  const next: Tracking = {
    version: old.version,
    at: old.at,
    mark: old.mark,
    step,
    reached: step === old.step ? old.reached : reach(old.reached, step, event.at),
    ready: Math.min(things, Math.max(readyPieces(after.items), old.ready - Math.max(0, old.things - things))),
    things,
    ...(eta && { eta }),
    ...(trouble && { trouble }),
    work: secondsOf(work, old.work),
  };
  if (!looksTheSame(before, after, old, next)) return changed(next, event);
  return next.work === old.work ? old : { ...old, work: next.work };
}

/** Something around the order changed that its guest sees: the house's name, its clock, its language. */
export function changed(tracking: Tracking, event: LoggedEvent): Tracking {
  const version = tracking.version + 1;
  return { ...tracking, version, at: event.at, mark: markOf(event) };
}

/** The load of the stations after an order's work changed. */
export function shiftLoad(
  load: Readonly<Record<string, number>>,
  before: Tracking['work'],
  after: Tracking['work'],
): Readonly<Record<string, number>> {
  if (before === after) return load;
  const next: Record<string, number> = { ...load };
  let isDone = false;
  for (const work of [before, after])
    for (const [station, seconds] of Object.entries(work)) {
      next[station] = (next[station] ?? 0) + (work === after ? seconds : -seconds);
      isDone ||= next[station] === 0;
    }
  if (isDone) return Object.fromEntries(Object.entries(next).filter(([, seconds]) => seconds !== 0));
  return next;
}

/** The order as its guest sees it. */
export function presentTracking(
  order: Order,
  tracking: Tracking,
  config: LocationConfig | null,
): TrackingView {
  const { version, step, reached, ready, things, eta, trouble } = tracking;
  const ended = endOf(order, tracking);
  const current = STEPS.indexOf(step);
  const isOver = step === 'handed_over';
  return {
    kind: 'tracking',
    id: order.id,
    version,
    number: order.number,
    ...(order.displayId !== undefined && { displayId: order.displayId }),
    type: order.type,
    step,
    steps: STEPS.map((one, index) => {
      const at = reached[one];
      const state =
        index < current || (isOver && index === current) ? 'done' : index === current ? 'active' : 'pending';
      return { step: one, state, ...(at !== undefined && { at }) };
    }),
    ready,
    things,
    ...(eta !== undefined && ended === null && { eta }),
    ...(trouble !== undefined && ended === null && { trouble }),
    ...(order.platform?.courier !== undefined && { courier: presentCourier(order.platform.courier) }),
    ...(ended === 'cancelled' && {
      cancelled: {
        at: order.cancelled?.at ?? order.closed?.at ?? tracking.at,
        ...(order.cancelled !== undefined && { reason: order.cancelled.reason }),
      },
    }),
    ...(ended !== null && { ended }),
    items: order.items
      .filter((item) => isListed(order, item))
      .map((item) => ({
        name: item.name,
        qty: order.cancelled ? item.qty : liveQty(item),
        modifiers: item.modifiers.map(({ action, name, qty }) => ({ action, name, qty })),
      })),
    location: {
      name: config?.name ?? '',
      timezone: config?.timezone ?? 'UTC',
      language: config?.language ?? 'en',
      ...(config?.address !== undefined && { address: config.address }),
      ...(config?.phone !== undefined && { phone: config.phone }),
    },
  };
}

/** Of a cancelled order its guest still sees what it was. */
function isListed(order: Order, item: Item): boolean {
  return order.cancelled ? !item.refired : isLive(item);
}

/** How it ended for the guest; null: it has not. An order that was closed with nothing left on it was cancelled, line by line. */
function endOf(order: Order, tracking: Tracking): 'handed_over' | 'cancelled' | 'closed' | null {
  if (order.cancelled || (order.closed && tracking.things === 0)) return 'cancelled';
  if (tracking.things > 0 && tracking.step === 'handed_over' && !tracking.trouble && !isOnTheWay(order))
    return 'handed_over';
  return order.closed ? 'closed' : null;
}

/** Handed to a courier who is followed to the guest's door: for them it is not over before that. */
function isOnTheWay({ platform, closed }: Order): boolean {
  const { courier, delivered, ended } = platform ?? {};
  if (closed || ended || delivered !== undefined || courier === undefined) return false;
  return !isOver(courier) && courier.state !== 'cancelled' && courier.state !== 'requested';
}

/** Where the order stands now, whatever was told before. */
function stepOf(order: Order, things: number): Step {
  if (things === 0 || order.cancelled) return 'received';
  const status = orderStatus(order.closed ? withoutClose(order) : order);
  if (status === 'completed') return 'handed_over';
  if (status === 'ready') return 'ready';
  if (status === 'in_progress') return 'preparing';
  return isConfirmed(order) ? 'confirmed' : 'received';
}

function withoutClose({ closed: _closed, ...order }: Order): Order {
  return order;
}

/** Every station that was sent something has shown it on a screen, or has it on paper. */
function isConfirmed(order: Order): boolean {
  const sent = order.tickets.filter((ticket) => {
    const status = ticketStatus(order, ticket);
    return status !== 'held' && status !== 'voided';
  });
  return (
    sent.length > 0 && sent.every((ticket) => ticket.heardAt !== undefined || ticket.printed !== undefined)
  );
}

function isAfter(step: Step, other: Step): boolean {
  return STEPS.indexOf(step) > STEPS.indexOf(other);
}

function reach(reached: Tracking['reached'], step: Step, at: string): Tracking['reached'] {
  const next = { ...reached };
  for (const one of STEPS.slice(0, STEPS.indexOf(step) + 1)) next[one] ??= at;
  return next;
}

/** Told as ready and not ready any more: by a slip of ours, or because the order itself changed. */
function troubleAfter(
  old: Tracking,
  order: Order,
  event: LoggedEvent,
  truth: Step,
  step: Step,
): Tracking['trouble'] {
  const isRemade = order.items.some(
    (item) => item.refireOf !== undefined && isLive(item) && !item.served && itemStatus(item) !== 'ready',
  );
  const isBehind = !isAfter('ready', step) && isAfter(step, truth);
  if (order.cancelled || (!isRemade && !isBehind)) return undefined;
  const isOurs =
    isRemade ||
    event.type === 'ticket.recalled' ||
    event.type === 'item.unreadied' ||
    old.trouble?.kind === 'mending';
  const kind = isOurs ? 'mending' : 'changed';
  return old.trouble?.kind === kind ? old.trouble : { kind, since: event.at };
}

const DELAYS: Partial<Record<LoggedEvent['type'], Delay>> = {
  'order.added': 'added',
  'item.amended': 'changed',
  'ticket.recalled': 'mending',
  'item.unreadied': 'mending',
  'item.refired': 'mending',
};

function etaAfter(all: {
  old: Tracking;
  after: Order;
  event: LoggedEvent;
  kitchen: Kitchen;
  step: Step;
  trouble: Tracking['trouble'];
  work: ReadonlyMap<string, StationWork>;
}): Eta | undefined {
  const { old, after, event, kitchen, step, trouble, work } = all;
  if (after.cancelled || after.closed || old.things === 0) return undefined;
  if (!isAfter('ready', step) && !trouble) return undefined;
  // Who waits for food that was ready already is told why, whatever the event.
  const why = DELAYS[event.type] ?? (trouble?.kind === 'mending' ? 'mending' : trouble ? 'changed' : null);
  const isNew = event.at === old.reached.received;
  // An order that was added to is cooked by its next fires, in the same breath.
  const goesOn = event.at === old.at && old.eta?.why !== undefined ? old.eta.why : null;
  const next = estimate({
    work,
    config: kitchen.config,
    at: event.at,
    promisedAt: after.promisedAt,
    isHeld: after.items.some((item) => item.held && isLive(item)),
    ahead: (station) => (kitchen.load[station] ?? 0) - (old.work[station] ?? 0),
    before: old.eta,
    isNew,
    why: why ?? goesOn ?? (event.type === 'ticket.fired' && event.data.addOn ? 'added' : null),
  });
  if (next === null) return undefined;
  return isSameEta(next, old.eta) ? old.eta : next;
}

function isSameEta(a: Eta, b: Eta | undefined): boolean {
  return b !== undefined && a.from === b.from && a.to === b.to && a.why === b.why;
}

function secondsOf(work: ReadonlyMap<string, StationWork>, old: Tracking['work']): Tracking['work'] {
  const same =
    work.size === Object.keys(old).length &&
    [...work].every(([station, { seconds }]) => old[station] === seconds);
  return same ? old : Object.fromEntries([...work].map(([station, { seconds }]) => [station, seconds]));
}

function piecesOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => (isLive(item) ? sum + liveQty(item) : sum), 0);
}

function readyPieces(items: readonly Item[]): number {
  return items.reduce(
    (sum, item) =>
      isLive(item) ? sum + (item.served ? liveQty(item) : Math.min(readyQty(item), liveQty(item))) : sum,
    0,
  );
}

function looksTheSame(before: Order, after: Order, old: Tracking, next: Tracking): boolean {
  return (
    old.step === next.step &&
    old.ready === next.ready &&
    old.things === next.things &&
    old.eta === next.eta &&
    old.trouble === next.trouble &&
    endOf(before, old) === endOf(after, next) &&
    before.platform?.courier === after.platform?.courier &&
    listsTheSame(before.items, after.items)
  );
}

function listsTheSame(before: readonly Item[], after: readonly Item[]): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  return before.every((item, index) => {
    const other = after[index];
    return (
      other !== undefined &&
      item.modifiers === other.modifiers &&
      liveQty(item) === liveQty(other) &&
      item.refired === other.refired
    );
  });
}

/** The end of the command's id is chance: it tells one history from another, and nothing else. */
function markOf(event: LoggedEvent): string {
  return event.command.slice(-8);
}

/** A guest may look for so long after the order ended for it. */
const LOOK_AFTER_MS = 4 * 3_600_000;

/** Until when a guest may look at the order; null: it has not ended. */
export function guestEndsAt(order: Order): string | null {
  const ended = order.cancelled?.at ?? order.completedAt ?? order.closed?.at;
  return ended === undefined ? null : toInstant((toMillis(ended) ?? 0) + LOOK_AFTER_MS);
}

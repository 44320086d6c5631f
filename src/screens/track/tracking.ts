import type { TrackingView } from '../../domain/entities.ts';
import type { ConnectionView } from '../../sdk/reader.ts';

/** What the guest's page shows, from what it was told: pure, and never a step back. */

export type Step = TrackingView['step'];
/** How the order reaches its guest: by this the last steps have their names. */
export type Way = 'pickup' | 'courier' | 'table';

const ORDER: readonly Step[] = ['received', 'confirmed', 'preparing', 'ready', 'handed_over'];

export function wayOf(type: TrackingView['type']): Way {
  return type === 'delivery' ? 'courier' : type === 'dine_in' ? 'table' : 'pickup';
}

/**
 * The next thing to show. The server never goes back; a restored database, or another node that knows less, might. What a
 * guest was told stands, unless the order was cancelled.
 */
export function forward(shown: TrackingView | null, next: TrackingView): TrackingView {
  if (shown === null || shown.id !== next.id || next.ended !== undefined) return next;
  if (ORDER.indexOf(next.step) >= ORDER.indexOf(shown.step)) return next;
  return {
    ...next,
    step: shown.step,
    steps: shown.steps,
    ready: Math.max(next.ready, Math.min(shown.ready, next.things)),
  };
}

export type Badge =
  | { state: 'connecting' | 'ended' }
  /** `age`: milliseconds since the server last proved what is shown. */
  | { state: 'live' | 'polling' | 'reconnecting'; age: number };

/** What may be said of the line. `live` only while frames come by themselves. */
export function badgeOf(connection: ConnectionView | null, isOver: boolean, now: number): Badge {
  if (isOver) return { state: 'ended' };
  if (connection === null || connection.lastProofAt === null) return { state: 'connecting' };
  const age = Math.max(0, now - connection.lastProofAt);
  if (connection.word === 'live') return { state: 'live', age };
  return { state: connection.word === 'polling' ? 'polling' : 'reconnecting', age };
}

export type Head =
  | { show: 'range'; from: number; to: number; why: 'added' | 'changed' | 'mending' | null; isLate: boolean }
  | { show: 'soon' | 'ready' | 'done' | 'closed'; at: number | null }
  | { show: 'cancelled'; at: number; reason: string | null };

/** The largest thing on the page. */
export function headOf(view: TrackingView, now: number): Head {
  if (view.cancelled !== undefined)
    return { show: 'cancelled', at: Date.parse(view.cancelled.at), reason: view.cancelled.reason ?? null };
  if (view.ended === 'closed') return { show: 'closed', at: null };
  // Handed over is what it is, though a courier is still followed to the door; what is made again has its own time.
  if (view.ended === 'handed_over' || (view.step === 'handed_over' && view.trouble === undefined))
    return { show: 'done', at: timeOf(view, 'handed_over') };
  if (view.eta !== undefined) {
    const to = Date.parse(view.eta.to);
    return {
      show: 'range',
      from: Date.parse(view.eta.from),
      to,
      why: view.eta.why ?? null,
      isLate: now > to,
    };
  }
  if (view.step === 'ready') return { show: 'ready', at: timeOf(view, 'ready') };
  return { show: 'soon', at: null };
}

function timeOf(view: TrackingView, step: Step): number | null {
  const at = view.steps.find((one) => one.step === step)?.at;
  return at === undefined ? null : Date.parse(at);
}

/** The phone's own map, or one in the browser where it has none. */
export function wayTo(address: string): string {
  return `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(address)}`;
}

/** More pieces than fit as marks are a bar. */
export const MOST_MARKS = 12;

/** How the guest's order is called: the platform's own word, or the day's number. */
export function nameOf(view: Pick<TrackingView, 'number' | 'displayId'>): string {
  return view.displayId ?? `#${view.number}`;
}

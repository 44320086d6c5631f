import type { ChannelView } from '../../domain/channel/entities.ts';
import { millis } from '../ui/time.ts';

/** How a door to a platform stands, and what may be asked of it. Pure; `now` is the server's clock in ms. */

/** Minutes of a pause; null: until somebody opens it. */
export const PAUSES: readonly (number | null)[] = [15, 30, 60, null];
/** Minutes that everything takes longer; 0: not busy. */
export const BUSY: readonly number[] = [5, 10, 15, 0];

export type DoorLine = {
  readonly mode: ChannelView['mode'];
  /** When it opens by itself, ms; null: somebody has to open it. */
  readonly until: number | null;
};

export function doorLine({ mode, until }: Pick<ChannelView, 'mode' | 'until'>): DoorLine {
  return { mode, until: until === null ? null : millis(until) };
}

export function isShut({ mode }: Pick<ChannelView, 'mode'>): boolean {
  return mode === 'paused' || mode === 'auto_paused';
}

/** Those that are shut first, then the busy, then by name: what is open needs nobody. */
export function doorsInOrder(doors: Iterable<ChannelView>): ChannelView[] {
  const rank = (door: ChannelView): number => (isShut(door) ? 0 : door.mode === 'busy' ? 1 : 2);
  return [...doors].toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** The end of a pause that is asked for now, on a whole minute; nothing where somebody has to end it. */
export function pauseUntil(minutes: number | null, now: number): { until?: string } {
  if (minutes === null) return {};
  return { until: new Date(Math.ceil((now + minutes * 60_000) / 60_000) * 60_000).toISOString() };
}

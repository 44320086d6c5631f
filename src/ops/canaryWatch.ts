import type { LoggedEvent } from '../domain/events.ts';

/**
 * The canary, measured: once a minute a change is committed for each station that has a live screen, and the time until
 * a screen of that station has painted it is what an order would have needed just then. Nobody sees it.
 */

/** A screen that claims to be live paints within this time, or something is wrong with it. */
export const PATIENCE_MS = 10_000;
const MOST_WAITING = 20_000;

export type CanaryWatchOptions = {
  /** ms since 1970 by the log's clock. */
  readonly now: () => number;
  /** Stations with a screen on this node that claims to be live: only those owe a paint to this node. */
  readonly isLive: (location: string, station: string) => boolean;
  /** `ms` null: no screen painted it in time. */
  readonly measured: (location: string, station: string, minute: number, ms: number | null) => void;
};

export type CanaryWatch = {
  committed(location: string, events: readonly LoggedEvent[], committedAt: number): void;
  /** A screen of the station painted everything up to `seq`. */
  painted(location: string, station: string, seq: number): void;
  /** Gives up those that waited too long; call every second. */
  sweep(): void;
  /** The last result of each station; ms null: not painted. */
  last(location: string): Readonly<Record<string, { readonly ms: number | null; readonly at: number }>>;
};

type Waiting = {
  readonly location: string;
  readonly station: string;
  readonly minute: number;
  readonly seq: number;
  readonly at: number;
};

export function createCanaryWatch({ now, isLive, measured }: CanaryWatchOptions): CanaryWatch {
  const waiting = new Map<string, Waiting>();
  /** Stations of which a screen here has painted something that counts: only such a screen owes a paint. */
  const painting = new Set<string>();
  const results = new Map<string, Record<string, { ms: number | null; at: number }>>();

  const settle = (canary: Waiting, ms: number | null): void => {
    waiting.delete(`${canary.location}|${canary.station}`);
    const own = results.get(canary.location) ?? {};
    own[canary.station] = { ms, at: now() };
    results.set(canary.location, own);
    if (results.size > MOST_WAITING) results.delete(results.keys().next().value ?? '');
    measured(canary.location, canary.station, canary.minute, ms);
  };

  return {
    committed(location, events, committedAt) {
      for (const event of events) {
        if (event.type !== 'station.proved') continue;
        const { station, minute } = event.data;
        const key = `${location}|${station}`;
        if (!isLive(location, station)) painting.delete(key);
        if (waiting.size >= MOST_WAITING || !painting.has(key)) continue;
        // The one before is settled by its own clock: a paint of this position covers both.
        if (!waiting.has(key))
          waiting.set(key, { location, station, minute, seq: event.seq, at: committedAt });
      }
    },
    painted(location, station, seq) {
      if (painting.size < MOST_WAITING) painting.add(`${location}|${station}`);
      const canary = waiting.get(`${location}|${station}`);
      if (canary !== undefined && canary.seq <= seq) settle(canary, Math.max(0, now() - canary.at));
    },
    sweep() {
      for (const canary of [...waiting.values()]) {
        if (now() - canary.at <= PATIENCE_MS) continue;
        // Whoever went away in the meantime claims nothing any more, and is deaf by another name.
        if (isLive(canary.location, canary.station)) settle(canary, null);
        else waiting.delete(`${canary.location}|${canary.station}`);
      }
    },
    last: (location) => results.get(location) ?? {},
  };
}

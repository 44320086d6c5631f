import type { ConnectionLine } from './connectionLog.ts';
import { lineId } from './streamWatch.ts';

/** Notices when a station has had no live screen for 20 s, and when it has one again, and writes both down. */

export const DEAF_MS = 20_000;

export type DeafStations = {
  /** Looks again; call every second. */
  sweep(): void;
  /** Since when (ms) each station of a location has been without a screen, of those that are deaf. */
  of(location: string): Readonly<Record<string, number>>;
};

export type DeafStationsOptions = {
  readonly now: () => number;
  readonly places: () => Iterable<string>;
  readonly stations: (location: string) => readonly string[];
  /** Since when a station has no live screen that counts, in ms; null: it has one. */
  readonly goneSince: (location: string, station: string) => number | null;
  readonly write: (location: string, line: ConnectionLine) => unknown;
};

/** Several nodes notice the same silence within moments of each other: it is one line. Two silences are 20 s apart at least. */
const SAME_MS = 10_000;

export function createDeafStations(options: DeafStationsOptions): DeafStations {
  const { now, places, stations, goneSince, write } = options;
  const deaf = new Map<string, Map<string, number>>();

  const look = (location: string, station: string): void => {
    const since = goneSince(location, station);
    const known = deaf.get(location) ?? new Map<string, number>();
    const before = known.get(station);
    const line = (what: string, at: number) => ({
      id: lineId(what, location, station, String(Math.floor(at / SAME_MS))),
      kind: 'station' as const,
      screen: station,
      topic: `station:${station}`,
    });
    if (since !== null && before === undefined && now() - since >= DEAF_MS) {
      deaf.set(location, known.set(station, since));
      write(location, {
        ...line('deaf', since),
        from: 'live',
        to: 'deaf',
        cause: 'no_screen',
        durationMs: Math.round(now() - since),
      });
    } else if (since === null && before !== undefined) {
      known.delete(station);
      write(location, {
        ...line('heard again', before),
        from: 'deaf',
        to: 'live',
        cause: 'screen_back',
        durationMs: Math.round(now() - before),
      });
    }
  };

  return {
    sweep() {
      for (const location of places()) for (const station of stations(location)) look(location, station);
    },
    of: (location) => Object.fromEntries(deaf.get(location) ?? []),
  };
}

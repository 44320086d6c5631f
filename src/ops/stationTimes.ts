import type { LoggedEvent } from '../domain/events.ts';
import { type LocationState, findByTicket } from '../domain/state.ts';
import { toMillis } from '../domain/text.ts';

/** How soon each station hears, and how much it is sent: of the last minutes, for the managers' page. */

const HEARD_KEPT = 100;
const LINES_MS = 10 * 60_000;
const MOST_LOCATIONS = 5_000;

export type StationTime = {
  /** Median of the last tickets, from fire to the first painted screen; null: none was heard. */
  readonly heardP50: number | null;
  /** Lines sent to it a minute, over the last ten. */
  readonly linesPerMinute: number;
};

type Station = { heard: number[]; lines: { at: number; count: number }[] };

export type StationTimes = {
  committed(location: string, state: LocationState, events: readonly LoggedEvent[]): void;
  of(location: string, station: string): StationTime;
};

export function createStationTimes(now: () => number): StationTimes {
  const places = new Map<string, Map<string, Station>>();

  const at = (location: string, station: string): Station => {
    let place = places.get(location);
    if (place === undefined) {
      if (places.size >= MOST_LOCATIONS) places.delete(places.keys().next().value ?? '');
      place = new Map();
      places.set(location, place);
    }
    const known = place.get(station) ?? { heard: [], lines: [] };
    place.set(station, known);
    return known;
  };

  return {
    committed(location, state, events) {
      for (const event of events) {
        if (event.type === 'ticket.fired') {
          const { lines } = at(location, event.data.station);
          lines.push({ at: toMillis(event.at) ?? now(), count: event.data.items.length });
          while ((lines[0]?.at ?? now()) < now() - LINES_MS) lines.shift();
        } else if (event.type === 'ticket.heard') {
          const found = findByTicket(state, event.data.ticket);
          const firedAt = toMillis(found?.ticket.firedAt ?? '');
          if (found === null || firedAt === null) continue;
          const { heard } = at(location, found.ticket.station);
          heard.push(Math.max(0, (toMillis(event.at) ?? firedAt) - firedAt));
          if (heard.length > HEARD_KEPT) heard.shift();
        }
      }
    },
    of(location, station) {
      const known = places.get(location)?.get(station);
      const sorted = [...(known?.heard ?? [])].sort((a, b) => a - b);
      const recent = known?.lines.filter((line) => line.at >= now() - LINES_MS) ?? [];
      const lines = recent.reduce((sum, { count }) => sum + count, 0);
      return {
        heardP50: sorted[Math.ceil(sorted.length / 2) - 1] ?? null,
        linesPerMinute: Math.round((lines / (LINES_MS / 60_000)) * 10) / 10,
      };
    },
  };
}

import { nameId } from '../../domain/ids.ts';
import type { LocationConfig } from '../../domain/config.ts';
import { readLocalTime } from '../../ops/localTime.ts';
import type { ConnectionLine } from '../../ops/connectionLog.ts';
import type { Outage } from './brigade.ts';

/** The Friday on which the Wi-Fi was gone for six minutes at dinner: in the log, in the connection log, in the figures. */

const FROM = '19:31';
const LASTS_MS = 6 * 60_000;
/** Of silence, until the server calls a line dead, and until it calls a station deaf. */
const SILENT_MS = 20_000;

/** The last Friday of these days that is not of the last two. */
export function badFriday(days: readonly string[]): string | null {
  return days.slice(0, -2).findLast((day) => new Date(`${day}T12:00:00.000Z`).getUTCDay() === 5) ?? null;
}

export function outageOn(day: string, zone: string, now: number): Outage | null {
  const from = readLocalTime(`${day}T${FROM}`, zone, now);
  return from === null ? null : { from, to: from + LASTS_MS };
}

/** What the connection log has to say of it: each screen gone and back, each station without one. */
export function* linesOf(
  location: string,
  config: LocationConfig,
  { from, to }: Outage,
): Generator<ConnectionLine> {
  for (const [index, { id, page, station }] of config.screens.entries()) {
    const goneAt = from + SILENT_MS + index * 310;
    const backAt = to + 1_900 + index * 730;
    const shared = {
      kind: 'stream' as const,
      client: `past-${page}-${id}`,
      screen: station ?? (page === 'expo' ? config.expo.id : id),
      transport: 'websocket',
    };
    const line = (what: string): string => nameId('past', location, id, what, String(from));
    yield {
      ...shared,
      id: line('closed'),
      at: goneAt,
      from: 'ready',
      to: 'closed',
      cause: 'silent',
      durationMs: 3 * 3_600_000,
    };
    yield {
      ...shared,
      id: line('reading'),
      at: backAt,
      from: 'ready',
      to: 'reading',
      cause: 'resumed',
      gap: 30 + index * 3,
      replayed: 12 + index,
    };
    if (station === undefined || page !== 'kitchen') continue;
    const shown = { kind: 'station' as const, screen: station };
    yield {
      ...shown,
      id: line('deaf'),
      at: goneAt + SILENT_MS,
      from: 'live',
      to: 'deaf',
      cause: 'no_screen',
      durationMs: SILENT_MS,
    };
    yield {
      ...shown,
      id: line('heard'),
      at: backAt,
      from: 'deaf',
      to: 'live',
      cause: 'screen',
      durationMs: backAt - goneAt,
    };
  }
}

import type { Transport } from './source.ts';
import type { Watcher } from './watchers.ts';

/** One screen that reads here now, as its node knows it. */
export type Screen = {
  /** Names the connection: one screen that comes back has another. */
  readonly session: string;
  /** What the page calls itself, its device, or who is signed in. */
  readonly name: string;
  /** The first station that it shows. */
  readonly station: string | null;
  /** The stations at which its paint counts. */
  readonly counts: readonly string[];
  readonly transport: Transport | null;
  /** When it was first seen, ms since 1970. */
  readonly sinceMs: number;
  /** For how long it has not been given what there is; 0 while it has everything. */
  readonly lagMs: number;
  readonly audio: string | null;
};

/** Each screen once, whatever number of topics it reads. `sinceMs` and `lagMs` are for whoever knows it longer. */
export function screensOf(watchers: readonly Watcher[]): Screen[] {
  const bySession = new Map<string, { first: Watcher; counts: Set<string>; station: string | null }>();
  for (const watcher of watchers) {
    const one = bySession.get(watcher.session) ?? { first: watcher, counts: new Set(), station: null };
    bySession.set(watcher.session, one);
    if (!watcher.topic.startsWith('station:')) continue;
    const station = watcher.topic.slice('station:'.length);
    one.station ??= station;
    if (watcher.counts) one.counts.add(station);
  }
  return [...bySession].map(([session, { first, counts, station }]) => ({
    session,
    name: first.screen ?? first.device ?? first.role,
    station,
    counts: [...counts],
    transport: first.transport,
    sinceMs: 0,
    lagMs: 0,
    audio: first.audio,
  }));
}

const MOST_SCREENS = 300;
const MOST_STATIONS = 20;
const LONGEST = 80;
const TRANSPORTS: readonly (Transport | null)[] = ['websocket', 'sse', 'long-poll', 'poll', null];

/** As one node tells it to the others: rows, since it is said each 5 s. */
export function packScreens(screens: readonly Screen[]): string {
  return JSON.stringify(
    screens
      .slice(0, MOST_SCREENS)
      .map(({ session, name, station, counts, transport, sinceMs, lagMs, audio }) => [
        session.slice(0, LONGEST),
        name.slice(0, LONGEST),
        station,
        counts.slice(0, MOST_STATIONS),
        transport,
        sinceMs,
        lagMs,
        audio,
      ]),
  );
}

/** Null for what is no such list. Sessions get the node's name, so that no two nodes mean the same one. */
export function readScreens(data: unknown, node: string): Screen[] | null {
  if (!Array.isArray(data) || data.length > MOST_SCREENS) return null;
  const screens: Screen[] = [];
  for (const row of data) {
    if (!Array.isArray(row)) return null;
    const [session, name, station, counts, transport, sinceMs, lagMs, audio]: unknown[] = row;
    if (!isWord(session) || !isWord(name) || !(station === null || isWord(station))) return null;
    if (!Array.isArray(counts) || counts.length > MOST_STATIONS || !counts.every(isWord)) return null;
    if (typeof sinceMs !== 'number' || typeof lagMs !== 'number') return null;
    screens.push({
      session: `${node}/${session}`,
      name,
      station,
      counts,
      transport: TRANSPORTS.find((one) => one === transport) ?? null,
      sinceMs,
      lagMs,
      audio: isWord(audio) ? audio : null,
    });
  }
  return screens;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}

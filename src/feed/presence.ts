import type { LoggedEvent } from '../domain/events.ts';
import { UNROUTED } from '../domain/place.ts';
import { findByTicket, type LocationState } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import { type Screen, packScreens, readScreens, screensOf } from './screens.ts';
import { StationWatch } from './stationWatch.ts';
import type { Watcher } from './watchers.ts';

/**
 * Which screens look at a location, on all nodes together. Live data: it never enters the log, and nothing that must be
 * true depends on it. The ladder asks it whether a station's screens are gone; the tablets are told when a station is deaf.
 *
 * Each node says which screens it carries, at every change and each 5 s; what is not repeated for 15 s is over. With the
 * other nodes out of hearing the last known is kept for 45 s. Longer, only the log tells: a ticket that was heard or a
 * station that was proved elsewhere within 90 s shows that somebody looks at it.
 */

export type LiveDatum = {
  readonly kind: string;
  readonly id: string;
  /** JSON; `null` for what is over. */
  readonly data: string;
  readonly topics: (topic: string) => boolean;
};

/** The other nodes, as far as presence needs them. */
export type Rooms = {
  readonly isUp: boolean;
  readonly isAlone: boolean;
  say(location: string, kind: 'here' | 'who', json: string): void;
  on(kind: 'here' | 'who', handler: (location: string, data: unknown, node: string) => void): void;
  onJoined(handler: (location: string) => void): void;
  onChange(handler: (isUp: boolean) => void): void;
};

export type PresenceOptions = {
  /** Who watches on this node, and which sessions of them have not been given what there is. */
  readonly local: (location: string) => { watchers: readonly Watcher[]; behind: ReadonlySet<string> };
  readonly state: (location: string) => LocationState | null;
  readonly emit: (location: string, data: readonly LiveDatum[]) => void;
  /** Milliseconds since 1970 by the log's clock. */
  readonly now: () => number;
  readonly rooms?: Rooms;
};

/** What the ladder asks of the screens of one location. */
export type House = { readonly readyAt: string; goneSince(station: string): string | null };

export type Presence = {
  /** A screen came, went or painted. */
  stir(location: string): void;
  /** What a reader of a topic is told when it comes. */
  standing(location: string, topic: string): LiveDatum[];
  house(location: string): House;
  /** As the house says it, in ms since 1970. */
  goneSince(location: string, station: string): number | null;
  committed(
    location: { readonly id: string; readonly state: LocationState },
    events: readonly LoggedEvent[],
  ): void;
  /** The location left this node's memory. */
  forget(location: string): void;
  start(): void;
  /** The server answers: from now on the ladder's clock may run. */
  ready(): void;
  /** Tells the others that this node carries nobody any more. */
  stop(): void;
};

const REFRESH_MS = 5_000;
const COUNTS_MS = 15_000;
const KEPT_MS = 45_000;
const EVIDENCE_MS = 90_000;
const DEAF_MS = 20_000;
const GATHER_MS = 50;
const TICK_MS = 1_000;
/** A screen that is behind for less is only being told. */
const LEAST_LAG_MS = 1_000;
const MOST_NODES = 64;
const STATION_TOPICS = new Set(['kitchen', 'pos', 'floor', 'manager']);

type Remote = { screens: readonly Screen[]; at: number };

type Watch = {
  readonly stations: Map<string, StationWatch>;
  readonly remote: Map<string, Remote>;
  /** When a foreign screen last showed, in the log, that it looks at a station. */
  readonly evidence: Map<string, number>;
  readonly sent: Map<string, string>;
  local: readonly Screen[];
  readonly behindSince: Map<string, number>;
  /** Station -> when one of this node's screens of it last said something. */
  readonly heardAt: Map<string, number>;
  readonly since: number;
  /** What the other nodes were told last; null: they must be told again. */
  said: string | null;
  saidAt: number;
  timer: NodeJS.Timeout | null;
};

export function createPresence(options: PresenceOptions): Presence {
  const { local, state, emit, now, rooms } = options;
  const watches = new Map<string, Watch>();
  let readyAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  function watchOf(location: string): Watch {
    let watch = watches.get(location);
    if (watch === undefined) {
      watch = {
        stations: new Map(),
        remote: new Map(),
        evidence: new Map(),
        sent: new Map(),
        local: [],
        behindSince: new Map(),
        heardAt: new Map(),
        since: now(),
        said: null,
        saidAt: Number.NEGATIVE_INFINITY,
        timer: null,
      };
      watches.set(location, watch);
    }
    return watch;
  }

  const isBlind = (): boolean => rooms !== undefined && !rooms.isAlone && !rooms.isUp;

  function stationOf(watch: Watch, station: string): StationWatch {
    const there = watch.stations.get(station) ?? new StationWatch(watch.since);
    watch.stations.set(station, there);
    return there;
  }

  function everywhere(watch: Watch): Screen[] {
    return [...watch.local, ...[...watch.remote.values()].flatMap(({ screens }) => screens)];
  }

  /** Brings one location up to date, and tells its readers and the other nodes what changed. */
  function update(location: string, watch: Watch): void {
    const at = now();
    watch.local = look(location, watch, at);
    const patience = isBlind() ? KEPT_MS : COUNTS_MS;
    for (const [node, { at: said }] of watch.remote) if (at - said > patience) watch.remote.delete(node);
    const counts = new Map<string, number>();
    for (const { counts: stations } of everywhere(watch))
      for (const station of stations) counts.set(station, (counts.get(station) ?? 0) + 1);
    const foreign = new Set(
      [...watch.remote.values()].flatMap(({ screens }) => screens.flatMap((screen) => screen.counts)),
    );
    for (const station of stationsIn(state(location)))
      stationOf(watch, station).count(
        counts.get(station) ?? 0,
        at,
        // Of other nodes' screens it is known that they are there, not when they last spoke.
        foreign.has(station) ? at : watch.heardAt.get(station),
      );
    tellReaders(location, watch);
    tellNodes(location, watch, at);
  }

  /** The screens of this node: since when each is here, and for how long it has been behind. */
  function look(location: string, watch: Watch, at: number): Screen[] {
    const known = new Map(watch.local.map(({ session, sinceMs }) => [session, sinceMs]));
    const { watchers, behind } = local(location);
    watch.heardAt.clear();
    for (const { topic, counts, lastSeen } of watchers) {
      if (!counts || !topic.startsWith('station:')) continue;
      const station = topic.slice('station:'.length);
      // By this node's clock; told by the log's, as everything here.
      const heardAt = at - (Date.now() - lastSeen);
      watch.heardAt.set(station, Math.max(watch.heardAt.get(station) ?? 0, heardAt));
    }
    for (const session of watch.behindSince.keys())
      if (!behind.has(session)) watch.behindSince.delete(session);
    for (const session of behind) watch.behindSince.set(session, watch.behindSince.get(session) ?? at);
    return screensOf(watchers).map((screen) => {
      const lag = at - (watch.behindSince.get(screen.session) ?? at);
      // In whole seconds: a lag that is news at every look would keep two nodes answering each other for ever.
      const lagMs = lag - (lag % LEAST_LAG_MS);
      return { ...screen, sinceMs: known.get(screen.session) ?? at, lagMs };
    });
  }

  function tellReaders(location: string, watch: Watch): void {
    const changed: LiveDatum[] = [];
    const there = new Set<string>();
    for (const one of standingOf(location, watch)) {
      const key = `${one.kind}|${one.id}`;
      there.add(key);
      if (watch.sent.get(key) === one.data) continue;
      watch.sent.set(key, one.data);
      changed.push(one);
    }
    for (const key of watch.sent.keys()) {
      if (there.has(key)) continue;
      watch.sent.delete(key);
      const bar = key.indexOf('|');
      changed.push(datum(key.slice(0, bar), key.slice(bar + 1), 'null'));
    }
    if (changed.length > 0) emit(location, changed);
  }

  function tellNodes(location: string, watch: Watch, at: number): void {
    if (rooms === undefined || rooms.isAlone) return;
    const packed = packScreens(watch.local);
    const news = watch.said !== packed;
    if (!news && (watch.local.length === 0 || at - watch.saidAt < REFRESH_MS)) return;
    watch.saidAt = at;
    watch.said = packed;
    rooms.say(location, 'here', packed);
  }

  function goneSince(watch: Watch, station: string): number | null {
    const gone = stationOf(watch, station).goneSince(now());
    if (gone === null || !isBlind()) return gone;
    const seen = watch.evidence.get(station);
    if (seen === undefined) return gone;
    return now() - seen < EVIDENCE_MS ? null : Math.max(gone, seen);
  }

  function standingOf(location: string, watch: Watch): LiveDatum[] {
    const data = stationsIn(state(location)).map((station) => {
      const gone = goneSince(watch, station);
      const deafSince = gone !== null && now() - gone >= DEAF_MS ? toInstant(gone) : null;
      const { shown } = stationOf(watch, station);
      return datum('station', station, JSON.stringify({ screens: shown, deafSince }));
    });
    for (const { session, name, station, transport, sinceMs, lagMs, audio } of everywhere(watch))
      data.push(
        datum('screen', session, JSON.stringify({ name, station, transport, sinceMs, lagMs, audio })),
      );
    return data;
  }

  function stir(location: string): void {
    const watch = watchOf(location);
    watch.timer ??= setTimeout(() => {
      watch.timer = null;
      if (watches.get(location) === watch) update(location, watch);
    }, GATHER_MS).unref();
  }

  rooms?.on('here', (location, data, node) => {
    const watch = watches.get(location);
    const screens = readScreens(data, node);
    if (watch === undefined || screens === null) return;
    if (watch.remote.size >= MOST_NODES && !watch.remote.has(node)) return;
    if (screens.length > 0) watch.remote.set(node, { screens, at: now() });
    else watch.remote.delete(node);
    stir(location);
  });
  rooms?.on('who', (location) => {
    const watch = watches.get(location);
    if (watch === undefined) return;
    watch.said = null;
    if (watch.local.length > 0) stir(location);
  });
  rooms?.onJoined((location) => {
    const watch = watchOf(location);
    watch.said = null;
    rooms.say(location, 'who', '{}');
    stir(location);
  });
  rooms?.onChange((isUp) => {
    // What was last known is a little old: its nodes have a moment to say it again.
    if (isUp)
      for (const watch of watches.values())
        for (const remote of watch.remote.values())
          remote.at = Math.max(remote.at, now() - COUNTS_MS + REFRESH_MS);
  });

  return {
    stir,
    standing(location, topic) {
      return standingOf(location, watchOf(location)).filter(({ topics }) => topics(topic));
    },
    house(location) {
      return {
        get readyAt() {
          return toInstant(readyAt ?? now());
        },
        goneSince: (station) => {
          const gone = goneSince(watchOf(location), station);
          return gone === null ? null : toInstant(gone);
        },
      };
    },
    goneSince: (location, station) => goneSince(watchOf(location), station),
    committed(location, events) {
      if (!isBlind()) return;
      for (const event of events) {
        const station = shownAt(location.state, event);
        if (station !== null) watchOf(location.id).evidence.set(station, now());
      }
    },
    forget(location) {
      const watch = watches.get(location);
      if (watch?.timer) clearTimeout(watch.timer);
      watches.delete(location);
    },
    ready: () => void (readyAt ??= now()),
    start() {
      timer = setInterval(() => {
        for (const [location, watch] of watches) update(location, watch);
      }, TICK_MS).unref();
    },
    stop() {
      clearInterval(timer);
      for (const [location, watch] of watches) {
        if (watch.timer) clearTimeout(watch.timer);
        if (watch.local.length > 0) rooms?.say(location, 'here', packScreens([]));
      }
      watches.clear();
    },
  };
}

/** Stations are told to whoever waits for them, screens to the manager. */
function datum(kind: string, id: string, data: string): LiveDatum {
  const topics =
    kind === 'screen'
      ? (topic: string) => topic === 'manager'
      : (topic: string) => STATION_TOPICS.has(topic) || topic === `station:${id}`;
  return { kind, id, data, topics };
}

function stationsIn(state: LocationState | null): string[] {
  return [...(state?.config?.stations ?? []).map(({ id }) => id), UNROUTED];
}

/** The station that an event proves to be looked at. */
function shownAt(state: LocationState, event: LoggedEvent): string | null {
  if (event.type === 'station.proved') return event.data.station;
  if (event.type !== 'ticket.heard') return null;
  return findByTicket(state, event.data.ticket)?.ticket.station ?? null;
}

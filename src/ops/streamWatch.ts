import { createHash } from 'node:crypto';
import type { Painted, StreamFacts, StreamObserver } from './streamFacts.ts';
import type { ConnectionLine } from './connectionLog.ts';
import type { Metrics } from './metrics.ts';
import type { Pulse } from './pulse.ts';
import { mayHear } from '../domain/rights.ts';

/** Who is connected to this node, and what became of whom: counted, shown as it is now, and written to the connection log. */

/** A screen with a stream open, as the managers' page shows it. Times RFC 3339 or ms as named. */
export type LiveStream = {
  readonly session: string;
  readonly client: string;
  /** The page, as `screen/kitchen`. */
  readonly app?: string;
  readonly screen?: string;
  readonly name?: string;
  readonly role: string;
  readonly device?: string;
  readonly transport: string;
  /** Since when, and when it last painted something or asked; ms since 1970. */
  readonly since: number;
  readonly seenAt: number;
  /** State of its sound; null while it has not said. */
  readonly audio: string | null;
  readonly visible: boolean | null;
  readonly topics: readonly string[];
};

/** A screen that lost its line and has not come back. */
export type GoneStream = Pick<LiveStream, 'client' | 'app' | 'screen' | 'name' | 'role'> & {
  readonly cause: string;
  /** ms since 1970. */
  readonly at: number;
};

export type StreamWatchOptions = {
  readonly metrics: Pick<Metrics, 'connections' | 'reconnect' | 'heartbeatFailure'>;
  readonly pulse: Pick<Pulse, 'connections' | 'reconnect' | 'heartbeatFailed'>;
  readonly write: (location: string, line: ConnectionLine) => unknown;
  /** ms since 1970 by the log's clock. */
  readonly now: () => number;
  /** This process: a location's first line says since when it has run. */
  readonly node: string;
  readonly startedAt: number;
};

export type StreamWatch = StreamObserver & {
  /** The streams that a location has on this node. */
  screens(location: string): LiveStream[];
  /** Screens that went without a word in the last quarter of an hour, and are not here now. */
  gone(location: string): GoneStream[];
  /** Stations that a screen here reads and has painted in front of somebody. */
  stations(location: string): ReadonlySet<string>;
  /** Polls that came to nothing more are forgotten; call every few seconds. */
  sweep(): void;
  /** Since when no screen of this node has shown a station (ms); null: one does. */
  goneSince(location: string, station: string): number | null;
  /** Locations that this node has served since it started. */
  places(): ReadonlySet<string>;
  /** The node is going away: said to every location it has served. */
  leaving(): void;
};

type Known = {
  readonly facts: StreamFacts;
  readonly since: number;
  seenAt: number;
  audio: string | null;
  visible: boolean | null;
  readonly topics: Set<string>;
  /** A screen that polls has no stream that could close. */
  polls: boolean;
};

/** Two periods of the slowest transport: then a screen that polled is gone. */
const POLL_COUNTS_MS = 50_000;
/** After this silence a socket counts as dead. */
const SILENT_MS = 20_000;
/** Why a screen went is remembered so long, for the question why it came back. */
const CAUSES_MS = 15 * 60_000;
const MOST_CAUSES = 20_000;

/** What a close code means, in a word. */
const CAUSES: Readonly<Record<number, string>> = {
  1000: 'left',
  1001: 'left',
  1005: 'left',
  1006: 'cut',
  4001: 'token_refused',
  4003: 'revoked',
  4004: 'no_such_topic',
  4005: 'version',
  4010: 'bad_frames',
  4100: 'overloaded',
  4101: 'too_slow',
  4104: 'not_ready',
  4108: 'silent',
  4200: 'drain',
  4201: 'token_expired',
  4202: 'resync',
  4203: 'max_age',
};

/** The session of a screen that polls: its polls together are its stream. */
export function pollSession(client: string, isLong: boolean): string {
  return `${isLong ? 'long-poll' : 'poll'}|${client}`;
}

export function causeOf(code: number): string {
  return CAUSES[code] ?? 'cut';
}

/** A line's id that follows from what it is about. */
export function lineId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u001f')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function createStreamWatch(options: StreamWatchOptions): StreamWatch {
  const { metrics, pulse, write, now, node, startedAt } = options;
  const places = new Map<string, Map<string, Known>>();
  const wentBy = new Map<string, { cause: string; at: number; facts: StreamFacts }>();
  const served = new Set<string>();
  /** When a station's last screen went. */
  const lastShown = new Map<string, number>();

  /** Screens of a location on one transport; kept, since a crowd that comes back would count each other. */
  const counts = new Map<string, number>();
  const count = ({ location, transport }: StreamFacts, change: 1 | -1): void => {
    const key = `${transport}|${location}`;
    const screens = (counts.get(key) ?? 0) + change;
    if (screens > 0) counts.set(key, screens);
    else counts.delete(key);
    metrics.connections(location, screens, transport);
    pulse.connections(location, transport, screens);
  };

  const lineOf = (facts: StreamFacts): Omit<ConnectionLine, 'kind'> => ({
    client: facts.client,
    screen: facts.screen,
    by: facts.device ?? facts.name ?? facts.role,
    transport: facts.transport,
    detail: { session: facts.session },
  });

  const meet = (location: string): void => {
    if (served.has(location)) return;
    served.add(location);
    write(location, {
      id: lineId(node, String(startedAt), location),
      at: startedAt,
      kind: 'node',
      from: 'down',
      to: 'up',
      cause: 'start',
    });
  };

  const remember = (facts: StreamFacts, polls: boolean): Known => {
    meet(facts.location);
    const known: Known = {
      facts,
      since: now(),
      seenAt: now(),
      audio: null,
      visible: null,
      topics: new Set(),
      polls,
    };
    const place = places.get(facts.location) ?? new Map<string, Known>();
    if (!place.has(facts.session)) count(facts, 1);
    places.set(facts.location, place.set(facts.session, known));
    return known;
  };

  const forget = (known: Known, code: number, cause: string): void => {
    const { facts } = known;
    const place = places.get(facts.location);
    if (place?.delete(facts.session) === true) count(facts, -1);
    if (place?.size === 0) places.delete(facts.location);
    // A screen that fell silent was gone for as long as the silence before anybody noticed.
    const went = cause === 'silent' ? now() - SILENT_MS : now();
    for (const topic of known.topics)
      if (topic.startsWith('station:') && known.visible === true && mayHear(facts.role))
        lastShown.set(`${facts.location}|${topic.slice('station:'.length)}`, went);
    const key = `${facts.location}|${facts.client}`;
    wentBy.delete(key);
    wentBy.set(key, { cause, at: now(), facts });
    if (wentBy.size > MOST_CAUSES) wentBy.delete(wentBy.keys().next().value ?? '');
    write(facts.location, {
      ...lineOf(facts),
      kind: 'stream',
      topic: [...known.topics].join(' ') || undefined,
      from: 'ready',
      to: 'closed',
      cause,
      ...(code > 0 && { code }),
      durationMs: Math.max(0, Math.round(now() - known.since)),
    });
  };

  const find = (facts: StreamFacts): Known | undefined => places.get(facts.location)?.get(facts.session);

  const begin = (facts: StreamFacts, resumed: boolean, polls: boolean): Known => {
    const went = wentBy.get(`${facts.location}|${facts.client}`);
    const recent = went !== undefined && now() - went.at <= CAUSES_MS;
    // What the node does not know went on elsewhere: on another node, or before it started.
    const cause = recent ? went.cause : resumed ? 'unknown' : 'first';
    const known = remember(facts, polls);
    if (resumed || recent) {
      metrics.reconnect(cause);
      pulse.reconnect(facts.location);
    }
    write(facts.location, {
      ...lineOf(facts),
      kind: 'stream',
      from: 'opening',
      to: 'ready',
      cause: resumed || recent ? `after_${cause}` : 'first',
      durationMs: Math.max(0, Date.now() - facts.openedAt),
    });
    return known;
  };

  const painted = (known: Known, { visible, audio }: Painted): void => {
    known.seenAt = now();
    known.visible = visible;
    known.audio = audio ?? known.audio;
  };

  const stationsOf = (location: string): ReadonlySet<string> => {
    const read = new Set<string>();
    for (const { facts, topics, visible } of places.get(location)?.values() ?? [])
      for (const topic of topics)
        if (visible === true && mayHear(facts.role) && topic.startsWith('station:'))
          read.add(topic.slice('station:'.length));
    return read;
  };

  const screensOf = (location: string): LiveStream[] =>
    [...(places.get(location)?.values() ?? [])].map((known) => ({
      session: known.facts.session,
      client: known.facts.client,
      ...(known.facts.app !== undefined && { app: known.facts.app }),
      ...(known.facts.screen !== undefined && { screen: known.facts.screen }),
      ...(known.facts.name !== undefined && { name: known.facts.name }),
      role: known.facts.role,
      ...(known.facts.device !== undefined && { device: known.facts.device }),
      transport: known.facts.transport,
      since: known.since,
      seenAt: known.seenAt,
      audio: known.audio,
      visible: known.visible,
      topics: [...known.topics],
    }));

  return {
    joined(facts, resumed) {
      begin(facts, resumed, false);
    },
    subscribed(facts, topic, resumed) {
      const known = find(facts);
      if (known === undefined) return;
      known.topics.add(topic);
      known.seenAt = now();
      write(facts.location, {
        ...lineOf(facts),
        kind: 'stream',
        topic,
        from: 'ready',
        to: 'reading',
        cause: resumed === null ? 'snapshot' : 'resumed',
        ...(resumed !== null && { gap: resumed.gap, replayed: resumed.replayed }),
      });
    },
    unsubscribed(facts, topic) {
      find(facts)?.topics.delete(topic);
    },
    acknowledged(facts, ack) {
      const known = find(facts);
      if (known !== undefined) painted(known, ack);
    },
    acknowledgedBy(location, client, ack) {
      for (const known of places.get(location)?.values() ?? [])
        if (known.facts.client === client) painted(known, ack);
    },
    polled(facts, topic) {
      // One screen that changes between short and long polls is one screen.
      const before = places.get(facts.location)?.get(pollSession(facts.client, facts.transport === 'poll'));
      if (before !== undefined) forget(before, 0, 'stepped');
      const known = find(facts) ?? begin(facts, true, true);
      known.seenAt = now();
      known.topics.add(topic);
    },
    closed(code, facts) {
      const known = facts === null ? undefined : find(facts);
      if (known !== undefined) forget(known, code, causeOf(code));
    },
    heartbeatFailed(facts) {
      metrics.heartbeatFailure();
      pulse.heartbeatFailed(facts.location);
    },
    screens: screensOf,
    gone(location) {
      const here = new Set(screensOf(location).map(({ client }) => client));
      return [...wentBy.values()]
        .filter(
          ({ facts, cause, at }) =>
            facts.location === location &&
            cause !== 'left' &&
            now() - at <= CAUSES_MS &&
            !here.has(facts.client),
        )
        .map(({ facts, cause, at }) => ({
          client: facts.client,
          ...(facts.app !== undefined && { app: facts.app }),
          ...(facts.screen !== undefined && { screen: facts.screen }),
          ...(facts.name !== undefined && { name: facts.name }),
          role: facts.role,
          cause,
          at,
        }));
    },
    stations: stationsOf,
    sweep() {
      for (const streams of [...places.values()])
        for (const known of [...streams.values()])
          if (known.polls && now() - known.seenAt > POLL_COUNTS_MS) forget(known, 0, 'cut');
    },
    goneSince(location, station) {
      if (stationsOf(location).has(station)) return null;
      return lastShown.get(`${location}|${station}`) ?? startedAt;
    },
    places: () => served,
    leaving() {
      for (const location of served)
        write(location, { kind: 'node', from: 'up', to: 'down', cause: 'drain' });
    },
  };
}

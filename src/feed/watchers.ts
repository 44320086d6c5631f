import type { LocationConfig } from '../domain/config.ts';
import type { Role } from '../domain/commands.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import { mayCount } from './receipts.ts';
import type { Reader, Transport } from './source.ts';
import type { Subscription } from './subscription.ts';

/**
 * Who is watching, on this node. A socket is there as long as it is open. Whoever has no way up on its stream may be a
 * tablet that lost its power: what it paints counts only as long as it asks or acknowledges, for two of its periods.
 */
export type Watcher = {
  /** Names the screen: the same on every topic and, without a socket, over every request. */
  readonly session: string;
  readonly role: Role;
  readonly device: string | undefined;
  readonly stations: readonly string[] | undefined;
  readonly screen: string | undefined;
  readonly topic: string;
  readonly transport: Transport;
  /** What it paints on this topic can make a ticket heard. */
  readonly counts: boolean;
  /** When something came from it, and until when that is believed without a word more; ms since 1970 by this node's clock. */
  readonly lastSeen: number;
  readonly until: number;
  /** The furthest position that it said it painted in front of somebody; -1 for none. */
  readonly painted: number;
  /** As it last said; null before it said anything. */
  readonly visible: boolean | null;
  readonly audio: Acknowledgement['audio'] | null;
};

/** How often something comes from a screen on each transport. */
const PERIOD_MS = { websocket: 15_000, sse: 15_000, 'long-poll': 25_000, poll: 5_000 } as const;
const GUEST_POLL_MS = 10_000;
/** A long poll whose connection broke may come back at once, or never. */
const BROKEN_MS = 5_000;
/** Screens without a socket on one view. */
const MOST_VISITS = 256;

type Visit = {
  reader: Reader;
  transport: Transport;
  lastSeen: number;
  until: number;
  painted: number;
  visible: boolean | null;
  audio: Acknowledgement['audio'] | null;
};

/** Screens that read one view by requests, or acknowledge by them what they read on a stream. */
export class Visits {
  readonly #visits = new Map<string, Visit>();

  get size(): number {
    return this.#visits.size;
  }

  /** It asked for changes; a long poll is there while it waits and two periods more. */
  asked(reader: Reader, waitMs: number, now: number): void {
    const transport = waitMs > 0 ? 'long-poll' : 'poll';
    const period = reader.role === 'guest' && transport === 'poll' ? GUEST_POLL_MS : PERIOD_MS[transport];
    this.#note(reader, transport, now, now + 2 * period);
  }

  /** Its connection broke while it waited. */
  broke(reader: Reader, now: number): void {
    const visit = this.#visits.get(reader.session);
    if (visit !== undefined) visit.until = Math.min(visit.until, now + BROKEN_MS);
  }

  /** It said what it painted. Without a visit it is the screen of an event stream, perhaps of another node. */
  acknowledged(reader: Reader, seq: number, ack: Acknowledgement, now: number): void {
    const transport = this.#visits.get(reader.session)?.transport ?? 'sse';
    const visit = this.#note(reader, transport, now, now + 2 * PERIOD_MS[transport]);
    visit.visible = ack.visible;
    visit.audio = ack.audio;
    if (ack.painted && ack.visible) visit.painted = Math.max(visit.painted, seq);
  }

  get(session: string): Visit | undefined {
    return this.#visits.get(session);
  }

  values(): Iterable<Visit> {
    return this.#visits.values();
  }

  /** Forgets whoever did not come back. */
  sweep(now: number): void {
    for (const [session, { until }] of this.#visits) if (until < now) this.#visits.delete(session);
  }

  #note(reader: Reader, transport: Transport, now: number, until: number): Visit {
    const known = this.#visits.get(reader.session);
    this.#visits.delete(reader.session);
    const visit: Visit = {
      reader,
      transport,
      lastSeen: now,
      until: Math.max(known?.until ?? 0, until),
      painted: known?.painted ?? -1,
      visible: known?.visible ?? null,
      audio: known?.audio ?? null,
    };
    this.#visits.set(reader.session, visit);
    if (this.#visits.size > MOST_VISITS) this.#visits.delete(this.#visits.keys().next().value ?? '');
    return visit;
  }
}

/** Everybody who watches one view now, each screen once. */
export function watchersOf(
  topic: string,
  subscriptions: Iterable<Subscription>,
  visits: Visits,
  config: LocationConfig | null,
  now: number,
): Watcher[] {
  const watchers: Watcher[] = [];
  const seen = new Set<string>();
  for (const { reader, sink, painted, said } of subscriptions) {
    // An acknowledgement of an event stream comes by a request.
    const visit = visits.get(reader.session);
    const transport = sink.transport ?? 'websocket';
    const lastSeen = Math.max(sink.lastSeen?.() ?? now, visit?.lastSeen ?? 0);
    const who = whoIs(reader, topic, config);
    const mustSay = transport === 'sse' && who.counts;
    const until = mustSay ? lastSeen + 2 * PERIOD_MS.sse : Number.POSITIVE_INFINITY;
    if (until < now) continue;
    seen.add(reader.session);
    watchers.push({
      ...who,
      transport,
      lastSeen,
      until,
      painted: Math.max(painted, visit?.painted ?? -1),
      visible: visit?.visible ?? said?.visible ?? null,
      audio: visit?.audio ?? said?.audio ?? null,
    });
  }
  for (const { reader, ...visit } of visits.values())
    if (!seen.has(reader.session) && visit.until >= now)
      watchers.push({ ...whoIs(reader, topic, config), ...visit });
  return watchers;
}

function whoIs(
  reader: Reader,
  topic: string,
  config: LocationConfig | null,
): Pick<Watcher, 'session' | 'role' | 'device' | 'stations' | 'screen' | 'topic' | 'counts'> {
  const { session, role, device, stations, screen } = reader;
  return { session, role, device, stations, screen, topic, counts: mayCount(reader, topic, config) };
}

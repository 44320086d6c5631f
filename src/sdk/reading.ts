import { RULES } from '../domain/rulesHash.ts';
import type { Hello } from '../protocol/up.ts';
import type { Down, Live } from '../protocol/down.ts';
import { createAcks } from './acks.ts';
import type { Said } from './carrier.ts';
import { createClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { eventStreamCarrier } from './eventStream.ts';
import { isSnapshot } from './frames.ts';
import type { LastKnown } from './lastKnown.ts';
import { pollCarrier } from './poll.ts';
import type { Replica } from './replica.ts';
import { rememberRung } from './rung.ts';
import type { PageLine, Sharing } from './sharing.ts';
import type { ConnectionView, Entities, Nudge, Repair, TokenProvider } from './shapes.ts';
import { isVisible } from './signals.ts';
import { socketCarrier } from './socket.ts';
import type { SocketConstructor } from './socket.ts';
import { describeConnection } from './status.ts';
import { openStore, tellAll } from './store.ts';
import { createTokens } from './tokens.ts';
import { createTopics } from './topics.ts';
import type { Watch } from './transitions.ts';

/**
 * Everything that reading takes: the connection with its four transports, the copies of the topics, receipts, the clock and
 * what the bar says. No commands, no storage: a page that only looks needs no more than this.
 */
export type ReadingOptions = {
  baseUrl: string;
  location: string;
  token: TokenProvider;
  client: Hello['client'];
  WebSocket?: SocketConstructor | undefined;
  fetch?: typeof fetch | undefined;
  now?: (() => number) | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds between plain polls: 5 s, a guest's page 10 s. */
  pollEvery?: number | undefined;
  /** One connection for all pages of this browser that show this place to the same person. */
  share?: ((page: PageLine) => Sharing | null) | undefined;
  /** Entities as they will be after the commands under way. */
  predict(replica: Replica): { entities: Entities; predicted: ReadonlySet<string> };
  lastKnown: Pick<LastKnown, 'load' | 'note'>;
  /** A connection is ready; `rules` are those of the server. */
  up(rules: ConnectionView['rules']): void;
  /** A frame was applied; true when the views have to be drawn anew. */
  applied(replicas: Replica[]): boolean;
  /** Who writes down what the line does. */
  watch?: Watch | undefined;
  /** The server shows another history than this screen saw. */
  forked?: ((topic: string, before: Replica, after: Replica) => void) | undefined;
  /** What the bar says has changed. */
  shown(before: ConnectionView, now: ConnectionView): void;
};

/** An answer that came within this says that the server is well. */
export const PROMPT_MS = 2_500;

export type Reading = ReturnType<typeof createReading>;

/** Throws when `baseUrl` is no http(s) address or there is no WebSocket here. */
export function createReading(options: ReadingOptions) {
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const fetcher = options.fetch ?? globalThis.fetch.bind(globalThis);
  const { place, health } = placeOf(options.baseUrl, options.location);
  const tokens = createTokens(options.token);
  const clock = createClock(now);
  const nudges = new Set<(nudge: Nudge) => void>();
  const repairs = new Set<(repair: Repair) => void>();
  /** Topics that still owe the new connection their acknowledgement. */
  const resuming = new Set<string>();
  let rules: ConnectionView['rules'] = 'unknown';
  let closed = false;
  const sharing =
    options.share?.({
      name: place.href,
      now,
      serverNow: clock.serverNow,
      isVisible,
      connection: () => ({ ...connection, via: connection.through }),
    }) ?? null;

  const http = { place: place.href, health: health.href, fetch: fetcher, now };
  const polls = { ...http, random, every: options.pollEvery ?? 5_000 };
  const connection = createConnection({
    carriers: {
      websocket: socketCarrier(
        `${place.href.replace(/^http/, 'ws')}/stream`,
        options.WebSocket ?? nativeSocket(),
      ),
      sse: eventStreamCarrier(http),
      long_poll: pollCarrier({ ...polls, wait: 25 }),
      poll: pollCarrier({ ...polls, wait: 0 }),
    },
    ladder: rememberRung(place.origin),
    ask,
    tokens,
    client: options.client,
    now,
    random,
    ...(sharing && { tab: sharing.carrier }),
    subscriptions(attempt, via) {
      const own = topics.subscriptions(attempt);
      return via === 'tab' || !sharing ? own : sharing.opening(own);
    },
    up(attempt, ready, token) {
      clock.heardTime(ready.now, true);
      // A server that does not say which rules it has is believed to have those that it said before.
      if (ready.rules !== '') rules = ready.rules === RULES ? 'same' : 'different';
      options.up(rules);
      if (connection.via() !== 'tab') sharing?.up(ready, token);
      topics.linkUp(attempt);
      for (const { topic } of topics.replicas()) resuming.add(topic);
      show();
    },
    down(attempt) {
      topics.linkDown(attempt);
      if (connection.via() !== null) return;
      const state = connection.state();
      sharing?.down(state.name === 'blocked' && state.reason === 'revoked' ? 4003 : 1006);
    },
    frame(attempt, frame) {
      if (frame.t === 'ping') clock.heardTime(frame.now);
      options.watch?.frame(frame);
      if (sharing && !sharing.frame(frame, connection.isInUse(attempt))) return;
      topics.frame(attempt, frame);
      if (options.applied(topics.replicas())) topics.refresh();
      resume();
      if ('topic' in frame && frame.topic !== undefined) acks.again(frame.topic);
      listenForNudges(frame);
      show();
    },
    moved: (...move) => options.watch?.moved(...move),
    changed() {
      topics.tick();
      topics.refresh();
      show();
    },
  });

  const topics = createTopics({
    now,
    serverNow: clock.serverNow,
    say,
    isLive: connection.isLive,
    fetchSnapshot,
    predict: options.predict,
    lastKnown: options.lastKnown,
    moved: () => show(),
    needed: start,
    repaired(repair) {
      options.watch?.repaired(repair);
      tellAll(repairs, repair);
    },
    forked: (...fork) => options.forked?.(...fork),
  });

  const acks = createAcks({
    now,
    say: (ack) => topics.mayAcknowledge(ack.topic, ack.cursor) && say({ t: 'ack', ...ack }),
  });

  function say(frame: Said): boolean {
    return sharing ? sharing.say(frame) : connection.say(frame);
  }

  /** Connects, as soon as it is clear whether another page of this browser has the connection. */
  function start(): void {
    if (!sharing) connection.start();
    else void sharing.decide().then(() => !closed && connection.start());
  }

  const status = openStore<ConnectionView>(describe(null));

  function describe(before: ConnectionView | null): ConnectionView {
    return describeConnection(before, {
      state: connection.state(),
      via: connection.via(),
      through: connection.through(),
      isLive: connection.isLive(),
      lastFrameAt: connection.lastFrameAt(),
      lateMs: clock.lateness(),
      inStep: topics.inStep(),
      behind: topics.behind(),
      rules,
      clockKnown: clock.known(),
      reconnects: connection.reconnects(),
      repairs: topics.repairs(),
      now: now(),
      serverNow: clock.serverNow(),
    });
  }

  function show(): void {
    const before = status.get();
    const next = describe(before);
    status.set(next);
    // A page that may look at nothing any more leads nobody.
    if (next.blocked !== null && before.blocked === null) sharing?.resign();
    if (next === before) return;
    if (next.word !== before.word) options.watch?.word(next.word, topics.replicas());
    options.shown(before, next);
  }

  /** A connection that has just taken over may not know what this screen had already painted. */
  function resume(): void {
    for (const topic of resuming) {
      const view = topics.view(topic).get();
      if (view.state !== 'live') continue;
      resuming.delete(topic);
      acks.resumed(topic, view.cursor);
    }
  }

  /** A ticket that nobody has heard: say again what is painted, and let the page chime again. */
  function listenForNudges(frame: Down): void {
    if (frame.t === 'live' && frame.kind === 'nudge') nudge(frame.topic, frame.id, episodeOf(frame.data));
    // Live data does not reach a screen that polls; that the ticket is unheard does.
    if (frame.t !== 'chg' || connection.isPush()) return;
    if (!frame.events.some(({ type }) => type === 'ticket.unheard')) return;
    for (const entity of frame.put)
      if (entity.kind === 'ticket' && entity.delivery.rung === 1) nudge(frame.topic, entity.id, null);
  }

  function nudge(topic: string, ticket: string, episode: number | null): void {
    acks.nudged(topic, isVisible());
    tellAll(nudges, { topic, ticket, episode });
  }

  /**
   * Does plain HTTP reach a Heard server that is well? A portal's page is not one. One that takes its time is busy: that is no
   * reason to leave a transport for one that costs it more.
   */
  async function ask(): Promise<boolean> {
    const asked = now();
    const response = await fetcher(health, {
      signal: AbortSignal.timeout(PROMPT_MS),
      cache: 'no-store',
      credentials: 'omit',
    });
    await response.body?.cancel();
    const isHeard = response.ok && /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return isHeard && now() - asked < PROMPT_MS;
  }

  async function fetchSnapshot(href: string) {
    const target = new URL(href, place);
    // The token goes to this server only, whatever a frame says.
    if (target.origin !== place.origin)
      throw new TypeError(`A snapshot at ${target.origin} is not this server's.`);
    const response = await fetcher(target, {
      headers: { authorization: `Bearer ${await tokens.get('command')}` },
      signal: AbortSignal.timeout(15_000),
      cache: 'no-store',
      credentials: 'omit',
    });
    const body: unknown = await response.json();
    if (!response.ok || !isSnapshot(body)) throw new Error(`No snapshot: ${response.status}`);
    return body;
  }

  return {
    place,
    now,
    random,
    fetch: fetcher,
    tokens,
    clock,
    topics,
    acks,
    connection,
    status,
    show,
    onNudge: (listener: (nudge: Nudge) => void) => listenIn(nudges, listener),
    onRepaired: (listener: (repair: Repair) => void) => listenIn(repairs, listener),
    /** Whatever it believes of itself: a new connection, and every topic whole. */
    refresh(): void {
      topics.distrust();
      connection.refresh();
      show();
    },
    /** Somebody else speaks here now, or the screen was paired again. */
    renew(): void {
      tokens.forget();
      // Blocked by a refused token: this is the moment to try again. Not yet connected: the next hello carries it.
      if (connection.state().name === 'blocked') connection.start();
      else connection.renew();
      sharing?.reconsider();
    },
    say,
    close(): void {
      closed = true;
      acks.close();
      topics.close();
      connection.stop();
      sharing?.close();
      show();
    },
  };
}

function listenIn<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  const own = (value: T) => listener(value);
  listeners.add(own);
  return () => listeners.delete(own);
}

function episodeOf(data: Live['data']): number | null {
  return typeof data === 'object' && data !== null && 'episode' in data && typeof data.episode === 'number'
    ? data.episode
    : null;
}

function placeOf(baseUrl: string, location: string): { place: URL; health: URL } {
  let base: URL;
  try {
    base = new URL(baseUrl);
  } catch {
    throw new TypeError(
      `baseUrl must be an address such as https://orders.example.com, not ${JSON.stringify(baseUrl)}.`,
    );
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new TypeError(`baseUrl must begin with http: or https:, not ${base.protocol}`);
  const root = base.pathname.replace(/\/+$/, '');
  return {
    place: new URL(`${root}/v1/locations/${encodeURIComponent(location)}`, base),
    health: new URL(`${root}/healthz`, base),
  };
}

function nativeSocket(): SocketConstructor {
  if (typeof globalThis.WebSocket !== 'function')
    throw new TypeError('There is no WebSocket here: hand one in as `WebSocket`.');
  return globalThis.WebSocket;
}

import { RULES } from '../domain/rulesHash.ts';
import type { CommandName, CommandRequest } from '../domain/commands.ts';
import { createAcks } from './acks.ts';
import { createClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { isSnapshot } from './frames.ts';
import { mintId } from './ids.ts';
import { aggregateOf } from './kept.ts';
import { createLastKnown, defaultViews } from './lastKnown.ts';
import type { ViewStorage } from './lastKnown.ts';
import { createOutbox } from './outbox.ts';
import { defaultStorage } from './outboxStorage.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import { createPredictions, orderOfTicket } from './predict.ts';
import { createSender } from './send.ts';
import type { Actor, ConnectionView, Heard, Sent, TokenProvider } from './shapes.ts';
import { socketCarrier } from './socket.ts';
import type { SocketConstructor } from './socket.ts';
import { describeConnection } from './status.ts';
import { openStore } from './store.ts';
import { holdTab } from './tabs.ts';
import { createTokens } from './tokens.ts';
import type { Tokens } from './tokens.ts';
import { createTopics } from './topics.ts';

export { TokenRefused } from './tokens.ts';
export { ageAt } from './clock.ts';
export { mintId } from './ids.ts';
export type * from './shapes.ts';
export type { OutboxStorage } from './outboxStorage.ts';
export type { ViewStorage } from './lastKnown.ts';
export type { SocketConstructor, SocketLike } from './socket.ts';

export type HeardOptions = {
  /** Where the server is: `https://orders.example.com`. */
  baseUrl: string;
  /** The location's slug. */
  location: string;
  /** Asked before every connection and whenever the server wants a newer token; it may throw `TokenRefused`. */
  token: TokenProvider;
  /** `id` names this device or script and stays the same over restarts. */
  client: { id: string; app?: string; screen?: string };
  /** Who acts here now; a tap is sent under its own person's token only. One actor where nobody signs in and out. */
  actor?: () => Actor;
  /** Where taps are kept; IndexedDB, or memory where there is none. */
  storage?: OutboxStorage;
  /** Where the last known views are kept over a reload; IndexedDB, or null: nowhere, which is also what Node does. */
  views?: ViewStorage | null;
  /** Node 22 and every browser have one. */
  WebSocket?: SocketConstructor;
  fetch?: typeof fetch;
  /** This device's clock in milliseconds. */
  now?: () => number;
  /** In [0, 1). */
  random?: () => number;
};

/**
 * A client for one location. It connects as soon as a topic is listened to; commands go over HTTP, connected or not.
 * Throws when `baseUrl` is no http(s) address or there is no WebSocket here.
 */
export function createHeard(options: HeardOptions): Heard {
  const { location } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const fetcher = options.fetch ?? globalThis.fetch.bind(globalThis);
  const place = placeOf(options.baseUrl, location);
  const tokens = createTokens(options.token);
  const clock = createClock(now);
  const predictions = createPredictions();
  const lastKnown = createLastKnown({
    storage: options.views === undefined ? defaultViews(location, options.client.id) : options.views,
    now,
  });
  let rules: ConnectionView['rules'] = 'unknown';
  let closed = false;
  /** Topics that still owe the new connection their acknowledgement. */
  const resuming = new Set<string>();

  const connection = createConnection({
    carrier: socketCarrier(
      `${place.href.replace(/^http/, 'ws')}/stream`,
      options.WebSocket ?? nativeSocket(),
    ),
    tokens,
    client: options.client,
    now,
    random,
    subscriptions: (attempt) => topics.subscriptions(attempt),
    up(attempt, ready) {
      clock.heardTime(ready.now);
      rules = ready.rules === RULES ? 'same' : 'different';
      predictions.enable(rules === 'same');
      topics.linkUp(attempt);
      for (const { topic } of topics.replicas()) resuming.add(topic);
      outbox.flush();
      show();
    },
    down(attempt) {
      topics.linkDown(attempt);
    },
    frame(attempt, frame) {
      if (frame.t === 'ping') clock.heardTime(frame.now);
      topics.frame(attempt, frame);
      if (predictions.prune(topics.replicas())) topics.refresh();
      resume();
      if ('topic' in frame && frame.topic !== undefined) acks.again(frame.topic);
      show();
    },
    changed() {
      topics.tick();
      topics.refresh();
      show();
    },
  });

  const topics = createTopics({
    now,
    serverNow: clock.serverNow,
    say: connection.say,
    isLive: connection.isLive,
    fetchSnapshot,
    predict: predictions.apply,
    lastKnown,
    moved: () => show(),
    needed: () => connection.start(),
  });

  const acks = createAcks({
    now,
    say: (ack) => topics.mayAcknowledge(ack.topic, ack.cursor) && connection.say({ t: 'ack', ...ack }),
  });

  const storage = options.storage ?? defaultStorage(location);
  const actor = options.actor ?? (() => ({ id: options.client.id }));
  const outbox = createOutbox({
    storage,
    tab: holdTab(location, storage.durable, now),
    sender: createSender({
      place: place.href,
      tokens: tokensOf(tokens, actor),
      fetch: fetcher,
      now,
      tookRoundTrip: clock.tookRoundTrip,
    }),
    actor,
    now,
    random,
    adopted(kept) {
      predictions.add(kept.id, kept.name, JSON.parse(kept.body), new Date(kept.tappedAt).toISOString());
      topics.refresh();
    },
    settled(answer) {
      if (answer.ok) predictions.taken(answer.id, answer.seq);
      else predictions.drop(answer.id);
      predictions.prune(topics.replicas());
      topics.refresh();
    },
  });

  const status = openStore<ConnectionView>(describe(null));

  function describe(before: ConnectionView | null): ConnectionView {
    return describeConnection(before, {
      state: connection.state(),
      isLive: connection.isLive(),
      lastFrameAt: connection.lastFrameAt(),
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
    status.set(describe(before));
    const reason = status.get().blocked?.reason;
    // Whoever may no longer look at the board may not look at a memory of it either.
    if (before.blocked === null && (reason === 'revoked' || reason === 'pair')) lastKnown.forget();
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

  function command<N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    more: { approval?: string } = {},
  ): Sent {
    if (closed) throw new Error('This client was closed.');
    const id = mintId(now());
    const body = JSON.stringify(input);
    const tappedAt = clock.serverNow();
    predictions.add(id, name, JSON.parse(body), new Date(tappedAt).toISOString());
    const aggregate = aggregateOf(input, (ticket) => orderOfTicket(topics.replicas(), ticket));
    const { answer, saved } = outbox.add({ id, name, body, aggregate, tappedAt }, more.approval);
    topics.refresh();
    return Object.assign(answer, { id, saved });
  }

  return {
    location,
    connection: { get: status.get, subscribe: status.subscribe },
    view: topics.view,
    live: topics.live,
    onChange: topics.onChange,
    command,
    outbox: {
      get: outbox.get,
      subscribe: outbox.subscribe,
      confirm: outbox.confirm,
      discard: outbox.discard,
      dismiss: outbox.dismiss,
      flush: outbox.flush,
    },
    serverNow: clock.serverNow,
    painted: acks.painted,
    async renew() {
      tokens.forget();
      const { name } = connection.state();
      // Blocked by a refused token: this is the moment to try again. Not yet connected: the next hello carries it.
      if (name === 'blocked') connection.start();
      else connection.renew();
    },
    close() {
      closed = true;
      acks.close();
      topics.close();
      lastKnown.close();
      outbox.close();
      connection.stop();
      show();
    },
  };
}

/** Commands go under the token of whoever acts: one that was asked for before they came is not theirs. */
function tokensOf(tokens: Tokens, actor: () => Actor): Tokens {
  let last = actor().id;
  return {
    ...tokens,
    get(reason) {
      if (actor().id !== last) tokens.forget();
      last = actor().id;
      return tokens.get(reason);
    },
  };
}

function placeOf(baseUrl: string, location: string): URL {
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
  return new URL(`${base.pathname.replace(/\/+$/, '')}/v1/locations/${encodeURIComponent(location)}`, base);
}

function nativeSocket(): SocketConstructor {
  if (typeof globalThis.WebSocket !== 'function')
    throw new TypeError('There is no WebSocket here: hand one in as `WebSocket`.');
  return globalThis.WebSocket;
}

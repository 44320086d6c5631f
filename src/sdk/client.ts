import type { CommandName, CommandRequest } from '../domain/commands.ts';
import { mintId } from './ids.ts';
import { aggregateOf } from './kept.ts';
import { createLastKnown, defaultViews } from './lastKnown.ts';
import type { ViewStorage } from './lastKnown.ts';
import { createOutbox } from './outbox.ts';
import { defaultStorage } from './outboxStorage.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import { createPredictions, orderOfTicket } from './predict.ts';
import { createReading, PROMPT_MS } from './reading.ts';
import { createRecovered } from './recovered.ts';
import { createSender } from './send.ts';
import { shareLine } from './sharing.ts';
import type { PageLine, Sharing } from './sharing.ts';
import type { Actor, Heard, Sent, TokenProvider } from './shapes.ts';
import type { SocketConstructor } from './socket.ts';
import { holdTab } from './tabs.ts';
import type { Tokens } from './tokens.ts';
import { createTransitionLog, defaultLines } from './transitionLog.ts';
import type { LineStorage } from './transitionLog.ts';
import { createWatch } from './transitions.ts';
import { uploadLines } from './uploadLines.ts';

export { TokenRefused } from './tokens.ts';
export { ageAt } from './clock.ts';
export { mintId } from './ids.ts';
export type * from './shapes.ts';
export type { OutboxStorage } from './outboxStorage.ts';
export type { ViewStorage } from './lastKnown.ts';
export type { LineStorage } from './transitionLog.ts';
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
  /** Pages of one browser that show the same place to the same person have one connection; `false`: each its own. */
  share?: false | ((page: PageLine) => Sharing | null);
  /** Where taps are kept; IndexedDB, or memory where there is none. */
  storage?: OutboxStorage;
  /** Where the last known views are kept over a reload; IndexedDB, or null: nowhere, which is also what Node does. */
  views?: ViewStorage | null;
  /** Where the line's own story waits for a server; IndexedDB, or null: in memory. */
  lines?: LineStorage | null;
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
  const predictions = createPredictions();
  const viewStorage = options.views === undefined ? defaultViews(location, options.client.id) : options.views;
  const lastKnown = createLastKnown({
    storage: viewStorage,
    now: options.now ?? Date.now,
  });
  let closed = false;
  const screen = (options.client.screen ?? options.client.id).slice(0, 80);
  const recovered = createRecovered({ storage: viewStorage, serverNow: () => clock.serverNow() });
  const watch = createWatch({
    screen,
    now: options.now ?? Date.now,
    serverNow: () => clock.serverNow(),
    add: (line) => lines.add(line),
  });

  const reading = createReading({
    baseUrl: options.baseUrl,
    location,
    token: options.token,
    client: options.client,
    WebSocket: options.WebSocket,
    fetch: options.fetch,
    now: options.now,
    random: options.random,
    share: options.share === false ? undefined : (options.share ?? shareLine),
    predict: predictions.apply,
    lastKnown,
    up(rules) {
      predictions.enable(rules === 'same');
      outbox.flush();
    },
    applied(replicas) {
      recovered.prune(replicas);
      return predictions.prune(replicas);
    },
    watch,
    forked(topic, before, after) {
      recovered.forked(topic, before, after);
      void outbox.sendAgain();
    },
    shown(before, { blocked, word }) {
      if (word !== before.word && (word === 'live' || word === 'polling')) lines.online();
      // Whoever may no longer look at the board may not look at a memory of it either.
      if (before.blocked === null && (blocked?.reason === 'revoked' || blocked?.reason === 'pair')) {
        lastKnown.forget();
        recovered.forget();
      }
    },
  });
  const { clock, now, topics, status } = reading;

  const storage = options.storage ?? defaultStorage(location);
  const actor = options.actor ?? (() => ({ id: options.client.id }));
  const outbox = createOutbox({
    storage,
    tab: holdTab(location, storage.durable, now),
    sender: createSender({
      place: reading.place.href,
      tokens: tokensOf(reading.tokens, actor),
      fetch: reading.fetch,
      now,
      tookRoundTrip(millis) {
        clock.tookRoundTrip(millis);
        if (millis < PROMPT_MS) reading.connection.answered();
      },
    }),
    actor,
    now,
    random: reading.random,
    adopted(kept) {
      predictions.add(kept.id, kept.name, JSON.parse(kept.body), new Date(kept.tappedAt).toISOString());
      topics.refresh();
    },
    settled(answer) {
      if (answer.ok) predictions.taken(answer.id, answer.seq);
      else predictions.drop(answer.id);
      predictions.prune(topics.replicas());
      topics.refresh();
      // A screen that polls looks at once what came of it.
      reading.say({ t: 'look' });
    },
  });

  const lines = createTransitionLog({
    storage: options.lines === undefined ? defaultLines(location) : options.lines,
    screen,
    now,
    serverNow: clock.serverNow,
    isOnline: () => reading.connection.isLive(),
    upload: (body) => uploadLines(reading, options.client.id, body),
  });
  outbox.subscribe(() => lines.outbox(outbox.get()));

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
    painted: reading.acks.painted,
    recovered: {
      get: recovered.store.get,
      subscribe: recovered.store.subscribe,
      keep: recovered.keep,
      remove: recovered.remove,
    },
    onNudge: reading.onNudge,
    onRepaired: reading.onRepaired,
    refresh: reading.refresh,
    async renew() {
      reading.renew();
    },
    close() {
      closed = true;
      lastKnown.close();
      lines.close();
      outbox.close();
      reading.close();
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

import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { nodeName } from './inProcess.ts';
import type { Backplane, BackplaneObserver, Listener } from './types.ts';

/**
 * The backplane over Redis 7 or Valkey: ordinary pub/sub, a channel a location, on two connections (one that has
 * subscribed may say nothing else). On a cluster any of its nodes will do: it carries the words to the others.
 *
 * A connection that looks open proves nothing: pub/sub clients are dropped quietly, half-open ones hear nothing for
 * ever. So this node says something to itself every 5 s; what does not come back twice means that Redis is away, and
 * both connections are made anew.
 */

const PREFIX = 'heard:';
const CANARY_MS = 5_000;
const MISSES = 2;
/** Bytes that may wait for Redis; beyond it words are dropped, since nobody needs them. */
const MOST_WAITING = 4 * 1024 * 1024;
const CHANNELS_AT_ONCE = 500;
const LAST_WORDS_MS = 250;

export type RedisBackplaneOptions = BackplaneObserver & {
  readonly url: string;
  readonly canaryMs?: number;
};

export function createRedisBackplane(options: RedisBackplaneOptions): Backplane {
  const { canaryMs = CANARY_MS } = options;
  const node = nodeName();
  const canary = `${PREFIX}canary:${node}`;
  const channels = new Map<string, Set<Listener>>();
  /** Channels that Redis has confirmed on the present connection. */
  const held = new Set<string>();
  const unheard = new Set<string>();
  const changes = new Set<(isUp: boolean) => void>();
  let timer: NodeJS.Timeout | undefined;
  let settling: NodeJS.Immediate | undefined;
  let isUp = false;
  let asked = 0;
  let answered = 0;
  let waiting = 0;
  let said = false;
  let stopped = false;

  const talk = new Redis(options.url, settings(`heard-talk-${node}`));
  const listen = new Redis(options.url, settings(`heard-listen-${node}`));
  for (const connection of [talk, listen]) {
    connection.on('error', (error: Error) => complain(error.message));
    connection.on('close', () => {
      setUp(false);
      if (connection === listen) held.clear();
    });
  }
  talk.on('ready', sing);
  listen.on('ready', () => {
    held.clear();
    void listen.subscribe(canary).then(sing, ignore);
    settle();
  });
  listen.on('message', (name: string, text: string) => {
    if (name === canary) return echo(Number(text));
    const space = text.indexOf(' ');
    const from = text.slice(0, space);
    if (from === node || space < 1) return;
    for (const listener of channels.get(name.slice(PREFIX.length)) ?? [])
      listener.heard(text.slice(space + 1), from);
  });

  function complain(message: string): void {
    if (said || stopped) return;
    said = true;
    options.report?.('Redis cannot be reached: this node asks PostgreSQL four times a second instead', {
      error: message,
    });
  }

  function setUp(up: boolean): void {
    if (up === isUp) return;
    isUp = up;
    if (up && said) options.report?.('Redis is reached again');
    else if (!up) complain('the connection was lost');
    if (up) said = false;
    for (const change of changes) change(up);
  }

  /** Says something to itself. */
  function sing(): void {
    if (talk.status !== 'ready' || listen.status !== 'ready') return;
    asked += 1;
    talk.publish(canary, String(asked)).catch(ignore);
  }

  function echo(number: number): void {
    answered = Math.max(answered, number);
    if (answered === asked) setUp(true);
  }

  function watch(): void {
    if (asked - answered >= MISSES) {
      answered = asked;
      setUp(false);
      // What hangs would hang for ever: begin anew.
      talk.disconnect(true);
      listen.disconnect(true);
      return;
    }
    sing();
  }

  /** Tells Redis which channels this node has joined and left since the last time. */
  function settle(): void {
    if (settling !== undefined || stopped) return;
    settling = setImmediate(() => {
      settling = undefined;
      if (listen.status !== 'ready') return;
      const left = [...held].filter((channel) => !channels.has(channel));
      const fresh = [...channels.keys()].filter((channel) => !held.has(channel));
      for (const channel of left) held.delete(channel);
      for (const some of chunks(left)) listen.unsubscribe(...some.map(named)).catch(ignore);
      for (const some of chunks(fresh)) {
        for (const channel of some) held.add(channel);
        listen.subscribe(...some.map(named)).then(
          () => {
            for (const channel of some)
              for (const listener of channels.get(channel) ?? []) listener.joined?.();
          },
          () => {
            for (const channel of some) held.delete(channel);
          },
        );
      }
    });
  }

  return {
    node,
    get isUp() {
      return isUp;
    },
    isAlone: false,
    join(channel, listener) {
      const there = channels.get(channel) ?? new Set();
      channels.set(channel, there.add(listener));
      settle();
      return () => {
        there.delete(listener);
        if (there.size > 0 || channels.get(channel) !== there) return;
        channels.delete(channel);
        unheard.delete(channel);
        settle();
      };
    },
    say(channel, text) {
      const bytes = text.length + channel.length;
      if (talk.status !== 'ready' || waiting + bytes > MOST_WAITING) return options.dropped?.();
      waiting += bytes;
      talk
        .publish(named(channel), `${node} ${text}`)
        .then((receivers) => {
          const others = receivers - (held.has(channel) ? 1 : 0);
          if (others > 0) unheard.delete(channel);
          else unheard.add(channel);
        })
        .catch(ignore)
        .finally(() => {
          waiting -= bytes;
        });
    },
    isHeard: (channel) => isUp && !unheard.has(channel),
    onChange: (listener) => void changes.add(listener),
    start() {
      talk.connect().catch(ignore);
      listen.connect().catch(ignore);
      timer = setInterval(watch, canaryMs).unref();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      if (settling !== undefined) clearImmediate(settling);
      listen.disconnect();
      // The last words may still be on their way; nobody waits long for them.
      const patience = setTimeout(() => talk.disconnect(), LAST_WORDS_MS);
      await talk.quit().catch(ignore);
      clearTimeout(patience);
      talk.disconnect();
    },
  };
}

function settings(connectionName: string): RedisOptions {
  return {
    connectionName,
    lazyConnect: true,
    // What cannot be said now need not be said later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Channels are told anew by ourselves, so that everybody hears when it is done.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    // All nodes lose it at the same moment.
    retryStrategy: (times) => 50 + Math.random() * Math.min(2_000, 100 * 2 ** Math.min(times, 10)),
  };
}

function named(channel: string): string {
  return PREFIX + channel;
}

function chunks(list: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let at = 0; at < list.length; at += CHANNELS_AT_ONCE) all.push(list.slice(at, at + CHANNELS_AT_ONCE));
  return all;
}

/** A word that was lost is no error: the next one, or the poll, says the same. */
function ignore(): void {}

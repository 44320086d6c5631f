import { mintId } from './ids.ts';
import { createReading } from './reading.ts';
import type { Change, ConnectionView, LiveData, Store, TokenProvider, View } from './shapes.ts';
import type { SocketConstructor } from './socket.ts';

export { TokenRefused } from './tokens.ts';
export type { Change, ConnectionView, Store, TokenProvider, View } from './shapes.ts';

/** One topic, read only: no outbox, no predictions, nothing kept on the device. What a guest's page needs. */
export type ReaderOptions = {
  /** Where the server is: `https://orders.example.com`. */
  baseUrl: string;
  /** The location's slug. */
  location: string;
  /** `order:<id>`, `station:grill`. */
  topic: string;
  /** Asked before every connection and whenever the server wants a newer token; it may throw `TokenRefused`. */
  token: TokenProvider;
  /** How this page calls itself; a guest's page may leave it out. */
  client?: { id: string; app?: string; screen?: string };
  /** Milliseconds between plain polls, where nothing better gets through. 10 s. */
  pollEvery?: number;
  WebSocket?: SocketConstructor;
  fetch?: typeof fetch;
  /** This device's clock in milliseconds. */
  now?: () => number;
  /** In [0, 1). */
  random?: () => number;
};

export type Reader = {
  /** The topic as this page has it. Listening connects; a few seconds after the last listener left it is given up. */
  readonly view: Store<View>;
  /** What is true for a moment and in no log, by `kind:id`: where a courier is. */
  readonly live: Store<LiveData>;
  readonly connection: Store<ConnectionView>;
  /** Every change once, in order. Does not connect by itself. */
  onChange(listener: (change: Change) => void): () => void;
  /** The time by the server's clock. */
  serverNow(): number;
  /** A new connection, and the topic whole. */
  refresh(): void;
  close(): void;
};

/** A reader of one topic. Throws when `baseUrl` is no http(s) address or there is no WebSocket here. */
export function createReader(options: ReaderOptions): Reader {
  const reading = createReading({
    ...options,
    client: options.client ?? { id: mintId() },
    pollEvery: options.pollEvery ?? 10_000,
    predict: ({ entities }) => ({ entities, predicted: NOBODY }),
    lastKnown: { load: () => Promise.resolve(null), note: () => undefined },
    up: () => undefined,
    applied: () => false,
    shown: () => undefined,
  });
  const { topics, status } = reading;
  return {
    view: topics.view(options.topic),
    live: topics.live(options.topic),
    connection: { get: status.get, subscribe: status.subscribe },
    onChange: (listener) => topics.onChange(options.topic, listener),
    serverNow: reading.clock.serverNow,
    refresh: reading.refresh,
    close: reading.close,
  };
}

const NOBODY: ReadonlySet<string> = new Set();

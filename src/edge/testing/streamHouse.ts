import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach } from 'vitest';
import { createTokenReader, mintToken } from '../../accounts/tokens.ts';
import type { Claims, NewClaims } from '../../accounts/tokens.ts';
import { KitchenFeed } from '../../feed/testing/kitchenFeed.ts';
import { SocketReader } from '../../feed/testing/socketReader.ts';
import { ana, burger, id, lemonade } from '../../testkit/kitchen.ts';
import { createApp } from '../app.ts';
import type { AppOptions } from '../app.ts';
import { createDoor } from '../door.ts';
import { registerEventStream } from '../eventStream.ts';
import { registerFeed } from '../feedRoutes.ts';
import { createLimits } from '../limits.ts';
import { createLongPolls } from '../longPolls.ts';
import type { LongPolls } from '../longPolls.ts';
import { createStreams } from '../streams.ts';
import type { StreamOptions, Streams } from '../streams.ts';

export const SECRET = 'a secret of the tests';
export const KITCHEN: NewClaims = { sub: 'cli:kitchen', org: 'org', loc: 'small-place', role: 'kitchen' };
const ROWS: Readonly<Record<string, string>> = { 'small-place': 'org', 'other-place': 'other' };

/** A token of a kitchen screen, or with other claims. */
export function token(claims: Partial<NewClaims> = {}, ttl = 900): Promise<string> {
  return mintToken(SECRET, { ...KITCHEN, ...claims }, ttl);
}

/** A kitchen, its feed and the doors for all four transports, on a real port; one for each test. */
export class StreamHouse {
  readonly revokedDevices = new Set<string>();
  readonly readers: SocketReader[] = [];
  house = new KitchenFeed();
  base = '';
  port = 0;
  longPolls: LongPolls = createLongPolls();
  /** What the server wrote into its log. */
  readonly said: string[] = [];
  orders = 0;
  #streams: Streams | undefined;
  #app: FastifyInstance | undefined;

  get streams(): Streams {
    if (this.#streams === undefined) throw new Error('the house is not open');
    return this.#streams;
  }

  async open(more: Partial<StreamOptions> = {}, appOptions: Partial<AppOptions> = {}): Promise<void> {
    if (this.#app !== undefined) await this.shut();
    this.house = new KitchenFeed();
    this.house.feed.start();
    this.orders = 0;
    this.revokedDevices.clear();
    const isRevoked = (claims: Claims): boolean =>
      claims.dev !== undefined && this.revokedDevices.has(claims.dev);
    const door = createDoor({
      readToken: createTokenReader(SECRET),
      isRevoked,
      readLocation: async (location) => {
        const organization = ROWS[location];
        return organization === undefined
          ? null
          : {
              id: location,
              organization,
              name: location,
              demo: false,
              head: 0,
              epoch: 'e',
              deadline: null,
              createdAt: '',
            };
      },
    });
    const streams = createStreams({
      feed: this.house.feed,
      door,
      rules: 'rules-of-today',
      now: () => Date.now(),
      isRevoked,
      ...more,
    });
    this.#streams = streams;
    const app = await createApp({ door, log: (message) => this.said.push(message), ...appOptions });
    this.#app = app;
    const longPolls = createLongPolls(isRevoked);
    this.longPolls = longPolls;
    const rates = more.rates ?? createLimits();
    registerFeed(app, { feed: this.house.feed, longPolls, rates });
    registerEventStream(app, { streams, feed: this.house.feed, rates });
    app.server.on('upgrade', streams.upgrade);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const at = app.server.address();
    this.port = typeof at === 'object' && at !== null ? at.port : 0;
    this.base = `ws://127.0.0.1:${this.port}`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async shut(): Promise<void> {
    for (const reader of this.readers.splice(0)) reader.ws.terminate();
    this.streams.close();
    this.house.feed.stop();
    const app = this.#app;
    this.#app = undefined;
    app?.server.closeAllConnections();
    await app?.close();
  }

  async dial(
    options: { location?: string; protocols?: string[]; replicas?: SocketReader['replicas'] } = {},
  ): Promise<SocketReader> {
    const reader = new SocketReader(
      `${this.base}/v1/locations/${options.location ?? 'small-place'}/stream`,
      options,
    );
    this.readers.push(reader);
    return reader.open();
  }

  async join(topics: readonly string[], claims: Partial<NewClaims> = {}, ttl = 900): Promise<SocketReader> {
    const reader = await this.dial();
    reader.hello(await token(claims, ttl), topics);
    await reader.ready();
    return reader;
  }

  /** A burger and a lemonade; answers the grill's ticket. */
  place(): string {
    const number = (this.orders += 1);
    this.house.kitchen.do(
      'order.place',
      {
        order: {
          id: id('order', number),
          type: 'counter',
          items: [burger(number * 2), lemonade(number * 2 + 1)],
        },
      },
      ana,
    );
    this.house.tell();
    return this.house.kitchen.ticket(number, 'grill');
  }

  /** An order of 40 lines, for frames that weigh something. */
  banquet(): void {
    const number = (this.orders += 1);
    const items = Array.from({ length: 40 }, (_, index) =>
      burger(1_000 + number * 50 + index, { notes: 'x'.repeat(100) }),
    );
    this.house.kitchen.do('order.place', { order: { id: id('order', number), type: 'counter', items } }, ana);
    this.house.tell();
  }
}

/** A house for each test of a file. */
export function useStreamHouse(): StreamHouse {
  const at = new StreamHouse();
  beforeEach(() => at.open());
  afterEach(() => at.shut());
  return at;
}

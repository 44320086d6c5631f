import type { FastifyRequest } from 'fastify';
import type { Caller } from './door.ts';
import { isLoopback } from './loopback.ts';
import { refuse } from './problem.ts';
import { Buckets } from './rates.ts';
import type { Rate } from './rates.ts';
import { screenKey } from './reader.ts';

/**
 * How much one caller may ask, so that none takes the place of the others. Who is known is counted by device, person or
 * link, who is not by address. This machine itself is not counted by address: behind a proxy that nobody told us to
 * trust everybody looks like it.
 */
export type Rates = {
  /** All requests of one address, before it is known who asks. */
  readonly address: Rate;
  /** Tokens that are none, from one address. */
  readonly badTokens: Rate;
  /** All requests of one device, person or program. */
  readonly caller: Rate;
  /** All requests by one guest's link. */
  readonly guest: Rate;
  /** New event streams of one screen. */
  readonly streams: Rate;
  /** Calls with acknowledgements of one screen. */
  readonly acks: Rate;
};

const RATES: Rates = {
  address: { perSecond: 2_000, burst: 4_000 },
  badTokens: { perSecond: 2, burst: 60 },
  caller: { perSecond: 1_000, burst: 2_000 },
  guest: { perSecond: 5, burst: 40 },
  streams: { perSecond: 1, burst: 20 },
  acks: { perSecond: 1, burst: 5 },
};
/** Sockets of one address that have not said who they are. */
const MOST_SILENT = 512;

export type Limits = {
  /** Before it is known who asks. Throws 429. */
  stranger(request: FastifyRequest): void;
  /** As soon as it is. Throws 429. */
  caller(request: FastifyRequest, caller: Caller): void;
  /** A token was none. Throws 429 for one too many. */
  badToken(address: string): void;
  /** Throws 429. `client` is what the page calls itself. */
  stream(request: FastifyRequest, client?: string): void;
  acks(request: FastifyRequest, client?: string): void;
  /** A socket of this address begins, if it may; call what it answers as soon as it said who it is, or ended. */
  silent(address: string): (() => void) | null;
};

export type LimitOptions = {
  readonly rates?: Partial<Rates>;
  readonly mostSilent?: number;
  readonly onRefused?: () => void;
};

export function createLimits(options: LimitOptions = {}): Limits {
  const rates = { ...RATES, ...options.rates };
  const mostSilent = options.mostSilent ?? MOST_SILENT;
  const buckets = {
    address: new Buckets(rates.address),
    badTokens: new Buckets(rates.badTokens),
    caller: new Buckets(rates.caller),
    guest: new Buckets(rates.guest),
    streams: new Buckets(rates.streams),
    acks: new Buckets(rates.acks),
  };
  const silent = new Map<string, number>();
  const take = (kind: keyof typeof buckets, key: string, words: string): void => {
    const seconds = buckets[kind].take(key);
    if (seconds === 0) return;
    options.onRefused?.();
    throw refuse('rate_limited', `${words}: try again in ${seconds} s`, { retryAfter: seconds });
  };

  return {
    stranger(request) {
      if (!isLoopback(request.ip)) take('address', request.ip, 'Too many requests from this address');
    },
    caller(request, { claims }) {
      if (claims.role === 'guest')
        take('guest', `${claims.org}|${claims.ord ?? claims.sub}`, 'Too many requests');
      else if (!isLoopback(request.ip)) take('caller', screenKey(request), 'Too many requests');
    },
    badToken(address) {
      if (!isLoopback(address)) take('badTokens', address, 'Too many tokens that are none');
    },
    stream: (request, client) =>
      take('streams', screenKey(request, client), 'This screen opened too many streams'),
    acks: (request, client) =>
      take('acks', screenKey(request, client), 'A screen may acknowledge once a second'),
    silent(address) {
      if (isLoopback(address)) return () => undefined;
      const count = silent.get(address) ?? 0;
      if (count >= mostSilent) return null;
      silent.set(address, count + 1);
      let done = false;
      return () => {
        if (done) return;
        done = true;
        const left = (silent.get(address) ?? 1) - 1;
        if (left > 0) silent.set(address, left);
        else silent.delete(address);
      };
    },
  };
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims } from '../accounts/tokens.ts';
import type { Role } from '../domain/commands.ts';
import type { Feed } from '../feed/feed.ts';
import type { StreamObserver } from '../ops/streamFacts.ts';
import { CLOSE } from '../protocol/down.ts';
import { createAdmission } from './admission.ts';
import type { Admission } from './admission.ts';
import type { Door } from './door.ts';
import { createLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { addressOf } from './proxies.ts';
import type { IsTrusted } from './proxies.ts';
import { Session } from './streamSession.ts';
import type { Wire } from './streamSession.ts';
import { createSocketDoor } from './ws.ts';

/**
 * All streams of this node, whatever carries them. It lets in, counts and ends; what is said on one of them is the
 * session's.
 */

export type StreamOptions = {
  readonly feed: Feed;
  readonly door: Pick<Door, 'read' | 'enter'>;
  /** Hash of the rules, told in `ready`. */
  readonly rules: string;
  /** Milliseconds since 1970 by the log's clock, told in `ready` and `ping`. */
  readonly now: () => number;
  /** The device or person was sent away after the token was made; asked once a second for every stream. */
  readonly isRevoked?: (claims: Claims) => boolean;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly observe?: StreamObserver;
  readonly limits?: Partial<StreamLimits>;
  /** What a crowd may ask at once. */
  readonly admission?: Admission;
  /** What one caller may ask. */
  readonly rates?: Limits;
  readonly isTrusted?: IsTrusted;
};

export type StreamLimits = {
  /** Streams on this node. */
  readonly connections: number;
  readonly helloMs: number;
  readonly pingMs: number;
  /** Silence after which a socket is dead. */
  readonly deadMs: number;
  readonly framesPerSecond: number;
  /** Topics on one stream. */
  readonly subscriptions: number;
  /** How long before a token's end its bearer is told to renew it. */
  readonly renewMs: number;
  readonly maxAgeMs: number;
  /** Of an event stream: only a new request brings a new token, and only its answer shows that nobody holds it back. */
  readonly eventStreamMaxAgeMs: number;
};

const LIMITS: StreamLimits = {
  connections: 20_000,
  helloMs: 5_000,
  pingMs: 15_000,
  deadMs: 20_000,
  framesPerSecond: 50,
  subscriptions: 32,
  renewMs: 60_000,
  maxAgeMs: 7_200_000,
  eventStreamMaxAgeMs: 300_000,
};
const TICK_MS = 250;

export type Streams = {
  readonly limits: StreamLimits;
  /** Seconds to wait when nobody new is let in now; null: come in. `role` where it is known already. */
  refusal(role?: Role): number | null;
  /** A socket of this address may begin: answers what to call when it said who it is, or ended; null: too many are silent. */
  silent(request: IncomingMessage): (() => void) | null;

  /** A stream begins. It is counted until it has ended. */
  begin(wire: Wire, location: string): Session;
  /** For the HTTP server's `upgrade` event; answers 404 to what is no stream. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the streams of a paired screen at once. */
  revoked(device: string): void;
  /** Tells everybody to come back (elsewhere), spread over `overMs`; resolves when all are gone or after 2 s more. */
  drain(overMs: number): Promise<void>;
  /** Ends what is left, without a word more. */
  close(): void;
  /** `bufferedBytes`: what waits for all of them together. */
  readonly load: { readonly sockets: number; readonly sessions: number; readonly bufferedBytes: number };
};

export function createStreams(options: StreamOptions): Streams {
  const limits = { ...LIMITS, ...options.limits };
  const sessions = new Set<Session>();
  const { rates = createLimits(), isTrusted = () => false } = options;
  const admission = options.admission ?? createAdmission({ delayMs: () => 0 });
  let draining = false;

  const timer = setInterval(() => {
    const now = Date.now();
    for (const session of sessions) session.tick(now);
  }, TICK_MS);
  timer.unref();

  const registry = {
    limits,
    refusal(role?: Role): number | null {
      if (draining || sessions.size >= limits.connections) return RETRY_AFTER_S;
      const seconds = admission.handshake(role);
      return seconds === 0 ? null : seconds;
    },
    silent: (request: IncomingMessage) => rates.silent(addressOf(request, isTrusted)),
    begin(wire: Wire, location: string): Session {
      const session = new Session(wire, location, {
        ...options,
        limits,
        admission,
        ended: (code) => {
          sessions.delete(session);
          options.observe?.closed?.(code, session.facts);
        },
      });
      sessions.add(session);
      options.observe?.opened?.();
      return session;
    },
  };
  const sockets = createSocketDoor(registry, options.door);

  return {
    ...registry,
    upgrade: sockets.upgrade,
    revoked(device) {
      for (const session of sessions)
        if (session.claims?.dev === device)
          session.close(CLOSE.revoked, 'this screen was signed out by the manager');
    },
    async drain(overMs) {
      draining = true;
      const all = [...sessions];
      await Promise.all(
        all.map(async (session) => {
          // In no order: the screens of one kitchen are not all away at the same moment.
          await sleep(Math.random() * overMs);
          // Whoever cannot go elsewhere comes back here: not in the order in which they were sent away.
          const spread = Math.floor((Math.random() * (overMs + 1_000)) / 1_000);
          session.close(CLOSE.drain, 'this node is going away', spread);
        }),
      );
      for (let waited = 0; sessions.size > 0 && waited < 2_000; waited += 20) await sleep(20);
    },
    close() {
      draining = true;
      clearInterval(timer);
      for (const session of sessions) session.terminate();
      sockets.close();
      admission.stop();
    },
    get load() {
      let [open, bufferedBytes] = [0, 0];
      for (const session of sessions) {
        if (session.claims !== null) open += 1;
        bufferedBytes += session.bufferedBytes();
      }
      return { sockets: sessions.size, sessions: open, bufferedBytes };
    },
  };
}

const RETRY_AFTER_S = 2;

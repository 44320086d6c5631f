import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import type { Feed } from '../feed/feed.ts';
import { CLOSE } from '../protocol/down.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import type { Claims } from '../accounts/tokens.ts';
import type { Door } from './door.ts';
import { Session } from './streamSession.ts';

/**
 * `GET /v1/locations/{location}/stream` with Upgrade: the door for sockets. It lets in, counts and ends; what is said
 * on a socket is the session's.
 */

export type StreamObserver = {
  opened?(): void;
  /** It said who it is; `resumed`: it came back with a cursor. */
  joined?(location: string, resumed: boolean): void;
  /** With the code that the server chose, or the one that the other side did; `location` of one that had joined. */
  closed?(code: number, location: string | null): void;
  heartbeatFailed?(): void;
};

export type StreamOptions = {
  readonly feed: Feed;
  readonly door: Pick<Door, 'read' | 'enter'>;
  /** Hash of the rules, told in `ready`. */
  readonly rules: string;
  /** Milliseconds since 1970 by the log's clock, told in `ready` and `ping`. */
  readonly now: () => number;
  /** The device or person was sent away after the token was made; asked once a second for every socket. */
  readonly isRevoked?: (claims: Claims) => boolean;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly observe?: StreamObserver;
  readonly limits?: Partial<StreamLimits>;
};

export type StreamLimits = {
  /** Sockets on this node. */
  readonly connections: number;
  readonly helloMs: number;
  readonly pingMs: number;
  /** Silence after which a socket is dead. */
  readonly deadMs: number;
  readonly framesPerSecond: number;
  /** Topics on one socket. */
  readonly subscriptions: number;
  /** How long before a token's end its bearer is told to renew it. */
  readonly renewMs: number;
  readonly maxAgeMs: number;
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
};
const MOST_INBOUND = 64 * 1024;
const PATH = /^\/v1\/locations\/([^/?]{1,200})\/stream(?:\?.*)?$/;
const TICK_MS = 250;

export type Streams = {
  /** For the HTTP server's `upgrade` event; answers 404 to what is no stream. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the sockets of a paired screen at once. */
  revoked(device: string): void;
  /** Tells everybody to come back (elsewhere), spread over `overMs`; resolves when all are gone or after 2 s more. */
  drain(overMs: number): Promise<void>;
  /** Ends what is left, without a word more. */
  close(): void;
  /** `bufferedBytes`: what waits for all of them together. */
  readonly load: { readonly sockets: number; readonly sessions: number; readonly bufferedBytes: number };
};

/** Violations that the library finds by itself get the contract's code, and a word before the close. */
class HeardSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    const isViolation = code === 1002 || code === 1003 || code === 1007 || code === 1009;
    if (!isViolation || this.readyState !== WebSocket.OPEN) return super.close(code, data);
    const reason = code === 1009 ? 'a frame has at most 64 KB' : 'this is not a frame';
    this.send(JSON.stringify({ t: 'bye', code: CLOSE.badFrames, reason }));
    super.close(CLOSE.badFrames, reason);
  }
}

export function createStreams(options: StreamOptions): Streams {
  const limits = { ...LIMITS, ...options.limits };
  const sessions = new Set<Session>();
  let draining = false;

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MOST_INBOUND,
    WebSocket: HeardSocket,
    // A client that speaks another version is let in, to be told so with a code that it understands.
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : ([...offered][0] ?? false)),
  });

  const timer = setInterval(() => {
    const now = Date.now();
    for (const session of sessions) session.tick(now);
  }, TICK_MS);
  timer.unref();

  return {
    upgrade(request, socket, head) {
      const location = placeIn(request.url ?? '');
      socket.on('error', () => socket.destroy());
      if (location === null) return refuseUpgrade(socket, 404, 'Not Found');
      if (draining || sessions.size >= limits.connections)
        return refuseUpgrade(socket, 503, 'Service Unavailable');
      server.handleUpgrade(request, socket, head, (ws) => {
        const ended = (code: number): void => {
          sessions.delete(session);
          options.observe?.closed?.(code, session.claims === null ? null : location);
        };
        const session = new Session(ws, location, { ...options, limits, ended });
        sessions.add(session);
        options.observe?.opened?.();
        if (ws.protocol !== SUBPROTOCOL) session.close(CLOSE.version, `this server speaks ${SUBPROTOCOL}`);
      });
    },
    revoked(device) {
      for (const session of sessions)
        if (session.claims?.dev === device)
          session.close(CLOSE.revoked, 'this screen was signed out by the manager');
    },
    async drain(overMs) {
      draining = true;
      const all = [...sessions];
      await Promise.all(
        all.map(async (session, index) => {
          await sleep((overMs * index) / Math.max(1, all.length));
          session.close(CLOSE.drain, 'this node is going away');
        }),
      );
      for (let waited = 0; sessions.size > 0 && waited < 2_000; waited += 20) await sleep(20);
    },
    close() {
      draining = true;
      clearInterval(timer);
      for (const session of sessions) session.terminate();
      server.close();
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

function placeIn(url: string): string | null {
  const named = PATH.exec(url)?.[1];
  if (named === undefined) return null;
  try {
    return decodeURIComponent(named);
  } catch {
    return null;
  }
}

function refuseUpgrade(socket: Duplex, status: number, title: string): void {
  const retry = status === 503 ? 'retry-after: 2\r\n' : '';
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${retry}connection: close\r\ncontent-length: 0\r\n\r\n`);
}

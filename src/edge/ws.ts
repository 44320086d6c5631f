import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { CLOSE } from '../protocol/down.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import type { Door } from './door.ts';
import { SocketTalk } from './socketTalk.ts';
import { type Wire } from './streamSession.ts';
import type { Streams } from './streams.ts';

/** `GET /v1/locations/{location}/stream` with Upgrade: the door for sockets. */

const MOST_INBOUND = 64 * 1024;
const SILENT_RETRY_S = 5;
const PATH = /^\/v1\/locations\/([^/?]{1,200})\/stream(?:\?.*)?$/;

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

/** A socket as what carries frames. */
class SocketWire implements Wire {
  readonly transport = 'websocket';
  readonly answers = true;
  readonly maxAgeMs: number;
  onSent: () => void = () => undefined;
  readonly #ws: WebSocket;
  readonly #flushed = (): void => this.onSent();

  constructor(ws: WebSocket, maxAgeMs: number) {
    this.#ws = ws;
    this.maxAgeMs = maxAgeMs;
  }

  bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(frame: string): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.send(frame, this.#flushed);
  }

  end(code: number, reason: string): void {
    // A close frame has room for 123 bytes, and the reason may name what the other side sent.
    this.#ws.close(code, reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120));
  }

  terminate(): void {
    this.#ws.terminate();
  }
}

export type SocketDoor = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
};

export function createSocketDoor(
  streams: Pick<Streams, 'limits' | 'refusal' | 'silent' | 'begin'>,
  door: Pick<Door, 'read' | 'enter'>,
): SocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MOST_INBOUND,
    WebSocket: HeardSocket,
    // A client that speaks another version is let in, to be told so with a code that it understands.
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : ([...offered][0] ?? false)),
  });
  return {
    upgrade(request, socket, head) {
      const location = placeIn(request.url ?? '');
      socket.on('error', () => socket.destroy());
      if (location === null) return refuseUpgrade(socket, 404, 'Not Found');
      const retryAfter = streams.refusal();
      if (retryAfter !== null) return refuseUpgrade(socket, 503, 'Service Unavailable', retryAfter);
      const spoke = streams.silent(request);
      if (spoke === null) return refuseUpgrade(socket, 429, 'Too Many Requests', SILENT_RETRY_S);
      socket.once('close', spoke);
      server.handleUpgrade(request, socket, head, (ws) => {
        const session = streams.begin(new SocketWire(ws, streams.limits.maxAgeMs), location);
        const talk = new SocketTalk(session, door, streams.limits, spoke);
        ws.on('message', (data, isBinary) => talk.arrived(data, isBinary));
        ws.on('error', () => undefined);
        ws.on('close', (code) => session.ended(code));
        if (ws.protocol !== SUBPROTOCOL) session.close(CLOSE.version, `this server speaks ${SUBPROTOCOL}`);
      });
    },
    close: () => server.close(),
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

function refuseUpgrade(socket: Duplex, status: number, title: string, retryAfter?: number): void {
  const retry = retryAfter === undefined ? '' : `retry-after: ${retryAfter}\r\n`;
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${retry}connection: close\r\ncontent-length: 0\r\n\r\n`);
}

import type { Hello } from '../protocol/up.ts';
import { SUBPROTOCOL, WIRE_VERSION } from '../protocol/version.ts';
import type { Carrier, CarrierEvents, Link } from './carrier.ts';
import { readFrame } from './frames.ts';

/** What the carrier needs of a WebSocket: the browser's, Node's own, `ws`, and the pair of the tests have it. */
export type SocketLike = {
  readonly readyState: number;
  // What each event really is differs from one to the other; read are `data`, and `code` and `reason`.
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
};
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

const OPEN = 1;
const MAX_BROKEN = 3;

/** Frames over a WebSocket at `url` (ws: or wss:). The token travels in the hello, never in the URL. */
export function socketCarrier(url: string, WebSocket: SocketConstructor): Carrier {
  return {
    open({ token, client, subs }, events: CarrierEvents): Link {
      const hello: Hello = {
        t: 'hello',
        v: WIRE_VERSION,
        token,
        client,
        subs: subs.map(({ topic, after }) => ({ topic, after })),
      };
      let over = false;
      let broken = 0;
      let socket: SocketLike | null = null;
      const end = (code: number, reason: string) => {
        if (over) return;
        over = true;
        if (socket) detach(socket);
        events.gone(code, reason);
      };
      try {
        socket = new WebSocket(url, [SUBPROTOCOL]);
      } catch (error) {
        // A mixed-content or malformed address throws; told later, so that nobody is called before `open` returned.
        queueMicrotask(() => end(1006, String(error)));
        return { say: () => false, close: () => (over = true) };
      }
      const own = socket;
      own.onopen = () => {
        own.send(JSON.stringify(hello));
        events.opened();
      };
      own.onmessage = ({ data }: { data: unknown }) => {
        if (over) return;
        const frame = typeof data === 'string' ? readFrame(data) : 'broken';
        if (frame === 'unknown') return;
        if (frame !== 'broken') {
          events.frame(frame);
          return;
        }
        // A frame that cannot be read leaves a gap, which is repaired; a stream of them is no Heard server.
        broken += 1;
        if (broken < MAX_BROKEN) return;
        close(own, 4010);
        end(1006, 'unreadable frames');
      };
      own.onerror = () => undefined;
      own.onclose = ({ code, reason }: { code: number; reason: string }) => end(code, reason);
      return {
        say(frame) {
          if (over || own.readyState !== OPEN) return false;
          if (frame.t === 'look') return true;
          const { t } = frame;
          own.send(JSON.stringify(t === 'sub' ? { t, topic: frame.topic, after: frame.after } : frame));
          return true;
        },
        close(code) {
          if (over) return;
          over = true;
          detach(own);
          close(own, code);
        },
      };
    },
  };
}

/** Callbacks of a connection that was given up must not reach the next one. */
function detach(socket: SocketLike): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  // A socket that fails while it is still connecting says so by an event that `ws` throws when nobody listens.
  socket.onerror = () => undefined;
}

function close(socket: SocketLike, code: number): void {
  try {
    // Pages may say 1000 and 3000 to 4999 only.
    socket.close(code >= 3000 ? code : 1000);
  } catch {
    // It never came up.
  }
}

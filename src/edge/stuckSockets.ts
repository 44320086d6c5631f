import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * An answer whose reader takes nothing is kept in memory until it does. Streams look after themselves; this looks after
 * everything else that was asked for and is not fetched.
 */

const MOST_WAITING = 64 * 1024;
const STUCK_MS = 10_000;
const LOOK_MS = 1_000;

type Watched = { left: number; since: number };

/** Cuts connections on which nothing of what waits has left for so long; answers how to stop looking. */
export function cutStuckSockets(
  server: Server,
  { stuckMs = STUCK_MS, onCut = () => undefined }: { stuckMs?: number; onCut?: () => void } = {},
): () => void {
  const sockets = new Map<Socket, Watched>();
  const arrived = (socket: Socket): void => {
    sockets.set(socket, { left: 0, since: 0 });
    socket.once('close', () => sockets.delete(socket));
  };
  // Under TLS the plain socket carries what the other one encrypts: only one of them is looked at.
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection';
  server.on(event, arrived);
  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const [socket, watched] of sockets) {
        const inKernel = leftOfWrite(socket);
        if (socket.writableLength <= MOST_WAITING || inKernel !== watched.left) watched.since = now;
        watched.left = inKernel;
        if (now - watched.since < stuckMs) continue;
        onCut();
        socket.destroy();
      }
    },
    Math.min(LOOK_MS, stuckMs / 4),
  );
  timer.unref();
  return () => {
    clearInterval(timer);
    server.off(event, arrived);
  };
}

/** Bytes of the write under way that the kernel has not taken. Node keeps this number to itself, and its own timeouts go by it. */
function leftOfWrite(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const left: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : undefined;
  return typeof left === 'number' ? left : socket.writableLength;
}

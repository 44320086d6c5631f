import type { FastifyInstance } from 'fastify';
import { isIP } from 'node:net';
import type { LanTls } from '../ops/lanTls.ts';
import type { Streams } from './streams.ts';
import { createTlsDoor } from './tlsDoor.ts';
import { isPrivate, registerTrust } from './trust.ts';

/** `HEARD_TLS=auto`: beside the plain door for this machine a secure one for the restaurant's own network. */
export type LanOptions = {
  readonly tls: LanTls;
  /** 0: any free one. */
  readonly port: number;
};

export type LanDoor = {
  listen(host: string): Promise<void>;
  /** Where it is found, the best address first. */
  addresses(): string[];
  close(): Promise<void>;
};

/** Registers the hooks and pages of trust; call before the other routes. Sockets of both doors go to `upgrade`. */
export function createLanDoor(
  app: FastifyInstance,
  { tls, port }: LanOptions,
  upgrade: () => Streams['upgrade'],
): LanDoor {
  let at = port;
  let bound = '127.0.0.1';
  const names = (): string[] => {
    const { addresses, hosts } = tls.names();
    const reachable = bound === '0.0.0.0' ? addresses.filter((one) => isIP(one) === 4) : addresses;
    // A server that listens on this machine alone is not to be found by its other names.
    return bound === '127.0.0.1' || bound === 'localhost' || bound === '::1'
      ? ['localhost']
      : [...reachable, ...hosts];
  };
  registerTrust(app, {
    ca: tls.ca,
    place: () => {
      const plain = app.server.address();
      return {
        port: at,
        plainPort: typeof plain === 'object' && plain !== null ? plain.port : 0,
        names: names(),
      };
    },
  });
  const door = createTlsDoor(tls.leaf(), {
    request: (request, response) => app.routing(request, response),
    upgrade: (request, socket, head) => upgrade()(request, socket, head),
  });
  const stop = tls.watch(door.use);
  return {
    async listen(host) {
      bound = host;
      at = await door.listen(port, host);
    },
    addresses: () => names().map((name) => `https://${name.includes(':') ? `[${name}]` : name}:${at}`),
    async close() {
      stop();
      await door.close();
    },
  };
}

/** On the plain door nobody but this machine gets a socket: a token would be said aloud. */
export function guardUpgrade(upgrade: Streams['upgrade']): Streams['upgrade'] {
  return (request, socket, head) => {
    if (isPrivate(request)) return upgrade(request, socket, head);
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  };
}

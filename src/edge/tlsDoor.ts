import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A second door of the same house: what it lets in is answered by the same routes, over TLS. */
export type TlsDoor = {
  /** Answers the port it listens on. */
  listen(port: number, host: string): Promise<number>;
  /** From now on new connections get this certificate; those that stand keep theirs. */
  use(pair: CertificatePair): void;
  close(): Promise<void>;
};

export type CertificatePair = { readonly cert: string; readonly key: string };

const LINGER_MS = 2000;

export function createTlsDoor(
  pair: CertificatePair,
  inside: {
    request(request: IncomingMessage, response: ServerResponse): void;
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  },
): TlsDoor {
  const server = createServer(
    {
      ...pair,
      minVersion: 'TLSv1.2',
      maxHeaderSize: 16_384,
      requestTimeout: 30_000,
      keepAliveTimeout: 72_000,
    },
    inside.request,
  );
  server.on('upgrade', inside.upgrade);
  // A port scan, or a device that does not trust us: the connection ends, nothing else.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.removeListener('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    use: (next) => server.setSecureContext({ ...next, minVersion: 'TLSv1.2' }),
    close: () =>
      new Promise((resolve) => {
        const patience = setTimeout(() => server.closeAllConnections(), LINGER_MS);
        server.closeIdleConnections();
        server.close(() => {
          clearTimeout(patience);
          resolve();
        });
      }),
  };
}

import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { LocalCa } from '../ops/localCa.ts';
import { isLoopback } from './loopback.ts';
import { refuse } from './problem.ts';
import { trustProfile } from './trustProfile.ts';

/**
 * How a device comes to trust a restaurant's own server. Over plain http it is shown the way and nothing else: no page of
 * orders, no token, no socket; this machine itself is let in, since nobody listens between it and itself.
 */
export type TrustOptions = {
  readonly ca: Pick<LocalCa, 'pem' | 'der' | 'fingerprint' | 'validTo'>;
  /** Where the secure door is: the port, and what this machine is called, the best name first. */
  readonly place: () => {
    readonly port: number;
    readonly plainPort: number;
    readonly names: readonly string[];
  };
};

/** What a device without trust may have: the page that explains it, its files, and whether the server lives. */
const OPEN =
  /^\/(?:setup\/trust(?:\.json|\.crt|\.pem|\.mobileconfig)?\/?$|assets\/|icon\.svg$|old\.js$|healthz$|readyz$)/;

/** Did this come over TLS, or from this very machine? */
export function isPrivate({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return (
    socket instanceof TLSSocket || (socket.remoteAddress !== undefined && isLoopback(socket.remoteAddress))
  );
}

export function registerTrust(app: FastifyInstance, { ca, place }: TrustOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (isPrivate(request.raw) || OPEN.test(path)) return;
    const { port } = place();
    const host = request.hostname.includes(':') ? `[${request.hostname}]` : request.hostname;
    if (request.method === 'GET' && /\btext\/html\b/.test(request.headers.accept ?? ''))
      // Where this device trusts us already, the page goes on by itself.
      return reply.redirect(`/setup/trust?to=${encodeURIComponent(request.url)}`, 302);
    throw refuse('forbidden', `Use https://${host}:${port}: what is said here could be read on the way`);
  });

  const open = { config: { open: true } };
  app.get('/setup/trust.json', open, (_request, reply) => {
    const { port, plainPort, names } = place();
    const urlOf = (scheme: string, name: string, at: number): string =>
      `${scheme}://${name.includes(':') ? `[${name}]` : name}:${at}`;
    return reply.header('cache-control', 'no-store').send({
      fingerprint: ca.fingerprint,
      validTo: ca.validTo.toISOString(),
      port,
      secure: names.map((name) => urlOf('https', name, port)),
      plain: names.map((name) => urlOf('http', name, plainPort)),
    });
  });
  const file = (name: string) => ({
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  });
  app.get('/setup/trust.crt', open, (_request, reply) =>
    reply.headers(file('heard-ca.crt')).type('application/x-x509-ca-cert').send(ca.der),
  );
  app.get('/setup/trust.pem', open, (_request, reply) =>
    reply.headers(file('heard-ca.pem')).type('application/x-pem-file').send(ca.pem),
  );
  app.get('/setup/trust.mobileconfig', open, (_request, reply) =>
    reply
      .headers(file('heard.mobileconfig'))
      .type('application/x-apple-aspen-config')
      .send(trustProfile(ca.der, ca.fingerprint)),
  );
}

import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * What a browser must not do with our pages. Only pages carry it: an answer of the API is no document, and a kilobyte of
 * headers on each would cost more than the answer.
 */
export function pageHeaders(tls: boolean): FastifyHelmetOptions {
  return {
    // Pages are plain http on a restaurant's own network until TLS is set up: nothing may turn them into https.
    strictTransportSecurity: tls,
    crossOriginOpenerPolicy: tls,
    originAgentCluster: tls,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  };
}

import type { FastifyRequest } from 'fastify';
import { isLoopback } from './loopback.ts';

/**
 * The demo's pages sign themselves in, so that a newcomer sees a kitchen and not a password. A plain reverse proxy makes
 * every visitor look like this machine, and any web page may post to localhost: so all of these must hold, and the header
 * `Origin`, which neither a proxy nor a foreign page can make a loopback one, is the one that both fail.
 */
export type DemoGround = {
  /** The server listens on loopback addresses only. */
  readonly loopbackOnly: boolean;
  /** HEARD_PUBLIC_URL is set. */
  readonly hasPublicUrl: boolean;
};

/** Headers that a proxy adds. None of ours or of a browser's own requests starts with x-. */
const FORWARDING = /^(?:forwarded|via|client-ip|true-client-ip|cf-.*|x-.*)$/;

/** Why this request may not sign itself in; null when every condition holds. */
export function whyNoDemo(
  ground: DemoGround,
  request: Pick<FastifyRequest, 'headers'> & { remoteAddress: string | undefined; httpVersion: string },
): string | null {
  const { headers, remoteAddress, httpVersion } = request;
  if (!ground.loopbackOnly) return 'the server listens beyond this machine';
  if (ground.hasPublicUrl) return 'HEARD_PUBLIC_URL is set';
  if (remoteAddress === undefined || !isLoopback(remoteAddress))
    return 'the request comes from another machine';
  // No browser speaks it, and a proxy that was told nothing does: this finds one also when its visitor forges the Origin.
  if (httpVersion === '1.0') return 'the request came through a proxy (HTTP/1.0)';
  const forwarding = Object.keys(headers).find((name) => FORWARDING.test(name));
  if (forwarding !== undefined) return `the request came through a proxy (${forwarding})`;
  const { origin, host } = headers;
  if (typeof origin !== 'string' || !URL.canParse(origin)) return 'the request has no Origin';
  const from = new URL(origin);
  if (!/^https?:$/.test(from.protocol) || !isLoopback(from.hostname)) return 'the Origin is not this machine';
  if (from.host !== host) return 'the Origin is another server of this machine';
  if (headers['sec-fetch-site'] !== 'same-origin') return 'the request was not made by a page of this server';
  return null;
}

import { lookup } from 'node:dns';
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type Reach, mayReach } from './networks.ts';
import { type OutgoingAnswer, type OutgoingRequest, TryLater } from './provider.ts';

/**
 * Calls to providers. Where they go is decided here: to the origins of the provider's environment (or the simulator that
 * the operator put in their place), and elsewhere only over https into the open internet. The name is resolved and checked
 * by the connection itself, so that it cannot mean another machine a moment later; no redirect is followed.
 */
export type Origins = {
  /** By name: `api` to `https://api.example.com`. */
  readonly bases: Readonly<Record<string, string>>;
  /** Stands in for all of them. Set by the operator, so it may be anywhere but in a link-local network. */
  readonly simulator: string | null;
};

/** The provider may not be called like that: a mistake of the adapter, or of a delivery that named an address. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 4 * 1_048_576;
const USER_AGENT = 'Heard';

export async function callOut(
  origins: Origins,
  outgoing: OutgoingRequest,
  signal?: AbortSignal,
): Promise<OutgoingAnswer> {
  const { url, reach } = placeOf(origins, outgoing);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  // A name is checked when it is resolved; what is no name is not resolved.
  if (isIP(literal) !== 0 && !mayReach(literal, reach))
    throw new NotAllowed(`providers are not called at ${literal}`);
  const [body, type] = encode(outgoing.body);
  const headers = {
    'user-agent': USER_AGENT,
    accept: 'application/json',
    ...(type !== null && { 'content-type': type }),
    ...(body !== null && { 'content-length': String(body.length) }),
    ...lowerCased(outgoing.headers ?? {}),
  };
  const { promise, resolve, reject } = Promise.withResolvers<OutgoingAnswer>();
  const most = outgoing.mostBytes ?? MOST_BYTES;
  const limit = AbortSignal.timeout(outgoing.timeoutMs ?? TIMEOUT_MS);
  const request = (url.protocol === 'https:' ? secureRequest : plainRequest)(
    url,
    {
      method: outgoing.method,
      headers,
      lookup: guarded(reach),
      agent: false,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    },
    (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) response.destroy(new TryLater(`${url.host} answered more than ${most} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: plain(response.headers),
          raw,
          json: jsonOf(raw),
        });
      });
    },
  );
  request.on('error', reject);
  request.end(body ?? undefined);
  try {
    return await promise;
  } catch (error) {
    if (error instanceof NotAllowed || error instanceof TryLater) throw error;
    const words = limit.aborted
      ? 'no answer in time'
      : error instanceof Error
        ? error.message
        : String(error);
    throw new TryLater(`${outgoing.method} ${url.host}${url.pathname}: ${words}`, { cause: error });
  }
}

function placeOf({ bases, simulator }: Origins, outgoing: OutgoingRequest): { url: URL; reach: Reach } {
  if (outgoing.url === undefined) {
    const base = outgoing.base ?? 'api';
    const origin = simulator ?? bases[base];
    if (origin === undefined) throw new NotAllowed(`there is no address "${base}"`);
    const url = new URL(`${origin.replace(/\/+$/, '')}${outgoing.path ?? '/'}`);
    // A path that a delivery had a part in must not name another host.
    if (url.origin !== new URL(origin).origin) throw new NotAllowed(`${outgoing.path ?? ''} is no path`);
    return { url, reach: simulator === null ? 'public' : 'loopback' };
  }
  if (!URL.canParse(outgoing.url)) throw new NotAllowed('this is no address');
  const url = new URL(outgoing.url);
  if (url.username !== '' || url.password !== '') throw new NotAllowed('an address with a name in it');
  const isTheirs = Object.values(bases).some((base) => new URL(base).origin === url.origin);
  if (simulator !== null && url.origin === new URL(simulator).origin) return { url, reach: 'loopback' };
  if (simulator !== null && isTheirs)
    return {
      url: new URL(`${simulator.replace(/\/+$/, '')}${url.pathname}${url.search}`),
      reach: 'loopback',
    };
  if (!isTheirs && outgoing.elsewhere !== true) throw new NotAllowed(`${url.host} is not the provider's`);
  if (url.protocol !== 'https:') throw new NotAllowed(`${url.host} is asked for without https`);
  return { url, reach: 'public' };
}

/** Resolves a name for the connection, and refuses it when any of its addresses is out of reach. */
function guarded(reach: Reach): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const bad = addresses.find(({ address }) => !mayReach(address, reach));
      const first = addresses[0];
      if (bad !== undefined || first === undefined)
        return callback(
          new NotAllowed(`${host} is ${bad?.address ?? 'nowhere'}, and providers are not called there`),
          '',
        );
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

type Encoded = readonly [body: Buffer | null, type: string | null];

function encode(body: OutgoingRequest['body']): Encoded {
  if (body === undefined) return [null, null];
  if (Buffer.isBuffer(body)) return [body, null];
  if (typeof body === 'string') return [Buffer.from(body), null];
  if (body instanceof URLSearchParams)
    return [Buffer.from(body.toString()), 'application/x-www-form-urlencoded'];
  return [Buffer.from(JSON.stringify(body)), 'application/json'];
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

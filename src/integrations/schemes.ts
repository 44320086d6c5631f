import { createHash } from 'node:crypto';
import { hmac, isSame } from './signatures.ts';

/** How each sender proves who it is. All compare in constant time, over the raw bytes; `false` for anything missing. */

type Headers = Readonly<Record<string, string | undefined>>;
type Signed = { readonly raw: Buffer; readonly headers: Headers };

/** A header by its name in lower case, as every request carries them. */
function headerOf({ headers }: { readonly headers: Headers }, name: string): string | undefined {
  return headers[name];
}

/** A token that we chose, in a header: nothing is signed, so the whole value is compared. */
export function tokenIsGood(
  request: { readonly headers: Headers },
  expected: string,
  header = 'authorization',
): boolean {
  return isSame(headerOf(request, header), expected);
}

/** Uber: hex over the body; any of the keys (client secret, signing key, the one before it). */
export function uberIsGood(request: Signed, keys: readonly string[]): boolean {
  const given = headerOf(request, 'x-uber-signature');
  return keys.map((key) => isSame(given, hmac('sha256', key, [request.raw], 'hex'))).includes(true);
}

/** Deliveroo: hex over guid, a blank and the body. The old POS webhooks put a line break between two blanks. */
export function deliverooIsGood(request: Signed, key: string, isLegacy = false): boolean {
  const guid = headerOf(request, 'x-deliveroo-sequence-guid');
  if (guid === undefined) return false;
  const expected = hmac('sha256', key, [guid, isLegacy ? ' \n ' : ' ', request.raw], 'hex');
  return isSame(headerOf(request, 'x-deliveroo-hmac-sha256'), expected);
}

/** JET Connect: `HMAC-SHA256 t=<ms>,signature=<base64>` over the body; the time is not signed. */
export function justEatIsGood(request: Signed, key: string): boolean {
  const given = /(?:^|[\s,])signature=(\S+)$/.exec(headerOf(request, 'x-jet-connect-hash') ?? '')?.[1];
  return isSame(given, hmac('sha256', key, [request.raw], 'base64'));
}

/** A plain HMAC in hex over the body: Deliverect, Bland. */
export function bodyIsGood(request: Signed, key: string, header: string): boolean {
  return isSame(headerOf(request, header), hmac('sha256', key, [request.raw], 'hex'));
}

/** Five minutes: what Retell and we ourselves allow between a signature and its reading. */
const FIVE_MINUTES = 300_000;

function isWithin(at: number, now: number, most: number): boolean {
  return Number.isFinite(at) && Math.abs(now - at) <= most;
}

/** Retell: `v=<ms>,d=<hex>` over body and time. */
export function retellIsGood(request: Signed, key: string, now: number): boolean {
  const [, time, given] = /^v=(\d+),d=([0-9a-f]+)$/.exec(headerOf(request, 'x-retell-signature') ?? '') ?? [];
  if (time === undefined || !isWithin(Number(time), now, FIVE_MINUTES)) return false;
  return isSame(given, hmac('sha256', key, [request.raw, time], 'hex'));
}

export type VapiScheme = {
  readonly header?: string;
  readonly timeHeader?: string;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  readonly prefix?: string;
};

/** Vapi: over time, a point and the body. Names and coding are the owner's choice, the unit of the time is undocumented. */
export function vapiIsGood(request: Signed, key: string, now: number, scheme: VapiScheme = {}): boolean {
  const { header = 'x-signature', timeHeader = 'x-timestamp', prefix = '' } = scheme;
  const time = headerOf(request, timeHeader) ?? '';
  const number = /^\d{9,14}$/.test(time) ? Number(time) : Number.NaN;
  if (!isWithin(number < 100_000_000_000 ? number * 1000 : number, now, FIVE_MINUTES)) return false;
  const { algorithm = 'sha256', encoding = 'hex' } = scheme;
  return isSame(headerOf(request, header), prefix + hmac(algorithm, key, [time, '.', request.raw], encoding));
}

const HALF_HOUR = 1_800_000;

/** ElevenLabs: `t=<s>,v0=<hex>` over time, a point and the body. */
export function elevenLabsIsGood(request: Signed, key: string, now: number): boolean {
  const header = headerOf(request, 'elevenlabs-signature') ?? '';
  const [, time, given] = /^t=(\d+),v0=([0-9a-f]+)$/.exec(header) ?? [];
  if (time === undefined || !isWithin(Number(time) * 1000, now, HALF_HOUR)) return false;
  return isSame(given, hmac('sha256', key, [time, '.', request.raw], 'hex'));
}

/**
 * Twilio: SHA-1 over the public address and, of a form, each field's name and value in the order of names. JSON is not in
 * the sum: its digest stands in the address (`bodySHA256`). A WebSocket signs its address alone.
 */
export function twilioIsGood(
  request: { readonly headers: Headers; readonly url: string; readonly raw?: Buffer },
  key: string,
): boolean {
  const digest = /[?&]bodySHA256=([0-9a-fA-F]+)/.exec(request.url)?.[1];
  const body = request.raw ?? Buffer.alloc(0);
  const isForm = digest === undefined && body.length > 0;
  if (digest !== undefined) {
    const sum = createHash('sha256').update(body).digest('hex');
    if (!isSame(digest.toLowerCase(), sum)) return false;
  }
  const fields = isForm ? [...new URLSearchParams(body.toString('utf8'))] : [];
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const expected = hmac('sha1', key, [request.url, ...sorted.flat()], 'base64');
  return isSame(headerOf(request, 'x-twilio-signature'), expected);
}

/** Standard Webhooks, which we sign with ourselves: `v1,<base64>` over id, time and body; the header may name several. */
export function standardIsGood(request: Signed, secret: string, now: number): boolean {
  const id = headerOf(request, 'webhook-id');
  const time = headerOf(request, 'webhook-timestamp') ?? '';
  if (id === undefined || !/^\d+$/.test(time) || !isWithin(Number(time) * 1000, now, FIVE_MINUTES))
    return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = `v1,${hmac('sha256', key, [`${id}.${time}.`, request.raw], 'base64')}`;
  const given = (headerOf(request, 'webhook-signature') ?? '').split(' ');
  return given.map((one) => isSame(one, expected)).includes(true);
}

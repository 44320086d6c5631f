import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bodyIsGood,
  deliverooIsGood,
  elevenLabsIsGood,
  justEatIsGood,
  retellIsGood,
  standardIsGood,
  tokenIsGood,
  twilioIsGood,
  uberIsGood,
  vapiIsGood,
} from './schemes.ts';
import { hmac } from './signatures.ts';
import { sample, sampleBytes } from './testing/samples.ts';

type Vector = {
  provider: string;
  secret: string;
  bodyFile?: string;
  bodyText?: string;
  bodySha256?: string;
  params?: Record<string, string>;
  url?: string;
  now?: number;
  headers: Record<string, string>;
};
type Try = { raw: Buffer; headers: Record<string, string>; url: string; secret: string; now: number };

const SCHEMES: Record<string, { good: (one: Try) => boolean; window?: number; unsigned?: true }> = {
  uber_eats: { good: (one) => uberIsGood(one, ['another key', one.secret]) },
  deliveroo: { good: (one) => deliverooIsGood(one, one.secret) },
  deliveroo_legacy_pos: { good: (one) => deliverooIsGood(one, one.secret, true) },
  just_eat_jet_connect: { good: (one) => justEatIsGood(one, one.secret) },
  deliverect: { good: (one) => bodyIsGood(one, one.secret, 'x-server-authorization-hmac-sha256') },
  retell: { good: (one) => retellIsGood(one, one.secret, one.now), window: 300_000 },
  vapi_hmac_default: { good: (one) => vapiIsGood(one, one.secret, one.now), window: 300_000 },
  vapi_legacy_secret: { good: (one) => tokenIsGood(one, one.secret, 'x-vapi-secret'), unsigned: true },
  bland: { good: (one) => bodyIsGood(one, one.secret, 'x-webhook-signature') },
  elevenlabs: { good: (one) => elevenLabsIsGood(one, one.secret, one.now), window: 1_800_000 },
  twilio: { good: (one) => twilioIsGood(one, one.secret) },
  twilio_websocket_handshake: { good: (one) => twilioIsGood(one, one.secret), unsigned: true },
  'standard_webhooks (ours, outgoing)': {
    good: (one) => standardIsGood(one, one.secret, one.now),
    window: 300_000,
  },
  standard_webhooks: { good: (one) => standardIsGood(one, one.secret, one.now), window: 300_000 },
  doordash_marketplace: { good: (one) => tokenIsGood(one, one.secret), unsigned: true },
  doordash_drive: { good: (one) => tokenIsGood(one, one.secret), unsigned: true },
};

const { vectors } = sample('signatures.json') as { vectors: Vector[] };

function tryOf(vector: Vector): Try {
  const raw =
    vector.bodyFile !== undefined
      ? sampleBytes(vector.bodyFile)
      : Buffer.from(vector.bodyText ?? new URLSearchParams(vector.params ?? {}).toString());
  const headers = Object.fromEntries(
    Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  // The maker's own vector gives the bare signature.
  if (headers['signature'] !== undefined)
    headers['x-jet-connect-hash'] = `HMAC-SHA256 t=1795200312000,signature=${headers['signature']}`;
  const stamp = Number(headers['x-timestamp'] ?? 0) * 1000;
  return { raw, headers, url: vector.url ?? '', secret: vector.secret, now: vector.now ?? stamp };
}

/** The same with one bit of one byte turned. */
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('who sent it', () => {
  it('[PL4] is believed for every vector, the makers own among them', () => {
    expect(vectors).toHaveLength(25);
    for (const [index, vector] of vectors.entries()) {
      const one = tryOf(vector);
      if (vector.bodySha256 !== undefined)
        expect(createHash('sha256').update(one.raw).digest('hex')).toBe(vector.bodySha256);
      expect(SCHEMES[vector.provider]?.good(one), `${index} ${vector.provider}`).toBe(true);
    }
  });

  it('[PL4] is not believed after one bit changed, with another key, without or with another header', () => {
    for (const [index, vector] of vectors.entries()) {
      const scheme = SCHEMES[vector.provider];
      const one = tryOf(vector);
      const name = `${index} ${vector.provider}`;
      if (scheme === undefined) throw new Error(`no scheme for ${vector.provider}`);
      expect(scheme.good({ ...one, secret: `${one.secret.slice(0, -2)}x=` }), `${name}: other key`).toBe(
        false,
      );
      expect(scheme.good({ ...one, headers: {} }), `${name}: no header`).toBe(false);
      for (const [header, value] of Object.entries(one.headers)) {
        const isSigned = /signature|hmac|hash|authorization|secret/.test(header);
        if (!isSigned || (header === 'authorization' && scheme.unsigned !== true)) continue;
        const changed = {
          ...one.headers,
          [header]: `${value.slice(0, -3)}${value.endsWith('A==') ? 'B==' : 'A=='}`,
        };
        delete changed['signature'];
        if (header !== 'signature')
          expect(scheme.good({ ...one, headers: changed }), `${name}: ${header}`).toBe(false);
      }
      if (scheme.unsigned !== true)
        for (const at of [0, Math.floor(one.raw.length / 2), one.raw.length - 1])
          expect(scheme.good({ ...one, raw: flipped(one.raw, at) }), `${name}: byte ${at}`).toBe(false);
    }
  });

  it('[PL4] is not believed outside the time that its scheme allows, before or after', () => {
    const timed = vectors.filter(({ provider }) => SCHEMES[provider]?.window !== undefined);
    expect(timed.length).toBeGreaterThanOrEqual(9);
    for (const vector of timed) {
      const one = tryOf(vector);
      const { good, window = 0 } = SCHEMES[vector.provider] ?? { good: () => true };
      for (const off of [window + 1_000, -window - 1_000])
        expect(good({ ...one, now: one.now + off }), `${vector.provider} ${off}`).toBe(false);
      for (const off of [window - 1_000, 1_000 - window])
        expect(good({ ...one, now: one.now + off }), `${vector.provider} ${off}`).toBe(true);
    }
  });

  it('[PL4] over JSON, Twilio digests the body into the address', () => {
    const raw = Buffer.from('{"a":1}');
    const digest = createHash('sha256').update(raw).digest('hex');
    const url = `https://hooks.example.test/twilio/json?bodySHA256=${digest}`;
    const headers = { 'x-twilio-signature': '' };
    const signed = { raw, url, headers: { 'x-twilio-signature': twilioSignature(url, 'key') } };
    expect(twilioIsGood(signed, 'key')).toBe(true);
    expect(twilioIsGood({ ...signed, raw: flipped(raw, 2) }, 'key')).toBe(false);
    expect(twilioIsGood({ ...signed, headers }, 'key')).toBe(false);
  });
});

function twilioSignature(url: string, key: string): string {
  return hmac('sha1', key, [url], 'base64');
}

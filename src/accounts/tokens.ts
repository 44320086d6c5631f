import { createHash, createHmac } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { roles } from '../domain/commands.ts';

/**
 * Access tokens: HS256, signed with a key that is derived from HEARD_SECRET, so that every node can read them and
 * `heard token` can write them beside a running server.
 */

const claims = z.object({
  /** The actor: `staff:maya`, `device:<id>`, `user:<id>`, `cli:waiter`, `demo:kitchen`. Scopes idempotency keys. */
  sub: z.string().min(1),
  /** The organization. */
  org: z.string().min(1),
  /** The one location; an owner's or manager's token of a whole organization has none. */
  loc: z.string().min(1).optional(),
  role: z.enum(roles),
  name: z.string().optional(),
  /** The paired screen it was made for. */
  dev: z.string().optional(),
  /** Stations the paired screen is assigned to. */
  st: z.array(z.string()).optional(),
  /** A guest's one order. */
  ord: z.string().optional(),
  /** Made by the demo's self-sign-in. */
  demo: z.boolean().optional(),
  /** Seconds since 1970. */
  exp: z.number(),
});

export type Claims = z.infer<typeof claims>;
export type NewClaims = Omit<Claims, 'exp'>;
export type TokenReading = { ok: true; claims: Claims } | { ok: false; why: 'expired' | 'refused' };

const ISSUER = 'heard';

/** A key of its own for each purpose, so that nothing made for one can be used for another. */
export function deriveKey(
  secret: string,
  purpose:
    | 'token'
    | 'input'
    | 'pin'
    | 'password'
    | 'credential'
    | 'link'
    | 'slip'
    | 'hook'
    | 'channel'
    | 'channel token',
): Buffer {
  return createHmac('sha256', secret).update(`heard ${purpose}`).digest();
}

/** Signs an access token that is good for `ttlSeconds`. */
export async function mintToken(secret: string, of: NewClaims, ttlSeconds: number): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...of })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(deriveKey(secret, 'token'));
}

/** Reads an access token: forged, malformed and foreign ones are `refused`. */
export async function readToken(secret: string, token: string): Promise<TokenReading> {
  try {
    const { payload } = await jwtVerify(token, deriveKey(secret, 'token'), {
      algorithms: ['HS256'],
      issuer: ISSUER,
    });
    const read = claims.safeParse(payload);
    return read.success ? { ok: true, claims: read.data } : { ok: false, why: 'refused' };
  } catch (error) {
    return { ok: false, why: error instanceof errors.JWTExpired ? 'expired' : 'refused' };
  }
}

const CACHED = 10_000;

/**
 * `readToken` with a memory: a screen says the same token with every request, and a signature costs more than the rest of
 * the door. Only good tokens are kept, and an expired one is found out by its time.
 */
export function createTokenReader(
  secret: string,
  now: () => number = Date.now,
): (token: string) => Promise<TokenReading> {
  const known = new Map<string, Claims>();
  return async (token) => {
    const key = token.length > 256 ? createHash('sha256').update(token).digest('base64') : token;
    const hit = known.get(key);
    if (hit !== undefined) {
      if (hit.exp * 1000 > now()) return { ok: true, claims: hit };
      known.delete(key);
      return { ok: false, why: 'expired' };
    }
    const reading = await readToken(secret, token);
    if (reading.ok) {
      if (known.size >= CACHED) known.delete(known.keys().next().value ?? '');
      known.set(key, reading.claims);
    }
    return reading;
  };
}

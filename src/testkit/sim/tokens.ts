import type { Claims, TokenReading } from '../../accounts/tokens.ts';

/**
 * Tokens as the accounts would sign them, in plain text: signing takes real time on a thread of its own, which no seed
 * would repeat. What a door does with claims is the same.
 */
export function writeToken(claims: Claims): string {
  return `sim.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

/** `now` in ms since 1970, by the clock of whoever reads. */
export function readToken(token: string, now: number): TokenReading {
  const [head, body, sign] = token.split('.');
  if (head !== 'sim' || sign !== 'sig' || body === undefined) return { ok: false, why: 'refused' };
  const claims: Claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  return claims.exp * 1000 <= now ? { ok: false, why: 'expired' } : { ok: true, claims };
}

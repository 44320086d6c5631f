import { hash } from 'node:crypto';

/** JSON with the fields of every object in one order: equal content gives equal text, however it was written. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Digest of a command's name and input: the same key with another digest is a reused key. Keyed, since what is digested
 * may be guessable (a phone number) and the digest is kept in a table; in one pass over one text, since it is on the
 * path of every order (an HMAC object a command was 3 % of the server's time).
 */
export function hashCommand(key: Buffer, name: string, input: unknown): string {
  return hash('sha256', `${key.toString('base64url')}\0${name}\0${canonicalJson(input)}`, 'base64url');
}

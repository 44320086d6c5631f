import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What every adapter's `verify` is made of. Each comparison takes the same time however much of it agrees. */

/** Equal texts? Both are digested first, so that not even their length shows. */
export function isSame(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined && expected !== '';
}

/** HMAC over the parts, one after the other. */
export function hmac(
  algorithm: 'sha1' | 'sha256' | 'sha512',
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
  encoding: 'hex' | 'base64',
): string {
  const sum = createHmac(algorithm, key);
  for (const part of parts) sum.update(part);
  return sum.digest(encoding);
}

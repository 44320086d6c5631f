/**
 * What a screen and the server compare: the sum over entities of fnv1a-64 of `kind|id|version`, modulo 2^53.
 * A sum, so that one change costs one subtraction and one addition. 2^53 divides 2^64, so only the low
 * 53 bits of each hash matter, and they fit a double.
 */

const LIMIT = 2 ** 53;
const HIGH_BITS = 2 ** 21;

/** fnv1a-64 of the UTF-8 of `kind|id|version`, its low 53 bits. */
export function entityHash(kind: string, id: string, version: number): number {
  const text = `${kind}|${id}|${version}`;
  // Two 32-bit halves; the prime is 2^40 + 0x1b3, so high·prime needs only high·0x1b3 + (low << 8).
  let low = 0x84222325;
  let high = 0xcbf29ce4;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // Nearly all of it is ASCII, and a screen hashes its whole board: bytes by a generator took five times as long.
    if (code >= 0x80) return hashBytes(text);
    low = (low ^ code) >>> 0;
    const lowProduct = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.imul(low, 0x100) + Math.floor(lowProduct / 0x1_0000_0000)) >>> 0;
    low = lowProduct >>> 0;
  }
  return (high % HIGH_BITS) * 0x1_0000_0000 + low;
}

/** The same for any text. */
function hashBytes(text: string): number {
  let low = 0x84222325;
  let high = 0xcbf29ce4;
  for (const byte of utf8(text)) {
    low = (low ^ byte) >>> 0;
    const lowProduct = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.imul(low, 0x100) + Math.floor(lowProduct / 0x1_0000_0000)) >>> 0;
    low = lowProduct >>> 0;
  }
  return (high % HIGH_BITS) * 0x1_0000_0000 + low;
}

/** `sum + hash`, modulo 2^53. */
export function addHash(sum: number, hash: number): number {
  const rest = LIMIT - hash;
  return sum >= rest ? sum - rest : sum + hash;
}

/** `sum - hash`, modulo 2^53. */
export function removeHash(sum: number, hash: number): number {
  return sum >= hash ? sum - hash : sum + (LIMIT - hash);
}

/** The hash of a whole view, from nothing. */
export function viewHash(entities: Iterable<{ kind: string; id: string; version: number }>): number {
  let sum = 0;
  for (const { kind, id, version } of entities) sum = addHash(sum, entityHash(kind, id, version));
  return sum;
}

function* utf8(text: string): Generator<number> {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) yield code;
    else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)];
    else if (code < 0x10000) yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
    else
      yield* [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  }
}

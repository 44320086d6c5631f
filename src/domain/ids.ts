/**
 * Ids that follow from other ids. `decide` has no randomness, and the browser predicts with the same code:
 * both must give a new ticket the same id, or the card blinks when the server's answer comes.
 */

/** The UUID (version 7 in form) that the thing number `index` made by a command gets. */
export function deriveId(commandId: string, index: number): string {
  const hex = hash128(`${commandId}#${index}`);
  const time = commandId.replaceAll('-', '').slice(0, 12).padEnd(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hex.slice(0, 3)}-${variant(hex)}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

/** A UUID that follows from several words: how a policy names the command that must happen only once. */
export function nameId(...parts: readonly string[]): string {
  const hex = hash128(parts.join('\u001f'));
  return `${hex.slice(20, 28)}-${hex.slice(28, 32)}-8${hex.slice(0, 3)}-${variant(hex)}${hex.slice(4, 7)}-${hex.slice(8, 20)}`;
}

function variant(hex: string): string {
  return ((Number.parseInt(hex.charAt(3), 16) & 0x3) | 0x8).toString(16);
}

/** 32 hex digits from two passes of 32 bits each, the other half mixed from both: enough against accidents, no secret. */
function hash128(text: string): string {
  const a = murmur3(text, 0x9e3779b9);
  const b = murmur3(text, 0x85ebca6b);
  const c = mix(a ^ Math.imul(b, 0xc2b2ae35));
  const d = mix(b ^ Math.imul(a, 0x27d4eb2f));
  return [a, b, c, d].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** MurmurHash3 x86 32 over UTF-16 units (A. Appleby, public domain); unsigned. */
function murmur3(key: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < key.length; index += 1) {
    let block = Math.imul(key.charCodeAt(index), 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return mix(hash ^ key.length);
}

function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

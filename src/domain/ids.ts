/**
 * Ids that follow from other ids. `decide` has no randomness, and the browser predicts with the same code:
 * both must give a new ticket the same id, or the card blinks when the server's answer comes.
 */

/** The UUID (version 7 in form) that the thing number `index` made by a command gets. */
export function deriveId(commandId: string, index: number): string {
  const seedText = `${commandId}#${index}`;
  const words = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].map((seed) => murmur3(seedText, seed));
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const time = commandId.replaceAll('-', '').slice(0, 12).padEnd(12, '0');
  const variant = ((Number.parseInt(hex.charAt(3), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

/** A UUID that follows from several words: how a policy names the command that must happen only once. */
export function nameId(...parts: readonly string[]): string {
  const seedText = parts.join('\u001f');
  const hex = [1, 2, 3, 4].map((seed) => murmur3(seedText, seed).toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
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
  hash ^= key.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

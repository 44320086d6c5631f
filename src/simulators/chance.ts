/** Chance that repeats: the same seed gives the same past (mulberry32, T. Ettinger, public domain). */
export type Chance = {
  /** In [0, 1). */
  next(): number;
  /** A whole number below `bound`. */
  below(bound: number): number;
  between(low: number, high: number): number;
  /** True so many times of a hundred, as a share of one. */
  is(share: number): boolean;
  pick<T>(list: readonly T[]): T;
};

export function createChance(seed: number): Chance {
  let word = seed | 0;
  const next = (): number => {
    word = (word + 0x6d2b79f5) | 0;
    let mixed = Math.imul(word ^ (word >>> 15), 1 | word);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    is: (share) => next() < share,
    pick(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new RangeError('There is nothing to pick from');
      return found;
    },
  };
}

/** A seed for a part of something larger, by its name: what one part draws changes nothing for the others. */
export function seedOf(seed: number, part: string): number {
  let word = seed | 0;
  for (const byte of Buffer.from(part)) word = Math.imul(word ^ byte, 0x01000193);
  return word;
}

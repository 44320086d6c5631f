/** Chance that repeats: the same seed gives the same numbers (sfc32, C. Doty-Humphrey's small fast counter). */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** A whole number below `bound`. */
  below(bound: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A generator of its own, so that one more draw here does not move every draw there. */
  fork(): Random;
};

export function createRandom(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162 ^ seed, 1 + Math.floor(seed / 2 ** 32)];
  function word(): number {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }
  for (let index = 0; index < 12; index += 1) word();
  const next = (): number => word() / 2 ** 32;
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new RangeError('There is nothing to pick from');
      return found;
    },
    fork: () => createRandom(word()),
  };
}

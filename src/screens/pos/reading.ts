/** Reads values that nobody has checked: another page's storage, a command's input, an answer. What is not as said is nothing. */

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function textAt(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** A whole number; `least` is the smallest allowed. */
export function wholeAt(value: unknown, name: string, least = 0): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= least ? found : undefined;
}

export function wordsAt(value: unknown, name: string): string[] {
  return listAt(value, name, (one) => (typeof one === 'string' ? one : undefined)) ?? [];
}

/** Every entry as `read` understands it; undefined when it is no list, or when one entry is not understood. */
export function listAt<T>(
  value: unknown,
  name: string,
  read: (one: unknown) => T | undefined,
): T[] | undefined {
  const found = field(value, name);
  if (!Array.isArray(found)) return undefined;
  const list: T[] = [];
  for (const one of found) {
    const understood = read(one);
    if (understood === undefined) return undefined;
    list.push(understood);
  }
  return list;
}

/** One of the words that are known. */
export function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

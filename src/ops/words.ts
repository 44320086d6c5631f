import { FORGOTTEN } from '../domain/forgetting.ts';
import type { Json } from '../log/types.ts';

/** What people said, word for word. */
export type Words = ReadonlySet<string>;

/** Texts that hold one of the words, overwritten whole: a sentence around a name may give it away. */
export function withoutWords(value: Json, words: Words): Json {
  if (typeof value === 'string') return holds(value, words) ? FORGOTTEN : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) {
    const list = value.map((one) => withoutWords(one, words));
    return list.every((one, index) => one === value[index]) ? value : list;
  }
  const pairs = Object.entries(value).map(([key, one]): [string, Json] => [key, withoutWords(one, words)]);
  return pairs.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(pairs);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Shorter words stand in everything. */
export const LEAST = 3;

function holds(text: string, words: Words): boolean {
  if (words.has(text)) return true;
  for (const word of words) if (word.length >= LEAST && text.includes(word)) return true;
  return false;
}

import { plain } from './spoken.ts';

/**
 * Which dish or option somebody means by a name. Safe rather than clever: what is the same but for a plural, an article or
 * a slip of the keys is taken, whatever else is like it is asked back. Nobody gets bacon because "cheese burger" was near.
 */
export type Match<T> =
  | { readonly kind: 'one'; readonly thing: T }
  /** These are like it, the likeliest first. */
  | { readonly kind: 'several'; readonly things: readonly T[] }
  | { readonly kind: 'none' };

export type Named<T> = { readonly thing: T; readonly names: readonly string[] };

const EMPTY = new Set(
  'a an the of with and some please one order portion un una el la los las de del con y por favor porcion في من مع و'.split(
    ' ',
  ),
);
/** As alike as one slip in a word of five letters. */
const SLIP = 0.8;
const LIKE = 0.5;
const MARGIN = 0.1;
const MOST = 4;

export function matchName<T>(said: string, list: readonly Named<T>[]): Match<T> {
  const wanted = wordsOf(said);
  if (wanted.length === 0) return { kind: 'none' };
  const key = keyOf(wanted);
  const exact = list.filter(({ names }) => names.some((name) => keyOf(wordsOf(name)) === key));
  const [only] = exact;
  if (only !== undefined && exact.length === 1) return { kind: 'one', thing: only.thing };
  if (exact.length > 1) return { kind: 'several', things: exact.slice(0, MOST).map(({ thing }) => thing) };
  const ranked = list
    .map(({ thing, names }) => ({ thing, ...best(wanted, names) }))
    .filter(({ said: covered, score }) => score >= LIKE || covered >= SLIP)
    .toSorted((a, b) => b.score - a.score);
  const [first, second] = ranked;
  if (first === undefined) return { kind: 'none' };
  if (
    first.said >= SLIP &&
    first.whole >= SLIP &&
    (second === undefined || second.score < first.score - MARGIN)
  )
    return { kind: 'one', thing: first.thing };
  return { kind: 'several', things: ranked.slice(0, MOST).map(({ thing }) => thing) };
}

type Score = { readonly said: number; readonly whole: number; readonly score: number };

function best(wanted: readonly string[], names: readonly string[]): Score {
  let top: Score = { said: 0, whole: 0, score: 0 };
  for (const name of names) {
    const words = wordsOf(name);
    if (words.length === 0) continue;
    // "Cheese burger" and "cheeseburger" are written either way.
    const said = cover(wanted, [...words, ...pairs(words)], pairs(wanted));
    const whole = cover(words, [...wanted, ...pairs(wanted)], pairs(words));
    const score = said + whole === 0 ? 0 : (2 * said * whole) / (said + whole);
    if (score > top.score) top = { said, whole, score };
  }
  return top;
}

/** How well each word is found among the others; the worst word counts where all are found. */
function cover(words: readonly string[], among: readonly string[], joined: readonly string[]): number {
  const found = words.map((word, index) => {
    const inPair = [joined[index - 1], joined[index]].some(
      (pair) => pair !== undefined && among.some((other) => alike(pair, other) >= SLIP),
    );
    return inPair ? 1 : Math.max(0, ...among.map((other) => alike(word, other)));
  });
  const sure = found.map((one) => (one >= SLIP ? one : 0));
  return sure.every((one) => one > 0)
    ? Math.min(...sure)
    : sure.reduce((sum, one) => sum + one, 0) / Math.max(1, words.length);
}

function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, index) => `${words[index] ?? ''}${word}`);
}

/** 1 for equal words, less for each letter that is other, missing, too many or changed for its neighbour. */
function alike(a: string, b: string): number {
  if (a === b) return 1;
  const longest = Math.max(a.length, b.length);
  // A word of three letters is another word with one changed, and "IPA 2" is not "IPA 3".
  if (Math.min(a.length, b.length) < 4 || /\d/.test(a + b) || Math.abs(a.length - b.length) > 2) return 0;
  return 1 - distance(a, b) / longest;
}

function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

function wordsOf(text: string): string[] {
  return plain(text)
    .replaceAll(/[./+:-]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !EMPTY.has(word))
    .map(singular);
}

function singular(word: string): string {
  if (/(?:ch|sh|x|ss)es$/.test(word) && word.length > 4) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function keyOf(words: readonly string[]): string {
  return words.toSorted().join(' ');
}

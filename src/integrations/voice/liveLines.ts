import type { ProviderTools } from '../provider.ts';
import type { SpokenLine } from './canonical.ts';

/**
 * The last lines of calls that are going on, of providers that send one line at a time. In this process's memory and
 * bounded: words as they are spoken may be lost, what is on record comes at the end.
 */
export type LiveLines = {
  /** Takes up what was said and gives back what is to be shown. */
  add(key: string, lines: readonly SpokenLine[], whole: boolean): readonly SpokenLine[];
  drop(key: string): void;
};

const MOST_CALLS = 500;
const MOST_LINES = 30;
const LONGEST = 400;

export function createLiveLines(): LiveLines {
  const calls = new Map<string, SpokenLine[]>();
  return {
    add(key, lines, whole) {
      const known = whole ? [] : [...(calls.get(key) ?? [])];
      for (const line of lines) {
        const last = known.at(-1);
        // What was heard so far of a sentence gives way to the rest of it.
        if (last !== undefined && !last.final && last.who === line.who) known.pop();
        known.push({ ...line, text: line.text.slice(-LONGEST).toWellFormed() });
      }
      const shown = known.slice(-MOST_LINES);
      calls.delete(key);
      calls.set(key, shown);
      for (const oldest of calls.keys()) {
        if (calls.size <= MOST_CALLS) break;
        calls.delete(oldest);
      }
      return shown;
    },
    drop: (key) => void calls.delete(key),
  };
}

export function linesKey({ location }: Pick<ProviderTools, 'location'>, call: string): string {
  return `${location} ${call}`;
}

import type { CallView } from '../../../domain/call/entities.ts';
import { isLive } from '../../../domain/call/state.ts';

/** The words of a call: as they are spoken, in passing, and as they are on record afterwards. */

export type Spoken = {
  readonly who: 'agent' | 'caller' | 'staff';
  readonly text: string;
  /** Seconds from the beginning of the call; null: nobody said when. */
  readonly at: number | null;
  /** It may still grow or change. */
  readonly final: boolean;
};

/** All; no words as they are spoken, because the page only asks from time to time; nothing. */
export type Reach = 'all' | 'noWords' | 'nothing';

/** What the card shows of the words, and why it shows none. */
export type Words =
  | { readonly show: 'lines'; readonly lines: readonly Spoken[]; readonly cut: boolean }
  /** They will come: nobody has spoken yet, or nothing was heard so far. */
  | { readonly show: 'soon' }
  /** This line's provider says them after the call, or never. */
  | { readonly show: 'after' }
  /** The connection that this page has now carries no words, or there is none. */
  | { readonly show: 'carried' | 'cut' }
  /** Over, and the written words are not here yet. */
  | { readonly show: 'written' }
  | { readonly show: 'none' };

/**
 * @param live what is said of the call in passing: a stranger's word, read and never trusted
 * @param reach what can reach this page now
 */
export function wordsOf(call: CallView, live: unknown, reach: Reach): Words {
  const record = (call.turns ?? []).map(({ who, text, at }) => ({ who, text, at: at ?? null, final: true }));
  const cut = call.cut === true;
  if (!isLive(call)) {
    if (record.length > 0) return { show: 'lines', lines: record, cut };
    const spoken = linesOf(live, call.startedAt);
    if (spoken.length > 0) return { show: 'lines', lines: spoken.map(finished), cut: false };
    return { show: call.analysis === 'pending' ? 'written' : 'none' };
  }
  const spoken = linesOf(live, call.startedAt);
  if (spoken.length > 0) return { show: 'lines', lines: spoken, cut: false };
  if (record.length > 0) return { show: 'lines', lines: record, cut };
  if (call.quiet === true) return { show: 'after' };
  return { show: reach === 'all' ? 'soon' : reach === 'noWords' ? 'carried' : 'cut' };
}

/** The lines that can be read out of it; what is no line is left out. */
export function linesOf(live: unknown, startedAt: string): Spoken[] {
  if (!isRecord(live) || !Array.isArray(live['lines'])) return [];
  return live['lines'].flatMap((line: unknown) => {
    if (!isRecord(line)) return [];
    const { who, text, at, final } = line;
    if (who !== 'agent' && who !== 'caller' && who !== 'staff') return [];
    if (typeof text !== 'string' || text.trim() === '') return [];
    return [{ who, text, at: secondsOf(at, startedAt), final: final !== false }];
  });
}

/** Seconds, or an instant that is reckoned from the beginning. */
function secondsOf(at: unknown, startedAt: string): number | null {
  if (typeof at === 'number' && Number.isFinite(at)) return Math.max(0, at);
  if (typeof at !== 'string') return null;
  const seconds = (Date.parse(at) - Date.parse(startedAt)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

function finished(line: Spoken): Spoken {
  return { ...line, final: true };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

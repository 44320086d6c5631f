import { tagOf } from '../log/tag.ts';
import type { Json, StoredEvent } from '../log/types.ts';

/**
 * What another node says about a location's log: that it has reached `head`, and perhaps, as a courtesy, the events
 * themselves. It is never believed: it must continue exactly what this node has, or the log is asked.
 */
export type Courtesy = {
  /** Of the location's history: a node of another installation has another one. */
  readonly epoch: string;
  /** The head that the events continue, and the tag of the event there. */
  readonly from: number;
  readonly tag: string;
  readonly head: number;
  /** All events in (from, head]; null when they were too large to send along. */
  readonly events: readonly StoredEvent[] | null;
};

/** Reads what came over the wire; null for what is none. */
export function readCourtesy(value: unknown): Courtesy | null {
  if (!isRecord(value)) return null;
  const { epoch, from, tag, head, events } = value;
  if (typeof epoch !== 'string' || typeof tag !== 'string' || !isSeq(from) || !isSeq(head) || head < from)
    return null;
  if (events === null || events === undefined) return { epoch, from, tag, head, events: null };
  if (!Array.isArray(events) || events.length !== head - from) return null;
  const stored: StoredEvent[] = [];
  for (const [index, event] of events.entries()) {
    const read = readStored(event, from + index + 1);
    if (read === null) return null;
    stored.push(read);
  }
  return { epoch, from, tag, head, events: stored };
}

/**
 * The events of a courtesy that come after `head`, if they continue precisely the event that is there; empty when they
 * are old news; null when only the log can tell.
 */
export function continuing(
  courtesy: Courtesy,
  head: number,
  tagAt: (seq: number) => string | null,
): readonly StoredEvent[] | null {
  if (courtesy.head <= head) return [];
  if (courtesy.events === null || courtesy.from > head) return null;
  const own = tagAt(head);
  const base = courtesy.events[head - courtesy.from - 1];
  const theirs = base === undefined ? courtesy.tag : tagOf(base);
  return own !== null && own === theirs ? courtesy.events.slice(head - courtesy.from) : null;
}

function readStored(value: unknown, seq: number): StoredEvent | null {
  if (!isRecord(value) || value['seq'] !== seq) return null;
  const { at, by, command, type, v, data } = value;
  if (typeof at !== 'string' || typeof command !== 'string' || typeof type !== 'string') return null;
  if (typeof v !== 'number' || !isJson(by) || !isJson(data)) return null;
  return { seq, at, by, command, type, v, data };
}

/** It came out of JSON.parse: what is an object there is JSON all the way down. */
function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

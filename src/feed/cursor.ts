import { topicKind } from '../domain/rights.ts';
import { standingOf } from '../domain/views.ts';
import type { Audience, FeedLocation, FeedSource, Views } from './source.ts';

/**
 * A cursor says "I have everything up to here, in this shape". It is opaque to its bearer, not secret and not signed:
 * it is checked against the log, never believed.
 */
export type Cursor = {
  readonly epoch: string;
  readonly seq: number;
  readonly tag: string;
  readonly rules: string;
  readonly audience: Audience;
  readonly topic: string;
};

const FORM = 'c1';
const EPOCH_LETTERS = 8;
const RULES_LETTERS = 6;

export function encodeCursor(
  location: FeedLocation,
  rules: string,
  topic: string,
  audience: Audience,
  seq: number,
): string {
  const tag = tagOf(location, topic, seq) ?? '?';
  const letter = LETTERS[audience];
  const text = [
    FORM,
    location.epoch.slice(0, EPOCH_LETTERS),
    seq,
    tag,
    rules.slice(0, RULES_LETTERS),
    letter,
    topic,
  ].join('.');
  return Buffer.from(text).toString('base64url');
}

const AUDIENCES = ['staff', 'display', 'guest'] as const;
const LETTERS = { staff: 's', display: 'd', guest: 'g' } as const;

/** The word for what happened at a position; of a guest's topic only its last change has one. */
function tagOf(location: FeedLocation, topic: string, seq: number): string | null {
  if (topicKind(topic) !== 'order') return location.tagAt(seq);
  const standing = standingOf(location.state, topic);
  return standing?.pos === seq ? standing.mark : null;
}

/** Null for what is no cursor of ours. */
export function decodeCursor(text: string): Cursor | null {
  const [form, epoch, seq, tag, rules, letter, ...topic] = Buffer.from(text, 'base64url')
    .toString('utf8')
    .split('.');
  const position = Number(seq);
  if (form !== FORM || epoch === undefined || tag === undefined || rules === undefined || topic.length === 0)
    return null;
  const audience = AUDIENCES.find((one) => LETTERS[one] === letter);
  if (!Number.isSafeInteger(position) || position < 0 || audience === undefined) return null;
  return {
    epoch,
    seq: position,
    tag,
    rules,
    audience,
    topic: topic.join('.'),
  };
}

export type Verdict =
  | { readonly ok: true; readonly seq: number }
  | { readonly ok: false; readonly reset: string };

/**
 * Is everything up to the cursor's position really what its bearer has? Any doubt is a reset:
 * `bad_cursor`, `restored` (another history), `fork` (a position that the log does not have, or another event there),
 * `other_view` (another topic, audience or version of the rules), `too_old`.
 *
 * Of one topic the last two are said of a history that the bearer shares, and by a node that has read as far: what comes
 * in place of the copy is never older than it.
 */
export async function checkCursor(
  text: string,
  location: FeedLocation,
  topic: string,
  audience: Audience,
  rules: string,
  source: Pick<FeedSource, 'tagAt' | 'refresh'>,
  views: Pick<Views, 'goneSince'>,
): Promise<Verdict> {
  const cursor = decodeCursor(text);
  if (cursor === null) return { ok: false, reset: 'bad_cursor' };
  if (cursor.topic !== topic) return { ok: false, reset: 'other_view' };
  if (cursor.epoch !== location.epoch.slice(0, EPOCH_LETTERS)) return { ok: false, reset: 'restored' };
  // Another node may have told more than this one has read.
  const head = () => standingOf(location.state, topic)?.pos ?? 0;
  if (cursor.seq > head()) await source.refresh(location.id);
  if (cursor.seq > head()) return { ok: false, reset: 'fork' };
  // A guest's topic is one entity, sent whole: whatever a reader has of before, the next frame replaces.
  const isReplaced = audience === 'guest' && cursor.seq < head();
  if (!isReplaced && cursor.tag !== (await tagThere(location, topic, cursor.seq, source)))
    return { ok: false, reset: 'fork' };
  if (cursor.audience !== audience || cursor.rules !== rules.slice(0, RULES_LETTERS))
    return { ok: false, reset: 'other_view' };
  if (audience !== 'guest' && views.goneSince(location.state, topic, cursor.seq) === null)
    return { ok: false, reset: 'too_old' };
  return { ok: true, seq: cursor.seq };
}

/** The word for what happened at a position, from the log where memory does not reach so far. */
async function tagThere(
  location: FeedLocation,
  topic: string,
  seq: number,
  source: Pick<FeedSource, 'tagAt'>,
): Promise<string | null> {
  const known = tagOf(location, topic, seq);
  return known !== null || topicKind(topic) === 'order' ? known : source.tagAt(location.id, seq);
}

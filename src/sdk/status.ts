import { isPush } from './ladder.ts';
import type { Transport, Via } from './ladder.ts';
import type { State } from './machineState.ts';
import type { BlockedReason, ConnectionView } from './shapes.ts';

/** What the connection bar may say. Pure: the same facts give the same words. */
export type ConnectionFacts = {
  state: State;
  /** What carries the frames; null while nothing does. */
  via: Via | null;
  /** The same, of the page that has the connection. */
  through: Transport | null;
  isLive: boolean;
  /** This device's clock. */
  lastFrameAt: number | null;
  /** For how long what arrives now was on its way. */
  lateMs: number;
  inStep: boolean;
  behind: number;
  rules: ConnectionView['rules'];
  clockKnown: boolean;
  reconnects: number;
  repairs: number;
  now: number;
  serverNow: number;
};

const MESSAGES: { readonly [R in BlockedReason]: string } = {
  pair: 'Pair this screen again.',
  revoked: 'This screen was revoked. A manager can pair it again.',
  no_such_place: 'There is no such location or view here.',
  version: 'This page is too old for the server. Reload it.',
  bad_frames: 'The server does not understand this page. Reload it.',
  refused: 'The server refuses this screen.',
};

/** Never been connected: this long it is still "connecting", then it is offline. */
const FIRST_TRY_MS = 5_000;
/** A line on which everything comes so late is not live, however steadily it comes. */
const LATE_MS = 5_000;
/** `lastProofAt` moves at most this often, so that a busy rush does not repaint the bar with every frame. */
const PROOF_STEP_MS = 1000;

/** The view as it follows from the facts; the very same object when nothing that is shown changed. */
export function describeConnection(before: ConnectionView | null, facts: ConnectionFacts): ConnectionView {
  const { state, lastFrameAt } = facts;
  const toServer = facts.serverNow - facts.now;
  // A frame that stood in a queue proves what was true when it was sent.
  const exactProof = lastFrameAt === null ? null : lastFrameAt + toServer - facts.lateMs;
  const lastProofAt =
    before &&
    before.lastProofAt !== null &&
    exactProof !== null &&
    Math.abs(exactProof - before.lastProofAt) < PROOF_STEP_MS
      ? before.lastProofAt
      : exactProof;
  const word = wordOf(facts, before);
  const since =
    before?.word === word
      ? before.since
      : word === 'offline'
        ? (lastProofAt ?? before?.since ?? facts.serverNow)
        : facts.serverNow;
  const waiting = state.name === 'waiting' || state.name === 'offline' ? state.until + toServer : null;
  const next: ConnectionView = {
    word,
    since,
    lastProofAt,
    behind: word === 'catching_up' ? facts.behind : 0,
    age: word === 'polling' && exactProof !== null ? ageOf(exactProof, facts, before) : null,
    via: facts.via,
    through: facts.through,
    blocked: state.name === 'blocked' ? { reason: state.reason, message: MESSAGES[state.reason] } : null,
    // The clock's last corrections are no news.
    nextTryAt:
      waiting !== null && before?.nextTryAt && Math.abs(waiting - before.nextTryAt) < PROOF_STEP_MS
        ? before.nextTryAt
        : waiting,
    rules: facts.rules,
    clockKnown: facts.clockKnown,
    reconnects: facts.reconnects,
    repairs: facts.repairs,
  };
  return before && isSame(before, next) ? before : next;
}

/** In whole seconds, so that it is news once a second at most. */
function ageOf(proof: number, { serverNow }: ConnectionFacts, before: ConnectionView | null): number {
  const age = Math.max(0, Math.floor((serverNow - proof) / 1000)) * 1000;
  return before?.age === age ? before.age : age;
}

function wordOf(facts: ConnectionFacts, before: ConnectionView | null): ConnectionView['word'] {
  const { state, lastFrameAt, now, serverNow } = facts;
  if (state.name === 'blocked') return 'blocked';
  if (state.name === 'closed') return 'offline';
  if (facts.isLive)
    return facts.inStep && facts.lateMs < LATE_MS
      ? isPush(facts.through ?? 'websocket')
        ? 'live'
        : 'polling'
      : 'catching_up';
  // Between two connections, with a proof that is still fresh: it is being made up for, not lost.
  if (lastFrameAt !== null)
    return now - lastFrameAt < 20_000 && state.name !== 'offline' ? 'catching_up' : 'offline';
  const trying = before?.word === 'connecting' ? serverNow - before.since : 0;
  return before?.word === 'offline' || trying > FIRST_TRY_MS ? 'offline' : 'connecting';
}

function isSame(a: ConnectionView, b: ConnectionView): boolean {
  return (
    a.word === b.word &&
    a.since === b.since &&
    a.lastProofAt === b.lastProofAt &&
    a.behind === b.behind &&
    a.age === b.age &&
    a.via === b.via &&
    a.through === b.through &&
    a.blocked?.reason === b.blocked?.reason &&
    a.nextTryAt === b.nextTryAt &&
    a.rules === b.rules &&
    a.clockKnown === b.clockKnown &&
    a.reconnects === b.reconnects &&
    a.repairs === b.repairs
  );
}

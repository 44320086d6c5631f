import type { CommandName } from '../domain/commands.ts';
import type { Problem, ProblemCode } from '../protocol/problems.ts';
import { lifeOf } from './kept.ts';
import type { Kept } from './kept.ts';
import type { Answer, OutboxView, Pending, Refused } from './shapes.ts';

/** A tap of this page, and how far it got. */
export type Entry = {
  kept: Kept;
  readonly approval: string | undefined;
  state: 'saving' | 'waiting' | 'sending' | 'unsent';
  /** Storage has it. */
  stored: boolean;
  /** Taken back: storage must not keep what is still being written. */
  dropped: boolean;
  attempts: number;
  alone: boolean;
  readonly saved: (safe: boolean) => void;
  /** Null for a tap of an earlier page: nobody waits. */
  readonly resolve: ((answer: Answer) => void) | null;
};

const MAX_BATCH = 100;
const MAX_BATCH_CHARS = 200_000;

/** An order that nobody looked at for ten minutes may have been sent by mouth: a person decides. */
export function asksAt({ name, confirmed, localAt }: Kept, now: number): boolean {
  const { asks } = lifeOf(name);
  return asks !== undefined && confirmed !== true && now - localAt > asks;
}

/** What a screen is shown of a tap. */
export function pendingOf(kept: Kept, state: Pending['state'], attempts: number, stored: boolean): Pending {
  const { id, name, body, aggregate, tappedAt, who = null } = kept;
  return { id, name, input: JSON.parse(body), aggregate, tappedAt, state, attempts, kept: stored, who };
}

export function viewOf(
  pending: readonly Pending[],
  durable: boolean,
  refused: readonly Refused[],
): OutboxView {
  return {
    pending,
    unsent: pending.filter(({ state, attempts }) => state !== 'sending' || attempts > 0).length,
    oldest: pending.reduce<number | null>(
      (oldest, { tappedAt }) => (oldest === null ? tappedAt : Math.min(oldest, tappedAt)),
      null,
    ),
    durable,
    refused,
  };
}

/** As many as one call may carry. */
export function cut(entries: readonly Entry[]): Entry[] {
  let chars = 0;
  return entries
    .slice(0, MAX_BATCH)
    .filter(({ kept }, index) => (chars += kept.body.length) <= MAX_BATCH_CHARS || index === 0);
}

/** A refusal that the server knows nothing of. */
export function localRefusal(
  { id, name }: { id: string; name: CommandName },
  reason: 'refused' | 'discarded' | 'expired',
  code: ProblemCode,
  detail: string,
): Extract<Answer, { ok: false }> {
  const problem: Problem = {
    type: `urn:heard:problem:${code}`,
    title: detail,
    status: code === 'conflict' ? 409 : 503,
    detail,
    code,
  };
  return { ok: false, id, name, reason, problem, current: null };
}

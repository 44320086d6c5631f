import type { Kept } from './kept.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import type { Answer, Refused } from './shapes.ts';

/**
 * What became of taps and is not over yet: those that the server acknowledged a moment ago, in case it loses them again
 * (a backup put back, a standby that took over), and refusals that nobody has seen.
 */
export type Shelf = {
  readonly refused: readonly Refused[];
  acknowledged(kept: Kept): void;
  refuse(kept: Kept, answer: Extract<Answer, { ok: false }>, reason: 'refused' | 'expired'): void;
  dismiss(id: string): void;
  /** A text of storage that stands on this shelf; false when it is a tap on its way. */
  adopt(kept: Kept): boolean;
  /** Everything acknowledged of late, oldest tap first; it leaves the shelf. */
  takeAcknowledged(): Kept[];
  /** Lets go what was acknowledged long ago. */
  clean(): void;
};

export const KEEP_DONE_MS = 10 * 60_000;
const MAX_DONE = 500;
const MAX_REFUSED = 50;

export function createShelf(storage: OutboxStorage, now: () => number): Shelf {
  const done = new Map<string, Kept>();
  let refused: readonly Refused[] = [];

  // A tap that stays in storage by mistake is sent again, and answered from the key it had.
  const drop = (id: string): void => void storage.remove(id).catch(() => undefined);
  const write = (kept: Kept): Promise<void> => storage.put(kept.id, JSON.stringify(kept));
  const isOld = ({ done: at = 0 }: Kept): boolean => Math.abs(now() - at) > KEEP_DONE_MS;

  function clean(): void {
    for (const kept of done.values()) {
      if (!isOld(kept) && done.size <= MAX_DONE) continue;
      done.delete(kept.id);
      drop(kept.id);
    }
  }

  function show(kept: Kept, answer: Extract<Answer, { ok: false }>): void {
    const all = [...refused, { ...answer, input: JSON.parse(kept.body), tappedAt: kept.tappedAt }];
    for (const { id } of all.slice(0, -MAX_REFUSED)) drop(id);
    refused = all.slice(-MAX_REFUSED);
  }

  return {
    get refused() {
      return refused;
    },
    acknowledged(kept) {
      const { refusal: _, ...tap } = kept;
      const finished = { ...tap, done: now() };
      done.delete(kept.id);
      done.set(kept.id, finished);
      void write(finished).catch(() => drop(kept.id));
      clean();
    },
    refuse(kept, answer, reason) {
      show(kept, answer);
      // Where that cannot be written the tap itself stays: the next page has it refused once more, and says so.
      void write({ ...kept, refusal: { reason, problem: answer.problem } }).catch(() => undefined);
    },
    dismiss(id) {
      refused = refused.filter((answer) => answer.id !== id);
      drop(id);
    },
    adopt(kept) {
      if (kept.refusal !== undefined) {
        const { id, name, refusal } = kept;
        if (!refused.some((one) => one.id === id))
          show(kept, { ok: false, id, name, ...refusal, current: null });
        return true;
      }
      if (kept.done === undefined) return false;
      if (isOld(kept)) drop(kept.id);
      else if (!done.has(kept.id)) done.set(kept.id, kept);
      return true;
    },
    takeAcknowledged() {
      clean();
      const all = [...done.values()].sort((a, b) => a.n - b.n);
      done.clear();
      return all;
    },
    clean,
  };
}

/**
 * When a page may change to a new version: never over somebody's hands. Not while a tap is under way, not within a
 * minute of the last touch, and not while a screen says that it must not go (a kitchen whose sound runs would come
 * back behind the gate that asks for a tap).
 */
export type ShellUpdates = {
  /** A new version lies ready. */
  isWaiting(): void;
  /** Another page let the new version in: this one still runs the old. */
  tookOver(): void;
  touched(): void;
  /** `reason` keeps the page as it is until it is taken back. */
  hold(reason: string, on: boolean): void;
  /** Changes the version if that is due and nothing speaks against it. Called every few seconds. */
  tick(): void;
};

const UNTOUCHED_MS = 60_000;

export function shellUpdates(options: { takeOver(): void; reload(): void; now(): number }): ShellUpdates {
  const reasons = new Set<string>();
  let state: 'current' | 'waiting' | 'asked' | 'old' = 'current';
  let touchedAt = options.now();
  const mayGo = (): boolean => reasons.size === 0 && options.now() - touchedAt >= UNTOUCHED_MS;
  const reload = (): void => {
    state = 'current';
    options.reload();
  };
  return {
    isWaiting() {
      if (state === 'current') state = 'waiting';
    },
    tookOver() {
      // Asked for by this page a moment ago: nothing can have begun since.
      if (state === 'asked') reload();
      else state = 'old';
    },
    touched() {
      touchedAt = options.now();
    },
    hold(reason, on) {
      if (on) reasons.add(reason);
      else reasons.delete(reason);
    },
    tick() {
      if (state === 'current' || !mayGo()) return;
      if (state === 'old') reload();
      else {
        state = 'asked';
        options.takeOver();
      }
    },
  };
}

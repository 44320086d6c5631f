/** How often one link may be used, by this node's own count: a window of time, and a bounded memory. */
const MOST_REMEMBERED = 10_000;

export class LinkLimit {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #windows = new Map<string, { since: number; used: number }>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Counts a use; answers 0, or the seconds to wait. */
  take(link: string, now: number): number {
    const known = this.#windows.get(link);
    const window =
      known !== undefined && now - known.since < this.#windowMs ? known : { since: now, used: 0 };
    window.used += 1;
    // The newest last, so that the bound forgets who was away longest.
    this.#windows.delete(link);
    this.#windows.set(link, window);
    if (this.#windows.size > MOST_REMEMBERED) this.#windows.delete(this.#windows.keys().next().value ?? '');
    return window.used <= this.#most
      ? 0
      : Math.max(1, Math.ceil((window.since + this.#windowMs - now) / 1000));
  }
}

/** Who may ask how often: a bucket for each, which fills again evenly. */

export type Rate = {
  readonly perSecond: number;
  /** At once, after a quiet while. */
  readonly burst: number;
};

/** Everybody who asked in the last minutes; more than so many are forgotten, the longest quiet first. */
const MOST_KEYS = 20_000;

export class Buckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #now: () => number;
  readonly #known = new Map<string, { left: number; at: number }>();

  constructor(rate: Rate, more: { readonly most?: number; readonly now?: () => number } = {}) {
    this.#rate = rate;
    this.#most = more.most ?? MOST_KEYS;
    this.#now = more.now ?? (() => performance.now());
  }

  get size(): number {
    return this.#known.size;
  }

  /** Takes one for `key`. Answers 0, or the seconds after which there is one again. */
  take(key: string): number {
    const { perSecond, burst } = this.#rate;
    const now = this.#now();
    const known = this.#known.get(key);
    const left =
      known === undefined ? burst : Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond);
    this.#known.delete(key);
    this.#known.set(key, { left: left >= 1 ? left - 1 : left, at: now });
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value ?? '');
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond));
  }
}

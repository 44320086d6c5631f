/** How long a screen that went may take to come back before anybody is told. */
const FLAP_MS = 5_000;
/** A living screen says something each 15 s: one that was silent for longer went when it was last heard. */
const SILENT_MS = 17_000;

/** The live screens of one station over time: more are believed at once, fewer when they have been fewer for a while. */
export class StationWatch {
  #shown = 0;
  /** Since when there have been fewer than shown. */
  #fewerSince: number | null = null;
  /** Since when there has been none. */
  #goneAt: number | null;
  /** When the last of them said something. */
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#goneAt = now;
  }

  /** What readers are told. */
  get shown(): number {
    return this.#shown;
  }

  /** There are so many now (ms), and the latest word of one of them came at `heardAt`. */
  count(screens: number, now: number, heardAt = now): void {
    if (screens > 0) {
      this.#goneAt = null;
      this.#heardAt = heardAt;
    } else {
      // A line that breaks without a word is found out by its silence, which is then already over.
      this.#goneAt ??= now - this.#heardAt > SILENT_MS && this.#heardAt > 0 ? this.#heardAt : now;
    }
    if (screens >= this.#shown) {
      this.#shown = screens;
      this.#fewerSince = null;
      return;
    }
    this.#fewerSince ??= now;
    if (now - this.#fewerSince < FLAP_MS) return;
    this.#shown = screens;
    this.#fewerSince = null;
  }

  /** Since when nobody has looked; null while somebody does, or went only a moment ago. */
  goneSince(now: number): number | null {
    return this.#goneAt !== null && now - this.#goneAt >= FLAP_MS ? this.#goneAt : null;
  }
}

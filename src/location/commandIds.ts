/**
 * Which commands a location has seen lately, so that a usual new command costs no look-up in the table.
 *
 * Kept are the ids of two generations: the young one grows until it is large or old, then takes the place of the old one.
 * Ids are kept as their 52 low bits, a third of the memory of the text; one that only looks familiar costs a look-up that
 * finds nothing.
 *
 * What this says is a hint about where to look, never a proof: the primary key of `commands` is the proof.
 */

/** A generation is closed by this many ids, or by age once it has a few. */
const MOST = 10_000;
const FEW = 500;
const AGE_MS = 10 * 60_000;
/** How far the clock of whoever minted an id may be off before the hint costs a needless try. */
const CLOCK_MARGIN_MS = 120_000;

export class CommandIds {
  #young = new Set<number>();
  #old = new Set<number>();
  #youngSince: number;
  /** Time (ms since 1970, PostgreSQL's clock) from which on all ids are here; -Infinity when the whole log is. */
  #completeSince: number;

  constructor(completeSince: number) {
    this.#completeSince = completeSince;
    this.#youngSince = completeSince;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Notes a command that is in the log since `at` (ms). */
  note(id: string, at: number): void {
    if (this.#young.size >= MOST || (this.#young.size >= FEW && at - this.#youngSince > AGE_MS)) {
      this.#old = this.#young;
      this.#completeSince = this.#youngSince;
      this.#young = new Set();
      this.#youngSince = at;
    }
    this.#young.add(shortForm(id));
  }

  /** The command was carried out lately (or, once in 2^40 times, looks like one that was). */
  has(id: string): boolean {
    const short = shortForm(id);
    return this.#young.has(short) || this.#old.has(short);
  }

  /** The command may be older than what is remembered here: only the table knows. */
  mayPredate(id: string): boolean {
    if (this.#completeSince === Number.NEGATIVE_INFINITY) return false;
    if (id.charAt(14) !== '7') return true;
    const mintedAt = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    return !(mintedAt > this.#completeSince + CLOCK_MARGIN_MS);
  }
}

function shortForm(id: string): number {
  return Number.parseInt(id.slice(22, 23) + id.slice(24), 16);
}

/**
 * The bookkeeping of one phase: what was sent, what was acknowledged, and what each screen got.
 * Times are milliseconds of performance.now().
 */

type Entry = {
  readonly from: number;
  /** Screens that still have to get their ticket. */
  missing: number;
  acknowledgedAt: number;
  lastScreenAt: number;
  failed: boolean;
};

export type Verdict = {
  /** Acknowledged orders. */
  acknowledged: number;
  failed: number;
  /** Acknowledged orders that some screen of their stations did not get. */
  lost: number;
  /** Tickets that a screen got twice, or got without having been sent. */
  doubled: number;
  strange: number;
  reconnects: number;
};

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  /** For each screen: order → ticket. */
  readonly #got: Map<string, string>[] = [];
  readonly #watching = new Map<string, number>();
  #doubled = 0;
  #strange = 0;
  #open = 0;
  /** The first thing that must not happen to a screen: its connection ended, or a frame left a gap. */
  broken: string | null = null;
  /** Screens that the server sent away with the word to come back at once, and that did. */
  reconnects = 0;

  /** Registers a screen and returns its index. */
  addScreen(location: string, station: string): number {
    const place = `${location}:${station}`;
    this.#watching.set(place, (this.#watching.get(place) ?? 0) + 1);
    return this.#got.push(new Map()) - 1;
  }

  /** An order leaves now (or should have left at `from`). */
  sent(order: string, location: string, stations: readonly string[], from: number): void {
    const missing = stations.reduce(
      (sum, station) => sum + (this.#watching.get(`${location}:${station}`) ?? 0),
      0,
    );
    this.#entries.set(order, {
      from,
      missing,
      acknowledgedAt: Number.NaN,
      lastScreenAt: Number.NaN,
      failed: false,
    });
    this.#open += 1;
  }

  acknowledged(order: string): void {
    const entry = this.#entries.get(order);
    if (!entry) return;
    entry.acknowledgedAt = performance.now();
    if (entry.missing === 0) this.#open -= 1;
  }

  failed(order: string): void {
    const entry = this.#entries.get(order);
    if (!entry) return;
    entry.failed = true;
    this.#open -= 1;
  }

  /** A screen got a ticket. `again`: the same ticket may come again, as a newer version of itself. */
  got(screen: number, order: string, ticket: string, again: boolean): void {
    const tickets = this.#got[screen];
    const entry = this.#entries.get(order);
    if (!tickets || !entry) {
      this.#strange += 1;
      return;
    }
    const known = tickets.get(order);
    if (known !== undefined) {
      if (known !== ticket || !again) this.#doubled += 1;
      return;
    }
    tickets.set(order, ticket);
    entry.missing -= 1;
    if (entry.missing < 0) this.#strange += 1;
    if (entry.missing === 0) {
      entry.lastScreenAt = performance.now();
      if (!Number.isNaN(entry.acknowledgedAt)) this.#open -= 1;
    }
  }

  /** Orders that are not yet answered and on every screen. */
  get open(): number {
    return this.#open;
  }

  /** Of the orders that left in [from, to): latencies to the answer and to the last screen, ms. */
  latencies(from: number, to: number): { answer: number[]; screens: number[] } {
    const answer: number[] = [];
    const screens: number[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.from < from || entry.from >= to) continue;
      if (!Number.isNaN(entry.acknowledgedAt)) answer.push(entry.acknowledgedAt - entry.from);
      if (!Number.isNaN(entry.lastScreenAt)) screens.push(entry.lastScreenAt - entry.from);
    }
    return { answer, screens };
  }

  /** Orders acknowledged in [from, to). */
  acknowledgedIn(from: number, to: number): number {
    let count = 0;
    for (const entry of this.#entries.values())
      if (entry.acknowledgedAt >= from && entry.acknowledgedAt < to) count += 1;
    return count;
  }

  verdict(): Verdict {
    const verdict: Verdict = {
      acknowledged: 0,
      failed: 0,
      lost: 0,
      doubled: this.#doubled,
      strange: this.#strange,
      reconnects: this.reconnects,
    };
    for (const entry of this.#entries.values()) {
      if (entry.failed) verdict.failed += 1;
      if (Number.isNaN(entry.acknowledgedAt)) continue;
      verdict.acknowledged += 1;
      if (entry.missing > 0) verdict.lost += 1;
    }
    return verdict;
  }
}

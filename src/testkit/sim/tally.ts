/** What happened in a run: how often each thing, and one number over all of it in order. */
export class Tally {
  readonly counts = new Map<string, number>();
  #hash = 0x811c9dc5;
  /** The last words, for whoever looks into a failure. */
  readonly #last: string[] = [];
  readonly #keep: number;

  constructor(keep = 0) {
    this.#keep = keep;
  }

  add(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Notes that something happened now: the same seed must note the same, letter by letter. */
  trace(line: string): void {
    let hash = this.#hash;
    for (let index = 0; index < line.length; index += 1)
      hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    this.#hash = Math.imul(hash ^ 10, 0x01000193);
    if (this.#keep === 0) return;
    this.#last.push(line);
    if (this.#last.length > this.#keep * 2) this.#last.splice(0, this.#keep);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get story(): readonly string[] {
    return this.#last.slice(-this.#keep);
  }
}

/**
 * Frames that were encoded once and may be asked for again. They are only a cache: whatever is not here is made from
 * state. So it is bounded per view, and over all views by throwing out what was used longest ago.
 */

/** A `chg` as it travels, and what it claims: all changes in (from, to]. Where it comes from is checked before each send. */
export type Frame = {
  readonly location: string;
  readonly organization: string;
  readonly from: number;
  readonly to: number;
  readonly cursor: string;
  readonly isEmpty: boolean;
  /** Entities that it puts or takes away. */
  readonly changes: number;
  readonly text: string;
};

/** The text of a frame that claims the quiet interval before it as well: as `View` writes it, with another `from`. */
export function textFrom(frame: Frame, topic: string, from: number): string {
  if (frame.from <= from) return frame.text;
  const head = `{"t":"chg","topic":${JSON.stringify(topic)},"from":`;
  return `${head}${from}${frame.text.slice(head.length + String(frame.from).length)}`;
}

export type Cached = { dropEncodings(): void };

export class EncodingBudget {
  readonly #limit: number;
  readonly #owners = new Map<Cached, number>();
  #total = 0;

  /** `limit` in bytes (UTF-16 units of text; frames are ASCII for the most part). */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  /** The owner now holds `bytes`; it becomes the most recently used. */
  charge(owner: Cached, bytes: number): void {
    this.#total += bytes - (this.#owners.get(owner) ?? 0);
    this.#owners.delete(owner);
    if (bytes > 0) this.#owners.set(owner, bytes);
    while (this.#total > this.#limit) {
      const oldest = this.#owners.keys().next().value;
      if (oldest === undefined || oldest === owner) break;
      oldest.dropEncodings();
      this.release(oldest);
    }
  }

  release(owner: Cached): void {
    this.#total -= this.#owners.get(owner) ?? 0;
    this.#owners.delete(owner);
  }
}

/** The last frames of a view, oldest first, up to a bound in bytes. */
export class Ring {
  readonly #limit: number;
  #frames: Frame[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.text.length;
    let drop = 0;
    while (this.#bytes > this.#limit && drop < this.#frames.length) {
      this.#bytes -= this.#frames[drop]?.text.length ?? 0;
      drop += 1;
    }
    if (drop > 0) this.#frames = this.#frames.slice(drop);
  }

  /** The frame that continues from `pos` (from ≤ pos < to), when at most `behind` frames are newer; else null. */
  next(pos: number, behind: number): Frame | null {
    for (
      let index = this.#frames.length - 1;
      index >= Math.max(0, this.#frames.length - 1 - behind);
      index -= 1
    ) {
      const frame = this.#frames[index];
      if (frame === undefined || frame.to <= pos) return null;
      if (frame.from <= pos) return frame;
    }
    return null;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}

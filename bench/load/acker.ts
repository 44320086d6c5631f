/** How often a screen acknowledges at most, ms: as the SDK does. */
const EVERY_MS = 250;

/** Acknowledges at once after a pause, then at most every 250 ms, whatever came in between together. */
export class Acker {
  readonly #send: () => void;
  #saidAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** `send` says everything that is painted and not yet acknowledged. */
  constructor(send: () => void) {
    this.#send = send;
  }

  /** Something new is painted. */
  painted(): void {
    if (this.#timer !== null) return;
    const wait = this.#saidAt + EVERY_MS - performance.now();
    if (wait <= 0) this.#say();
    else this.#timer = setTimeout(() => this.#say(), wait);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #say(): void {
    this.#timer = null;
    this.#saidAt = performance.now();
    this.#send();
  }
}

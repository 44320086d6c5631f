import type { Subscription } from './subscription.ts';

/** Sends in one turn of the event loop; 5,000 sends in a row would keep everything else waiting for 150 ms. */
const SENDS_PER_TURN = 256;

/** Readers that have something to be told, served in turns. */
export class PumpQueue {
  readonly #waiting = new Set<Subscription>();
  #left = SENDS_PER_TURN;
  #scheduled = false;

  push(subscriptions: Iterable<Subscription>): void {
    for (const subscription of subscriptions) {
      if (this.#left > 0) {
        this.#left -= 1;
        subscription.pump();
      } else {
        this.#waiting.add(subscription);
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#left = SENDS_PER_TURN;
      if (this.#waiting.size === 0) return;
      const next = [...this.#waiting];
      this.#waiting.clear();
      this.push(next);
    });
  }
}

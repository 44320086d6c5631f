import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { Process, World } from './world.ts';

/** What a network does to what is sent over it. Shares are of messages; times in ms. */
export type Weather = {
  lost: number;
  doubled: number;
  /** Overtakes what was sent before it, also on a stream. */
  overtakes: number;
  delay: readonly [least: number, most: number];
  /** Now and then something takes much longer. */
  slow: number;
  slowDelay: readonly [least: number, most: number];
};

export const FINE: Weather = {
  lost: 0,
  doubled: 0,
  overtakes: 0,
  delay: [1, 12],
  slow: 0,
  slowDelay: [0, 0],
};

/** One direction of a stream: in order, unless the weather says otherwise. */
export type Lane = { lastAt: number };

export class Network {
  weather: Weather = FINE;
  readonly #world: World;
  readonly #random: Random;
  readonly #tally: Tally;
  /** Devices that no server can be reached from. */
  readonly cut = new Set<string>();
  /** Single roads that are closed, `device|node`. */
  readonly closed = new Set<string>();

  constructor(world: World, random: Random, tally: Tally) {
    this.#world = world;
    this.#random = random;
    this.#tally = tally;
  }

  reaches(device: string, node: string): boolean {
    return !this.cut.has(device) && !this.closed.has(`${device}|${node}`);
  }

  /**
   * Carries a message of some kind to a process. On a lane it comes after what was sent before it. What is lost on a
   * stream is lost alone: a real stream would break with it, and what comes after would not come, so this is the
   * harsher test.
   */
  carry(kind: string, to: Process | null, lane: Lane | null, deliver: () => void): void {
    const { weather } = this;
    this.#tally.add(`sent ${kind}`);
    const fate = this.#random.next();
    if (fate < weather.lost) {
      this.#tally.add(`lost ${kind}`);
      return;
    }
    this.#deliver(kind, to, lane, deliver);
    // A command twice is what idempotency is for: proxies and people send again more often than a network doubles.
    const doubled = kind === 'call:command' ? weather.doubled * 4 : weather.doubled;
    if (fate > 1 - doubled) {
      this.#tally.add(`doubled ${kind}`);
      this.#deliver(kind, to, lane, deliver);
    }
  }

  #deliver(kind: string, to: Process | null, lane: Lane | null, deliver: () => void): void {
    const { weather } = this;
    const [least, most] = this.#random.chance(weather.slow) ? weather.slowDelay : weather.delay;
    let at = this.#world.now + this.#random.between(least, most);
    if (lane !== null) {
      if (this.#random.chance(weather.overtakes)) {
        this.#tally.add(`overtook ${kind}`);
        this.#world.after(at - this.#world.now, to, deliver);
        return;
      }
      at = Math.max(at, lane.lastAt);
      lane.lastAt = at;
    }
    this.#world.after(at - this.#world.now, to, deliver);
  }
}

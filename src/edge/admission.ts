import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Role } from '../domain/commands.ts';

/**
 * What a crowd may ask at once. After a restart everybody comes back together; whoever cannot be served soon is told
 * early and cheaply when to try again, the longer the line the later. The kitchen always finds a place.
 */

export type AdmissionLimits = {
  /** New streams a second while the event loop is at ease; fewer when it is not. */
  readonly handshakes: number;
  readonly handshakeBurst: number;
  /** Readers that are brought up to date at once, and how many of these places are the kitchen's. */
  readonly catchUps: number;
  readonly reserved: number;
  /** Snapshots that are compressed at once. */
  readonly snapshots: number;
  /** Readers in line; and how long one may stand there. */
  readonly line: number;
  readonly patienceMs: number;
};

const LIMITS: AdmissionLimits = {
  handshakes: 2_000,
  handshakeBurst: 2_500,
  catchUps: 16,
  reserved: 4,
  snapshots: 8,
  line: 2_000,
  patienceMs: 5_000,
};
/** Part of the handshakes that only a kitchen's event stream may take: a socket says who it is only later. */
const KITCHEN_SHARE = 0.2;
/** Delay of the event loop at which the door begins to close, and at which it is as narrow as it gets. */
const EASE_MS = 100;
const STRAIN_MS = 1_000;
/** A storm always strains the loop, and is over sooner when it is let in at a pace than when it is kept out. */
const NARROWEST = 0.25;
const LOOK_MS = 500;
const LONGEST_RETRY_S = 30;

/** There is no place now, and will be none soon. */
export class Crowded extends Error {
  override readonly name = 'Crowded';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('Too many screens come back at this moment');
    this.retryAfter = retryAfter;
  }
}

export type Admission = {
  /** A new stream: 0, or the seconds after which to come back. */
  handshake(role?: Role): number;
  /** A place among those that are brought up to date; call what it resolves to when done. Rejects with Crowded. */
  catchUp(role: Role): Promise<() => void>;
  snapshot(role: Role): Promise<() => void>;
  /** The pace of reconnects that fits the load; milliseconds. */
  readonly retry: { readonly min: number; readonly max: number };
  readonly load: {
    readonly catchUps: number;
    readonly snapshots: number;
    readonly waiting: number;
    readonly refused: number;
  };
  stop(): void;
};

export type AdmissionOptions = {
  readonly limits?: Partial<AdmissionLimits>;
  /** Milliseconds by which the event loop is late; measured unless given. */
  readonly delayMs?: () => number;
  readonly now?: () => number;
  readonly onRefused?: (kind: 'handshake' | 'catch_up' | 'snapshot') => void;
};

export function createAdmission(options: AdmissionOptions = {}): Admission {
  const limits = { ...LIMITS, ...options.limits };
  const now = options.now ?? (() => performance.now());
  const loop =
    options.delayMs === undefined ? watchLoop() : { delayMs: options.delayMs, stop: () => undefined };
  const catchUps = new Gate(limits.catchUps, limits.reserved, limits, () => options.onRefused?.('catch_up'));
  const snapshots = new Gate(limits.snapshots, 1, limits, () => options.onRefused?.('snapshot'));
  let [left, at, refused] = [limits.handshakeBurst, now(), 0];
  /** Those that were sent away and are expected back. */
  let awaited = 0;

  const rate = (): number => {
    const strain = Math.min(1, Math.max(0, (loop.delayMs() - EASE_MS) / (STRAIN_MS - EASE_MS)));
    return limits.handshakes * (1 - (1 - NARROWEST) * strain);
  };

  return {
    handshake(role) {
      const [time, perSecond] = [now(), rate()];
      left = Math.min(limits.handshakeBurst, left + ((time - at) / 1000) * perSecond);
      awaited = Math.max(0, awaited - ((time - at) / 1000) * perSecond);
      at = time;
      const floor = isKitchen(role) ? 0 : limits.handshakeBurst * KITCHEN_SHARE;
      // A socket may be the kitchen's, which stands in a line of its own: only who is known to be none is sent away here.
      const mayWait = role === undefined || isKitchen(role) || catchUps.waiting < limits.line;
      if (left - 1 >= floor && mayWait) {
        left -= 1;
        return 0;
      }
      refused += 1;
      options.onRefused?.('handshake');
      // Each is given a time of its own: the hundredth of those that are sent away comes after ninety-nine others.
      awaited += 1;
      return clampRetry((awaited + Math.max(0, floor - left)) / perSecond + catchUps.secondsOfLine());
    },
    catchUp: (role) => catchUps.enter(isKitchen(role)),
    snapshot: (role) => snapshots.enter(isKitchen(role)),
    get retry() {
      const seconds = catchUps.secondsOfLine();
      const min = Math.min(8_000, 1_000 + Math.round(seconds * 1_000));
      return { min, max: Math.max(8_000, Math.min(30_000, min * 4)) };
    },
    get load() {
      return {
        catchUps: catchUps.inside,
        snapshots: snapshots.inside,
        waiting: catchUps.waiting + snapshots.waiting,
        refused: refused + catchUps.refused + snapshots.refused,
      };
    },
    stop: () => loop.stop(),
  };
}

function isKitchen(role: Role | undefined): boolean {
  return role === 'kitchen' || role === 'expo';
}

function clampRetry(seconds: number): number {
  return Math.min(LONGEST_RETRY_S, Math.max(1, Math.ceil(seconds)));
}

type Waiting = { readonly isKitchen: boolean; readonly go: (leave: (() => void) | null) => void };

/** So many places at once; the rest stands in line, the kitchen in front. */
class Gate {
  readonly #places: number;
  readonly #reserved: number;
  readonly #line: number;
  readonly #patienceMs: number;
  readonly #onRefused: () => void;
  readonly #kitchen = new Set<Waiting>();
  readonly #others = new Set<Waiting>();
  #inside = 0;
  #refused = 0;
  /** Served a second, of late. */
  #pace = 200;
  #servedAt = performance.now();
  #served = 0;

  constructor(
    places: number,
    reserved: number,
    { line, patienceMs }: AdmissionLimits,
    onRefused: () => void,
  ) {
    this.#places = places;
    this.#reserved = Math.min(reserved, places - 1);
    this.#line = line;
    this.#patienceMs = patienceMs;
    this.#onRefused = onRefused;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#kitchen.size + this.#others.size;
  }

  get refused(): number {
    return this.#refused;
  }

  secondsOfLine(): number {
    return this.waiting / Math.max(1, this.#pace);
  }

  async enter(isKitchen_: boolean): Promise<() => void> {
    if (this.#hasPlace(isKitchen_)) return this.#take();
    const line = isKitchen_ ? this.#kitchen : this.#others;
    if (line.size >= this.#line) throw this.#crowded();
    const { promise, resolve } = Promise.withResolvers<(() => void) | null>();
    const waiting: Waiting = { isKitchen: isKitchen_, go: resolve };
    line.add(waiting);
    const timer = setTimeout(() => {
      line.delete(waiting);
      resolve(null);
    }, this.#patienceMs);
    const leave = await promise;
    clearTimeout(timer);
    if (leave === null) throw this.#crowded();
    return leave;
  }

  #hasPlace(isKitchen_: boolean): boolean {
    return this.#inside < this.#places - (isKitchen_ ? 0 : this.#reserved);
  }

  #take(): () => void {
    this.#inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside -= 1;
      this.#count();
      this.#next();
    };
  }

  #next(): void {
    for (const line of [this.#kitchen, this.#others]) {
      for (const waiting of line) {
        if (!this.#hasPlace(waiting.isKitchen)) break;
        line.delete(waiting);
        waiting.go(this.#take());
      }
    }
  }

  #count(): void {
    this.#served += 1;
    const elapsed = performance.now() - this.#servedAt;
    if (elapsed < LOOK_MS) return;
    // A quiet second says nothing of how fast it could go.
    if (this.waiting > 0) this.#pace = 0.5 * this.#pace + 0.5 * (this.#served / (elapsed / 1000));
    this.#served = 0;
    this.#servedAt = performance.now();
  }

  #crowded(): Crowded {
    this.#refused += 1;
    this.#onRefused();
    return new Crowded(clampRetry(this.secondsOfLine() + Math.random()));
  }
}

/** By how much the event loop was late at the worst, in the last half second. */
function watchLoop(): { delayMs: () => number; stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  let last = 0;
  const timer = setInterval(() => {
    last = Math.max(0, histogram.percentile(99) / 1e6 - 20);
    histogram.reset();
  }, LOOK_MS);
  timer.unref();
  return {
    delayMs: () => last,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

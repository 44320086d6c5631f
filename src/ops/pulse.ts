/**
 * The connection's pulse: what the five metrics were in each ten seconds of the last hour, per location, kept in
 * memory for the managers' page. Prometheus has the long history; this one is there when no Prometheus is.
 *
 * - *step*: ten seconds. A step without a sample of a series has a gap there, never a zero that nobody measured.
 */

export const STEP_MS = 10_000;
export const STEPS = 360;
/** Samples of one series that a step keeps; of more, a fair choice. */
const MOST_SAMPLES = 256;
const MOST_LOCATIONS = 2_000;

const SERIES = [
  'websocket',
  'sse',
  'long-poll',
  'poll',
  'reconnects',
  'heartbeats',
  'outboxDepth',
  'sentP50',
  'sentP95',
  'sentP99',
  'paintedP50',
  'paintedP95',
  'paintedP99',
  'canaryP50',
  'canaryP95',
] as const;
type Series = (typeof SERIES)[number];

/** Columns of equal length, as a chart wants them; null where nothing was measured. */
export type PulseView = { readonly at: number[] } & { readonly [S in Series]: (number | null)[] };

/** A fair choice of what was measured in one step. */
class Samples {
  #kept: number[] = [];
  #seen = 0;

  add(value: number): void {
    this.#seen += 1;
    if (this.#kept.length < MOST_SAMPLES) this.#kept.push(value);
    else {
      const place = Math.floor(Math.random() * this.#seen);
      if (place < MOST_SAMPLES) this.#kept[place] = value;
    }
  }

  /** The values at these shares of the whole, and forgets them. */
  take(...shares: readonly number[]): number[] {
    if (this.#kept.length === 0) return shares.map(() => Number.NaN);
    const sorted = this.#kept.sort((a, b) => a - b);
    const values = shares.map((share) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
    this.#kept = [];
    this.#seen = 0;
    return values;
  }
}

/** One location's hour. */
class Hour {
  /** STEPS values of each series, one after the other; NaN is a gap. 22 KB. */
  readonly #values = new Float32Array(STEPS * SERIES.length).fill(Number.NaN);
  readonly sent = new Samples();
  readonly painted = new Samples();
  readonly canary = new Samples();
  /** Gauges stand over the steps, counters begin anew with each. */
  readonly screens: Partial<Record<string, number>> = {};
  outboxDepth: number | null = null;
  reconnects = 0;
  heartbeats = 0;
  /** Number of the step that is being filled. */
  #step: number;
  usedStep: number;

  constructor(step: number) {
    this.#step = step;
    this.usedStep = step;
  }

  get isQuiet(): boolean {
    return Object.values(this.screens).every((count) => !count);
  }

  /** Closes the steps before `step`. */
  advance(step: number): void {
    if (step <= this.#step) return;
    this.#write(this.#step);
    for (let passed = Math.max(this.#step + 1, step - STEPS); passed < step; passed += 1) this.#write(passed);
    this.#step = step;
  }

  view(step: number): PulseView {
    this.advance(step);
    const steps = Array.from({ length: STEPS }, (_, index) => step - STEPS + index);
    const column = (series: number) =>
      steps.map((one) => {
        const value = this.#values[(one % STEPS) * SERIES.length + series];
        return one < 0 || value === undefined || Number.isNaN(value) ? null : Math.round(value * 10) / 10;
      });
    return Object.assign(
      { at: steps.map((one) => one * STEP_MS) },
      Object.fromEntries(SERIES.map((name, index) => [name, column(index)])) as Record<
        Series,
        (number | null)[]
      >,
    );
  }

  #write(step: number): void {
    const values: number[] = [
      this.screens['websocket'] ?? 0,
      this.screens['sse'] ?? 0,
      this.screens['long-poll'] ?? 0,
      this.screens['poll'] ?? 0,
      this.reconnects,
      this.heartbeats,
      this.outboxDepth ?? Number.NaN,
      ...this.sent.take(0.5, 0.95, 0.99),
      ...this.painted.take(0.5, 0.95, 0.99),
      ...this.canary.take(0.5, 0.95),
    ];
    this.#values.set(values, (step % STEPS) * SERIES.length);
    this.reconnects = 0;
    this.heartbeats = 0;
  }
}

export type Pulse = {
  connections(location: string, transport: string, count: number): void;
  reconnect(location: string): void;
  heartbeatFailed(location: string): void;
  /** Milliseconds from commit to the last socket. */
  sent(location: string, ms: number): void;
  /** Milliseconds from commit to a painted screen. */
  painted(location: string, ms: number): void;
  canary(location: string, ms: number): void;
  /** Commands that wait on all screens of the location together; null: none says anything. */
  outbox(location: string, depth: number | null): void;
  /** The last hour, oldest step first; null for a location that nobody was connected to. */
  view(location: string): PulseView | null;
  readonly size: number;
};

/** `now` in ms since 1970. */
export function createPulse(now: () => number): Pulse {
  const hours = new Map<string, Hour>();
  const step = () => Math.floor(now() / STEP_MS);

  const at = (location: string): Hour => {
    const current = step();
    let hour = hours.get(location);
    if (hour === undefined) {
      if (hours.size >= MOST_LOCATIONS) forgetQuiet(current);
      hour = new Hour(current);
    }
    // The map's order is the order of use.
    hours.delete(location);
    hours.set(location, hour);
    hour.advance(current);
    hour.usedStep = current;
    return hour;
  };

  /** Room for one more: those of which nothing was heard for an hour, else the one used longest ago. */
  const forgetQuiet = (current: number): void => {
    for (const [location, hour] of hours)
      if (hour.isQuiet && current - hour.usedStep >= STEPS) hours.delete(location);
    if (hours.size >= MOST_LOCATIONS) hours.delete(hours.keys().next().value ?? '');
  };

  return {
    connections(location, transport, count) {
      at(location).screens[transport] = count;
    },
    reconnect(location) {
      at(location).reconnects += 1;
    },
    heartbeatFailed(location) {
      at(location).heartbeats += 1;
    },
    sent: (location, ms) => {
      // A location that nobody reads has no delivery to measure.
      if (hours.has(location)) at(location).sent.add(ms);
    },
    painted: (location, ms) => at(location).painted.add(ms),
    canary: (location, ms) => at(location).canary.add(ms),
    outbox(location, depth) {
      at(location).outboxDepth = depth;
    },
    view: (location) => hours.get(location)?.view(step()) ?? null,
    get size() {
      return hours.size;
    },
  };
}

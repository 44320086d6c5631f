/**
 * The server's clock as this device knows it. Tablets are minutes off, and a late ticket must be late on all of them.
 * Offset = what a frame said minus when it came, plus half a round trip where an HTTP call measured one;
 * the median of the last five, so that one frame held up in a proxy changes nothing.
 */
export type Clock = {
  /** A frame said what time it is; `first`: the first one of a connection, before anything can be queued on it. */
  heardTime(serverTime: string, first?: boolean): void;
  /** For how long the latest such frame was on its way, beyond the quickest one of its connection; ms. */
  lateness(): number;
  /** An HTTP call took this long. */
  tookRoundTrip(millis: number): void;
  /** Milliseconds since 1970 by the server's clock; by this device's until it is known. */
  serverNow(): number;
  known(): boolean;
};

const SAMPLES = 5;
/** A clock that is put right by less than this stands still instead of going back: no timer counts down. */
const HOLD_MS = 2000;
const LONGEST_TRIP_MS = 4000;

export function createClock(now: () => number): Clock {
  const offsets: number[] = [];
  const trips: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let quickest = Number.NEGATIVE_INFINITY;
  let late = 0;
  return {
    heardTime(serverTime, first = false) {
      const server = Date.parse(serverTime);
      if (!Number.isFinite(server)) return;
      const offset = server - now();
      push(offsets, offset);
      quickest = first ? offset : Math.max(quickest, offset);
      late = quickest - offset;
    },
    lateness: () => late,
    tookRoundTrip(millis) {
      if (millis >= 0 && millis < LONGEST_TRIP_MS) push(trips, millis);
    },
    serverNow() {
      // The shortest trip is the one with the least waiting in it.
      const halfTrip = trips.length > 0 ? Math.min(...trips) / 2 : 0;
      const time = Math.round(now() + median(offsets) + (offsets.length > 0 ? halfTrip : 0));
      if (time >= last || last - time >= HOLD_MS) last = time;
      return last;
    },
    known: () => offsets.length > 0,
  };
}

/** Milliseconds from `instant` to `now`, never below 0; null for an instant that is none. */
export function ageAt(instant: string | null | undefined, now: number): number | null {
  if (!instant) return null;
  const at = Date.parse(instant);
  return Number.isFinite(at) ? Math.max(0, now - at) : null;
}

function push(samples: number[], value: number): void {
  samples.push(value);
  if (samples.length > SAMPLES) samples.shift();
}

function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

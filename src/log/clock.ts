import type pg from 'pg';
import type { LogLine } from './pool.ts';
import type { Clock } from './types.ts';

const EVERY_MS = 10_000;
const STALE_MS = 60_000;
const LIMIT_MS = 2_000;

/**
 * Times of the log come from PostgreSQL's clock, so that the nodes agree: each measures how far its own clock is off,
 * at the start and every 10 s. `start` rejects when the first measurement fails.
 */
export class DatabaseClock implements Clock {
  readonly #pool: pg.Pool;
  readonly #log: LogLine;
  #offset = 0;
  /** PostgreSQL's clock minus the one that nobody sets. */
  #base: number | null = null;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: pg.Pool, log: LogLine) {
    this.#pool = pool;
    this.#log = log;
  }

  get offset(): number {
    return this.#offset;
  }

  get healthy(): boolean {
    const isSet = Math.abs(Date.now() + this.#offset - this.now()) > LIMIT_MS;
    return !isSet && Math.abs(this.#offset) <= LIMIT_MS && performance.now() - this.#measuredAt <= STALE_MS;
  }

  /**
   * By the clock that only goes on: the one on the wall may be set between two measurements, and an event an hour ahead
   * holds a location's time there for an hour.
   */
  now(): number {
    return this.#base === null ? Date.now() : Math.floor(performance.now() + this.#base);
  }

  async start(): Promise<void> {
    await this.measure();
    this.#timer = setInterval(() => {
      this.measure().catch((error: unknown) =>
        this.#log('the clock of PostgreSQL could not be read', {
          error: error instanceof Error ? error.message : String(error),
        }),
      );
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** One measurement: the middle of the round trip is taken as the moment the server looked at its clock. */
  async measure(): Promise<void> {
    const before = Date.now();
    const started = performance.now();
    const { rows } = await this.#pool.query<{ ms: string }>({
      name: 'clock',
      text: 'select (extract(epoch from clock_timestamp()) * 1000)::text as ms',
    });
    const trip = performance.now() - started;
    const wasHealthy = this.healthy;
    const time = Number(rows[0]?.ms);
    this.#offset = Math.round(time - (before + trip / 2));
    this.#base = time - (started + trip / 2);
    this.#measuredAt = performance.now();
    if (wasHealthy && !this.healthy)
      this.#log(`this machine's clock is ${-this.#offset} ms ahead of PostgreSQL's`, {});
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

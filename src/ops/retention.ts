import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/types.ts';
import type { Service } from '../service.ts';

/** Idempotency keys are kept this long: an outbox that comes back after a week asks anew. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** Outside systems' deliveries name guests and say what they ate: kept no longer than somebody may ask what became of one. */
const KEEP_DELIVERIES_MS = 30 * 24 * 3_600_000;
const EVERY_MS = 3_600_000;
const BATCH = 1_000;
/** Between two locations: nobody waits for this. */
const PAUSE_MS = 50;

/** Forgets of one location what is older than it wants to keep. Answers how much went, by kind. */
export type Sweep = (location: string, now: number) => Promise<Readonly<Record<string, number>>>;

export type RetentionOptions = {
  readonly log: Pick<Log, 'deleteOldResults' | 'listLocations'>;
  /** The log's time in ms since 1970. */
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** Deletes at most so many deliveries that came before then; answers how many. */
  readonly deliveries?: (before: string, limit: number) => Promise<number>;
  /** What each location's own configuration says. */
  readonly sweepLocation?: Sweep;
  readonly everyMs?: number;
};

/** Forgets answers of commands older than 7 days, and deliveries older than 30, in small batches so that nobody waits for a lock. */
export function createRetention(options: RetentionOptions): Service {
  const { log, now, report, deliveries, sweepLocation, everyMs = EVERY_MS } = options;
  let timer: NodeJS.Timeout | null = null;
  let sweeping: Promise<void> = Promise.resolve();

  const forget = async (
    what: string,
    keepMs: number,
    some: (before: string, limit: number) => Promise<number>,
  ): Promise<void> => {
    try {
      const before = new Date(now() - keepMs).toISOString();
      let gone = 0;
      for (let count = BATCH; count > 0 && timer !== null; gone += count) {
        count = await some(before, BATCH);
      }
      if (gone > 0) report(`forgot ${what}`, { count: gone, before });
    } catch (error) {
      // The next hour tries again; nothing depends on it.
      report(`${what} could not be deleted`, {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const forgetByLocation = async (of: Sweep): Promise<void> => {
    for (const { id } of await log.listLocations()) {
      if (timer === null) return;
      try {
        const gone = await of(id, now());
        if (Object.values(gone).some((count) => count > 0))
          report('forgot what was old', { location: id, ...gone });
      } catch (error) {
        report('what is old could not be forgotten', {
          location: id,
          error: error instanceof Error ? error.message : String(error),
        });
      }
      await sleep(PAUSE_MS);
    }
  };
  const sweep = async (): Promise<void> => {
    await forget('the answers of old commands', KEEP_MS, log.deleteOldResults);
    if (deliveries !== undefined) await forget('old deliveries', KEEP_DELIVERIES_MS, deliveries);
    if (sweepLocation !== undefined) await forgetByLocation(sweepLocation).catch(() => undefined);
  };

  return {
    name: 'retention',
    async run() {
      timer = setInterval(() => void (sweeping = sweeping.then(sweep)), everyMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await sweeping;
    },
  };
}

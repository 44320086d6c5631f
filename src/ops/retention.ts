import type { Log } from '../log/types.ts';
import type { Service } from '../service.ts';

/** Idempotency keys are kept this long: an outbox that comes back after a week asks anew. */
const KEEP_MS = 7 * 24 * 3_600_000;
const EVERY_MS = 3_600_000;
const BATCH = 1_000;

export type RetentionOptions = {
  readonly log: Pick<Log, 'deleteOldResults'>;
  /** The log's time in ms since 1970. */
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly everyMs?: number;
};

/** Forgets the answers of commands older than 7 days, in small batches so that nobody waits for a lock. */
export function createRetention({ log, now, report, everyMs = EVERY_MS }: RetentionOptions): Service {
  let timer: NodeJS.Timeout | null = null;
  let sweeping: Promise<void> = Promise.resolve();

  const sweep = async (): Promise<void> => {
    try {
      const before = new Date(now() - KEEP_MS).toISOString();
      let gone = 0;
      for (let count = BATCH; count > 0 && timer !== null; gone += count) {
        count = await log.deleteOldResults(before, BATCH);
      }
      if (gone > 0) report('forgot the answers of old commands', { count: gone, before });
    } catch (error) {
      // The next hour tries again; nothing depends on it.
      report('old answers could not be deleted', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
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

import type { Metrics } from './metrics.ts';

/** How much waits behind the doors from outside, asked of the database now and then and not by every scrape. */

type Look = () => Promise<{ dead: number; oldest: number | null }>;

const EVERY_MS = 15_000;

export function watchInbox(
  metrics: Metrics,
  inbox: { readonly table: { look: Look } },
  now: () => number,
): void {
  let last = { dead: 0, oldest: null as number | null };
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = (): void => {
    if (performance.now() - askedAt < EVERY_MS) return;
    askedAt = performance.now();
    inbox.table.look().then(
      (seen) => void (last = seen),
      // The scrape after the next one asks again; a database that is away has alarms of its own.
      () => undefined,
    );
  };
  metrics.gauge('heard_deliveries_dead', 'Deliveries from outside that nobody tries any more', () => {
    ask();
    return last.dead;
  });
  metrics.gauge(
    'heard_deliveries_oldest_seconds',
    'Age of the oldest delivery that is not worked yet',
    () => {
      ask();
      return last.oldest === null ? 0 : Math.max(0, (now() - last.oldest) / 1000);
    },
  );
}

import type pg from 'pg';
import type { LoggedEvent } from '../domain/events.ts';
import { toMillis } from '../domain/text.ts';
import type { FeedObserver } from '../feed/place.ts';
import type { Service } from '../service.ts';
import { type CanaryWatch, createCanaryWatch } from './canaryWatch.ts';
import { type ConnectionLog, createConnectionLog } from './connectionLog.ts';
import { type DeafStations, createDeafStations } from './deafStations.ts';
import type { Metrics } from './metrics.ts';
import { type Outboxes, createOutboxes } from './outboxes.ts';
import { type Pulse, createPulse } from './pulse.ts';
import { type StreamWatch, createStreamWatch } from './streamWatch.ts';

/** Everything by which the house sees its own lines: who is connected, how fast, what broke, and what was written down of it. */
export type Seeing = Service & {
  readonly connections: ConnectionLog;
  readonly watch: StreamWatch;
  readonly pulse: Pulse;
  readonly canaries: CanaryWatch;
  readonly outboxes: Outboxes;
  readonly deaf: DeafStations;
  /** To be given to the feed. */
  readonly feed: FeedObserver;
  /** To be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: unknown,
    after: unknown,
    events: readonly LoggedEvent[],
    appended: { readonly decidedAt: number | null; readonly committedAt: number },
  ): void;
};

export type SeeingOptions = {
  /** As role heard_app. */
  readonly pool: pg.Pool;
  readonly metrics: Metrics;
  /** Names this process among others. */
  readonly node: string;
  /** ms since 1970 by the log's clock. */
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** Stations of a location that is in memory. */
  readonly stations?: (location: string) => readonly string[];
  /** Since when a station has no live screen on any node (ms), null for one that has; without it, on this node. */
  readonly goneSince?: (location: string, station: string) => number | null;
  readonly flushMs?: number;
};

const SWEEP_MS = 1_000;

export function createSeeing(options: SeeingOptions): Seeing {
  const { pool, metrics, node, now, report } = options;
  const connections = createConnectionLog({
    pool,
    node,
    now,
    report,
    dropped: metrics.connectionLinesDropped,
    ...(options.flushMs !== undefined && { flushMs: options.flushMs }),
  });
  const pulse = createPulse(now);
  const watch = createStreamWatch({
    metrics,
    pulse,
    write: connections.write,
    now,
    node,
    startedAt: now(),
  });
  const canaries = createCanaryWatch({
    now,
    isLive: (location, station) => watch.stations(location).has(station),
    measured(location, station, minute, ms) {
      metrics.canary(ms);
      if (ms !== null) pulse.canary(location, ms);
      // A good one every minute is the pulse's to remember; one that failed is an incident.
      else
        connections.write(location, {
          kind: 'canary',
          screen: station,
          topic: `station:${station}`,
          cause: 'not_painted',
          detail: { minute },
        });
    },
  });
  const outboxes = createOutboxes(now, (location, total) => {
    metrics.outbox(location, total);
    pulse.outbox(location, total?.depth ?? null);
  });
  const deaf = createDeafStations({
    now,
    places: watch.places,
    stations: options.stations ?? (() => []),
    goneSince: options.goneSince ?? ((location, station) => watch.goneSince(location, station)),
    write: connections.write,
  });
  let timer: NodeJS.Timeout | null = null;

  return {
    name: 'connection log and pulse',
    connections,
    watch,
    pulse,
    canaries,
    outboxes,
    deaf,
    feed: {
      sent(ms, location) {
        metrics.commitToSent(ms);
        pulse.sent(location, ms);
      },
      painted(ms, location) {
        metrics.commitToPainted(ms);
        pulse.painted(location, ms);
      },
      paintedUpTo: canaries.painted,
      resets: metrics.reset,
    },
    committed({ id }, _before, _after, events, { decidedAt, committedAt }) {
      // What another node appended was committed when it says so, not when this one learned of it.
      const at = decidedAt === null ? (toMillis(events.at(-1)?.at ?? '') ?? committedAt) : committedAt;
      canaries.committed(id, events, at);
      // Each node sees every event of a location it has in memory: only the one that made it counts it.
      if (decidedAt !== null) for (const event of events) count(metrics, event);
    },
    async run() {
      await connections.run();
      timer = setInterval(() => {
        watch.sweep();
        canaries.sweep();
        outboxes.sweep();
        deaf.sweep();
      }, SWEEP_MS);
      timer.unref();
    },
    async drain() {
      watch.leaving();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await connections.stop();
    },
  };
}

function count(metrics: Metrics, event: LoggedEvent): void {
  if (event.type === 'ticket.unheard') metrics.rung(event.data.rung);
  else if (event.type === 'ticket.printed') metrics.print('printed');
  else if (event.type === 'print.failed') metrics.print('failed');
}

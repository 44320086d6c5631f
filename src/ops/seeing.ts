import type pg from 'pg';
import type { Actor, Command } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState } from '../domain/state.ts';
import { toInstant, toMillis } from '../domain/text.ts';
import type { FeedObserver } from '../feed/place.ts';
import type { Log } from '../log/types.ts';
import type { Service } from '../service.ts';
import { type CanaryWatch, createCanaryWatch } from './canaryWatch.ts';
import { type ConnectionLog, createConnectionLog } from './connectionLog.ts';
import { deleteOldConnections } from './connectionTable.ts';
import { type DeafStations, createDeafStations } from './deafStations.ts';
import { type Drills, createDrills } from './drills.ts';
import type { Metrics } from './metrics.ts';
import { type Outboxes, createOutboxes } from './outboxes.ts';
import { type Pulse, createPulse } from './pulse.ts';
import { type StationTimes, createStationTimes } from './stationTimes.ts';
import { type StreamWatch, createStreamWatch } from './streamWatch.ts';

/** Everything by which the house sees its own lines: who is connected, how fast, what broke, and what was written down of it. */
export type Seeing = Service & {
  readonly connections: ConnectionLog;
  readonly watch: StreamWatch;
  readonly pulse: Pulse;
  readonly canaries: CanaryWatch;
  readonly outboxes: Outboxes;
  readonly deaf: DeafStations;
  readonly drills: Drills;
  readonly stationTimes: StationTimes;
  /** Since when a station has no live screen on any node (ms); null: it has one. */
  goneSince(location: string, station: string): number | null;
  readonly node: string;
  /** To be given to the feed. */
  readonly feed: FeedObserver;
  /** To be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: unknown,
    after: LocationState,
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
  readonly log: Pick<Log, 'readTail' | 'seqAt' | 'clock' | 'listLocations'>;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** How a location in memory is set up; null for one that is not. */
  readonly config: (location: string) => LocationConfig | null;
  readonly submit: (location: string, command: Command, actor: Actor) => Promise<unknown>;
  /** Since when a station has no live screen on any node (ms), null for one that has; without it, on this node. */
  readonly goneSince?: (location: string, station: string) => number | null;
  readonly flushMs?: number;
};

const SWEEP_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;
/** Lines are kept for 30 days: "last Friday at seven" can be asked four times. */
const KEEP_MS = 30 * 86_400_000;
const FORGET_BATCH = 2_000;

export function createSeeing(options: SeeingOptions): Seeing {
  const { pool, metrics, node, log, report } = options;
  const now = (): number => log.clock.now();
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
  const goneSince =
    options.goneSince ?? ((location: string, station: string) => watch.goneSince(location, station));
  const deaf = createDeafStations({
    now,
    places: watch.places,
    stations: (location) => options.config(location)?.stations.map(({ id }) => id) ?? [],
    goneSince,
    write: connections.write,
  });
  const drills = createDrills({
    log,
    connections,
    clients: (location) => watch.screens(location).map(({ client }) => client),
    config: options.config,
    submit: options.submit,
    now,
    report,
  });
  const stationTimes = createStationTimes(now);
  let timer: NodeJS.Timeout | null = null;
  let forgetting: NodeJS.Timeout | null = null;

  const forget = async (): Promise<void> => {
    try {
      const before = toInstant(now() - KEEP_MS);
      for (const { id } of await log.listLocations())
        for (let gone = FORGET_BATCH; gone === FORGET_BATCH && forgetting !== null;)
          gone = await deleteOldConnections(pool, id, before, FORGET_BATCH);
    } catch (error) {
      // The next hour tries again; nothing depends on it.
      report('old lines of the connection log could not be deleted', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };

  return {
    name: 'connection log and pulse',
    connections,
    watch,
    pulse,
    canaries,
    outboxes,
    deaf,
    drills,
    stationTimes,
    goneSince,
    node,
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
    committed({ id }, _before, after, events, { decidedAt, committedAt }) {
      // What another node appended was committed when it says so, not when this one learned of it.
      const at = decidedAt === null ? (toMillis(events.at(-1)?.at ?? '') ?? committedAt) : committedAt;
      canaries.committed(id, events, at);
      stationTimes.committed(id, after, events);
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
        void drills.sweep();
      }, SWEEP_MS);
      timer.unref();
      forgetting = setInterval(() => void forget(), FORGET_EVERY_MS);
      forgetting.unref();
    },
    async drain() {
      watch.leaving();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      if (forgetting !== null) clearInterval(forgetting);
      timer = null;
      forgetting = null;
      await connections.stop();
    },
  };
}

function count(metrics: Metrics, event: LoggedEvent): void {
  if (event.type === 'ticket.unheard') metrics.rung(event.data.rung);
  else if (event.type === 'ticket.printed') metrics.print('printed');
  else if (event.type === 'print.failed') metrics.print('failed');
}

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostname } from 'node:os';
import type pg from 'pg';
import { createAccounts } from './accounts/accounts.ts';
import type { Accounts } from './accounts/accounts.ts';
import { loadDemo } from './cli/demoHouse.ts';
import type { DemoReport } from './cli/demoHouse.ts';
import type { Config } from './config.ts';
import { createEdge } from './edge/edge.ts';
import type { Edge } from './edge/edge.ts';
import { isLoopback } from './edge/loopback.ts';
import { RULES } from './domain/rulesHash.ts';
import * as views from './domain/views.ts';
import { createFeed } from './feed/feed.ts';
import type { Feed } from './feed/feed.ts';
import { createLive } from './feed/live.ts';
import type { Watcher } from './feed/watchers.ts';
import { countNeighbours } from './backplane/countNeighbours.ts';
import { createNeighbours, roomsOf } from './backplane/neighbours.ts';
import { createBatcher } from './location/batcher.ts';
import { readCourtesy } from './location/courtesy.ts';
import { houseRules } from './location/houseRules.ts';
import { createLocations } from './location/locations.ts';
import type { Locations, OnCommit } from './location/locations.ts';
import { createWatchdog } from './location/watchdog.ts';
import { effectsOf } from './jobs/effects.ts';
import { createEffectsFollower } from './jobs/effectsFollower.ts';
import type { EffectsFollower } from './jobs/effectsFollower.ts';
import type { Provider } from './integrations/provider.ts';
import { PROVIDERS } from './integrations/providers.ts';
import { watchInbox } from './ops/inboxWatch.ts';
import { openLog } from './log/open.ts';
import { createPool } from './log/pool.ts';
import { inTurn } from './log/turn.ts';
import type { Log } from './log/types.ts';
import { openDatabase, whyNotReady } from './ops/database.ts';
import type { Database } from './ops/database.ts';
import { observeHeard } from './ops/heardTimes.ts';
import type { LogLine } from './ops/logger.ts';
import { openLanTls } from './ops/lanTls.ts';
import { createMetrics } from './ops/metrics.ts';
import { createForgetOld } from './ops/forgetOld.ts';
import { redact } from './ops/redact.ts';
import { createRetention } from './ops/retention.ts';
import { createSeeing } from './ops/seeing.ts';
import type { Seeing } from './ops/seeing.ts';
import { keepSecret } from './ops/secret.ts';
import { packageVersion } from './ops/version.ts';
import { EffectLedger } from './projections/effectLedger.ts';
import { PROJECTIONS } from './projections/all.ts';
import { createFollower } from './projections/follower.ts';
import type { Follower } from './projections/follower.ts';
import { createReaders } from './projections/readers.ts';
import { readLogged } from './projections/readLogged.ts';
import { createOutside } from './outside.ts';
import type { Outside } from './outside.ts';
import { stackServices } from './service.ts';
import type { Service } from './service.ts';

/**
 * The wiring of a server: everything is made here, in the order in which it depends on each other, and ends in the
 * opposite one: doors, then what runs by itself, then the locations, then the store.
 */
export type Server = {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Where the secure door of `HEARD_TLS=auto` is found, the best address first. */
  readonly secure: readonly string[];
  /** What the demo's first start made; null when no demo was loaded now. */
  readonly demo: DemoReport | null;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly locations: Locations;
  readonly secret: string;
  /** Who looks at a location, on this node. */
  watchers(location: string): readonly Watcher[];
  /** Resolves when this server can make no progress any more and should be started afresh. */
  readonly wedged: Promise<string>;
  /** Drains and stops everything; answers the names of services that did not end cleanly. */
  stop(): Promise<string[]>;
};

/** Beside the wait for a load balancer: all screens are told, and what is in hand is finished. */
const DRAIN_MS = 25_000;
const FILLING = 'another Heard is filling this database: waiting until it is done';

/** Starts a server. Throws ConfigError, DataDirBusy and the like with one line for the person at the terminal. */
export async function startServer(
  config: Config,
  log: LogLine,
  providers: readonly Provider[] = PROVIDERS,
): Promise<Server> {
  const metrics = createMetrics();
  const parts: Partial<{
    database: Database;
    log: Log;
    pool: pg.Pool;
    accounts: Accounts;
    locations: Locations;
    feed: Feed;
    projections: Follower;
    effects: EffectsFollower;
    outside: Outside;
    retention: Service;
    seeing: Seeing;
    edge: Edge;
    demo: DemoReport | null;
    secret: string;
    url: string;
  }> = {};
  const need = <K extends keyof typeof parts>(name: K): NonNullable<(typeof parts)[K]> => {
    const part = parts[name];
    if (part === undefined || part === null) throw new Error(`${name} is asked for before it runs`);
    return part;
  };
  const followers: OnCommit[] = [observeHeard(metrics)];
  const neighbours = createNeighbours({
    redisUrl: config.redisUrl,
    locations: () => need('locations'),
    readCourtesy,
    report: log,
  });
  const presence = createLive({
    local: (location) => ({
      watchers: parts.feed?.watchers(location) ?? [],
      behind: parts.feed?.behind(location) ?? new Set(),
    }),
    state: (location) => parts.locations?.peek(location)?.state ?? null,
    emit: (location, data) => parts.feed?.emit(location, data),
    now: () => parts.log?.clock.now() ?? Date.now(),
    rooms: roomsOf(neighbours),
    report: log,
  });
  const wedged = Promise.withResolvers<string>();
  const watchdog = createWatchdog({
    behindMs: () => parts.locations?.load.behindMs ?? 0,
    report: log,
    onWedged: wedged.resolve,
  });
  let draining = false;

  const database: Service = {
    name: 'database',
    async run() {
      parts.secret = config.secret ?? (await keepSecret(config.dataDir));
      parts.database = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, log });
    },
    stop: () => need('database').stop(),
  };
  const store: Service = {
    name: 'log',
    async run() {
      parts.log = await openLog({ connection: need('database').heardLog, log });
    },
    stop: () => need('log').close(),
  };
  const accounts: Service = {
    name: 'accounts',
    async run() {
      const connection = need('database').app;
      parts.pool = createPool(connection, { name: 'app', max: 6, log });
      parts.accounts = createAccounts({ pool: parts.pool, connection, secret: need('secret'), log });
      await parts.accounts.start();
    },
    async stop() {
      await need('accounts').close();
      await need('pool').end();
    },
  };
  const seeing: Service = {
    name: 'connection log and pulse',
    async run() {
      parts.seeing = createSeeing({
        pool: need('pool'),
        metrics,
        node: `${hostname()}:${config.port}`,
        log: need('log'),
        report: log,
        config: (location) => parts.locations?.peek(location)?.state.config ?? null,
        submit: (location, command, actor) => need('locations').submitInner(location, command, actor),
        goneSince: presence.goneSince,
      });
      await parts.seeing.run();
    },
    drain: async () => need('seeing').drain?.(),
    stop: () => need('seeing').stop(),
  };
  const locations: Service = {
    name: 'locations',
    async run() {
      const opened = need('log');
      const batcher = createBatcher(opened, {
        maxLocations: 200,
        parallel: 3,
        groupCommit: config.groupCommit,
      });
      parts.locations = createLocations({
        log: opened,
        batcher,
        rules: houseRules,
        onCommit: (...change) => {
          for (const follower of followers) follower(...change);
          const [location, , , , { decidedAt, stored }] = change;
          if (decidedAt !== null) neighbours.committed(location, stored);
          else presence.committed(location, change[3]);
        },
        house: presence.house,
        onOpened: neighbours.opened,
        onClosed(location) {
          neighbours.closed(location);
          presence.forget(location.id);
        },
        onCourtesy: neighbours.courtesy,
        onLost: (location) => parts.feed?.lost(location),
        report: log,
      });
      parts.locations.start();
      metrics.gauge('heard_hot_locations', 'Locations in memory', () => parts.locations?.load.hot ?? 0);
      metrics.gauge(
        'heard_clock_offset_seconds',
        "PostgreSQL's clock minus ours",
        () => opened.clock.offset / 1000,
      );
      parts.demo = await loadDemo(config, {
        log: opened,
        accounts: need('accounts'),
        locations: parts.locations,
        embedded: need('database').embedded,
        turn: (work) => inTurn(need('database').app, { onWait: (pid) => log(FILLING, { pid }) }, work),
        past: {
          days: config.demoPastDays,
          report: log,
          log: opened,
          ledger: new EffectLedger(need('pool')),
          projections: need('projections'),
          connections: need('seeing').connections,
        },
      });
    },
    stop: () => need('locations').stop(),
  };
  const backplane: Service = {
    name: 'backplane',
    async run() {
      neighbours.start();
      presence.start();
      countNeighbours(metrics, neighbours, () => parts.locations?.load.behindMs ?? 0);
    },
    async stop() {
      presence.stop();
      await neighbours.stop();
    },
  };
  const feed: Service = {
    name: 'feed',
    async run() {
      const made = createFeed({
        source: need('locations'),
        views,
        rules: RULES,
        now: () => need('log').clock.now(),
        href: (location, topic) => `/v1/locations/${location}/snapshot?topic=${encodeURIComponent(topic)}`,
        observe: need('seeing').feed,
        presence,
        rooms: roomsOf(neighbours),
        report: log,
      });
      parts.feed = made;
      // Before whoever only counts: screens wait for it.
      followers.unshift(made.committed);
      followers.push(need('seeing').committed);
      made.start();
      metrics.gauge('heard_subscriptions', 'Topics that screens listen to', () => made.load.subscriptions);
    },
    stop: async () => need('feed').stop(),
  };
  const projections: Service = {
    name: 'followers of the log',
    async run() {
      const pool = need('pool');
      parts.projections = createFollower({ log: need('log'), projections: PROJECTIONS, pool, report: log });
      parts.effects = createEffectsFollower({
        ledger: new EffectLedger(pool),
        effectsOf,
        enqueue: (...entry) => need('outside').jobs.enqueue(...entry),
        readEvents: (...asked) => readLogged(need('log'), ...asked),
        report: log,
      });
      followers.push(parts.projections.committed);
      parts.projections.start();
    },
    async stop() {
      await Promise.all([need('projections').stop(), need('effects').stop()]);
    },
  };
  const outside: Service = {
    name: 'outside calls',
    async run() {
      const { clock } = need('log');
      parts.outside = createOutside({
        config,
        pool: need('pool'),
        jobsPool: createPool(need('database').app, { name: 'jobs', max: 8, log }),
        alone: need('database').embedded,
        locations: need('locations'),
        accounts: need('accounts'),
        providers,
        secret: need('secret'),
        now: () => clock.now(),
        report: log,
        observeHook: metrics.hook,
        live: presence.say,
      });
      watchInbox(metrics, parts.outside.inbox, () => clock.now());
      await parts.outside.start();
      // What was committed before there was somebody to hand over to it reads from the log.
      followers.push(need('effects').committed);
      need('effects').start();
    },
    stop: () => need('outside').stop(),
  };
  const edge: Service = {
    name: 'edge',
    async run() {
      const made = await createEdge({
        accounts: need('accounts'),
        log: need('log'),
        locations: need('locations'),
        feed: need('feed'),
        ...createReaders(need('pool'), (location) => need('projections').settle(location)),
        forget: (...wish) =>
          redact({ log: need('log'), locations: need('locations'), pool: need('pool') }, ...wish),
        metrics,
        seeing: need('seeing'),
        secret: need('secret'),
        report: log,
        ...(config.tls === 'auto' && {
          lan: {
            tls: await openLanTls({ dataDir: config.dataDir, publicUrl: config.publicUrl, report: log }),
            port: config.tlsPort,
          },
        }),
        ...(typeof config.tls === 'object' && {
          https: {
            cert: await readFile(config.tls.cert, 'utf8'),
            key: await readFile(config.tls.key, 'utf8'),
          },
        }),
        demo: { loopbackOnly: isLoopback(config.host), hasPublicUrl: config.publicUrl !== undefined },
        publicUrl: config.publicUrl,
        metricsToken: config.metricsToken,
        trustProxy: config.trustProxy,
        outside: {
          papers: need('outside').papers,
          push: need('outside').push,
          pushKey: need('outside').pushKeys.publicKey,
          pushHosts: config.pushHosts,
          printSlip: need('outside').printSlip,
          printTestPage: need('outside').printTestPage,
        },
        inbox: need('outside').inbox,
        version: await packageVersion(),
        notReady: () => whyNotReady({ draining, watchdog, database: need('database'), log: need('log') }),
      });
      parts.edge = made;
      parts.url = await made.listen(config.port, config.host);
    },
    async drain() {
      draining = true;
      await sleep(config.drainWaitMs);
      await need('edge').drain();
    },
    stop: () => need('edge').close(),
  };

  const retention: Service = {
    name: 'retention',
    async run() {
      const opened = need('log');
      parts.retention = createRetention({
        log: opened,
        now: () => opened.clock.now(),
        report: log,
        deliveries: need('outside').inbox.table.forget,
        sweepLocation: createForgetOld({ log: opened, locations: need('locations'), pool: need('pool') }),
      });
      await parts.retention.run();
    },
    stop: () => need('retention').stop(),
  };

  const stack = stackServices(
    [database, store, accounts, seeing, projections, locations, outside, backplane, feed, retention, edge],
    { log, drainMs: config.drainWaitMs + DRAIN_MS },
  );
  await stack.run();
  presence.ready();
  watchdog.start();
  return {
    url: need('url'),
    secure: need('edge').secure(),
    demo: parts.demo ?? null,
    log: need('log'),
    accounts: need('accounts'),
    locations: need('locations'),
    secret: need('secret'),
    watchers: need('feed').watchers,
    wedged: wedged.promise,
    stop() {
      watchdog.stop();
      return stack.stop();
    },
  };
}

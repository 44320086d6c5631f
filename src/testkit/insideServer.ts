import { createAccounts } from '../accounts/accounts.ts';
import { createPushSubscriptions } from '../accounts/pushSubscriptions.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { NewClaims } from '../accounts/tokens.ts';
import { readDemo } from '../cli/demoHouse.ts';
import { applyHouse } from '../cli/init.ts';
import { RULES } from '../domain/rulesHash.ts';
import * as views from '../domain/views.ts';
import type { Role } from '../domain/commands.ts';
import { createEdge } from '../edge/edge.ts';
import type { Edge, EdgeOptions } from '../edge/edge.ts';
import { createFeed } from '../feed/feed.ts';
import type { Feed } from '../feed/feed.ts';
import type { Provider } from '../integrations/provider.ts';
import { createTestPage } from '../integrations/printer/testPage.ts';
import { PrinterTrouble } from '../integrations/printer/trouble.ts';
import { pushKeys } from '../integrations/push/keys.ts';
import { effectsOf } from '../jobs/effects.ts';
import { createEffectsFollower } from '../jobs/effectsFollower.ts';
import { createPapers } from '../jobs/papers.ts';
import { createBatcher } from '../location/batcher.ts';
import { houseRules } from '../location/houseRules.ts';
import { createLocations } from '../location/locations.ts';
import type { Locations, OnCommit } from '../location/locations.ts';
import { readConfig } from '../config.ts';
import { createOutside } from '../outside.ts';
import type { Outside } from '../outside.ts';
import { openLog } from '../log/open.ts';
import { createPool } from '../log/pool.ts';
import type { Connections } from '../log/roles.ts';
import type { Log } from '../log/types.ts';
import { createMetrics } from '../ops/metrics.ts';
import type { Metrics } from '../ops/metrics.ts';
import { redact } from '../ops/redact.ts';
import { createSeeing } from '../ops/seeing.ts';
import type { Seeing } from '../ops/seeing.ts';
import { PROJECTIONS } from '../projections/all.ts';
import { EffectLedger } from '../projections/effectLedger.ts';
import { createFollower } from '../projections/follower.ts';
import { readLogged } from '../projections/readLogged.ts';
import { createReaders } from '../projections/readers.ts';

/** A server on a test's database with the demo's houses in it. It listens only when it is told to. */
export type TestServer = {
  readonly edge: Edge;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly locations: Locations;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly seeing: Seeing;
  readonly secret: string;
  /** Jobs and the doors from outside; only with `providers`. */
  readonly outside: Outside | null;
  /** What the server wrote to its own log. */
  readonly lines: { message: string; detail: Readonly<Record<string, unknown>> }[];
  /** The clock of PINs, pairings and approvals; a test may move it. */
  readonly time: { now: number };
  /** An access token at a location of the demo, `brasa` unless said otherwise. */
  token(role: Role, more?: Partial<NewClaims> & { ttl?: number }): Promise<string>;
  /** `POST …/commands/{name}` under a fresh key unless one is given. */
  command(
    token: string,
    name: string,
    input: unknown,
    more?: { location?: string; key?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  head(location: string): Promise<number>;
  stop(): Promise<void>;
};

export const TEST_SECRET = 'a secret of the tests, and of nobody else';
const ORGANIZATIONS: Readonly<Record<string, string>> = {
  brasa: 'brasa-group',
  esquina: 'brasa-group',
  other: 'other',
};

export async function startTestServer(
  connections: Connections,
  { providers, ...more }: Partial<EdgeOptions> & { readonly providers?: readonly Provider[] } = {},
): Promise<TestServer> {
  const lines: TestServer['lines'] = [];
  const report = (message: string, detail: Readonly<Record<string, unknown>> = {}) =>
    void lines.push({ message, detail });
  const time = { now: Date.now() };
  const log = await openLog({ connection: connections.heardLog, writers: 2, readers: 2, log: report });
  const pool = createPool(connections.app, { name: 'app', max: 4, log: report });
  const accounts = createAccounts({
    pool,
    connection: connections.app,
    secret: TEST_SECRET,
    log: report,
    now: () => time.now,
  });
  const followers: OnCommit[] = [];
  const locations = createLocations({
    log,
    batcher: createBatcher(log, { maxLocations: 50, parallel: 2, groupCommit: true }),
    rules: houseRules,
    onCommit: (...change) => {
      for (const follower of followers) follower(...change);
    },
    report,
  });
  for (const house of await readDemo()) await applyHouse(house, { log, accounts, locations });
  const metrics = createMetrics({ process: false });
  const seeing = createSeeing({
    pool,
    metrics,
    node: 'test',
    log,
    report,
    config: (location) => locations.peek(location)?.state.config ?? null,
    submit: (location, command, actor) => locations.submitInner(location, command, actor),
  });
  await seeing.run();
  const feed = createFeed({
    source: locations,
    views,
    rules: RULES,
    now: () => log.clock.now(),
    href: (location, topic) => `/v1/locations/${location}/snapshot?topic=${encodeURIComponent(topic)}`,
    observe: seeing.feed,
    report,
  });
  const projections = createFollower({ log, projections: PROJECTIONS, pool, report });
  const settle = async (location: string): Promise<void> => {
    await projections.settle(location);
    await projections.catchUp(location);
  };
  followers.push(feed.committed, seeing.committed, projections.committed);
  feed.start();
  const outside =
    providers === undefined
      ? null
      : createOutside({
          config: readConfig({}),
          pool,
          jobsPool: createPool(connections.app, { name: 'jobs', max: 8, log: report }),
          alone: true,
          locations,
          accounts,
          providers,
          secret: TEST_SECRET,
          now: () => log.clock.now(),
          report,
          observeHook: metrics.hook,
        });
  await outside?.start();
  // What happens is handed over to the jobs: only where there are some.
  const effects =
    outside === null
      ? null
      : createEffectsFollower({
          ledger: new EffectLedger(pool),
          effectsOf,
          enqueue: outside.jobs.enqueue,
          readEvents: (...asked) => readLogged(log, ...asked),
          report,
        });
  if (effects !== null) followers.push(effects.committed);
  effects?.start();
  // What time alone asks for is looked at as well: what a platform is owed follows from it.
  if (outside !== null) locations.start();
  const edge = await createEdge({
    accounts,
    log,
    locations,
    feed,
    ...createReaders(pool, settle),
    forget: (...wish) => redact({ log, locations, pool }, ...wish),
    metrics,
    seeing,
    secret: TEST_SECRET,
    report,
    demo: { loopbackOnly: true, hasPublicUrl: false },
    metricsToken: undefined,
    version: 'test',
    notReady: async () => [],
    outside: {
      papers: createPapers(pool),
      push: createPushSubscriptions(pool),
      pushKey: pushKeys(TEST_SECRET).publicKey,
      pushHosts: ['push.example.com'],
      printTestPage: createTestPage({
        send: () => Promise.reject(new PrinterTrouble('unreachable', 'no printers in tests')),
        keep: createPapers(pool).keep,
      }),
    },
    ...(outside !== null && { inbox: outside.inbox }),
    ...more,
  });
  const server: TestServer = {
    edge,
    log,
    accounts,
    locations,
    feed,
    metrics,
    seeing,
    secret: TEST_SECRET,
    outside,
    lines,
    time,
    token(role, { ttl = 86_400, ...claims } = {}) {
      const loc = claims.loc ?? 'brasa';
      return accounts.mintToken(
        { sub: `cli:${role}`, org: ORGANIZATIONS[loc] ?? 'brasa-group', loc, role, name: role, ...claims },
        ttl,
      );
    },
    async command(token, name, input, { location = 'brasa', key = crypto.randomUUID(), headers = {} } = {}) {
      const response = await edge.app.inject({
        method: 'POST',
        url: `/v1/locations/${location}/commands/${name}`,
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': key,
          'content-type': 'application/json',
          ...headers,
        },
        payload: JSON.stringify(input),
      });
      return { status: response.statusCode, body: response.json() };
    },
    head: async (location) => (await log.readHeads([location])).get(location) ?? -1,
    async stop() {
      await edge.drain();
      await edge.close();
      await effects?.stop();
      await outside?.stop();
      feed.stop();
      await seeing.stop();
      await locations.stop();
      await projections.stop();
      await accounts.close();
      await pool.end();
      await log.close();
    },
  };
  return server;
}

import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import type { Accounts } from '../accounts/accounts.ts';
import { deriveKey } from '../accounts/tokens.ts';
import { project } from '../domain/views.ts';
import type { Feed } from '../feed/feed.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import type { Metrics } from '../ops/metrics.ts';
import { registerAccounts } from './accountRoutes.ts';
import { createApp } from './app.ts';
import { registerCommands } from './commands.ts';
import type { CommandRouteOptions } from './commands.ts';
import type { DemoGround } from './demoDoor.ts';
import { registerDocs } from './docs.ts';
import { createDoor } from './door.ts';
import { registerHealth } from './health.ts';
import { registerHistory } from './history.ts';
import { registerPages, screensDir } from './pages.ts';

export type EdgeOptions = {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly locations: Locations;
  readonly feed: Feed;
  /** As role heard_app. */
  readonly pool: pg.Pool;
  readonly metrics: Metrics;
  readonly secret: string;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly https?: { readonly cert: string; readonly key: string };
  readonly demo: DemoGround;
  readonly metricsToken: string | undefined;
  readonly version: string;
  /** Why this node should get no work now. */
  readonly notReady: () => Promise<string[]>;
};

/** The doors of the server. */
export type Edge = {
  readonly app: FastifyInstance;
  /** Answers the URL it listens at. */
  listen(port: number, host: string): Promise<string>;
  /** Tells readers to come back elsewhere and lets requests finish. */
  drain(): Promise<void>;
  close(): Promise<void>;
};

export async function createEdge(options: EdgeOptions): Promise<Edge> {
  const { accounts, log, locations, metrics, report } = options;
  const door = createDoor({
    readToken: accounts.readToken,
    isRevoked: accounts.revocations.isRevoked,
    readLocation: (location) => log.readLocation(location),
  });
  const app = await createApp({ door, log: report, ...(options.https !== undefined && { https: options.https }) });
  const listLocations = (organization?: string) => log.listLocations(organization);

  registerCommands(app, {
    submit: locations.submit,
    current: currentEntity(locations),
    approver: ({ claims }, location, approval) => accounts.approvals.approver(location, claims.sub, approval),
    hashKey: deriveKey(options.secret, 'input'),
    observe: (name, outcome) => metrics.command(name, outcome),
  });
  registerAccounts(app, {
    accounts,
    readLocation: (location) => log.readLocation(location),
    listLocations,
    stationsOf: async (location) => (await locations.open(location))?.state.config?.stations.map((station) => station.id) ?? [],
    demo: options.demo,
  });
  registerHistory(app, { log, pool: options.pool });
  registerHealth(app, { notReady: options.notReady, metrics, metricsToken: options.metricsToken, door, listLocations, version: options.version });
  await registerDocs(app, options.version, options.https !== undefined);
  await registerPages(app, screensDir(), options.https !== undefined);
  await app.ready();

  return {
    app,
    async listen(port, host) {
      await app.listen({ port, host });
      const at = app.server.address();
      return `${options.https === undefined ? 'http' : 'https'}://${shown(host)}:${isAddress(at) ? at.port : port}`;
    },
    drain: async () => undefined,
    close: () => app.close(),
  };
}

function isAddress(at: AddressInfo | string | null): at is AddressInfo {
  return typeof at === 'object' && at !== null;
}

function shown(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The topic in which staff see what a refusal names. */
const SHOWN_IN = { ticket: 'kitchen', order: 'floor', table: 'floor', menu: 'pos' } as const;

function currentEntity(locations: Locations): CommandRouteOptions['current'] {
  return async (location, kind, id) => {
    const hot = await locations.open(location);
    return hot === null ? null : project(hot.state, SHOWN_IN[kind], kind, id, 'staff');
  };
}

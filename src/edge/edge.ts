import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { deriveKey } from '../accounts/tokens.ts';
import { RULES } from '../domain/rulesHash.ts';
import { guestEndsAt } from '../domain/tracking.ts';
import { project } from '../domain/views.ts';
import type { Feed } from '../feed/feed.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Seeing } from '../ops/seeing.ts';
import type { OrderSearch } from '../projections/orderSearch.ts';
import type { Reports } from '../projections/reports/ask.ts';
import type { TicketTimes } from '../projections/ticketTimes.ts';
import { createTimeTravel } from '../projections/timeTravel.ts';
import { CLOSE } from '../protocol/down.ts';
import { registerAccounts } from './accountRoutes.ts';
import { createAdmission } from './admission.ts';
import type { Admission, AdmissionOptions } from './admission.ts';
import { createApp } from './app.ts';
import { registerChannels } from './channelRoutes.ts';
import { registerCommands } from './commands.ts';
import type { CommandRouteOptions } from './commands.ts';
import type { DemoGround } from './demoDoor.ts';
import { registerDocs } from './docs.ts';
import { createDoor } from './door.ts';
import type { Door } from './door.ts';
import { registerFeed } from './feedRoutes.ts';
import { registerHealth } from './health.ts';
import { registerHistory } from './history.ts';
import { createLanDoor, guardUpgrade } from './lanDoor.ts';
import type { LanOptions } from './lanDoor.ts';
import { createLimits } from './limits.ts';
import type { Limits, Rates } from './limits.ts';
import { createLongPolls } from './longPolls.ts';
import type { LongPolls } from './longPolls.ts';
import { registerOutside } from './outsideRoutes.ts';
import type { OutsideOptions } from './outsideRoutes.ts';
import { registerPages, screensDir } from './pages.ts';
import { registerPast } from './pastRoutes.ts';
import { registerReports } from './reportRoutes.ts';
import { type Forget, registerPrivacy } from './privacyRoutes.ts';
import { registerSetup, stationsOfDraft } from './setupRoutes.ts';
import { registerStaff } from './staffRoutes.ts';
import { registerSeeing } from './seeingRoutes.ts';
import { registerEventStream } from './eventStream.ts';
import { createTrust } from './proxies.ts';
import type { IsTrusted } from './proxies.ts';
import { createStreams } from './streams.ts';
import { registerWhy } from './whyRoutes.ts';
import { registerTrack } from './trackRoutes.ts';
import type { StreamLimits, Streams } from './streams.ts';

export type EdgeOptions = {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly locations: Locations;
  readonly feed: Feed;
  readonly orders: OrderSearch;
  /** Overwrites what guests said of themselves. */
  readonly forget: Forget;
  readonly reports: Reports;
  readonly tickets: TicketTimes;
  readonly metrics: Metrics;
  readonly secret: string;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly https?: { readonly cert: string; readonly key: string };
  /** A secure door beside the plain one, with a certificate of the restaurant's own. */
  readonly lan?: LanOptions;
  readonly demo: DemoGround;
  /** `HEARD_PUBLIC_URL`: how guests' links name this server. */
  readonly publicUrl?: string | undefined;
  readonly metricsToken: string | undefined;
  readonly version: string;
  /** Who is connected, how fast, and what became of whom. */
  readonly seeing: Seeing;
  /** Shorter times, for tests. */
  readonly streamLimits?: Partial<StreamLimits>;
  readonly admission?: AdmissionOptions;
  readonly rates?: Partial<Rates>;
  /** Proxies that are believed when they say where a request comes from, as CIDR. */
  readonly trustProxy?: readonly string[];
  /** Printers and pushes; a server without them has no such calls. */
  readonly outside?: OutsideOptions;
  /** The doors from outside; a server without them has no such calls. */
  readonly inbox?: Inbox;
  /** Why this node should get no work now. */
  readonly notReady: () => Promise<string[]>;
};

/** The doors of the server. */
export type Edge = {
  readonly app: FastifyInstance;
  readonly streams: Streams;
  /** Answers the URL it listens at. */
  listen(port: number, host: string): Promise<string>;
  /** Where the secure door is found, the best address first; none where there is no such door. */
  secure(): readonly string[];
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
  const isTrusted = createTrust(options.trustProxy ?? []);
  const rates = createLimits({
    ...(options.rates !== undefined && { rates: options.rates }),
    onRefused: () => metrics.admissionRefused('rate'),
  });
  const app = await createApp({
    door,
    log: report,
    isTrusted,
    limits: rates,
    ...(options.https !== undefined && { https: options.https }),
  });
  const lan = options.lan && createLanDoor(app, options.lan, () => streams.upgrade);
  let leaving = false;
  app.addHook('onSend', async (_request, reply) => {
    if (leaving) void reply.header('connection', 'close');
  });
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
    stationsOf: async (location) =>
      (await locations.open(location))?.state.config?.stations.map((station) => station.id) ?? [],
    draftStationsOf: (location) => stationsOfDraft(accounts.drafts, location),
    demo: options.demo,
  });
  registerSetup(app, {
    accounts,
    locations,
    listLocations,
    hashKey: deriveKey(options.secret, 'input'),
    now: () => log.clock.now(),
  });
  registerStaff(app, accounts);
  registerPrivacy(app, options.forget);
  registerWhy(app, {
    locations,
    log,
    orders: options.orders,
    seeing: options.seeing,
    devices: accounts.devices,
    now: () => log.clock.now(),
  });
  const longPolls = createLongPolls(accounts.revocations.isRevoked);
  const admission = createAdmission({ onRefused: metrics.admissionRefused, ...options.admission });
  registerFeed(app, { feed: options.feed, observe: options.seeing.watch, longPolls, admission, rates });
  const streams = openStreams(app, { door, longPolls, admission, rates, isTrusted }, options);
  registerHistory(app, { log, orders: options.orders });
  const now = (): number => log.clock.now();
  registerPast(app, { travel: createTimeTravel(log), tickets: options.tickets, log, locations, now });
  registerReports(app, { reports: options.reports, locations, log, now });
  registerSeeing(app, { seeing: options.seeing, log, locations, now: () => log.clock.now() });
  registerTrack(app, {
    links: accounts.guestLinks,
    mintToken: accounts.mintToken,
    readLocation: (location) => log.readLocation(location),
    standing: async (location, id) => {
      const hot = await locations.open(location);
      // A guest may be quicker than what one node tells another: it is looked up before it is said that it is not there.
      if (hot?.state.orders.has(id) === false) await locations.refresh(location);
      const order = hot?.state.orders.get(id);
      return order === undefined ? null : { endsAt: guestEndsAt(order) };
    },
    publicUrl: options.publicUrl,
    printersOf: async (location) => (await locations.open(location))?.state.config?.printers ?? [],
    printSlip: options.outside?.printSlip,
  });
  if (options.outside !== undefined) registerOutside(app, options.outside);
  if (options.inbox !== undefined) await registerChannels(app, options.inbox, options, rates);
  registerHealth(app, {
    notReady: options.notReady,
    metrics,
    metricsToken: options.metricsToken,
    door,
    listLocations,
    version: options.version,
  });
  await registerDocs(app, options.version, options.https !== undefined);
  await registerPages(app, screensDir(), options.https !== undefined);
  await app.ready();

  return {
    app,
    streams,
    async listen(port, host) {
      await app.listen({ port, host });
      const at = app.server.address();
      await lan?.listen(host);
      return `${options.https === undefined ? 'http' : 'https'}://${shown(host)}:${isAddress(at) ? at.port : port}`;
    },
    secure: () => lan?.addresses() ?? [],
    async drain() {
      // Nobody new: whoever dials now reaches another node at once. Who is here is served to the end.
      leaving = true;
      app.server.close();
      longPolls.drain();
      await streams.drain(Math.min(MOST_DRAIN_MS, streams.load.sockets * 2));
    },
    async close() {
      streams.close();
      // A long-poll that has nothing to tell would keep the door open for 25 s.
      const patience = setTimeout(() => app.server.closeAllConnections(), LINGER_MS);
      await lan?.close();
      await app.close();
      clearTimeout(patience);
    },
  };
}

/** Screens are told to come back one after the other over this time, so that the next node does not get all at once. */
const MOST_DRAIN_MS = 10_000;
const LINGER_MS = 2_000;

/** The sockets: they begin as a GET that asks for an upgrade. */
type Doors = {
  readonly door: Door;
  readonly longPolls: LongPolls;
  readonly admission: Admission;
  readonly rates: Limits;
  readonly isTrusted: IsTrusted;
};

function openStreams(
  app: FastifyInstance,
  { door, longPolls, ...guard }: Doors,
  options: EdgeOptions,
): Streams {
  const { accounts, log, metrics, report, feed } = options;
  const streams = createStreams({
    feed,
    door,
    rules: RULES,
    now: () => log.clock.now(),
    isRevoked: accounts.revocations.isRevoked,
    report,
    observe: {
      ...options.seeing.watch,
      closed(code, facts) {
        if (code === CLOSE.tooSlow) metrics.slowReaderClosed();
        options.seeing.watch.closed?.(code, facts);
      },
    },
    ...guard,
    ...(options.streamLimits !== undefined && { limits: options.streamLimits }),
  });
  const forget = accounts.revocations.onRevoked((_location, subject) => {
    if (!subject.startsWith('device:')) return;
    const device = subject.slice('device:'.length);
    streams.revoked(device);
    longPolls.revoked(device);
  });
  const upgrade = options.lan === undefined ? streams.upgrade : guardUpgrade(streams.upgrade);
  app.server.on('upgrade', (request, socket, head) => upgrade(request, socket, head));
  app.addHook('onClose', async () => forget());
  registerEventStream(app, { streams, feed, rates: guard.rates });
  metrics.gauge(
    'heard_sockets',
    'Streams of screens on this node: sockets and event streams',
    () => streams.load.sockets,
  );
  metrics.gauge(
    'heard_stream_buffered_bytes',
    'Bytes that wait in this process for streams to take them',
    () => streams.load.bufferedBytes,
  );
  return streams;
}

function isAddress(at: AddressInfo | string | null): at is AddressInfo {
  return typeof at === 'object' && at !== null;
}

function shown(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The topic in which staff see what a refusal names. */
const SHOWN_IN = {
  ticket: 'kitchen',
  order: 'floor',
  table: 'floor',
  menu: 'pos',
  reservation: 'host',
  waitlist: 'host',
  call: 'host',
  task: 'host',
  channel: 'manager',
  stock: 'manager',
} as const;

function currentEntity(locations: Locations): CommandRouteOptions['current'] {
  return async (location, kind, id) => {
    const hot = await locations.open(location);
    return hot === null ? null : project(hot.state, SHOWN_IN[kind], kind, id, 'staff');
  };
}

import type { Config } from '../config.ts';
import { type ChannelConfig, channelKind } from '../domain/channel/config.ts';
import { platformStateOf } from '../domain/channel/present.ts';
import type { LocationConfig } from '../domain/config.ts';
import type { LocationState } from '../domain/state.ts';
import { isLoopback } from '../edge/loopback.ts';
import type { Watcher } from '../feed/watchers.ts';
import { retell } from '../location/retell.ts';
import type { Provider } from '../integrations/provider.ts';
import { PROVIDERS } from '../integrations/providers.ts';
import { SIMS } from '../integrations/sims.ts';
import type { ProviderSim, SimDish } from '../integrations/simulation.ts';
import type { Server } from '../main.ts';
import type { LogLine } from '../ops/logger.ts';
import { type Chance, createChance } from '../simulators/chance.ts';
import { answerDesk } from '../simulators/desk.ts';
import { dishesOf, listedOf } from '../simulators/dishes.ts';
import { createSimHost, type HostedSim, HostStopped, type SimHost } from '../simulators/host.ts';
import { linkToSimulator } from './simLinks.ts';

/**
 * The life of a demo: while somebody looks at one of its restaurants, guests order on delivery platforms, couriers come,
 * some cancel, and the telephone rings. All of it comes through the doors through which the real providers would come, on
 * this machine alone, from simulators that the demo links its own channels to. Nobody looks: nothing happens, so that a
 * demo that is left running does not fill its log for ever.
 */
export type DemoLife = { stop(): Promise<void> };

export type LifePace = {
  /** How often it is looked who looks. */
  readonly beatMs: number;
  /** After somebody came, the first order and the first call. */
  readonly firstOrderMs: number;
  readonly firstCallMs: number;
  readonly orderEveryMs: number;
  readonly callEveryMs: number;
  /** A courier's step. */
  readonly stepMs: number;
};

const CALM: LifePace = {
  beatMs: 1_000,
  firstOrderMs: 10_000,
  firstCallMs: 45_000,
  orderEveryMs: 90_000,
  callEveryMs: 180_000,
  stepMs: 20_000,
};

/** The first that somebody sees are cooked and fetched: a newcomer should not think that all are called off. */
const WHOLE = 3;
/** A kitchen that leaves its orders standing gets no more of them. */
const MOST_OPEN = 6;
/** A screen that was forgotten overnight is told no more than that, until another one comes. */
const MOST_STORIES = 60;

/** What guests of a platform do, by how often; what a simulator cannot tell is left out. */
const ORDERS: readonly (readonly [story: string, weight: number])[] = [
  ['courier', 8],
  ['order', 2],
  ['cancelAfterStart', 1],
  ['cancel', 1],
];
/** What callers want. */
const CALLS: typeof ORDERS = [
  ['call', 4],
  ['order', 3],
  ['message', 2],
  ['transfer', 1],
  ['missed', 1],
  ['dropped', 1],
];

export type LifeOptions = {
  readonly server: Pick<Server, 'url' | 'log' | 'accounts' | 'locations' | 'watchers'>;
  readonly config: Pick<
    Config,
    'demo' | 'demoLife' | 'host' | 'port' | 'publicUrl' | 'redisUrl' | 'tls' | 'production'
  >;
  /** Others than there are, in tests. */
  readonly providers?: readonly Provider[];
  readonly sims?: readonly ProviderSim[];
  readonly report: LogLine;
  readonly pace?: LifePace;
  readonly seed?: number;
};

/** Starts it where it may be: a demo that only this machine reaches, served by one process. Null anywhere else. */
export async function startDemoLife(options: LifeOptions): Promise<DemoLife | null> {
  const { config, server, report } = options;
  const parts = { ...options, providers: options.providers ?? PROVIDERS, sims: options.sims ?? SIMS };
  const mayLive =
    config.demoLife && config.demo !== 'off' && isLoopback(config.host) && config.redisUrl === undefined;
  if (!mayLive || parts.sims.length === 0 || !server.url.startsWith('http://')) return null;
  const places = (await server.log.listLocations()).filter(({ demo }) => demo).map(({ id }) => id);
  if (places.length === 0) return null;

  const pace = options.pace ?? CALM;
  const host = createSimHost({
    seed: options.seed ?? Date.now(),
    now: () => Date.now(),
    say: () => undefined,
    report,
    desk: answerDesk,
  });
  const origin = await host.listen(0);
  const lives = places.map((location) => createLife({ ...parts, location, host, origin, pace }));
  let isOver = false;
  let beat: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beat = beat.then(async () => {
      for (const life of lives)
        if (!isOver)
          await life().catch((error: unknown) => {
            report('the demo could not go on', { error: String(error) });
          });
    });
  }, pace.beatMs);
  return {
    async stop() {
      isOver = true;
      clearInterval(timer);
      await beat;
      await host.close();
    },
  };
}

/** One restaurant's: answers what to do at each beat. */
function createLife(
  options: Required<Pick<LifeOptions, 'providers' | 'sims'>> &
    LifeOptions & {
      readonly location: string;
      readonly host: SimHost;
      readonly origin: string;
      readonly pace: LifePace;
    },
): () => Promise<void> {
  const { server, location, pace, report } = options;
  const chance = createChance(options.seed ?? Date.now());
  const known = new Set<string>();
  const orders: HostedSim[] = [];
  const calls: HostedSim[] = [];
  let nextOrder: number | undefined;
  let nextCall: number | undefined;
  let told = 0;
  let ordered = 0;
  let hasRung = false;

  // Each simulator takes what it knows.
  const wish = { seconds: String(pace.stepMs / 1_000), pauseMs: String(pace.stepMs), untilReady: 'yes' };
  function tell(sim: HostedSim, story: string): void {
    told += 1;
    sim.tell(story, wish).catch((error: unknown) => {
      if (!(error instanceof HostStopped))
        report('a story of the demo failed', { location, channel: sim.path, story, error: String(error) });
    });
  }

  return async () => {
    const now = performance.now();
    const screens = server.watchers(location).filter(({ visible }) => visible !== false);
    const isNew = screens.some(({ session }) => !known.has(session));
    for (const { session } of screens) known.add(session);
    if (screens.length === 0) return;
    if (isNew) told = 0;
    nextOrder ??= now + pace.firstOrderMs;
    nextCall ??= now + pace.firstCallMs;
    if (told >= MOST_STORIES || (now < nextOrder && now < nextCall)) return;

    const hot = await server.locations.open(location);
    const config = hot?.state.config;
    if (!hot || !config) return;
    await openDoors(options, hot.organization, config, { orders, calls, tell });
    if (now >= nextOrder) {
      nextOrder = now + pace.orderEveryMs;
      const sim = orders.shift();
      if (sim !== undefined) {
        orders.push(sim);
        const whole = ordered < WHOLE ? sim.stories.find((one) => one === 'courier') : undefined;
        const story = whole ?? storyOf(sim, ORDERS, chance);
        ordered += 1;
        if (story !== undefined && openOrders(hot.state) < MOST_OPEN) tell(sim, story);
      }
    }
    if (now >= nextCall) {
      nextCall = now + pace.callEveryMs;
      const sim = calls.shift();
      if (sim !== undefined) {
        calls.push(sim);
        // The first is one that everything is to be seen of.
        const story = hasRung ? storyOf(sim, CALLS, chance) : sim.stories.find((one) => one === 'call');
        hasRung = true;
        if (story !== undefined) tell(sim, story);
      }
    }
  };
}

/** Links the channels that have a simulator, and lets it play. One that is linked to its provider is left to it. */
async function openDoors(
  options: Parameters<typeof createLife>[0],
  organization: string,
  config: LocationConfig,
  into: {
    readonly orders: HostedSim[];
    readonly calls: HostedSim[];
    readonly tell: (sim: HostedSim, story: string) => void;
  },
): Promise<void> {
  const { server, location, host, origin } = options;
  for (const channel of config.channels) {
    const path = `${location}/${channel.id}`;
    const sim = options.sims.find(({ provider }) => provider === channel.provider);
    const provider = options.providers.find(({ id }) => id === channel.provider);
    if (sim === undefined || provider === undefined || host.find(path) !== undefined) continue;
    const before = await server.accounts.channelLinks.get(location, channel.id);
    const place = { location, organization, config, channel, link: before };
    const link = await linkToSimulator(server.accounts.channelLinks, place, { provider, sim, origin });
    if (link.baseUrl === null || new URL(link.baseUrl).origin !== origin || link.address === null) continue;
    const known = options.config.publicUrl ?? `http://localhost:${options.config.port}`;
    const hook = `/hooks/${provider.id}/${link.address}`;
    const configNow = (): LocationConfig => server.locations.peek(location)?.state.config ?? config;
    const hosted = host.add({
      path,
      sim,
      hook: `${known}${hook}`,
      sendTo: `${server.url}${hook}`,
      secrets: link.secrets,
      store: channel.store ?? channel.id,
      menu: () => heardDishes(configNow(), channel, server.watchers(location)),
      listed: () => listedOf(configNow(), channel),
      retries: channelKind(channel.provider) !== 'voice',
      isSuccessor: true,
    });
    if (provider.kind === 'orders') {
      into.orders.push(hosted);
      // It begins with an empty memory: what is sold out here would be sold there.
      await retell(server.locations, location, channel.id);
    }
    if (provider.kind === 'voice') into.calls.push(hosted);
    // A courier comes when the house calls one, not by itself.
    if (provider.kind === 'courier' && hosted.stories.includes('service')) into.tell(hosted, 'service');
  }
}

/** Dishes that every station concerned would see now; the whole menu when there are none. */
function heardDishes(
  config: LocationConfig,
  channel: ChannelConfig,
  watchers: readonly Watcher[],
): readonly SimDish[] {
  // The pass reads all tickets as well, but nobody cooks there: it does not count.
  const seen = new Set(
    watchers.flatMap(({ topic, counts }) => (counts ? [topic.slice('station:'.length)] : [])),
  );
  const heard = dishesOf(config, { channel, stations: seen });
  return heard.length === 0 ? dishesOf(config, { channel }) : heard;
}

function storyOf(sim: HostedSim, weights: typeof ORDERS, chance: Chance): string | undefined {
  const can = weights
    .filter(([story]) => sim.stories.includes(story))
    .flatMap(([story, weight]) => Array<string>(weight).fill(story));
  return can.length === 0 ? undefined : chance.pick(can);
}

/** Orders of platforms that the kitchen still has to do with. */
function openOrders(state: LocationState): number {
  let open = 0;
  for (const order of state.orders.values()) {
    const { platform } = order;
    if (platform === undefined) continue;
    if (['awaiting_accept', 'accepted', 'in_kitchen'].includes(platformStateOf(order, platform))) open += 1;
  }
  return open;
}

import { placesOf, trialSecrets } from '../src/cli/simLinks.ts';
import { withWorkshop } from '../src/cli/workshop.ts';
import { PROVIDERS } from '../src/integrations/providers.ts';
import { SIMS } from '../src/integrations/sims.ts';
import { dishesOf } from '../src/simulators/dishes.ts';
import { type HostedSim, type SimHost, createSimHost } from '../src/simulators/host.ts';
import type { Cafe } from './house.ts';

/** A delivery platform beside the running server: it signs and sends what a platform would, and keeps what it is told. */
export type Platform = HostedSim & {
  /** What the house did to one order there, in order: `accept`, `ready`. */
  acts(order: string): readonly string[];
  /** What the house asked of the store, and what the platform said itself. */
  said(): string;
  stop(): Promise<void>;
};

/** Links a channel of the café to a simulator of its provider that runs here. `dishes`: what its guests may order. */
export async function playPlatform(
  cafe: Cafe,
  channel: string,
  dishes: readonly string[],
): Promise<Platform> {
  const { server } = cafe.house;
  const lines: string[] = [];
  const host: SimHost = createSimHost({
    seed: 7,
    now: () => Date.now(),
    say: (_path, text) => lines.push(text),
    report: (message, detail) => lines.push(`${message} ${JSON.stringify(detail)}`),
  });
  const origin = await host.listen(0);
  const env = {
    HEARD_DATA_DIR: server.dataDir,
    HEARD_SECRET: server.secret,
    PORT: String(server.port),
  };
  const quiet = { env, out: () => undefined, say: () => undefined };
  const { provider, sim, link, config, store } = await withWorkshop(quiet, async (shop) => {
    const places = PROVIDERS.map(({ id }) => placesOf(shop, id, { location: cafe.id, channel }));
    const [place] = (await Promise.all(places)).flat();
    const found = PROVIDERS.find(({ id }) => id === place?.channel.provider);
    const player = SIMS.find((one) => one.provider === found?.id);
    if (!place || !found || !player) throw new Error(`nobody plays ${channel} of ${cafe.id}`);
    const made = await shop.accounts.channelLinks.ensure(cafe.id, {
      organization: place.organization,
      channel,
      provider: found.id,
      madeBy: 'test',
      secrets: trialSecrets(found, player),
      baseUrl: `${origin}/${cafe.id}/${channel}`,
    });
    return {
      provider: found,
      sim: player,
      link: made.link,
      config: place.config,
      store: place.channel.store ?? channel,
    };
  });
  const hosted = host.add({
    path: `${cafe.id}/${channel}`,
    sim,
    hook: `${server.url}/hooks/${provider.id}/${link.address}`,
    secrets: link.secrets,
    store,
    menu: () => dishesOf(config).filter(({ id }) => dishes.includes(id)),
    retries: true,
  });
  return {
    ...hosted,
    acts: (order) => hosted.told().find(({ id }) => id === order)?.acts ?? [],
    said: () => lines.join('\n'),
    stop: () => host.close(),
  };
}

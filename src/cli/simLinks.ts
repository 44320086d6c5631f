import { randomBytes } from 'node:crypto';
import type { ChannelLink } from '../accounts/channelLinks.ts';
import { ConfigError } from '../config.ts';
import type { ChannelConfig } from '../domain/channel/config.ts';
import type { LocationConfig } from '../domain/config.ts';
import { isLoopback } from '../edge/loopback.ts';
import type { Provider } from '../integrations/provider.ts';
import type { ProviderSim } from '../integrations/simulation.ts';
import type { Workshop } from './workshop.ts';

/** Links of channels to simulators: which there are, and how one is made. */

export const SIM_PORT = 9411;

/** A channel that a simulator can play, with the link that says where. */
export type SimPlace = {
  readonly location: string;
  readonly organization: string;
  readonly config: LocationConfig;
  readonly channel: ChannelConfig;
  readonly link: ChannelLink | null;
};

/** The secrets of a trial account: what the simulator wants, made-up words for the rest that must be there; known ones stay. */
export function trialSecrets(
  provider: Provider,
  sim: ProviderSim,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const made = provider.secrets
    .filter(({ optional }) => optional !== true)
    .map(({ id }) => [id, randomBytes(24).toString('base64url')] as const);
  return { ...Object.fromEntries(made), ...sim.secrets, ...known };
}

/** Every channel of the provider, with its link. */
export async function placesOf(
  shop: Pick<Workshop, 'log' | 'locations' | 'accounts'>,
  provider: string,
  asked: { readonly location?: string | undefined; readonly channel?: string | undefined },
): Promise<SimPlace[]> {
  const found: SimPlace[] = [];
  for (const { id, organization } of await shop.log.listLocations()) {
    if (asked.location !== undefined && asked.location !== id) continue;
    const config = (await shop.locations.open(id))?.state.config;
    for (const channel of config?.channels ?? []) {
      if (channel.provider !== provider || !config) continue;
      if (asked.channel !== undefined && asked.channel !== channel.id) continue;
      const link = await shop.accounts.channelLinks.get(id, channel.id);
      found.push({ location: id, organization, config, channel, link });
    }
  }
  return found;
}

/** The one channel that is meant. Throws ConfigError with what there is, and with the way to make one where there is none. */
export function onePlace(places: readonly SimPlace[], provider: Provider): SimPlace {
  const linked = places.filter(({ link }) => (link?.baseUrl ?? null) !== null);
  const [first, ...more] = linked.length > 0 ? linked : places;
  if (first === undefined)
    throw new ConfigError(
      `no location has a channel to ${provider.name}: add {id: ${provider.id}, provider: ${provider.id}, name: ${provider.name}} to "channels" of its configuration`,
    );
  if (more.length > 0)
    throw new ConfigError(
      `several channels lead to ${provider.name}; say which: ${[first, ...more].map((one) => `--location ${one.location} --channel ${one.channel.id}`).join(', or ')}`,
    );
  return first;
}

/** Where a place's simulator is to listen. Throws ConfigError, with what to type, for one that leads elsewhere. */
export function simulatorOf(
  place: SimPlace,
  provider: Provider,
): { link: ChannelLink; address: string; baseUrl: string } {
  const { link, location, channel } = place;
  const command = `heard link --location ${location} --channel ${channel.id}`;
  if (link === null)
    throw new ConfigError(
      `${channel.id} of ${location} is not linked: "heard sim ${provider.id} --link" links it to the simulator, "${command} --secrets FILE" to an account at ${provider.name}`,
    );
  if (link.baseUrl === null)
    throw new ConfigError(
      `${channel.id} of ${location} is linked to ${provider.name} itself, where a simulator must not meddle: "${command} --base-url http://127.0.0.1:${SIM_PORT}/${location}/${channel.id}" puts the simulator in its place`,
    );
  if (new URL(link.baseUrl).protocol !== 'http:' || !isLoopback(new URL(link.baseUrl).hostname))
    throw new ConfigError(
      `${channel.id} of ${location} expects its simulator at ${link.baseUrl}, which is not this machine: "${command} --base-url http://127.0.0.1:${SIM_PORT}/${location}/${channel.id}"`,
    );
  if (link.address === null)
    throw new ConfigError(
      `the link of ${channel.id} was made under another HEARD_SECRET: "${command} --rotate" makes a new one`,
    );
  const missing = provider.secrets.find(({ id, optional }) => optional !== true && !link.secrets[id]);
  if (missing !== undefined)
    throw new ConfigError(
      `the link of ${channel.id} has no ${missing.id} (${missing.label}): "heard sim ${provider.id} --link" makes one up`,
    );
  return { link, address: link.address, baseUrl: link.baseUrl };
}

/** Links a channel to a simulator on this machine. One that is linked to the provider itself is left as it is. */
export async function linkToSimulator(
  links: Workshop['accounts']['channelLinks'],
  place: SimPlace,
  parts: { readonly provider: Provider; readonly sim: ProviderSim; readonly origin: string },
): Promise<ChannelLink> {
  const { link, location, organization, channel } = place;
  if (link !== null && (link.baseUrl === null || !isLoopback(new URL(link.baseUrl).hostname))) return link;
  const wish = {
    organization,
    channel: channel.id,
    provider: parts.provider.id,
    madeBy: 'cli:sim',
    secrets: trialSecrets(parts.provider, parts.sim, link?.secrets),
    // Nobody cooks for a test order of a provider that marks them, unless the channel is one for tests.
    environment: parts.provider.environments?.sandbox === undefined ? 'production' : 'sandbox',
    baseUrl: `${parts.origin}/${location}/${channel.id}`,
  };
  return (await links.ensure(location, wish)).link;
}

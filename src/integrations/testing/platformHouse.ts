import { expect } from 'vitest';
import type { ChannelLink } from '../../accounts/channelLinks.ts';
import { nameId } from '../../domain/ids.ts';
import type { Order } from '../../domain/order.ts';
import { type HookHouse, startHookHouse } from '../../testkit/hookHouse.ts';
import type { Provider, Secrets } from '../provider.ts';
import type { ProviderSim, SimDelivery, SimTold } from '../simulation.ts';
import { type SimServer, startSimServer } from './simServer.ts';

/** Brasa of the demo with a platform at its door, which the simulator plays: webhooks come in over HTTP, calls go out over HTTP. */
export type PlatformHouse = {
  readonly house: HookHouse;
  readonly platform: SimServer;
  readonly link: ChannelLink;
  /** What happens to a delivery instead of coming to the house; null: it comes. */
  hold(instead: Answering | null): void;
  /** Brings a delivery to the house. */
  deliver(delivery: SimDelivery): Promise<Answer>;
  /** Tells a story to its end; answers the platform's id of the order. */
  story(name: string, options?: Readonly<Record<string, string>>): Promise<string>;
  /** The same, as soon as the story has placed its order. */
  begin(name: string, options?: Readonly<Record<string, string>>): Promise<Begun>;
  /** Our id of an order by the platform's. */
  idOf(externalId: string): string;
  /** Waits for the order to be in the house. */
  order(externalId: string): Promise<Order>;
  /** What the platform itself knows of the order. */
  told(externalId: string): SimTold | undefined;
  /** Every station's screen paints the order. */
  hear(externalId: string): Promise<void>;
  /** The kitchen makes all of it. */
  bump(externalId: string): Promise<void>;
  stop(): Promise<void>;
};
type Answer = { readonly status: number; readonly body: string };
type Answering = (delivery: SimDelivery) => Answer | Promise<Answer>;
type Begun = { readonly id: string; readonly over: Promise<string> };

/** For what takes its time on two cores with a database beside it. */
export const PATIENCE = { timeout: 30_000, interval: 50 };

/** Looks as often as the house's tick, so that a test need not wait for minutes. */
export function lookingOften(provider: Provider): Provider {
  return { ...provider, look: { everyMs: 1_000, run: async (tools) => provider.look?.run(tools) } };
}

export async function startPlatformHouse(
  connections: Parameters<typeof startHookHouse>[0],
  provider: Provider,
  sim: ProviderSim,
  options: {
    /** Its id at the house; added where the demo has none of that id. */
    readonly channel: string;
    readonly secrets: Secrets;
    readonly store?: string;
    /** Of every story, unless it is told otherwise. */
    readonly usual?: Readonly<Record<string, string>>;
  },
): Promise<PlatformHouse> {
  const { channel, secrets, store, usual } = options;
  const house = await startHookHouse(connections, [provider]);
  const { channels = [] } = (await house.state('brasa')).config ?? {};
  if (!channels.some(({ id }) => id === channel))
    await house.addChannels('brasa', [
      { id: channel, provider: provider.id, ...(store !== undefined && { store }) },
    ]);
  const { menu } = (await house.state('brasa')).config ?? {};
  let held: Answering | null = null;
  const platform = await startSimServer(provider, sim, {
    secrets,
    ...(store !== undefined && { store }),
    menu: (menu?.items ?? []).slice(0, 6).map(({ id, name, price }) => ({ id, name, price, options: [] })),
    deliver: async (delivery) => (held ?? deliver)(delivery),
  });
  const link = await house.link('brasa', channel, secrets, { baseUrl: platform.url });

  const deliver = async ({ body, headers }: SimDelivery): Promise<Answer> => {
    const { status, text } = await house.deliver(link, body, headers);
    return { status, body: text };
  };
  const story: PlatformHouse['story'] = async (name, more) => {
    const told = platform.sim.stories[name];
    if (told === undefined) throw new Error(`${provider.name} has no story ${name}`);
    return (await told({ ...usual, ...more })).id;
  };
  const idOf = (externalId: string): string => nameId('channel', 'brasa', channel, 'order', externalId);
  const order = async (externalId: string): Promise<Order> => {
    const find = async () => (await house.state('brasa')).orders.get(idOf(externalId));
    await expect.poll(find, PATIENCE).toBeDefined();
    return (await find()) ?? expect.fail(`the order ${externalId} went away`);
  };

  return {
    house,
    platform,
    link,
    hold: (instead) => void (held = instead),
    deliver,
    story,
    async begin(name, more) {
      const before = platform.sim.told().length;
      const over = story(name, more);
      await expect.poll(() => platform.sim.told().length, PATIENCE).toBeGreaterThan(before);
      return { id: platform.sim.told().at(-1)?.id ?? '', over };
    },
    idOf,
    order,
    told: (externalId) => platform.sim.told().find(({ id }) => id === externalId),
    hear: async (externalId) => house.hear('brasa', (await order(externalId)).id),
    async bump(externalId) {
      for (const { id: ticket } of (await order(externalId)).tickets)
        await house.say('brasa', 'ticket.bump', { ticket });
    },
    async stop() {
      await house.stop();
      await platform.stop();
    },
  };
}

import type { ChannelConfig } from '../domain/channel/config.ts';
import { theirsOf } from '../domain/channel/items.ts';
import type { LocationConfig } from '../domain/config.ts';
import { route } from '../domain/menu.ts';
import type { SimDish, SimListed } from '../integrations/simulation.ts';

type Menu = Pick<LocationConfig, 'menu' | 'defaultStation'>;

/** What a platform that took the menu over calls it: by the channel's names, and by our own ids where it has none. */
function namesAt(channel: ChannelConfig | undefined): (id: string, isOption: boolean) => string {
  return (id, isOption) => (channel === undefined ? id : (theirsOf(channel, id, isOption)[0] ?? id));
}

/**
 * A location's menu as guests of a platform see it. A simulator may choose any options together, so of each group only as
 * many are shown as a guest may have, others for each dish. `stations`: what is made at these alone.
 */
export function dishesOf(
  config: Menu,
  {
    channel,
    stations,
  }: { readonly channel?: ChannelConfig | undefined; readonly stations?: ReadonlySet<string> } = {},
): SimDish[] {
  const theirs = namesAt(channel);
  const groups = new Map(config.menu.groups.map((group) => [group.id, group]));
  const isMade = (station: string | undefined) => station === undefined || stations?.has(station) !== false;
  return config.menu.items
    .filter((item) => stations === undefined || route(config, item, []).every(isMade))
    .map((item, index) => ({
      id: theirs(item.id, false),
      name: item.name,
      price: item.price,
      options: item.groups.flatMap((id) => {
        const group = groups.get(id);
        const options = (group?.options ?? []).filter((one) => isMade(one.station) && isMade(one.alsoAt));
        const from = index % Math.max(1, options.length);
        return [...options.slice(from), ...options.slice(0, from)]
          .slice(0, group?.max)
          .map(({ id: option, name, price }) => ({ id: theirs(option, true), name, price }));
      }),
    }));
}

/** Everything on that menu, whoever can make it now: what a platform knows that it is told of. */
export function listedOf({ menu }: Pick<Menu, 'menu'>, channel?: ChannelConfig): SimListed[] {
  const theirs = namesAt(channel);
  return [
    ...menu.items.map(({ id, name }) => ({ id: theirs(id, false), name, isOption: false })),
    ...menu.groups.flatMap(({ options }) =>
      options.map(({ id, name }) => ({ id: theirs(id, true), name, isOption: true })),
    ),
  ];
}

import type { LocationConfig, MenuItemConfig, OptionConfig } from './config.ts';
import { type Routes, route } from './menu.ts';
import { UNROUTED } from './place.ts';

/** Which rule sends a dish where: the answer to "where does this go?". The rules themselves are `route`'s. */

export type RoutingRule = 'option' | 'also' | 'item' | 'category' | 'default' | 'unrouted';
export type RoutedTo = {
  readonly station: string;
  readonly rule: RoutingRule;
  /** What the rule belongs to: the option's, item's or category's name. */
  readonly of: string;
};

export function explainRoute(
  config: Routes & Pick<LocationConfig, 'name'>,
  item: MenuItemConfig,
  options: readonly OptionConfig[],
): RoutedTo[] {
  const category = config.menu.categories.find(({ id }) => id === item.category);
  return route(config, item, options).map((station): RoutedTo => {
    const turned = options.find((option) => option.station === station);
    if (turned) return { station, rule: 'option', of: turned.name };
    const isTurned = options.some((option) => option.station !== undefined);
    if (!isTurned && (item.stations ?? []).includes(station)) return { station, rule: 'item', of: item.name };
    if (!isTurned && item.stations === undefined && (category?.stations ?? []).includes(station))
      return { station, rule: 'category', of: category?.name ?? item.category };
    const also = options.find((option) => option.alsoAt === station);
    if (also) return { station, rule: 'also', of: also.name };
    return station === UNROUTED
      ? { station, rule: 'unrouted', of: item.name }
      : { station, rule: 'default', of: config.name };
  });
}

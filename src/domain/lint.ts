import type { LocationConfig, MenuItemConfig } from './config.ts';
import { route } from './menu.ts';
import { UNROUTED } from './place.ts';

/**
 * What the document itself may say, and a house would still lose food by: read before a configuration is published.
 * An error blocks the publish, a warning is shown. Each finding names its place, says what would happen and what mends it.
 */

export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly rule: LintRule;
  /** Where in the document: `['menu', 'items', 4]`. */
  readonly path: readonly (string | number)[];
  /** What the rule's sentence names. */
  readonly values: Readonly<Record<string, string | number>>;
};

/** What is true of the house around the document. */
export type Surroundings = {
  /** Paired screens that may show something; `every`: any station has one (the demo's screens sign themselves in). */
  readonly screens: readonly { name: string; page: string; station?: string }[] | 'every';
  /** Addresses (`host:port`) of printers of the organization's other locations, and whose they are. */
  readonly printersElsewhere: ReadonlyMap<string, string>;
  readonly soldOutOptions: ReadonlySet<string>;
};

/** What would happen, and the mend; `{name}` stands for a value. */
export const LINT_WORDS = {
  unroutable: [
    '{item} is made nowhere: its orders would lie in the lane UNROUTED.',
    'Give the item or its category a station, or the house a default station.',
  ],
  'deaf-station': [
    '{station} has neither a screen nor a printer: its tickets would be seen by nobody.',
    'Pair a screen for it, or give it a printer.',
  ],
  'backup-self': [
    '{station} is its own backup: when its screens are gone nobody stands in.',
    'Choose another station, or none.',
  ],
  'deaf-backup': [
    '{backup} stands in for {station}, but has neither a screen nor a printer of its own.',
    'Pair a screen for it, give it a printer, or choose another backup.',
  ],
  'course-without-rule': [
    '{what} is of course {course}, which the house does not have: nobody would know when to fire it.',
    'Add course {course} to the house, or choose another.',
  ],
  unsatisfiable: [
    '{item} needs a choice of {group}, and all its options are sold out: the item cannot be ordered.',
    'Take an option back on sale, or let the group be left out (minimum 0).',
  ],
  'mapping-gone': [
    '{channel} sends “{external}” to {target}, which is no longer on the menu: its orders would arrive as unknown items.',
    'Map it to something else, or take the mapping away.',
  ],
  'shared-printer': [
    '{printer} is also a printer of {location}: two houses’ tickets would come out of it.',
    'Give each house a printer of its own.',
  ],
  'no-price': ['{item} costs nothing.', 'Set a price, if that is not meant.'],
  'no-work': ['Nothing on the menu is made at {station}.', 'Send something there, or take the station away.'],
  'screen-without-station': [
    'The screen {screen} stands at {station}, which is no longer there: it would show nothing.',
    'Pair the screen again for another station.',
  ],
} as const satisfies Record<string, readonly [happens: string, mend: string]>;
export type LintRule = keyof typeof LINT_WORDS;

export function lintHouse(config: LocationConfig, around: Surroundings): Finding[] {
  return [
    ...stations(config, around),
    ...menu(config, around),
    ...channels(config),
    ...printers(config, around),
    ...screens(config, around),
  ];
}

/** The finding in English: what would happen, and what mends it. */
export function lintWords({ rule, values }: Finding): { happens: string; mend: string } {
  const [happens, mend] = LINT_WORDS[rule].map((words) =>
    words.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? '')),
  );
  return { happens: happens ?? '', mend: mend ?? '' };
}

function* stations(config: LocationConfig, around: Surroundings): Generator<Finding> {
  const hasPrinter = new Set(
    config.stations.flatMap(({ id, printer }) => (printer === undefined ? [] : [id])),
  );
  const isDeaf = (id: string): boolean => !hasPrinter.has(id) && !hasScreen(config, around, id);
  const worked = workplaces(config);
  for (const [index, station] of config.stations.entries()) {
    const at = ['stations', index];
    const { id, name, backup } = station;
    const standIn = config.stations.find((one) => one.id === backup)?.name ?? config.expo.name;
    if (isDeaf(id)) yield error('deaf-station', at, { station: name });
    if (backup === id) yield error('backup-self', [...at, 'backup'], { station: name });
    else if (backup !== undefined && isDeaf(backup)) {
      // With paper of its own the station is not lost when its screens are.
      const severity = hasPrinter.has(id) ? 'warning' : 'error';
      yield {
        severity,
        rule: 'deaf-backup',
        path: [...at, 'backup'],
        values: { station: name, backup: standIn },
      };
    }
    if (config.menu.items.length > 0 && !worked.has(id)) yield warning('no-work', at, { station: name });
  }
}

function hasScreen(config: LocationConfig, { screens: all }: Surroundings, id: string): boolean {
  if (all === 'every') return true;
  return all.some(
    ({ page, station }) =>
      (page === 'kitchen' && station === id) || (page === 'expo' && id === config.expo.id),
  );
}

/** Stations that something on the menu is sent to, by whatever rule. */
function workplaces({ stations: all, menu: { categories, groups, items }, defaultStation }: LocationConfig) {
  const named = [
    ...categories.flatMap((one) => one.stations ?? []),
    ...items.flatMap((one) => one.stations ?? []),
    ...groups.flatMap((group) => group.options.flatMap((option) => [option.station, option.alsoAt])),
    defaultStation,
  ];
  return new Set(all.map(({ id }) => id).filter((id) => named.includes(id)));
}

function* menu(config: LocationConfig, around: Surroundings): Generator<Finding> {
  const { categories, groups, items } = config.menu;
  const courses = new Set(config.courses.map(({ number }) => number));
  const groupsById = new Map(groups.map((group) => [group.id, group]));
  for (const [index, { name, course }] of categories.entries())
    if (course !== undefined && !courses.has(course))
      yield error('course-without-rule', ['menu', 'categories', index, 'course'], { what: name, course });
  for (const [index, item] of items.entries()) {
    const at = ['menu', 'items', index];
    if (isUnroutable(config, item)) yield error('unroutable', at, { item: item.name });
    if (item.course !== undefined && !courses.has(item.course))
      yield error('course-without-rule', [...at, 'course'], { what: item.name, course: item.course });
    if (item.price === 0) yield warning('no-price', [...at, 'price'], { item: item.name });
    for (const id of item.groups) {
      const group = groupsById.get(id);
      if (group === undefined || group.min === 0) continue;
      if (group.options.every((option) => around.soldOutOptions.has(option.id)))
        yield error('unsatisfiable', [...at, 'groups'], { item: item.name, group: group.name });
    }
  }
}

/** No rule of item, category or house, and no choice that must be made sends it anywhere. */
function isUnroutable(config: LocationConfig, item: MenuItemConfig): boolean {
  if (!route(config, item, []).includes(UNROUTED)) return false;
  const required = config.menu.groups.filter(({ id, min }) => min > 0 && item.groups.includes(id));
  return !required.some(({ options }) => options.every(({ station }) => station !== undefined));
}

/** What a platform calls something, and what it is here: ids of the menu that must be there. */
function* channels(config: LocationConfig): Generator<Finding> {
  const known = new Set([
    ...config.menu.items.map(({ id }) => id),
    ...config.menu.groups.flatMap((group) => group.options.map(({ id }) => id)),
  ]);
  for (const [index, channel] of config.channels.entries())
    for (const { external, target, path } of mappingsOf(channel))
      if (!known.has(target))
        yield error('mapping-gone', ['channels', index, ...path], {
          channel: channel.name,
          external,
          target,
        });
}

type Mapping = { external: string; target: string; path: (string | number)[] };

function mappingsOf({ items, options }: LocationConfig['channels'][number]): Mapping[] {
  return [
    ...items.map(({ external, item }, at) => ({ external, target: item, path: ['items', at, 'item'] })),
    ...options.flatMap(({ external, option }, at) =>
      option === undefined ? [] : [{ external, target: option, path: ['options', at, 'option'] }],
    ),
  ];
}

function* printers(config: LocationConfig, { printersElsewhere }: Surroundings): Generator<Finding> {
  for (const [index, { id, name, host, port }] of config.printers.entries()) {
    const location = host === undefined ? undefined : printersElsewhere.get(`${host.toLowerCase()}:${port}`);
    if (location !== undefined)
      yield warning('shared-printer', ['printers', index], { printer: name ?? id, location });
  }
}

function* screens(config: LocationConfig, { screens: all }: Surroundings): Generator<Finding> {
  if (all === 'every') return;
  const places = new Set([...config.stations.map(({ id }) => id), config.expo.id, UNROUTED]);
  for (const { name, page, station } of all)
    if (page === 'kitchen' && station !== undefined && !places.has(station))
      yield warning('screen-without-station', ['screens'], { screen: name, station });
}

function error(rule: LintRule, path: Finding['path'], values: Finding['values']): Finding {
  return { severity: 'error', rule, path, values };
}

function warning(rule: LintRule, path: Finding['path'], values: Finding['values']): Finding {
  return { severity: 'warning', rule, path, values };
}

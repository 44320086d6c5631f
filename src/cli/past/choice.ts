import type { MenuLine } from '../../domain/commands.ts';
import type { GroupConfig, LocationConfig, MenuItemConfig } from '../../domain/config.ts';
import type { Chance } from '../../simulators/chance.ts';

/** What a guest chooses: an item with what it needs chosen, and now and then more. */

type Modifier = MenuLine['modifiers'][number];

const EXTRAS = 0.18;

export function chooseLine(
  chance: Chance,
  config: LocationConfig,
  item: MenuItemConfig,
  id: string,
): MenuLine {
  const groups = new Map(config.menu.groups.map((group) => [group.id, group]));
  const modifiers: Modifier[] = [];
  for (const name of item.groups) {
    const chosen = chooseOf(chance, groups.get(name));
    modifiers.push(...chosen);
    for (const { group, option } of chosen)
      for (const nested of groups.get(group)?.options.find((one) => one.id === option)?.groups ?? [])
        modifiers.push(...chooseOf(chance, groups.get(nested)));
  }
  return {
    id,
    menuItem: item.id,
    qty: chance.is(0.12) ? 2 : 1,
    modifiers,
    allergies: chance.is(0.012) ? [chance.pick(['nuts', 'dairy', 'gluten'])] : [],
    hold: false,
  };
}

function chooseOf(chance: Chance, group: GroupConfig | undefined): Modifier[] {
  if (group === undefined) return [];
  const wanted = group.min > 0 ? group.min : chance.is(EXTRAS) ? 1 : 0;
  const counts = new Map<string, number>();
  for (let count = 0; count < wanted; count += 1) {
    const { id } = chance.pick(group.options);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].map(([option, qty]) => ({ group: group.id, option, ...(qty > 1 && { qty }) }));
}

/** A few things of a party: by course, so that a table has its drinks, its mains and some of the rest. */
export function chooseParty(
  chance: Chance,
  config: LocationConfig,
  covers: number,
  newId: () => string,
): MenuLine[] {
  const byCourse = (course: number): MenuItemConfig[] =>
    config.menu.items.filter((item) => courseOf(config, item) === course);
  const lines: MenuLine[] = [];
  const take = (course: number): void => {
    const items = byCourse(course);
    if (items.length > 0) lines.push(chooseLine(chance, config, chance.pick(items), newId()));
  };
  for (let cover = 0; cover < covers; cover += 1) {
    if (chance.is(0.62)) take(1);
    if (chance.is(0.34)) take(2);
    if (chance.is(0.72)) take(chance.is(0.8) ? 3 : 2);
  }
  if (lines.length === 0) take(chance.pick([2, 3]));
  if (lines.length === 0) take(2);
  return lines.slice(0, 12);
}

export function chooseDessert(chance: Chance, config: LocationConfig, newId: () => string): MenuLine[] {
  const items = config.menu.items.filter((item) => courseOf(config, item) === 4);
  return items.length === 0
    ? []
    : Array.from({ length: 1 + chance.below(2) }, () =>
        chooseLine(chance, config, chance.pick(items), newId()),
      );
}

function courseOf(config: LocationConfig, item: MenuItemConfig): number | undefined {
  return item.course ?? config.menu.categories.find(({ id }) => id === item.category)?.course;
}

import type { Line, MenuLine, OpenLine } from './commands.ts';
import type { CategoryConfig, GroupConfig, LocationConfig, MenuItemConfig, OptionConfig } from './config.ts';
import type { ItemFact, ModifierFact } from './events.ts';
import { UNROUTED } from './place.ts';
import { Refused, conflict, invalid } from './refusals.ts';
import type { LocationState } from './state.ts';
import { isSoldOut } from './stock/left.ts';

/** From what a waiter chose to what a kitchen cooks: names, prices, stations; and what a menu does not allow. */

type Choice = MenuLine['modifiers'][number];
/** What may be sold though it is sold out: what the line already had, or, of an order that was paid elsewhere, all. */
type Keep = ReadonlySet<string> | 'all';
const NONE: Keep = new Set();
type Picked = { group: GroupConfig; option: OptionConfig; qty: number };

/**
 * A line as the log will keep it. `path` names it in errors (`order.items.0`).
 * `keep`: what may stay though sold out.
 */
export function resolveLine(state: LocationState, line: Line, path: string, keep: Keep = NONE): ItemFact {
  const config = state.config;
  const shared = {
    id: line.id,
    qty: line.qty,
    ...(line.notes !== undefined && line.notes !== '' && { notes: line.notes }),
    allergies: line.allergies,
    ...(line.seat !== undefined && { seat: line.seat }),
    held: line.hold,
  };
  if (!('menuItem' in line))
    return {
      ...shared,
      ...openItem(config, line, path),
      ...(line.course !== undefined && { course: line.course }),
    };

  const item = findMenuItem(config, line.menuItem);
  if (!item) throw invalid(`${path}.menuItem`, `"${line.menuItem}" is not on the menu`);
  refuseSoldOut(state, 'items', item, `${path}.menuItem`, keep);
  const { modifiers, unitPrice, stations } = resolveModifiers(
    state,
    item,
    line.modifiers,
    `${path}.modifiers`,
    keep,
  );
  const course = line.course ?? item.course ?? findCategory(config, item.category)?.course;
  return {
    ...shared,
    menuItem: item.id,
    name: item.name,
    kitchenName: item.kitchenName ?? item.name,
    unitPrice,
    modifiers,
    stations,
    ...(course !== undefined && { course }),
  };
}

/** The modifiers of a menu item, checked and priced, and where the item is made because of them. */
export function resolveModifiers(
  state: LocationState,
  item: MenuItemConfig,
  choices: readonly Choice[],
  path: string,
  keep: Keep = NONE,
): { modifiers: ModifierFact[]; unitPrice: number; stations: string[] } {
  const config = state.config;
  const picked = pick(config, item, choices, path);
  for (const { option } of picked) refuseSoldOut(state, 'options', option, path, keep);
  const free = new Map<string, number>();
  const modifiers = picked.map(({ group, option, qty }): ModifierFact => {
    const left = free.get(group.id) ?? group.free;
    const covered = Math.min(left, qty);
    free.set(group.id, left - covered);
    return {
      group: group.id,
      option: option.id,
      action: option.kind ?? group.kind,
      name: option.name,
      qty,
      price: option.price * (qty - covered),
    };
  });
  const unitPrice = modifiers.reduce((sum, modifier) => sum + modifier.price, item.price);
  return {
    modifiers,
    unitPrice,
    stations: route(
      config,
      item,
      picked.map(({ option }) => option),
    ),
  };
}

/** The menu by id, made once for each document: it stays the same object until the location is configured anew. */
type MenuIndex = {
  items: ReadonlyMap<string, MenuItemConfig>;
  groups: ReadonlyMap<string, GroupConfig>;
  categories: ReadonlyMap<string, CategoryConfig>;
};
const indexes = new WeakMap<Routes, MenuIndex>();
/** What says where a dish is made. */
export type Routes = Pick<LocationConfig, 'menu' | 'defaultStation'>;

function indexOf(config: Routes): MenuIndex {
  const known = indexes.get(config);
  if (known) return known;
  const byId = <T extends { id: string }>(list: readonly T[]) => new Map(list.map((one) => [one.id, one]));
  const { items, groups, categories } = config.menu;
  const made = { items: byId(items), groups: byId(groups), categories: byId(categories) };
  indexes.set(config, made);
  return made;
}

export function findMenuItem(config: LocationConfig | null, id: string): MenuItemConfig | undefined {
  return config === null ? undefined : indexOf(config).items.get(id);
}

function findCategory(config: Routes | null, id: string): CategoryConfig | undefined {
  return config === null ? undefined : indexOf(config).categories.get(id);
}

/** Item rule > category rule > default; an option may send it elsewhere, or there as well; nothing: the UNROUTED lane. */
export function route(
  config: Routes | null,
  item: MenuItemConfig,
  options: readonly OptionConfig[],
): string[] {
  const rerouted = options.flatMap((option) => option.station ?? []);
  const own = item.stations ?? findCategory(config, item.category)?.stations ?? [];
  const base = rerouted.length > 0 ? rerouted : own.length > 0 ? own : [config?.defaultStation ?? UNROUTED];
  return [...new Set([...base, ...options.flatMap((option) => option.alsoAt ?? [])])];
}

/** Groups of the item and, one level below, of the options chosen in them. */
function pick(
  config: LocationConfig | null,
  item: MenuItemConfig,
  choices: readonly Choice[],
  path: string,
): Picked[] {
  const groups: ReadonlyMap<string, GroupConfig> = config === null ? new Map() : indexOf(config).groups;
  const open = new Map<string, GroupConfig>();
  const openGroup = (id: string) => {
    const group = groups.get(id);
    if (group) open.set(id, group);
  };
  item.groups.forEach(openGroup);
  for (const id of item.groups)
    for (const option of groups.get(id)?.options ?? [])
      if (choices.some((choice) => choice.group === id && choice.option === option.id))
        option.groups.forEach(openGroup);

  const counts = new Map<string, number>();
  const picked = choices.map((choice, index): Picked => {
    const group = open.get(choice.group);
    if (!group) throw invalid(`${path}.${index}.group`, `"${choice.group}" is not a group of ${item.name}`);
    const option = group.options.find(({ id }) => id === choice.option);
    if (!option)
      throw invalid(`${path}.${index}.option`, `"${choice.option}" is not an option of ${group.name}`);
    const qty = choice.qty ?? 1;
    counts.set(group.id, (counts.get(group.id) ?? 0) + qty);
    return { group, option, qty };
  });
  for (const group of open.values()) {
    const count = counts.get(group.id) ?? 0;
    if (count < group.min)
      throw invalid(
        path,
        `${group.name} needs ${group.min === group.max ? '' : 'at least '}${group.min}, got ${count}`,
      );
    if (count > group.max) throw invalid(path, `${group.name} allows at most ${group.max}, got ${count}`);
  }
  return picked;
}

function openItem(config: LocationConfig | null, line: OpenLine, path: string) {
  if (line.station !== undefined && !config?.stations.some((station) => station.id === line.station))
    throw invalid(`${path}.station`, `"${line.station}" is not a station here`);
  const { modifiers, unitPrice } = openModifiers(line.modifiers, line.price);
  return {
    name: line.name,
    kitchenName: line.name,
    unitPrice,
    modifiers,
    stations: [line.station ?? config?.defaultStation ?? UNROUTED],
  };
}

/** Modifiers in somebody else's words, and what one piece costs with them. */
export function openModifiers(
  list: OpenLine['modifiers'],
  price: number,
): { modifiers: ModifierFact[]; unitPrice: number } {
  const modifiers = list.map((modifier): ModifierFact => ({
    action: modifier.action,
    name: modifier.name,
    qty: modifier.qty ?? 1,
    price: (modifier.price ?? 0) * (modifier.qty ?? 1),
  }));
  return { modifiers, unitPrice: modifiers.reduce((sum, modifier) => sum + modifier.price, price) };
}

/** Up to three others of the category that are sold. */
export function substitutes(state: LocationState, { id, category }: MenuItemConfig): string[] {
  const others = state.config?.menu.items.filter(
    (item) => item.category === category && item.id !== id && !isSoldOut(state, item.id),
  );
  return (others ?? []).slice(0, 3).map(({ name }) => name);
}

export function refuseSoldOut(
  state: LocationState,
  what: 'items' | 'options',
  { id, name }: { readonly id: string; readonly name: string },
  path: string,
  keep: Keep = NONE,
): void {
  if (!Object.hasOwn(state.soldOut[what], id) || keep === 'all' || keep.has(id)) return;
  const item = what === 'items' ? findMenuItem(state.config, id) : undefined;
  const others = item ? substitutes(state, item) : [];
  const refused = conflict(
    `${name} is sold out.${others.length > 0 ? ` Instead: ${others.join(', ')}.` : ''}`,
    item && { kind: 'menu', id: item.category },
  );
  throw new Refused({ ...refused.refusal, errors: [{ path, message: 'is sold out' }] });
}

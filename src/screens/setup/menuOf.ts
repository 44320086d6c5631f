import type {
  CategoryConfig,
  GroupConfig,
  LocationConfig,
  MenuItemConfig,
  OptionConfig,
} from '../../domain/config.ts';
import type { Json } from '../../domain/documents.ts';
import { listOf, numberOf, textsOf, valueAt, wordsOf } from './doc.ts';

/** The menu of a draft as the rules read one: what is not there yet gets the defaults of an empty one. */

type Menu = LocationConfig['menu'];
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function menuOf(doc: Json): Menu {
  return {
    categories: listOf(doc, ['menu', 'categories']).map(categoryOf),
    groups: listOf(doc, ['menu', 'groups']).map(groupOf),
    items: listOf(doc, ['menu', 'items']).map(itemOf),
  };
}

/** What decides where a dish is made. */
export function routesOf(doc: Json): Pick<LocationConfig, 'name' | 'menu' | 'defaultStation'> {
  return { name: wordsOf(doc, ['name']), menu: menuOf(doc), ...textAs(doc, 'defaultStation') };
}

function categoryOf(one: Json): CategoryConfig {
  return {
    id: wordsOf(one, ['id']),
    name: wordsOf(one, ['name']),
    ...stationsOf(one),
    ...numberAs(one, 'course'),
  };
}

export function itemOf(one: Json): MenuItemConfig {
  return {
    id: wordsOf(one, ['id']),
    name: wordsOf(one, ['name']),
    category: wordsOf(one, ['category']),
    price: numberOf(one, ['price']) ?? 0,
    allergens: textsOf(one, ['allergens']),
    groups: textsOf(one, ['groups']),
    ...textAs(one, 'kitchenName'),
    ...numberAs(one, 'prep'),
    ...numberAs(one, 'course'),
    ...stationsOf(one),
  };
}

function groupOf(one: Json): GroupConfig {
  return {
    id: wordsOf(one, ['id']),
    name: wordsOf(one, ['name']),
    min: numberOf(one, ['min']) ?? 0,
    max: numberOf(one, ['max']) ?? 100,
    free: numberOf(one, ['free']) ?? 0,
    kind: kindOf(one) ?? 'choice',
    options: listOf(one, ['options']).map(optionOf),
    ...textAs(one, 'default'),
  };
}

function optionOf(one: Json): OptionConfig {
  const kind = kindOf(one);
  return {
    id: wordsOf(one, ['id']),
    name: wordsOf(one, ['name']),
    price: numberOf(one, ['price']) ?? 0,
    allergens: textsOf(one, ['allergens']),
    groups: textsOf(one, ['groups']),
    ...(kind !== undefined && { kind }),
    ...textAs(one, 'station'),
    ...textAs(one, 'alsoAt'),
  };
}

function kindOf(one: Json): 'add' | 'remove' | 'choice' | undefined {
  const kind = wordsOf(one, ['kind']);
  return kind === 'add' || kind === 'remove' || kind === 'choice' ? kind : undefined;
}

function textAs<K extends string>(one: Json, key: K): Given<Record<K, string>> {
  const made: Given<Record<K, string>> = {};
  const found = wordsOf(one, [key]);
  if (found !== '') made[key] = found;
  return made;
}

function numberAs<K extends string>(one: Json, key: K): Given<Record<K, number>> {
  const made: Given<Record<K, number>> = {};
  const found = numberOf(one, [key]);
  if (found !== undefined) made[key] = found;
  return made;
}

function stationsOf(one: Json): { stations?: string[] } {
  return valueAt(one, ['stations']) === undefined ? {} : { stations: textsOf(one, ['stations']) };
}

/** A menu with what a table says of it: what the table does not name stays, what is new comes behind. */
export function joinedMenu(before: Menu, table: Menu): Menu {
  return {
    categories: joined(before.categories, table.categories),
    groups: joined(before.groups, table.groups),
    items: joined(before.items, table.items),
  };
}

function joined<T extends { id: string }>(before: readonly T[], table: readonly T[]): T[] {
  const said = new Map(table.map((one) => [one.id, one]));
  const there = new Set(before.map(({ id }) => id));
  return [...before.map((one) => said.get(one.id) ?? one), ...table.filter(({ id }) => !there.has(id))];
}

import type { GroupConfig, LocationConfig, OptionConfig } from './config.ts';
import { writeCsv, writeList, writeText } from './csv.ts';
import { writePrice } from './prices.ts';

/** A whole menu as a table: what `readMenu` reads back unchanged. */

export const MENU_COLUMNS = [
  'type',
  'id',
  'name',
  'category',
  'price',
  'kitchen name',
  'stations',
  'course',
  'prep',
  'allergens',
  'groups',
  'group',
  'min',
  'max',
  'free',
  'kind',
  'default',
  'also at',
] as const;
export type MenuColumn = (typeof MENU_COLUMNS)[number];

export function writeMenu({ categories, groups, items }: LocationConfig['menu'], digits: number): string {
  const money = (amount: number): string => writePrice(amount, digits);
  const some = <T>(value: T | undefined, write: (value: T) => string = String): string =>
    value === undefined ? '' : write(value);
  const row = (cells: Partial<Record<MenuColumn, string>>) =>
    MENU_COLUMNS.map((column) => cells[column] ?? '');
  const option = (one: OptionConfig, group: GroupConfig) =>
    row({
      type: 'option',
      id: one.id,
      name: writeText(one.name),
      group: group.id,
      price: money(one.price),
      stations: one.station ?? '',
      'also at': one.alsoAt ?? '',
      allergens: one.allergens.length > 0 ? writeList(one.allergens) : '',
      groups: one.groups.length > 0 ? writeList(one.groups) : '',
      kind: one.kind ?? '',
    });
  return writeCsv([
    [...MENU_COLUMNS],
    ...categories.map((one) =>
      row({
        type: 'category',
        id: one.id,
        name: writeText(one.name),
        stations: writeList(one.stations),
        course: some(one.course),
      }),
    ),
    ...groups.flatMap((group) => [
      row({
        type: 'group',
        id: group.id,
        name: writeText(group.name),
        min: String(group.min),
        max: String(group.max),
        free: String(group.free),
        kind: group.kind,
        default: group.default ?? '',
      }),
      ...group.options.map((one) => option(one, group)),
    ]),
    ...items.map((one) =>
      row({
        type: 'item',
        id: one.id,
        name: writeText(one.name),
        category: one.category,
        price: money(one.price),
        'kitchen name': some(one.kitchenName, writeText),
        stations: writeList(one.stations),
        course: some(one.course),
        prep: some(one.prep),
        allergens: one.allergens.length > 0 ? writeList(one.allergens) : '',
        groups: one.groups.length > 0 ? writeList(one.groups) : '',
      }),
    ),
  ]);
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { locationConfig } from '../domain/config.ts';
import type { LocationConfig } from '../domain/config.ts';
import type { CommandRequest } from '../domain/commands.ts';

/**
 * 917 real orders of a burrito restaurant (`demo/README.md` says where they come from) as something that Heard can
 * serve: a menu with modifiers, made of what people really ordered, and one `order.place` input for each order.
 */

export type RealLine = { qty: number; item: string; choices: string[]; cents: number };
export type RealOrder = { id: string; lines: RealLine[] };

/** `order.place`'s input before defaults. */
export type PlaceRequest = CommandRequest<'order.place'>;

export const REAL_ORDERS_FILE = fileURLToPath(new URL('../../demo/real-orders.tsv', import.meta.url));

/** Reads and parses the file. Throws naming the line that is not as it should be. */
export function readRealOrders(file: string = REAL_ORDERS_FILE): RealOrder[] {
  return parseRealOrders(readFileSync(file, 'utf8'));
}

/** Parses tab-separated order lines under a heading; orders come in the file's order. Throws naming the bad line. */
export function parseRealOrders(text: string): RealOrder[] {
  const orders = new Map<string, RealOrder>();
  for (const [index, row] of text.split('\n').entries()) {
    if (index === 0 || row.trim() === '') continue;
    const [id, qty, item, choices, price] = row.split('\t');
    const cents = Math.round(Number((price ?? '').trim().replace('$', '')) * 100);
    if (
      !id ||
      !item ||
      !choices ||
      !Number.isInteger(Number(qty)) ||
      Number(qty) < 1 ||
      !Number.isInteger(cents)
    )
      throw new Error(
        `line ${index + 1} is not "order_id, quantity, item_name, choice_description, item_price": ${row.slice(0, 80)}`,
      );
    const order = orders.get(id) ?? { id, lines: [] };
    order.lines.push({ qty: Number(qty), item: item.trim(), choices: parseChoices(choices), cents });
    orders.set(id, order);
  }
  return [...orders.values()];
}

/** `[[a, b], [c, d]]`, `[a, [c]]`, `[a]` and `NULL` alike become a flat list of names. */
function parseChoices(field: string): string[] {
  if (field.trim() === 'NULL') return [];
  return field
    .replaceAll(/[[\]"]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `Tomatillo-Red Chili Salsa (Hot)` → `tomatillo-red-chili-salsa-hot`. Spellings that differ in signs alone meet here. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 64);
}

const CATEGORIES = [
  { id: 'burritos', name: 'Burritos', station: 'grill', has: /burrito/i },
  { id: 'salads', name: 'Salads', station: 'cold', has: /salad/i },
  { id: 'bowls', name: 'Bowls', station: 'grill', has: /bowl/i },
  { id: 'tacos', name: 'Tacos', station: 'grill', has: /tacos/i },
  { id: 'sides', name: 'Chips & Sides', station: 'cold', has: /chips/i },
  { id: 'drinks', name: 'Drinks', station: 'drinks', has: /drink|soda|water|izze|nectar/i },
] as const;

const GROUPS = [
  { id: 'filling', name: 'Filling', kind: 'choice', has: /adobo|braised/i },
  { id: 'salsa', name: 'Salsa', kind: 'choice', has: /salsa|tomato|tomatillo|roasted chili corn/i },
  { id: 'with', name: 'With', kind: 'add', has: /./ },
] as const;

function categoryOf(item: string): (typeof CATEGORIES)[number] {
  const found = CATEGORIES.find((category) => category.has.test(item));
  if (!found) throw new Error(`no category for "${item}"`);
  return found;
}

/** A drink has a flavor of its own item; food has filling, salsa and what goes with it. */
function groupOf(item: string, choice: string): string {
  if (categoryOf(item).id === 'drinks') return `${slugOf(item)}-flavor`;
  return GROUPS.find((group) => group.has.test(choice))?.id ?? 'with';
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

const GUACAMOLE = 'Guacamole';

/** A unit's price without its guacamole, as most lines had it; and what guacamole mostly cost. */
function prices(orders: readonly RealOrder[]): { units: Map<string, number>; guacamole: number } {
  const plain = new Map<string, number[]>();
  const rich = new Map<string, number[]>();
  for (const { lines } of orders)
    for (const line of lines) {
      const into = line.choices.includes(GUACAMOLE) ? rich : plain;
      const item = slugOf(line.item);
      into.set(item, [...(into.get(item) ?? []), Math.round(line.cents / line.qty)]);
    }
  const units = new Map<string, number>();
  for (const item of new Set([...plain.keys(), ...rich.keys()]))
    units.set(item, commonest(plain.get(item) ?? rich.get(item) ?? []));
  const differences = [...rich].flatMap(([item, all]) =>
    plain.has(item) ? all.map((cents) => cents - (units.get(item) ?? 0)) : [],
  );
  return { units, guacamole: Math.max(0, commonest(differences)) };
}

/**
 * The location these orders were made at: stations `grill`, `cold` and `drinks`, a category each way, one menu item per
 * item name, modifier groups of what was chosen. Valid as the config of `location.configure`.
 */
export function configOf(orders: readonly RealOrder[], name = 'Burrito Bar'): LocationConfig {
  const { units, guacamole } = prices(orders);
  const items = new Map<
    string,
    { id: string; name: string; category: string; price: number; groups: Set<string> }
  >();
  const options = new Map<string, Map<string, { id: string; name: string; price: number }>>();
  for (const line of orders.flatMap((order) => order.lines)) {
    const id = slugOf(line.item);
    const item = items.get(id) ?? {
      id,
      name: line.item,
      category: categoryOf(line.item).id,
      price: units.get(id) ?? 0,
      groups: new Set(),
    };
    items.set(id, item);
    for (const choice of line.choices) {
      const group = groupOf(line.item, choice);
      item.groups.add(group);
      const known = options.get(group) ?? new Map();
      options.set(group, known);
      const option = slugOf(choice);
      if (!known.has(option))
        known.set(option, { id: option, name: choice, price: choice === GUACAMOLE ? guacamole : 0 });
    }
  }
  return locationConfig.parse({
    name,
    currency: 'USD',
    timezone: 'America/New_York',
    stations: [
      { id: 'grill', name: 'Grill', warn: 480, late: 720, backup: 'cold' },
      { id: 'cold', name: 'Cold', warn: 300, late: 480, backup: 'grill' },
      { id: 'drinks', name: 'Drinks', warn: 180, late: 300, backup: 'cold' },
    ],
    defaultStation: 'grill',
    menu: {
      categories: CATEGORIES.map(({ id, name: label, station }) => ({
        id,
        name: label,
        stations: [station],
      })),
      groups: [...options].map(([id, known]) => {
        const kind = GROUPS.find((group) => group.id === id);
        return {
          id,
          name: kind?.name ?? 'Flavor',
          kind: kind?.kind ?? 'choice',
          options: [...known.values()],
        };
      }),
      items: [...items.values()].map((item) => ({ ...item, groups: [...item.groups] })),
    },
  });
}

/** The `order.place` input of a real order. `mint` gives a fresh id at each call: the order's first, then its items'. */
export function placeInput(order: RealOrder, mint: () => string): PlaceRequest {
  return {
    order: {
      id: mint(),
      type: 'takeout',
      source: 'replay',
      items: order.lines.map((line) => ({
        id: mint(),
        menuItem: slugOf(line.item),
        qty: line.qty,
        modifiers: modifiersOf(line),
      })),
    },
  };
}

function modifiersOf(line: RealLine): { group: string; option: string; qty?: number }[] {
  const chosen = new Map<string, { group: string; option: string; qty?: number }>();
  for (const choice of line.choices) {
    const option = slugOf(choice);
    const group = groupOf(line.item, choice);
    const before = chosen.get(`${group}/${option}`);
    chosen.set(`${group}/${option}`, before ? { ...before, qty: (before.qty ?? 1) + 1 } : { group, option });
  }
  return [...chosen.values()];
}

/** The stations that get a ticket of this order, in the configuration's order. */
export function stationsOf(order: RealOrder): string[] {
  const hit = new Set<string>(order.lines.map((line) => categoryOf(line.item).station));
  return ['grill', 'cold', 'drinks'].filter((station) => hit.has(station));
}

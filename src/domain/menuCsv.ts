import type { CategoryConfig, GroupConfig, LocationConfig, MenuItemConfig, OptionConfig } from './config.ts';
import { readPrice } from './prices.ts';
import { uniqueSlug } from './slugs.ts';
import { readCsv, readList, readText } from './csv.ts';
import { MENU_COLUMNS, type MenuColumn as Column } from './menuTable.ts';

/**
 * A menu as a table. One row a dish is enough (`name,category,price`); categories, groups and options have rows of their own
 * in what is exported, so that the whole menu comes back unchanged.
 */

type Menu = LocationConfig['menu'];

export type CsvProblem = {
  readonly line: number;
  readonly column: string;
  readonly rule:
    | 'unquoted'
    | 'no-name-column'
    | 'unknown-column'
    | 'empty'
    | 'missing'
    | 'too-long'
    | 'not-a-price'
    | 'not-a-number'
    | 'not-one-of'
    | 'unknown'
    | 'twice'
    | 'not-an-id';
  readonly values: Readonly<Record<string, string | number>>;
  /** Only said; what is read is still good. */
  readonly isWarning?: boolean;
};

export type MenuReading = { readonly menu: Menu; readonly problems: readonly CsvProblem[] };

export type MenuAround = {
  /** Ids of the house's stations: what rows send to must be there. */
  readonly stations: readonly string[];
  /** Digits behind the point of the house's currency. */
  readonly digits: number;
  /** The menu that is there: what the table does not say of a dish (by id, or by name) stays as it was. */
  readonly menu: Menu;
};

/** Reads a table of dishes. With problems that are not warnings, `menu` is only for looking at. */
export function readMenu(text: string, around: MenuAround): MenuReading {
  const rows = readCsv(text);
  if (rows === null)
    return { menu: NOTHING, problems: [{ line: 1, column: '', rule: 'unquoted', values: {} }] };
  const [head, ...body] = rows;
  if (head === undefined || body.length === 0)
    return { menu: NOTHING, problems: [{ line: 1, column: '', rule: 'empty', values: {} }] };
  const reader = new Reader(head.cells, around);
  if (!reader.has('name'))
    return {
      menu: NOTHING,
      problems: [{ line: head.line, column: 'name', rule: 'no-name-column', values: {} }],
    };
  for (const { line, cells } of body) reader.take(line, cells);
  return reader.end();
}

const NOTHING: Menu = { categories: [], groups: [], items: [] };
const KINDS = ['add', 'remove', 'choice'] as const;
const SLUG = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const TYPES = ['item', 'category', 'group', 'option'] as const;

const CATEGORY_COLUMNS: Readonly<Record<string, Column>> = { stations: 'stations', course: 'course' };
const ITEM_COLUMNS: Readonly<Record<string, Column>> = {
  ...CATEGORY_COLUMNS,
  kitchenName: 'kitchen name',
  prep: 'prep',
  allergens: 'allergens',
  groups: 'groups',
};
const GROUP_COLUMNS: Readonly<Record<string, Column>> = {
  min: 'min',
  max: 'max',
  free: 'free',
  kind: 'kind',
  default: 'default',
};
const OPTION_COLUMNS: Readonly<Record<string, Column>> = {
  station: 'stations',
  alsoAt: 'also at',
  allergens: 'allergens',
  groups: 'groups',
  kind: 'kind',
  price: 'price',
};

/** One reading of a table, row by row. */
class Reader {
  readonly #columns: readonly (Column | null)[];
  readonly #around: MenuAround;
  readonly #problems: CsvProblem[] = [];
  readonly #categories = new Map<string, CategoryConfig>();
  readonly #groups = new Map<string, GroupConfig>();
  readonly #items = new Map<string, MenuItemConfig>();
  /** References to look up when everything is read. */
  readonly #wanted: { line: number; column: Column; id: string }[] = [];
  #line = 0;
  #cells: Partial<Record<Column, string>> = {};

  constructor(head: readonly string[], around: MenuAround) {
    this.#around = around;
    this.#columns = head.map((cell) => {
      const name = cell.trim().toLowerCase().replaceAll(/[_-]/g, ' ');
      const column = MENU_COLUMNS.find((one) => one === (ALIASES[name] ?? name)) ?? null;
      if (column === null && name !== '')
        this.#problems.push({
          line: 1,
          column: cell.trim(),
          rule: 'unknown-column',
          values: { known: MENU_COLUMNS.join(', ') },
          isWarning: true,
        });
      return column;
    });
  }

  has(column: Column): boolean {
    return this.#columns.includes(column);
  }

  take(line: number, cells: readonly string[]): void {
    this.#line = line;
    this.#cells = {};
    for (const [index, column] of this.#columns.entries())
      if (column !== null && cells[index] !== undefined) this.#cells[column] = cells[index];
    if (Object.values(this.#cells).every((cell) => cell.trim() === '')) return;
    const type = this.#oneOf('type', TYPES) ?? 'item';
    if (type === 'item') this.#takeItem();
    else if (type === 'category') this.#takeCategory();
    else if (type === 'group') this.#takeGroup();
    else this.#takeOption();
  }

  end(): MenuReading {
    const groups = [...this.#groups.values()];
    for (const { line, column, id } of this.#wanted)
      if (!this.#groups.has(id) && !this.#around.menu.groups.some((one) => one.id === id))
        this.#problems.push({ line, column, rule: 'unknown', values: { id } });
    const menu = { categories: [...this.#categories.values()], groups, items: [...this.#items.values()] };
    return { menu, problems: this.#problems };
  }

  #takeItem(): void {
    const name = this.#name(80);
    const there = this.#known(this.#around.menu.items, name);
    const id = this.#id(name, there?.id, this.#items);
    if (name === null || id === null) return;
    const category = this.#category(there?.category);
    const price = this.#price();
    if (there === undefined && this.#text('price') === '') this.#complain('price', 'missing');
    const [kitchenName, stations, course] = [
      this.#words('kitchen name', 40),
      this.#stations(),
      this.#course(),
    ];
    const [prep, allergens, groups] = [
      this.#whole('prep', 0, 86_400),
      this.#list('allergens', 40),
      this.#groupIds(),
    ];
    this.#items.set(id, {
      allergens: [],
      groups: [],
      ...this.#kept(there, ITEM_COLUMNS),
      id,
      name,
      category,
      price: price ?? there?.price ?? 0,
      ...given('kitchenName', kitchenName),
      ...given('stations', stations),
      ...given('course', course),
      ...given('prep', prep),
      ...given('allergens', allergens),
      ...given('groups', groups),
    });
  }

  #takeCategory(): void {
    const name = this.#name(60);
    const there = this.#known(this.#around.menu.categories, name);
    const id = this.#id(name, there?.id, this.#categories);
    if (name === null || id === null) return;
    const [stations, course] = [this.#stations(), this.#course()];
    this.#categories.set(id, {
      ...this.#kept(there, CATEGORY_COLUMNS),
      id,
      name,
      ...given('stations', stations),
      ...given('course', course),
    });
  }

  #takeGroup(): void {
    const name = this.#name(60);
    const there = this.#known(this.#around.menu.groups, name);
    const id = this.#id(name, there?.id, this.#groups);
    if (name === null || id === null) return;
    const [min, max, free] = [
      this.#whole('min', 0, 100),
      this.#whole('max', 1, 100),
      this.#whole('free', 0, 100),
    ];
    const chosen = this.#words('default', 64);
    this.#groups.set(id, {
      min: 0,
      max: 100,
      free: 0,
      kind: 'choice',
      ...this.#kept(there, GROUP_COLUMNS),
      id,
      name,
      options: [],
      ...given('min', min),
      ...given('max', max),
      ...given('free', free),
      ...given('kind', this.#oneOf('kind', KINDS)),
      ...given('default', chosen),
    });
  }

  #takeOption(): void {
    const name = this.#name(60);
    const group = this.#groups.get(this.#text('group'));
    if (group === undefined)
      return this.#complain('group', this.#text('group') === '' ? 'missing' : 'unknown', {
        id: this.#text('group'),
      });
    const before = this.#around.menu.groups.find((one) => one.id === group.id)?.options ?? [];
    const there = this.#known(before, name);
    const id = this.#id(name, there?.id, new Map(group.options.map((one) => [one.id, one])));
    if (name === null || id === null) return;
    const [station, alsoAt] = [this.#stations()?.[0], this.#stations('also at')?.[0]];
    const [allergens, groups] = [this.#list('allergens', 40), this.#groupIds()];
    const made: OptionConfig = {
      price: 0,
      allergens: [],
      groups: [],
      ...this.#kept(there, OPTION_COLUMNS),
      id,
      name,
      ...given('price', this.#price() ?? undefined),
      ...given('kind', this.#oneOf('kind', KINDS)),
      ...given('station', station),
      ...given('alsoAt', alsoAt),
      ...given('allergens', allergens),
      ...given('groups', groups),
    };
    this.#groups.set(group.id, { ...group, options: [...group.options, made] });
  }

  /** The category by id or by name; one that is not there yet is made. */
  #category(before: string | undefined): string {
    const said = this.#text('category');
    if (said === '') {
      if (before === undefined) this.#complain('category', 'missing');
      return before ?? '';
    }
    const all = [...this.#categories.values(), ...this.#around.menu.categories];
    const found = all.find(({ id }) => id === said) ?? all.find(({ name }) => isAlike(name, said));
    const id = found?.id ?? uniqueSlug(said, new Map(all.map((one) => [one.id, one])));
    if (!this.#categories.has(id)) this.#categories.set(id, found ?? { id, name: said });
    return id;
  }

  /** What was there, without what the table has a column for: an empty cell takes it away. */
  #kept<T extends object>(there: T | undefined, columns: Readonly<Record<string, Column>>): Partial<T> {
    const kept: Partial<T> = { ...there };
    for (const key of Object.keys(kept)) {
      const column = columns[key];
      if (column !== undefined && this.has(column)) Reflect.deleteProperty(kept, key);
    }
    return kept;
  }

  /** What is there already, by the row's id or else by its name. */
  #known<T extends { id: string; name: string }>(all: readonly T[], name: string | null): T | undefined {
    const id = this.#text('id');
    if (id !== '') return all.find((one) => one.id === id);
    return name === null ? undefined : all.find((one) => isAlike(one.name, name));
  }

  #id(
    name: string | null,
    before: string | undefined,
    taken: ReadonlyMap<string, { name: string }>,
  ): string | null {
    const said = this.#text('id');
    if (said !== '') {
      if (SLUG.test(said) && !taken.has(said)) return said;
      this.#complain('id', SLUG.test(said) ? 'twice' : 'not-an-id', { id: said });
      return null;
    }
    if (name === null) return null;
    const isTwice = [...taken.values()].some((one) => isAlike(one.name, name));
    if (isTwice || (before !== undefined && taken.has(before))) {
      this.#complain('name', 'twice', { id: name });
      return null;
    }
    return before ?? uniqueSlug(name, taken);
  }

  #name(most: number): string | null {
    const name = this.#words('name', most);
    if (name === undefined) this.#complain('name', 'missing');
    return name ?? null;
  }

  #text(column: Column): string {
    return readText((this.#cells[column] ?? '').trim());
  }

  #words(column: Column, most: number): string | undefined {
    const cell = readText(this.#cells[column] ?? '');
    if (cell.trim() === '') return undefined;
    if (cell.length > most) this.#complain(column, 'too-long', { most });
    return cell;
  }

  #list(column: Column, most: number): string[] | undefined {
    const words = readList(this.#cells[column] ?? '');
    if (words?.some((word) => word.length > most) === true) this.#complain(column, 'too-long', { most });
    return words;
  }

  #stations(column: 'stations' | 'also at' = 'stations'): string[] | undefined {
    const ids = this.#list(column, 64);
    for (const id of ids ?? [])
      if (!this.#around.stations.includes(id)) this.#complain(column, 'unknown', { id });
    return ids;
  }

  #groupIds(): string[] | undefined {
    const ids = this.#list('groups', 64);
    for (const id of ids ?? []) this.#wanted.push({ line: this.#line, column: 'groups', id });
    return ids;
  }

  #course(): number | undefined {
    return this.#whole('course', 1, 9);
  }

  #whole(column: Column, least: number, most: number): number | undefined {
    const cell = this.#text(column);
    if (cell === '') return undefined;
    const value = /^\d{1,6}$/.test(cell) ? Number(cell) : Number.NaN;
    if (!(value >= least && value <= most)) {
      this.#complain(column, 'not-a-number', { least, most });
      return undefined;
    }
    return value;
  }

  #price(): number | null {
    const cell = this.#text('price');
    if (cell === '') return null;
    const amount = readPrice(cell, this.#around.digits);
    if (amount === null) this.#complain('price', 'not-a-price', { said: cell });
    return amount;
  }

  #oneOf<T extends string>(column: Column, allowed: readonly T[]): T | undefined {
    const cell = this.#text(column).toLowerCase();
    if (cell === '') return undefined;
    const found = allowed.find((one) => one === cell);
    if (found === undefined) this.#complain(column, 'not-one-of', { allowed: allowed.join(', ') });
    return found;
  }

  #complain(column: Column, rule: CsvProblem['rule'], values: CsvProblem['values'] = {}): void {
    this.#problems.push({ line: this.#line, column, rule, values });
  }
}

/** How other programs call the same. */
const ALIASES: Readonly<Record<string, string>> = {
  item: 'name',
  dish: 'name',
  product: 'name',
  title: 'name',
  section: 'category',
  amount: 'price',
  kitchenname: 'kitchen name',
  station: 'stations',
  'prep seconds': 'prep',
  'modifier groups': 'groups',
  alsoat: 'also at',
};

function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  const made: Partial<Record<K, T>> = {};
  if (value !== undefined) made[key] = value;
  return made;
}

function isAlike(one: string, two: string): boolean {
  return one.trim().toLowerCase() === two.trim().toLowerCase();
}

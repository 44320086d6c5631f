import type { OrderView, StationView, TableView } from '../../domain/entities.ts';
import { type Act, type OrderState, stateOf } from '../pos/orders.ts';
import { type Unsent, at, receiptsOf } from '../pos/receipts.ts';

/** The floor as tiles: each table with the worst state of its orders. Pure; times in ms of the server's clock. */

export type TileWord =
  | OrderState['standing']
  | 'free'
  | 'reserved'
  | 'seated'
  | 'takeOrder'
  | 'checkBack'
  | 'paying'
  | 'dirty'
  | 'clean'
  | 'blocked';

export type Tile = {
  readonly table: TableView;
  readonly orders: readonly OrderView[];
  readonly word: TileWord;
  readonly act: Act;
  readonly since: number | null;
  readonly station: string | null;
  readonly ready: number;
  readonly of: number;
  readonly held: number;
  /** Dashed and flat: nobody sits here. */
  readonly empty: boolean;
  readonly allergies: readonly string[];
  readonly server: string | null;
};

export type Section = {
  readonly name: string | null;
  readonly tiles: readonly Tile[];
  readonly bar: boolean;
};

/** Minutes after which a table wants somebody. */
export const PATIENCE = { seated: 4, served: 15, paying: 4, dirty: 2 } as const;

const RESERVED_MS = 30 * 60_000;

const URGENCY: readonly OrderState['standing'][] = [
  'unsent',
  'unheard',
  'late',
  'ready',
  'soon',
  'cooking',
  'waiting',
  'held',
  'served',
  'cancelled',
];

type Seen = {
  unsent: Unsent;
  live: ReadonlyMap<string, unknown>;
  stations: ReadonlyMap<string, StationView>;
  now: number;
};

/** The worst of several orders at one table. */
export function worst(states: readonly OrderState[]): OrderState | null {
  return (
    states.toSorted(
      (a, b) =>
        URGENCY.indexOf(a.standing) - URGENCY.indexOf(b.standing) ||
        (a.since ?? Infinity) - (b.since ?? Infinity),
    )[0] ?? null
  );
}

export function tileOf(table: TableView, orders: readonly OrderView[], seen: Seen): Tile {
  const since = at(table.since);
  const waited = since === null ? 0 : (seen.now - since) / 60_000;
  const base = {
    table,
    orders,
    station: null,
    ready: 0,
    of: 0,
    held: 0,
    allergies: [...new Set(orders.flatMap((order) => order.allergies))],
    server: orders.find((order) => order.server !== undefined)?.server ?? null,
  };
  const plain = (word: TileWord, act: Act = null, empty = false): Tile => ({
    ...base,
    word,
    act,
    since,
    empty,
  });

  if (table.status === 'blocked') return plain('blocked', null, true);
  const state = worst(
    orders.map((order) =>
      stateOf(
        order,
        receiptsOf(order, seen.unsent, seen.live, seen.now),
        seen.unsent,
        seen.stations,
        seen.now,
      ),
    ),
  );
  if (state && state.standing !== 'served' && state.standing !== 'cancelled') {
    const { standing, ...rest } = state;
    return { ...base, ...rest, word: standing, empty: false };
  }
  switch (table.status) {
    case 'free':
      return { ...plain(isReservedSoon(table, seen.now) ? 'reserved' : 'free', null, true), since: null };
    case 'dirty':
      return waited >= PATIENCE.dirty ? plain('clean', 'soon', true) : plain('dirty', null, true);
    case 'paying':
      return plain('paying', waited >= PATIENCE.paying ? 'soon' : null);
    case 'seated':
      return waited >= PATIENCE.seated ? plain('takeOrder', 'soon') : plain('seated');
    case 'ordered':
    case 'served': {
      const done = state?.since ?? since;
      const late = done !== null && (seen.now - done) / 60_000 >= PATIENCE.served;
      return { ...plain(late ? 'checkBack' : 'served', late ? 'soon' : null), since: done };
    }
  }
}

/** Its next party comes within half an hour: whoever seats somebody else there is asked. */
export function isReservedSoon({ reserved }: Pick<TableView, 'reserved'>, now: number): boolean {
  return reserved !== undefined && Date.parse(reserved.at) - now <= RESERVED_MS;
}

/** Tiles by section in the order of the set-up; within a section as configured. Bar seats make a section of their own. */
export function planOf(tables: Iterable<TableView>, orders: Iterable<OrderView>, seen: Seen): Section[] {
  const byTable = new Map<string, OrderView[]>();
  for (const order of orders)
    if (order.table !== undefined && order.status !== 'closed' && order.status !== 'cancelled')
      byTable.set(order.table, [...(byTable.get(order.table) ?? []), order]);
  const sections = new Map<string, { name: string | null; bar: boolean; tiles: Tile[] }>();
  for (const table of [...tables].toSorted(byCode)) {
    const bar = table.shape === 'bar';
    const key = `${bar ? 'bar' : 'table'}|${table.section ?? ''}`;
    const section = sections.get(key) ?? { name: table.section ?? null, bar, tiles: [] };
    section.tiles.push(tileOf(table, byTable.get(table.id) ?? [], seen));
    sections.set(key, section);
  }
  return [...sections.values()].toSorted((a, b) => Number(a.bar) - Number(b.bar));
}

/** Open orders that stand at no table, the oldest first: at the counter, to take away, for delivery. */
export function withoutTable(orders: Iterable<OrderView>): OrderView[] {
  return [...orders]
    .filter((order) => order.table === undefined && order.status !== 'closed' && order.status !== 'cancelled')
    .toSorted((a, b) => (a.placedAt < b.placedAt ? -1 : 1));
}

/** Most urgent first: a phone has no room for a plan. */
export function worstFirst(tiles: readonly Tile[]): Tile[] {
  const rank = (tile: Tile) =>
    tile.act === 'late'
      ? 0
      : tile.act === 'queued'
        ? 1
        : tile.act === 'run'
          ? 2
          : tile.act === 'soon'
            ? 3
            : tile.empty
              ? 5
              : 4;
  return tiles.toSorted(
    (a, b) => rank(a) - rank(b) || (a.since ?? Infinity) - (b.since ?? Infinity) || byCode(a.table, b.table),
  );
}

/** How many tables of a section stand side by side: rows of equal length, at most six; a big table takes two places. */
export function columnsOf(section: Section): number {
  if (section.bar) return 2;
  const places = section.tiles.reduce((sum, tile) => sum + (tile.table.seats >= 8 ? 2 : 1), 0);
  return places <= 6 && places === section.tiles.length
    ? Math.max(places, 4)
    : Math.max(3, Math.ceil(places / Math.ceil(places / 4)));
}

/** A bar stands beside the last section of tables where both are short: a room is wider than it is deep. */
export function isBeside(sections: readonly Section[], index: number): boolean {
  const at = sections.findIndex((section) => section.bar);
  const before = sections[at - 1];
  if (at < 1 || before === undefined || sections.length !== at + 1) return false;
  return (index === at || index === at - 1) && before.tiles.length <= 6 && columnsOf(before) <= 4;
}

/** T2 before T10. */
function byCode(a: TableView, b: TableView): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

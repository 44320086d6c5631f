import type { Json } from './answer.ts';
import { PMap } from './pmap.ts';
import { type LocationConfig, locationSections } from './config.ts';
import { type LocationState, emptyLocation } from './state.ts';

/**
 * State as a document and back. A snapshot is only a shortcut: it must equal the replay of the log, and a test says so.
 * A changed shape raises the version; `thaw` reads the older ones that are listed, others are not read.
 *
 * 3  orders, tables, tracking
 * 4  and bookings, calls, channels, stock: of what happened before them they know nothing, as a replay would not
 * 5  orders know their platform; doors are kept only where they are not as configured (version 4 had none)
 */
export const STATE_VERSION = 5;
export const READABLE_VERSIONS: readonly number[] = [5, 4, 3];

const MAPS = ['orders', 'tickets', 'external', 'timers', 'tables', 'tracking'] as const;

/** The state as plain data, maps as sorted pairs, so that equal states give equal documents. */
export function freeze(state: LocationState): Json {
  const { touched: _touched, ...kept } = state;
  const maps = Object.fromEntries(MAPS.map((name) => [name, sorted<unknown>(state[name])]));
  const stock = { ...state.stock, ingredients: sorted(state.stock.ingredients) };
  return JSON.parse(JSON.stringify({ ...kept, ...maps, stock }));
}

function sorted<V>(map: PMap<V>): [string, V][] {
  return [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The state that a document of a readable version holds. */
export function thaw(json: Json): LocationState {
  // Written by `freeze` of the same version, and by nobody else: the shape is ours.
  const plain = json as unknown as Omit<LocationState, (typeof MAPS)[number] | 'touched' | 'stock'> & {
    [N in (typeof MAPS)[number]]: [string, never][];
  } & { stock?: Omit<LocationState['stock'], 'ingredients'> & { ingredients: [string, never][] } };
  const { bookings, calls, channels, stock } = emptyLocation(plain.id);
  return {
    ...{ bookings, calls },
    ...plain,
    channels: { doors: plain.channels?.doors ?? channels.doors },
    stock: plain.stock ? { ...plain.stock, ingredients: PMap.from(plain.stock.ingredients) } : stock,
    config: plain.config && withSections(plain.config),
    touched: [],
    orders: PMap.from(plain.orders),
    tickets: PMap.from(plain.tickets),
    external: PMap.from(plain.external),
    timers: PMap.from(plain.timers),
    tables: PMap.from(plain.tables),
    tracking: PMap.from(plain.tracking),
  };
}

/** A configuration of before these sections had none of them. */
function withSections(config: LocationConfig): LocationConfig {
  return {
    ...config,
    ...locationSections.parse({
      booking: config.booking,
      channels: config.channels,
      stock: config.stock,
      retention: config.retention,
    }),
  };
}

import type { Json } from './answer.ts';
import { PMap } from './pmap.ts';
import type { LocationState } from './state.ts';

/**
 * State as a document and back. A snapshot is only a shortcut: it must equal the replay of the log, and a test says so.
 * A changed shape raises the version; snapshots of another version are not read.
 */
export const STATE_VERSION = 3;

const MAPS = ['orders', 'tickets', 'external', 'timers', 'tables', 'tracking'] as const;

/** The state as plain data, maps as sorted pairs, so that equal states give equal documents. */
export function freeze(state: LocationState): Json {
  const { touched: _touched, ...kept } = state;
  const maps = Object.fromEntries(
    MAPS.map((name) => [name, [...state[name].entries()].sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
  return JSON.parse(JSON.stringify({ ...kept, ...maps }));
}

/** The state that a document of this version holds. */
export function thaw(json: Json): LocationState {
  // Written by `freeze` of the same version, and by nobody else: the shape is ours.
  const plain = json as unknown as Omit<LocationState, (typeof MAPS)[number] | 'touched'> & {
    [N in (typeof MAPS)[number]]: [string, never][];
  };
  return {
    ...plain,
    touched: [],
    orders: PMap.from(plain.orders),
    tickets: PMap.from(plain.tickets),
    external: PMap.from(plain.external),
    timers: PMap.from(plain.timers),
    tables: PMap.from(plain.tables),
    tracking: PMap.from(plain.tracking),
  };
}

import { configOf, placeInput, readRealOrders, stationsOf } from '../src/cli/realOrders.ts';
import { uuid7 } from '../src/ops/uuid7.ts';
import type { LocationConfig } from '../src/domain/config.ts';

/** What is sent, and who watches: the same for every contender. */

export const LOCATIONS = 20;
/** The screens of one location: 5 on each of 20 make 100. */
export const STATIONS_WATCHED = ['grill', 'grill', 'cold', 'cold', 'drinks'] as const;

export type Prepared = { id: string; body: string; location: string; stations: readonly string[] };

const orders = readRealOrders();
export const config: LocationConfig = configOf(orders);
const stationLists = orders.map(stationsOf);

/** The routing table that a peer needs: item → its name and station. */
export function menuTable(): Record<string, { name: string; station: string }> {
  const stationOf = new Map(
    config.menu.categories.map((category) => [category.id, category.stations?.[0] ?? 'grill']),
  );
  return Object.fromEntries(
    config.menu.items.map((item) => [
      item.id,
      { name: item.name, station: stationOf.get(item.category) ?? 'grill' },
    ]),
  );
}

export function locationNames(phase: string): string[] {
  return Array.from({ length: LOCATIONS }, (_, index) => `${phase}-${index + 1}`);
}

/**
 * Orders without end over the locations of a phase, fresh ids each. `ahead` are made at once, so that making them costs
 * nothing while time is measured.
 */
export function createWorkload(locations: readonly string[], ahead: number): () => Prepared {
  let made = 0;
  const make = (): Prepared => {
    const index = made % orders.length;
    const order = orders[index];
    const location = locations[made % locations.length];
    made += 1;
    if (!order || !location) throw new Error('a workload needs orders and locations');
    const input = placeInput(order, uuid7);
    return { id: input.order.id, body: JSON.stringify(input), location, stations: stationLists[index] ?? [] };
  };
  const ready = Array.from({ length: ahead }, make);
  let taken = 0;
  return () => {
    const next = ready[taken];
    taken += 1;
    return next ?? make();
  };
}

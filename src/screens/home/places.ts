import { field } from '../pos/reading.ts';

/** What a location's screens are and where they stand. Pure. */

export type Page = 'pos' | 'kitchen' | 'expo' | 'floor' | 'host' | 'manager' | 'setup';
export type Link = {
  readonly page: Page;
  readonly href: string;
  readonly station: { id: string; name: string } | null;
};
export type Place = {
  readonly id: string;
  readonly name: string;
  readonly stations: readonly { readonly id: string; readonly name: string }[];
};

/** The lane of what no station makes is shown at the pass, not as a screen. */
const LANE = 'unrouted';

/** One link a screen: order entry, each station, the pass, the floor, set-up. */
export function linksOf(place: Place): Link[] {
  const to = (path: string): string => `${path}?location=${encodeURIComponent(place.id)}`;
  return [
    { page: 'pos', href: to('/pos'), station: null },
    ...place.stations
      .filter(({ id }) => id !== LANE)
      .map((station): Link => ({
        page: 'kitchen',
        href: to(`/kitchen/${encodeURIComponent(station.id)}`),
        station,
      })),
    { page: 'expo', href: to('/expo'), station: null },
    { page: 'floor', href: to('/floor'), station: null },
    { page: 'host', href: to('/host'), station: null },
    { page: 'manager', href: to('/manager'), station: null },
    { page: 'setup', href: to('/setup'), station: null },
  ];
}

/** A place from the snapshot of its kitchen; null where the answer is no such thing. */
export function placeOf(id: string, snapshot: unknown): Place | null {
  const entities = field(snapshot, 'entities');
  if (!Array.isArray(entities)) return null;
  const stations = entities.flatMap((entity: unknown) => {
    const [kind, station, name] = [field(entity, 'kind'), field(entity, 'id'), field(entity, 'name')];
    return kind === 'station' && typeof station === 'string' && typeof name === 'string'
      ? [{ id: station, name, place: field(field(entity, 'location'), 'name') }]
      : [];
  });
  const name = stations.map((station) => station.place).find((said) => typeof said === 'string');
  return {
    id,
    name: typeof name === 'string' ? name : id,
    stations: stations.map((station) => ({ id: station.id, name: station.name })),
  };
}

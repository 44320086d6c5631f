import { locationConfig } from '../../domain/config.ts';
import type { LocationConfig } from '../../domain/config.ts';
import { smallPlace } from '../kitchen.ts';

/** The houses of a simulation: one station has no screen, so that the ladder has work; it has a backup and a printer. */
export const simPlace: LocationConfig = locationConfig.parse({
  ...smallPlace,
  printers: [{ id: 'p1' }],
  stations: smallPlace.stations.map((station) =>
    station.id === 'fryer' ? { ...station, backup: 'grill', printer: 'p1' } : station,
  ),
});

/** A menu that takes several parts of a snapshot. */
export const bigPlace: LocationConfig = locationConfig.parse({
  ...simPlace,
  menu: {
    ...simPlace.menu,
    categories: [
      ...simPlace.menu.categories,
      ...['soups', 'salads', 'sweets'].map((id) => ({ id, name: id, stations: ['grill'] })),
    ],
    items: [
      ...simPlace.menu.items,
      ...Array.from({ length: 300 }, (_, index) => ({
        id: `dish-${index}`,
        name: `Dish ${index} ${'of the house '.repeat(4)}`.trim().slice(0, 80),
        category: ['soups', 'salads', 'sweets'][index % 3] ?? 'soups',
        price: 900 + index,
        groups: ['doneness', 'extras', 'remove'],
      })),
    ],
  },
});

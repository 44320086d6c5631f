// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { compareDocuments, type Json } from '../../domain/documents.ts';
import { setupDeskWords } from '../i18n/setupDesk.ts';
import { setupRoomsWords } from '../i18n/setupRooms.ts';
import { speak } from '../i18n/words.tsx';
import { tellChange } from './changeWords.ts';
import { allSaid } from './said.ts';

beforeAll(() => speak('en', [setupDeskWords, setupRoomsWords]));

const before: Json = {
  name: 'Corner',
  currency: 'EUR',
  stations: [{ id: 'stove', name: 'Stove', late: 900 }],
  menu: {
    categories: [{ id: 'mains', name: 'Mains', stations: ['stove'] }],
    groups: [{ id: 'side', name: 'Side', options: [{ id: 'rice', name: 'Rice', price: 0 }] }],
    items: [{ id: 'soup', name: 'Soup', category: 'mains', price: 600 }],
  },
};

function told(after: Json): string[] {
  return compareDocuments(before, after).map((change) => {
    const { thing, what, field, before: was, after: is } = tellChange(change, before, after);
    return [thing, field, what, was, is].filter((word) => word !== '').join(' | ');
  });
}

describe('changes in words', () => {
  it('[SU50] name the thing, its field and its values as people know them', () => {
    expect(
      told({
        name: 'Corner',
        currency: 'EUR',
        dayEndsAt: 5,
        stations: [{ id: 'stove', name: 'Stove', late: 750 }],
        menu: {
          categories: [{ id: 'mains', name: 'Mains' }],
          groups: [{ id: 'side', name: 'Side', options: [{ id: 'rice', name: 'Rice', price: 150 }] }],
          items: [
            { id: 'soup', name: 'Soup', category: 'mains', price: 650, stations: ['stove'] },
            { id: 'stew', name: 'Stew', category: 'mains', price: 900 },
          ],
        },
      }),
    ).toEqual([
      'Station Stove | LATE after | changed | 15:00 | 12:30',
      'Category Mains | Made at | removed | Stove',
      'Choice Side | Options · Rice · Price | changed | €0.00 | €1.50',
      'Dish Soup | Price | changed | €6.00 | €6.50',
      'Dish Soup | Made at | added | Stove',
      'Dish Stew | added',
      'The house | The day ends at (hour) | added | 5',
    ]);
  });

  it('[SU52] what blocks is said first, in the words of the device, and what has none in the server’s own', () => {
    const finding = (severity: 'error' | 'warning', rule: string) => ({
      severity,
      rule,
      path: 'menu.items.0',
      values: { item: 'Soup', station: 'Stove' },
      happens: 'It rains.',
      mend: 'Wait.',
    });
    const said = allSaid({
      problems: [
        { path: 'stations', message: 'must have at least 1 items' },
        { path: 'defaultStation', message: 'no station "moon"' },
        { path: 'name', message: 'must be blue' },
      ],
      findings: [
        finding('warning', 'no-price'),
        finding('error', 'unroutable'),
        finding('warning', 'weather'),
      ],
    });
    expect(said.map(({ severity, words }) => `${severity}: ${words}`)).toEqual([
      'error: At least one must be here.',
      'error: There is no station “moon”.',
      'error: must be blue',
      'error: Soup is made nowhere: its orders would lie in the lane UNROUTED. Give the dish or its category a station, or the house a default station.',
      'warning: Soup costs nothing. Set a price, if that is not meant.',
      'warning: It rains. Wait.',
    ]);
  });
});

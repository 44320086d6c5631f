import { describe, expect, it } from 'vitest';
import { checklist, roomOf } from './checklist.ts';
import { readDuration, writeDuration } from './durations.ts';
import { joinedMenu, menuOf, routesOf } from './menuOf.ts';

const AROUND = { people: 0, screens: 0, changes: 0 };

describe('the checklist of a house', () => {
  it('[SU52] says of an empty house what is still missing, and of a whole one nothing', () => {
    const empty = checklist({ name: 'Corner', timezone: 'UTC' }, AROUND, []);
    expect(empty.filter(({ state }) => state === 'todo').map(({ room }) => room)).toEqual([
      'stations',
      'menu',
      'tables',
      'staff',
      'screens',
    ]);
    const whole = checklist(
      {
        name: 'Corner',
        timezone: 'UTC',
        stations: [{ id: 'grill' }],
        tables: [{ id: 'T1' }],
        menu: {
          categories: [{ id: 'mains', stations: ['grill'] }],
          items: [{ id: 'soup', category: 'mains' }],
        },
      },
      { people: 1, screens: 1, changes: 0 },
      [],
    );
    expect(whole.filter(({ state }) => state === 'todo' || state === 'blocked')).toEqual([]);
    expect(whole.find(({ room }) => room === 'routing')).toMatchObject({ state: 'done', count: 0 });
  });

  it('[SU52] counts the dishes that nobody would make, and marks the room in which a finding is mended', () => {
    const doc = { stations: [{ id: 'grill' }], menu: { items: [{ id: 'soup', category: 'mains' }] } };
    const said = [
      { severity: 'error', words: 'x', path: 'stations.0.backup' },
      { severity: 'warning', words: 'y', path: 'printers.0' },
    ] as const;
    const lines = checklist({ ...doc, printers: [{ id: 'p' }] }, AROUND, said);
    const state = (id: string) => lines.find(({ room }) => room === id);
    expect(state('routing')).toMatchObject({ state: 'todo', count: 1 });
    expect(state('stations')).toMatchObject({ state: 'blocked' });
    expect(state('printers')).toMatchObject({ state: 'warned' });
    expect(roomOf('booking.hours.mon.0.last')).toBe('place');
    expect(roomOf('booking.lateAfter')).toBe('thresholds');
    expect(roomOf('currency')).toBe('place');
  });
});

describe('fields', () => {
  it('[SU53] times are typed as minutes or as minutes and seconds', () => {
    expect([readDuration('12'), readDuration('12:30'), readDuration('0:05')]).toEqual([720, 750, 5]);
    expect([readDuration('12:60'), readDuration('-1'), readDuration('soon')]).toEqual([null, null, null]);
    expect(writeDuration(750)).toBe('12:30');
  });

  it('[SU53] half a menu is read with the defaults of an empty one', () => {
    expect(menuOf({ menu: { items: [{ id: 'soup', name: 'Soup' }], groups: [{ id: 'side' }] } })).toEqual({
      categories: [],
      groups: [{ id: 'side', name: '', min: 0, max: 100, free: 0, kind: 'choice', options: [] }],
      items: [{ id: 'soup', name: 'Soup', category: '', price: 0, allergens: [], groups: [] }],
    });
    expect(routesOf({ name: 'Corner', defaultStation: 'grill' })).toMatchObject({ defaultStation: 'grill' });
    expect(routesOf(null)).not.toHaveProperty('defaultStation');
  });

  it('[SU53] a table that names some dishes leaves the others where they are', () => {
    const before = menuOf({
      menu: {
        items: [
          { id: 'soup', price: 1 },
          { id: 'fries', price: 2 },
        ],
      },
    });
    const table = menuOf({
      menu: {
        items: [
          { id: 'steak', price: 3 },
          { id: 'soup', price: 9 },
        ],
      },
    });
    expect(joinedMenu(before, table).items.map(({ id, price }) => [id, price])).toEqual([
      ['soup', 9],
      ['fries', 2],
      ['steak', 3],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { menu, menuItem } from '../../testkit/entities.ts';
import { fold, inOrder, indexMenu, searchMenu } from './menuSearch.ts';

const index = indexMenu([
  menu('horno', [menuItem('Empanada jamón y queso'), menuItem('Provoleta'), menuItem('Piña asada')], {
    name: 'Horno',
  }),
  menu(
    'grill',
    [
      menuItem('Classic Burger', { kitchenName: 'BGR' }),
      menuItem('Ham Burger'),
      menuItem('Half Chicken', { kitchenName: '½ CHX' }),
    ],
    { name: 'Grill' },
  ),
  menu('ar', [menuItem('قَهوة'), menuItem('شوربة')], { name: 'مشروبات' }),
]);
const names = (query: string) => searchMenu(index, query).map(({ name }) => name);

describe('searching the menu', () => {
  it('[W11] accents, case and vowel signs do not count', () => {
    expect(fold('JAMÓN')).toBe('jamon');
    expect(names('jamon')).toEqual(['Empanada jamón y queso']);
    expect(names('PIÑA')).toEqual(['Piña asada']);
    expect(names('pina')).toEqual(['Piña asada']);
    expect(names('قهوة')).toEqual(['قَهوة']);
  });

  it('[W11] every typed word begins a word of the item, its kitchen name or its category', () => {
    expect(names('bur cla')).toEqual(['Classic Burger']);
    expect(names('bgr')).toEqual(['Classic Burger']);
    expect(names('horno prov')).toEqual(['Provoleta']);
    expect(names('urger')).toEqual([]);
    expect(names('  ')).toEqual([]);
  });

  it('[W11] what begins with the typed word comes first', () => {
    expect(names('ham')[0]).toBe('Ham Burger');
    expect(names('bur')).toEqual(['Classic Burger', 'Ham Burger']);
  });

  it('[W11] 500 items are searched within 50 ms', () => {
    const many = indexMenu([
      menu(
        'all',
        Array.from({ length: 500 }, (_, n) =>
          menuItem(`Dish ${n} with jamón number ${n * 7}`, { id: `dish-${n}` }),
        ),
      ),
    ]);
    const from = performance.now();
    for (const query of ['d', 'di', 'dish', 'dish 4', 'dish 49', 'jamon 49', 'number 343', 'zz'])
      searchMenu(many, query);
    expect((performance.now() - from) / 8).toBeLessThan(50);
    expect(searchMenu(many, 'dish 499').map(({ id }) => id)).toEqual(['dish-499']);
  });

  it('[W11] categories stand as the location arranged them', () => {
    expect(
      inOrder([menu('b', [], { position: 2 }), menu('a', [], { position: 1 })]).map(({ id }) => id),
    ).toEqual(['a', 'b']);
  });
});

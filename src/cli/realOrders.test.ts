import { describe, expect, it } from 'vitest';
import { commandInputs } from '../domain/commands.ts';
import { configOf, parseRealOrders, placeInput, readRealOrders, slugOf, stationsOf } from './realOrders.ts';
import { uuid7 } from '../ops/uuid7.ts';

const orders = readRealOrders();

describe('the real orders', () => {
  it('are 917 with 2,286 lines here, none lost while reading', () => {
    expect(orders).toHaveLength(917);
    expect(orders.flatMap((order) => order.lines).length).toBe(2286);
  });

  it('[B1] all 917 are valid inputs of order.place, and name only what the menu made of them has', () => {
    const config = configOf(orders);
    const items = new Map(config.menu.items.map((item) => [item.id, item]));
    const groups = new Map(
      config.menu.groups.map((group) => [group.id, new Set(group.options.map((option) => option.id))]),
    );
    for (const order of orders) {
      const parsed = commandInputs['order.place'].safeParse(placeInput(order, uuid7));
      expect(parsed.error?.issues, `order ${order.id}`).toBeUndefined();
      for (const line of parsed.data?.order.items ?? []) {
        if (!('menuItem' in line)) throw new Error('a menu item was expected');
        const item = items.get(line.menuItem);
        expect(item, line.menuItem).toBeDefined();
        for (const { group, option } of line.modifiers) {
          expect(item?.groups).toContain(group);
          expect(groups.get(group)?.has(option), `${group}/${option}`).toBe(true);
        }
      }
    }
  });

  it('[B1] their menu is a valid location.configure, every category routed', () => {
    const config = configOf(orders);
    expect(commandInputs['location.configure'].safeParse({ config }).success).toBe(true);
    expect(config.menu.categories.every((category) => (category.stations ?? []).length === 1)).toBe(true);
    expect(config.menu.items.length).toBeGreaterThan(35);
    expect(config.menu.items.every((item) => item.price > 0)).toBe(true);
    expect(
      config.menu.groups
        .find((group) => group.id === 'with')
        ?.options.find((option) => option.id === 'guacamole')?.price,
    ).toBeGreaterThan(0);
  });

  it('spread over the three stations, some on all of them', () => {
    const hits = orders.map(stationsOf);
    expect(hits.every((stations) => stations.length > 0)).toBe(true);
    for (const station of ['grill', 'cold', 'drinks'])
      expect(hits.filter((stations) => stations.includes(station)).length).toBeGreaterThan(200);
    expect(hits.filter((stations) => stations.length === 3).length).toBeGreaterThan(50);
  });

  it('reads nested, flat and empty choices', () => {
    const head = 'order_id\tquantity\titem_name\tchoice_description\titem_price\n';
    const [order] = parseRealOrders(
      `${head}7\t2\tChicken Bowl\t[[Salsa A, Salsa B], [Rice, Cheese]]\t$16.98 \n7\t1\tBottled Water\tNULL\t$1.09 \n`,
    );
    expect(order?.lines).toEqual([
      { qty: 2, item: 'Chicken Bowl', choices: ['Salsa A', 'Salsa B', 'Rice', 'Cheese'], cents: 1698 },
      { qty: 1, item: 'Bottled Water', choices: [], cents: 109 },
    ]);
  });

  it('a broken line is named', () => {
    expect(() => parseRealOrders('h\n1\tzero\tChips\tNULL\t$2.15')).toThrow(/line 2 /);
    expect(() => parseRealOrders('h\n1\t1\tChips\tNULL\tfree')).toThrow(/line 2 /);
  });

  it('names that differ in signs alone are one item', () => {
    expect(slugOf('Chips and Tomatillo-Green Chili Salsa')).toBe(
      slugOf('Chips and Tomatillo Green Chili Salsa'),
    );
  });

  it('ids are UUIDv7 and do not repeat', () => {
    const ids = new Set(Array.from({ length: 1000 }, uuid7));
    expect(ids.size).toBe(1000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

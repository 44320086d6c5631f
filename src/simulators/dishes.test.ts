import { describe, expect, it } from 'vitest';
import { readDemo } from '../cli/demoHouse.ts';
import { dishesOf, listedOf } from './dishes.ts';

describe('the menu that simulators order from', () => {
  it('[SI18] has of each group no more options than a guest may choose, and others for each dish', async () => {
    const config = (await readDemo())[0]?.locations[0]?.config;
    if (config === undefined) throw new Error('the demo has no location');
    const { groups, items } = config.menu;
    const shown = new Set<string>();
    for (const { id, options } of dishesOf(config)) {
      const item = items.find((one) => one.id === id);
      for (const name of item?.groups ?? []) {
        const group = groups.find((one) => one.id === name);
        const chosen = options.filter((option) => group?.options.some((one) => one.id === option.id));
        expect(chosen.length).toBeLessThanOrEqual(group?.max ?? 0);
        if (name === 'doneness') for (const { id: option } of chosen) shown.add(option);
      }
    }
    expect(dishesOf(config)).toHaveLength(items.length);
    expect(shown.size).toBeGreaterThan(1);
  });

  it('[SI18] of some stations, has only what is made there from beginning to end', async () => {
    const config = (await readDemo())[0]?.locations[0]?.config;
    if (config === undefined) throw new Error('the demo has no location');
    const drinks = dishesOf(config, { stations: new Set(['drinks']) });
    const grill = dishesOf(config, { stations: new Set(['grill']) });
    expect(drinks.length).toBeGreaterThan(0);
    expect(grill.length).toBeGreaterThan(0);
    expect(drinks.filter(({ id }) => grill.some((one) => one.id === id))).toEqual([]);
    const beside = config.menu.groups
      .flatMap(({ options }) => options)
      .filter(({ station, alsoAt }) => [station, alsoAt].includes('drinks'))
      .map(({ id }) => id);
    expect(beside.length).toBeGreaterThan(0);
    expect(grill.flatMap(({ options }) => options).filter(({ id }) => beside.includes(id))).toEqual([]);
    expect(dishesOf(config, { stations: new Set() })).toEqual([]);
  });

  it('[SI19] has the names that the channel says the platform has, and lists what nobody makes now', async () => {
    const config = (await readDemo())[0]?.locations[0]?.config;
    const channel = config?.channels.find(({ id }) => id === 'uber-eats');
    if (config === undefined || channel === undefined) throw new Error('the demo has no such channel');
    const named = dishesOf(config, { channel, stations: new Set(['grill']) }).map(({ id }) => id);
    expect(named).toContain('UE-CLASSIC');
    expect(named).not.toContain('classic-burger');
    expect(named).toContain('grilled-salmon');
    const listed = listedOf(config, channel);
    expect(listed).toContainEqual(expect.objectContaining({ id: 'UE-NO-ONION', isOption: true }));
    expect(listed).toContainEqual(expect.objectContaining({ id: 'craft-lager', isOption: false }));
    expect(listed.filter(({ isOption }) => !isOption)).toHaveLength(config.menu.items.length);
  });
});

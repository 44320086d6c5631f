import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { smallPlace } from '../testkit/kitchen.ts';
import { type LocationConfig, locationConfig } from './config.ts';
import { LINT_WORDS, type Surroundings, lintHouse, lintWords } from './lint.ts';

const quiet: Surroundings = { screens: 'every', printersElsewhere: new Map(), soldOutOptions: new Set() };
const courses = [1, 3].map((number) => ({ number, name: `Course ${number}` }));

/** The small place without its own faults. */
function house(more: Partial<LocationConfig> = {}): LocationConfig {
  const { menu } = smallPlace;
  return {
    ...smallPlace,
    courses,
    menu: { ...menu, items: menu.items.filter(({ id }) => id !== 'mystery') },
    ...more,
  };
}

const found = (config: LocationConfig, around: Partial<Surroundings> = {}) =>
  lintHouse(config, { ...quiet, ...around }).map(
    ({ severity, rule, path }) => `${severity} ${rule} ${path.join('.')}`,
  );

describe('what a house would lose food by', () => {
  it('[SU20] the demo is clean', () => {
    const file: unknown = parse(
      readFileSync(new URL('../../demo/brasa-group.yaml', import.meta.url), 'utf8'),
    );
    for (const { config } of (file as { locations: { config: unknown }[] }).locations)
      expect(
        lintHouse(locationConfig.parse(config), quiet).filter(({ severity }) => severity === 'error'),
      ).toEqual([]);
    expect(found(house())).toEqual([]);
  });

  it('[SU21] an item that no station makes', () => {
    const { menu } = smallPlace;
    expect(found(house({ menu }))).toEqual(['error unroutable menu.items.4']);
    expect(found(house({ menu, defaultStation: 'grill' }))).toEqual([]);
    // A choice that must be made, and always sends it somewhere, is a rule too.
    const groups = menu.groups.map((group) => (group.id === 'cooking' ? { ...group, min: 1 } : group));
    const items = menu.items.map((item) => (item.id === 'mystery' ? { ...item, groups: ['cooking'] } : item));
    expect(found(house({ menu: { ...menu, groups, items } }))).toEqual([]);
    expect(found(house({ menu: { ...menu, items } }))).toEqual(['error unroutable menu.items.4']);
  });

  it('[SU22] a station with no screen and no printer, and a backup that is itself or deaf', () => {
    const screens = [{ name: 'Grill 1', page: 'kitchen', station: 'grill' }];
    expect(found(house(), { screens })).toEqual([
      'error deaf-station stations.1',
      'error deaf-station stations.2',
    ]);
    const [grill, fryer, drinks] = smallPlace.stations;
    if (!grill || !fryer || !drinks) throw new Error('no stations');
    const printers = [{ id: 'hot', port: 9100 }];
    const backed = house({
      printers,
      stations: [
        { ...grill, backup: 'fryer' },
        { ...fryer, printer: 'hot', backup: 'drinks' },
        { ...drinks, backup: 'drinks' },
      ],
    });
    expect(found(backed, { screens })).toEqual([
      'warning deaf-backup stations.1.backup',
      'error deaf-station stations.2',
      'error backup-self stations.2.backup',
    ]);
    const pass = house({
      printers,
      stations: [{ ...grill, backup: 'expo' }, fryer, drinks].map((one) => ({ ...one, printer: 'hot' })),
    });
    expect(found(pass, { screens: [] })).toEqual(['warning deaf-backup stations.0.backup']);
    expect(found(pass, { screens: [{ name: 'Pass', page: 'expo' }] })).toEqual([]);
  });

  it('[SU23] a course that the house does not have', () => {
    expect(found(house({ courses: courses.slice(1) }))).toEqual([
      'error course-without-rule menu.categories.1.course',
    ]);
  });

  it('[SU24] a required choice of which nothing is left', () => {
    expect(found(house(), { soldOutOptions: new Set(['rare']) })).toEqual([]);
    expect(found(house(), { soldOutOptions: new Set(['rare', 'well']) })).toEqual([
      'error unsatisfiable menu.items.0.groups',
    ]);
  });

  it('[SU26] a printer of two houses, an item for nothing, a station without work, a screen of a station that went', () => {
    const { menu } = smallPlace;
    const printers = [{ id: 'hot', name: 'Hot', host: 'Printer.lan', port: 9100 }];
    expect(
      found(house({ printers }), { printersElsewhere: new Map([['printer.lan:9100', 'Esquina']]) }),
    ).toEqual(['warning shared-printer printers.0']);
    const items = house().menu.items.map((item) => (item.id === 'burger' ? { ...item, price: 0 } : item));
    expect(found(house({ menu: { ...menu, items } }))).toEqual(['warning no-price menu.items.0.price']);
    const bar = { ...smallPlace.stations[0], id: 'bar', name: 'BAR' } as LocationConfig['stations'][number];
    expect(found(house({ stations: [...smallPlace.stations, bar] }))).toEqual(['warning no-work stations.3']);
    const screens = ['grill', 'fryer', 'drinks', 'wok'].map((station) => ({
      name: station,
      page: 'kitchen',
      station,
    }));
    expect(found(house(), { screens })).toEqual(['warning screen-without-station screens']);
  });

  it('[SU27] every finding says what would happen and what mends it, with all names put in', () => {
    for (const [happens, mend] of Object.values(LINT_WORDS))
      expect([happens, mend].every((words) => words.length > 5)).toBe(true);
    const all = lintHouse(
      house({ menu: smallPlace.menu, courses: [], printers: [{ id: 'hot', host: 'h', port: 1 }] }),
      {
        screens: [{ name: 'W', page: 'kitchen', station: 'wok' }],
        printersElsewhere: new Map([['h:1', 'B']]),
        soldOutOptions: new Set(['rare', 'well']),
      },
    );
    expect(new Set(all.map(({ rule }) => rule)).size).toBeGreaterThan(5);
    for (const finding of all) {
      const { happens, mend } = lintWords(finding);
      expect(`${happens}${mend}`).not.toMatch(/[{}]|undefined/);
      expect(
        Object.values(finding.values).filter((value) => !`${happens}${mend}`.includes(String(value))),
      ).toEqual([]);
    }
  });
});

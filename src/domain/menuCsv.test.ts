import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LocationConfig, locationConfig } from './config.ts';
import { readCsv, writeCsv } from './csv.ts';
import { readMenu } from './menuCsv.ts';
import { writeMenu } from './menuTable.ts';
import { readPrice, writePrice } from './prices.ts';

type Menu = LocationConfig['menu'];
const EMPTY: Menu = { categories: [], groups: [], items: [] };
const around = { stations: ['grill', 'fryer'], digits: 2, menu: EMPTY };

/** The document as the log would hold it: without what is undefined. */
const plain = (menu: Menu): unknown => JSON.parse(JSON.stringify(menu));

describe('a menu as a table', () => {
  it('[SU10] three columns are enough; categories are made, ids follow from names', () => {
    const { menu, problems } = readMenu(
      'name,category,price\nClassic Burger,Mains,13.50\nCrème brûlée,Desserts,9\nClassic Fries,mains,"5,5"\n',
      around,
    );
    expect(problems).toEqual([]);
    expect(menu.categories.map(({ id, name }) => [id, name])).toEqual([
      ['mains', 'Mains'],
      ['desserts', 'Desserts'],
    ]);
    expect(menu.items.map(({ id, category, price }) => [id, category, price])).toEqual([
      ['classic-burger', 'mains', 1350],
      ['creme-brulee', 'desserts', 900],
      ['classic-fries', 'mains', 550],
    ]);
  });

  it('[SU10] a spreadsheet of another country is read as well: semicolons, a mark before the first line, old line ends', () => {
    const { menu, problems } = readMenu('\ufeffName;Category;Price\rPizza;Platos;1.200,50\r', around);
    expect(problems).toEqual([]);
    expect(menu.items).toMatchObject([{ id: 'pizza', price: 120_050 }]);
  });

  it('[SU11] what is wrong is named by line and column, and all of it at once', () => {
    const { problems } = readMenu(
      [
        'name,category,price,stations,course,colour',
        'Burger,Mains,cheap,grill,3,red',
        ',Mains,5,,,',
        '"Fish',
        'and chips",Mains,7,pond,12,',
        'Burger,Mains,5,,,',
        'Bread,,2,,,',
      ].join('\n'),
      around,
    );
    expect(problems.map(({ line, column, rule }) => [line, column, rule])).toEqual([
      [1, 'colour', 'unknown-column'],
      [2, 'price', 'not-a-price'],
      [3, 'name', 'missing'],
      [4, 'stations', 'unknown'],
      [4, 'course', 'not-a-number'],
      [6, 'name', 'twice'],
      [7, 'category', 'missing'],
    ]);
    expect(readMenu('category,price\nMains,5', around).problems[0]?.rule).toBe('no-name-column');
    expect(readMenu('name\n"open', around).problems[0]?.rule).toBe('unquoted');
    expect(readMenu('', around).problems[0]?.rule).toBe('empty');
  });

  it('[SU12] what the table has no column for stays; an empty cell takes away', () => {
    const menu = readMenu(
      'name,category,price,course,allergens\nSoup,Starters,6,2,dairy; celery\n',
      around,
    ).menu;
    const priced = readMenu('name,price\nsoup,7\n', { ...around, menu });
    expect(priced.problems).toEqual([]);
    expect(priced.menu.items).toEqual([{ ...menu.items[0], name: 'soup', price: 700 }]);
    const cleared = readMenu('name,price,course,allergens\nSoup,7,,\n', { ...around, menu });
    expect(cleared.menu.items[0]).toEqual({
      id: 'soup',
      name: 'Soup',
      category: 'starters',
      price: 700,
      allergens: [],
      groups: [],
    });
  });

  it('[SU13] the demo’s menus come back as they were', () => {
    const house: unknown = parse(
      readFileSync(new URL('../../demo/brasa-group.yaml', import.meta.url), 'utf8'),
    );
    const { locations } = house as { locations: { config: unknown }[] };
    expect(locations.length).toBe(2);
    for (const { config } of locations) {
      const { menu, stations } = locationConfig.parse(config);
      const text = writeMenu(menu, 2);
      const again = readMenu(text, { stations: stations.map(({ id }) => id), digits: 2, menu: EMPTY });
      expect(again.problems).toEqual([]);
      expect(plain(again.menu)).toEqual(plain(menu));
      expect(writeMenu(again.menu, 2)).toBe(text);
    }
  });

  it('[SU13] any menu comes back as it was, also with names that look like formulas, quotes and lists', () => {
    const name = (most: number) =>
      fc
        .oneof(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
          fc.constantFrom(
            '=SUM(A1)',
            "'=x",
            '-1',
            'a;b',
            'a\\',
            '"quoted"',
            'two\nlines',
            ' round ',
            '+ more',
          ),
        )
        .filter(
          (text) =>
            text.trim() !== '' && text.length <= most && !text.includes('\r') && !text.startsWith('\ufeff'),
        );
    const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/);
    const word = name(40)
      .map((text) => text.trim())
      .filter((text) => text !== '');
    const stations = fc.option(fc.subarray(['grill', 'fryer']), { nil: undefined });
    const course = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
    const unique = <T extends { id: string }>(arbitrary: fc.Arbitrary<T>, minLength: number) =>
      fc.uniqueArray(arbitrary, { selector: ({ id }) => id, minLength, maxLength: 5 });
    const shapes = unique(fc.record({ id: slug, name: name(60), stations, course }), 1).chain((categories) =>
      unique(
        fc.record({
          id: slug,
          name: name(60),
          min: fc.integer({ min: 0, max: 2 }),
          max: fc.integer({ min: 2, max: 100 }),
          free: fc.integer({ min: 0, max: 3 }),
          kind: fc.constantFrom('add', 'remove', 'choice'),
          default: fc.option(slug, { nil: undefined }),
          options: unique(
            fc.record({
              id: slug,
              name: name(60),
              price: fc.integer({ min: -5_000, max: 100_000 }),
              kind: fc.option(fc.constantFrom('add', 'remove'), { nil: undefined }),
              allergens: fc.array(word, { maxLength: 2 }),
              station: fc.option(fc.constantFrom('grill', 'fryer'), { nil: undefined }),
              alsoAt: fc.option(fc.constantFrom('grill', 'fryer'), { nil: undefined }),
              groups: fc.constant([]),
            }),
            1,
          ),
        }),
        0,
      ).chain((groups) =>
        unique(
          fc.record({
            id: slug,
            name: name(80),
            kitchenName: fc.option(name(40), { nil: undefined }),
            category: fc.constantFrom(...categories.map(({ id }) => id)),
            price: fc.integer({ min: 0, max: 10_000_000 }),
            prep: fc.option(fc.integer({ min: 0, max: 86_400 }), { nil: undefined }),
            course,
            allergens: fc.array(word, { maxLength: 3 }),
            stations,
            groups: fc.subarray(groups.map(({ id }) => id)),
          }),
          0,
        ).map((items) => ({ categories, groups, items })),
      ),
    );
    fc.assert(
      fc.property(shapes, fc.constantFrom(0, 2, 3), fc.boolean(), (made, digits, intoItself) => {
        // As the schema would have it: a menu of the house.
        const menu = locationConfig.shape.menu.parse(made);
        const there = { stations: ['grill', 'fryer'], digits, menu: intoItself ? menu : EMPTY };
        const again = readMenu(writeMenu(menu, digits), there);
        expect(again.problems).toEqual([]);
        expect(plain(again.menu)).toEqual(plain(menu));
      }),
      { numRuns: 300 },
    );
  });

  it('[SU14] money is read as people write it, and refused where it is none', () => {
    const cases: [string, number, number | null][] = [
      ['13.50', 2, 1350],
      ['13,5', 2, 1350],
      ['$1 200', 2, 120_000],
      ['1.200', 2, 120_000],
      ['1.200', 3, 1200],
      ['1,234.56', 2, 123_456],
      ['1.234,56', 2, 123_456],
      ['-2', 2, -200],
      ['450', 0, 450],
      ['13.505', 2, 1_350_500],
      ['13.5051', 2, null],
      ['4.5', 0, null],
      ['free', 2, null],
      ['', 2, null],
      ['1e3', 2, null],
    ];
    for (const [said, digits, amount] of cases)
      expect([said, readPrice(said, digits)]).toEqual([said, amount]);
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.constantFrom(0, 2, 3),
        (amount, digits) => {
          expect(readPrice(writePrice(amount, digits), digits)).toBe(amount === 0 ? 0 : amount);
        },
      ),
    );
  });

  it('[SU14] any table of any text comes back', () => {
    const cell = fc
      .string({ unit: 'binary', maxLength: 8 })
      .map((text) => text.replaceAll('\r', '').replaceAll('\ufeff', ''));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (rows) => {
          expect(
            readCsv(writeCsv([['a', 'b'], ...rows]))
              ?.slice(1)
              .map(({ cells }) => cells),
          ).toEqual(rows);
        },
      ),
    );
  });
});

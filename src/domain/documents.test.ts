import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, compareDocuments, isSame, mergeDocuments } from './documents.ts';

const menu = (...items: { id: string; price: number; name?: string }[]): Json => ({ name: 'House', items });
const burger = { id: 'burger', price: 1350 };
const fries = { id: 'fries', price: 500 };
const soup = { id: 'soup', price: 600 };

describe('documents side by side', () => {
  it('[SU1] what changed is said by the thing and its field, not by its place in a list', () => {
    const changes = compareDocuments(
      menu(burger, fries, soup),
      menu({ ...soup, price: 700 }, burger, { id: 'tea', price: 1 }),
    );
    expect(changes).toEqual([
      { path: ['items', 'fries'], what: 'removed', before: fries },
      { path: ['items', 'soup', 'price'], what: 'changed', before: 600, after: 700 },
      { path: ['items', 'tea'], what: 'added', after: { id: 'tea', price: 1 } },
      { path: ['items'], what: 'moved' },
    ]);
    expect(compareDocuments(menu(burger), menu(burger))).toEqual([]);
    expect(compareDocuments(undefined, menu(burger))).toEqual([
      { path: [], what: 'added', after: menu(burger) },
    ]);
  });

  it('[SU2] what two people changed in different places holds both; the same place is a conflict, and nothing is lost', () => {
    const base = menu(burger, fries);
    const mine = menu({ ...burger, price: 1400 }, fries, soup);
    const theirs = menu({ ...burger, price: 1500 }, { ...fries, name: 'Frites' }, { id: 'tea', price: 1 });
    const { merged, conflicts } = mergeDocuments(base, mine, theirs);
    expect(conflicts).toEqual([{ path: ['items', 'burger', 'price'], base: 1350, mine: 1400, theirs: 1500 }]);
    expect(merged).toEqual(
      menu({ ...burger, price: 1400 }, { ...fries, name: 'Frites' }, { id: 'tea', price: 1 }, soup),
    );
    expect(mergeDocuments(base, mine, theirs, () => 'theirs').merged).toEqual(
      menu({ ...burger, price: 1500 }, { ...fries, name: 'Frites' }, { id: 'tea', price: 1 }, soup),
    );
  });

  it('[SU2] what one took away and the other changed is a conflict', () => {
    const { conflicts } = mergeDocuments(menu(burger), menu(), menu({ ...burger, price: 1 }));
    expect(conflicts).toEqual([
      { path: ['items', 'burger'], base: burger, mine: undefined, theirs: { id: 'burger', price: 1 } },
    ]);
  });

  const document = fc.dictionary(
    fc.constantFrom('name', 'menu', 'tables'),
    fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.uniqueArray(
        fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), price: fc.integer({ min: 0, max: 2 }) }),
        { selector: ({ id }) => id, maxLength: 4 },
      ),
      fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    ),
  ) as fc.Arbitrary<Json>;

  it('[SU2] a merge with somebody who changed nothing is mine, with somebody who changed the same is no conflict', () => {
    fc.assert(
      fc.property(document, document, (base, other) => {
        expect(mergeDocuments(base, other, base)).toEqual({ merged: other, conflicts: [] });
        expect(mergeDocuments(base, base, other)).toEqual({ merged: other, conflicts: [] });
        expect(mergeDocuments(base, other, other)).toEqual({ merged: other, conflicts: [] });
      }),
    );
  });

  it('[SU2] each change of mine and of theirs is in the merge or in a conflict', () => {
    fc.assert(
      fc.property(document, document, document, (base, mine, theirs) => {
        const { merged, conflicts } = mergeDocuments(base, mine, theirs);
        const settled = new Set(conflicts.map(({ path }) => path.join('/')));
        const isSettled = (path: readonly string[]) =>
          path.some((_one, index) => settled.has(path.slice(0, index + 1).join('/'))) ||
          [...settled].some((one) => one.startsWith(path.join('/')));
        for (const [who, changes] of [
          ['mine', compareDocuments(base, mine)],
          ['theirs', compareDocuments(base, theirs)],
        ] as const)
          for (const change of changes) {
            if (change.what === 'moved' || isSettled(change.path)) continue;
            // Both added it: it is made of both, member by member.
            if (
              change.what === 'added' &&
              at(mine, change.path) !== undefined &&
              at(theirs, change.path) !== undefined
            )
              continue;
            const now = at(merged, change.path);
            expect([who, change.path, isSame(now, at(who === 'mine' ? mine : theirs, change.path))]).toEqual([
              who,
              change.path,
              true,
            ]);
          }
      }),
      { numRuns: 500 },
    );
  });
});

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) {
    if (here === null || here === undefined || typeof here !== 'object') return undefined;
    here = Array.isArray(here)
      ? (here as Json[]).find(
          (one) => one !== null && typeof one === 'object' && 'id' in one && one.id === key,
        )
      : (here as Record<string, Json>)[key];
  }
  return here;
}

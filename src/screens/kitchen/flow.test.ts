import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsFor, flow, notOn, type Card, type Room } from './flow.ts';

const room: Room = { columns: 4, height: 980, gap: 12, strip: 45, more: 84, moreBelow: false };
const card = (id: string, rows: number, rowHeight = 64): Card => ({
  id,
  head: 96,
  rows: Array.from({ length: rows }, () => rowHeight),
  foot: 84,
});
const places = (cards: Card[], more: Partial<Room> = {}): string[][][] =>
  flow(cards, { ...room, ...more }).map((page) =>
    page.columns.map((column) =>
      column.map((part) => (part.parts > 1 ? `${part.id}${part.part}/${part.parts}` : part.id)),
    ),
  );

describe('the flow of cards', () => {
  it('[S20] goes down the column, then to the next', () => {
    expect(places([card('a', 5), card('b', 5), card('c', 2)])).toEqual([[['a'], ['b', 'c']]]);
  });

  it('[S21] a ticket of forty lines continues column by column, beginning under the card before it', () => {
    const pages = places([card('a', 2), card('long', 40)]);
    expect(pages).toEqual([[['a', 'long1/4'], ['long2/4'], ['long3/4'], ['long4/4']]]);
  });

  it('[S21] a card that fits in one column is never cut', () => {
    expect(places([card('a', 7), card('b', 7)])).toEqual([[['a'], ['b']]]);
  });

  it('[S22] what does not fit is counted in `+n more`, and the oldest stays on page 1', () => {
    const cards = Array.from({ length: 12 }, (_, index) => card(`t${index}`, 6));
    const pages = flow(cards, room);
    expect(pages[0]?.ids[0]).toBe('t0');
    expect(pages.length).toBeGreaterThan(1);
    expect(
      notOn(
        pages[0]?.ids,
        cards.map(({ id }) => id),
      ),
    ).toHaveLength(12 - (pages[0]?.ids.length ?? 0));
  });

  it('[S22] leaves room for the `+n more` cell in the last column of a page', () => {
    const cards = Array.from({ length: 5 }, (_, index) => ({
      id: `t${index}`,
      head: 96,
      rows: [800],
      foot: 80,
    }));
    expect(places(cards)[0]?.[3]).not.toEqual(['t3']);
  });

  it('[S20] nothing is lost, doubled or turned round, and no column is taller than the board', () => {
    const cardArb = fc.record({
      head: fc.integer({ min: 80, max: 220 }),
      rows: fc.array(fc.integer({ min: 48, max: 200 }), { minLength: 1, maxLength: 60 }),
      foot: fc.constant(84),
    });
    fc.assert(
      fc.property(
        fc.array(cardArb, { maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (made, columns, moreBelow) => {
          const cards = made.map((one, index): Card => ({ ...one, id: `t${index}` }));
          const pages = flow(cards, { ...room, columns, moreBelow });
          const rows = pages
            .flatMap((page) => page.columns.flat())
            .flatMap((part) =>
              Array.from({ length: part.to - part.from }, (_, at) => `${part.id}:${part.from + at}`),
            );
          expect(rows).toEqual(cards.flatMap((one) => one.rows.map((_, at) => `${one.id}:${at}`)));
          for (const page of pages) {
            expect(page.columns.length).toBeLessThanOrEqual(columns);
            for (const column of page.columns) {
              const height = column.reduce((total, part, index) => {
                const one = cards.find(({ id }) => id === part.id)!;
                const inner = one.rows.slice(part.from, part.to).reduce((a, b) => a + b, 0);
                return (
                  total +
                  (index > 0 ? room.gap : 0) +
                  (part.part === 1 ? one.head : room.strip) +
                  inner +
                  (part.part === part.parts ? one.foot : room.strip)
                );
              }, 0);
              expect(height).toBeLessThanOrEqual(room.height);
            }
          }
        },
      ),
    );
  });

  it('[S23] columns by width and density: 4 beside the strip on a TV, 5 at density 0.8, 6 without; 3 and 2 on a tablet', () => {
    expect([
      columnsFor(1660, 1),
      columnsFor(1660, 0.8),
      columnsFor(1896, 0.8),
      columnsFor(1256, 1),
      columnsFor(776, 0.88),
    ]).toEqual([4, 5, 6, 3, 2]);
  });
});

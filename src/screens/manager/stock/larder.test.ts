import { describe, expect, it } from 'vitest';
import type { StockView } from '../../../domain/stock/entities.ts';
import { menu, menuItem } from '../../../testkit/entities.ts';
import { dishesOf, figuresOf, fullness, missing, readAmount, shelf } from './larder.ts';

const stock = (name: string, more: Partial<StockView> = {}): StockView => ({
  kind: 'stock',
  id: name.toLowerCase(),
  version: 1,
  name,
  unit: 'g',
  onHand: 5_000,
  low: 1_000,
  level: 'ok',
  dishes: [],
  ...more,
});
const burger = { item: 'burger', name: 'Burger', lacking: true, soldOut: false };

const beef = stock('Beef', { onHand: 0, level: 'out', par: 8_000, dishes: [burger] });
const bun = stock('Buns', { unit: 'piece', onHand: 3, low: 5, level: 'low', par: 40, dishes: [burger] });
const mint = stock('Mint', { onHand: null });
const ale = stock('Ale', { unit: 'ml', par: 4_000 });

describe('the shelf', () => {
  it('[ST30] has what needs somebody first, then by name', () => {
    const names = (query: string, onlyShort: boolean) =>
      shelf([stock('Salt'), ale, mint, bun, beef], query, onlyShort).map(({ name }) => name);
    expect(names('', false)).toEqual(['Beef', 'Buns', 'Mint', 'Ale', 'Salt']);
    expect(names('', true)).toEqual(['Beef', 'Buns']);
    expect(names('burg', false)).toEqual(['Beef', 'Buns']);
    expect(names(' MINT ', false)).toEqual(['Mint']);
    expect(names('saffron', false)).toEqual([]);
  });

  it('[ST30] says what is missing to par, and of what nobody counted nothing', () => {
    expect([beef, bun, mint, ale].map(missing)).toEqual([8_000, 37, 0, 0]);
    expect([beef, bun, mint, ale].map(fullness)).toEqual([0, 3 / 40, null, 1]);
    expect(fullness(stock('Salt', { onHand: 2_000 }))).toBe(0.5);
  });

  it('[ST30] counts each dish that cannot be made once, and adds up what waste cost', () => {
    const dishes = dishesOf([menu('a', [menuItem('Burger', { soldOut: true }), menuItem('Fries')])]);
    const thrown = {
      kind: 'waste',
      id: 'w',
      version: 1,
      at: '',
      why: 'thrown',
      name: 'Beef',
      qty: 1,
    } as const;
    expect(figuresOf([beef, bun, mint, ale], [{ ...thrown, cost: 250 }, thrown], dishes)).toEqual({
      out: 1,
      lacking: 1,
      low: 1,
      kept: 4,
      soldOut: 1,
      belowPar: 2,
      wasted: 2,
      wasteCost: 250,
    });
  });

  it('[ST30] reads whole numbers, and zero only where somebody counts', () => {
    expect(
      ['0', '12', ' 7 ', '', '1.5', '-1', '1e3', '999999999'].map((text) => readAmount(text, 'count')),
    ).toEqual([0, 12, 7, null, null, null, null, null]);
    expect(readAmount('0', 'receive')).toBeNull();
  });
});

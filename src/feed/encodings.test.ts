import { describe, expect, test } from 'vitest';
import { EncodingBudget, Ring } from './encodings.ts';

describe('encodings', () => {
  test('[F20] they are bounded over all views, and what was used longest ago goes first', () => {
    const dropped: string[] = [];
    const owner = (name: string) => ({ dropEncodings: () => void dropped.push(name) });
    const [a, b, c] = [owner('a'), owner('b'), owner('c')];
    const budget = new EncodingBudget(100);
    budget.charge(a, 40);
    budget.charge(b, 40);
    budget.charge(a, 45);
    budget.charge(c, 30);
    expect(dropped).toEqual(['b']);
    expect(budget.total).toBe(75);
    budget.release(a);
    expect(budget.total).toBe(30);
  });

  test('[F21] the ring gives the frame that continues from a position, and none across a hole', () => {
    const ring = new Ring(30);
    const frame = (from: number, to: number) => ({
      location: 'l',
      organization: 'o',
      from,
      to,
      cursor: '',
      isEmpty: false,
      changes: 1,
      text: 'ten-bytes!',
    });
    for (const [from, to] of [
      [0, 2],
      [2, 5],
      [5, 6],
      [9, 12],
    ] as const)
      ring.push(frame(from, to));
    expect(ring.bytes).toBe(30);
    expect(ring.next(1, 8)).toBeNull();
    expect(ring.next(3, 8)).toMatchObject({ from: 2 });
    expect(ring.next(6, 8)).toBeNull();
    expect(ring.next(7, 8)).toBeNull();
    expect(ring.next(10, 8)).toMatchObject({ from: 9 });
    expect(ring.next(12, 8)).toBeNull();
    expect(ring.next(3, 1)).toBeNull();
  });
});

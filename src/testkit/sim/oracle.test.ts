import { describe, expect, it } from 'vitest';
import { viewHash } from '../../domain/viewHash.ts';
import { printOf } from './oracle.ts';

describe('what screens are compared by', () => {
  it('[SM5] tells boards apart that have the same hash on the wire', () => {
    const board = (pair: number, version: number) =>
      [0, 1].map((side) => ({ kind: 'ticket' as const, id: `pair-${pair}-${side}`, version }));
    const pairs = Array.from({ length: 200 }, (_, pair) => pair);
    const alike = pairs.filter((pair) => viewHash(board(pair, 71)) === viewHash(board(pair, 75)));
    expect(alike.length).toBeGreaterThan(20);
    expect(pairs.filter((pair) => printOf(board(pair, 71)) === printOf(board(pair, 75)))).toEqual([]);
  });
});

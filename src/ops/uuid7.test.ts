import { expect, it } from 'vitest';
import { risingIds, uuid7 } from './uuid7.ts';

it('[V1] ids of lines keep the order in which they were written, also within one millisecond', () => {
  const id = risingIds();
  const made = [1_800_000_000_000, 1_800_000_000_000, 1_800_000_000_000, 1_800_000_000_001].flatMap((at) =>
    Array.from({ length: 300 }, () => id(at)),
  );
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  for (const one of [uuid7(), made[0]])
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

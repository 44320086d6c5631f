import { describe, expect, it } from 'vitest';
import { hunt } from './hunt.ts';
import { MUTANTS } from './mutants.ts';

/** A checker that never failed is unproven: each of these mistakes is put into the source, and must be found. */
describe('a mistake in the source', () => {
  // The schedule moves with every change of the code, so a few more than the known one may be tried.
  it.each(MUTANTS)('[SM4] is found: $name', { timeout: 240_000 }, async (mutant) => {
    expect(await hunt(mutant, 16)).not.toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { hunt } from './hunt.ts';
import { MUTANTS } from './mutants.ts';

/** The same, and how long it takes: the first seed of each, for `docs/simulation.md`. */
describe('a mistake in the source', () => {
  it('[SM4] is found, each by its own sign', async () => {
    const lines: string[] = [];
    for (const mutant of MUTANTS) {
      const found = await hunt({ ...mutant, seed: 1 }, 200);
      lines.push(
        `${mutant.name}: ${found === null ? 'NOT FOUND' : `seed ${found.seed} of ${mutant.profile}: ${found.blame}`}`,
      );
    }
    console.log(lines.join('\n'));
    expect(lines.filter((line) => line.endsWith('NOT FOUND'))).toEqual([]);
  });
});

import { runFleet } from './fleet.ts';
import type { Mutant } from './mutants.ts';

/** Runs schedules over a mutant until one comes to the blame that it must come to; null when none does. */
export async function hunt(
  { name, profile, seed, blamed }: Mutant,
  most: number,
): Promise<{ seed: number; blame: string; tried: number } | null> {
  let found: { seed: number; blame: string; tried: number } | null = null;
  let tried = 0;
  const jobs = Array.from({ length: most }, (_, index) => ({ seed: seed + index, steps: 300, profile }));
  await runFleet(jobs, { workers: 2, mutant: name }, (result) => {
    tried += 1;
    const blame = result.blames.find((line) => blamed.test(line));
    if (blame !== undefined && (found === null || result.seed < found.seed))
      found = { seed: result.seed, blame, tried };
    return found === null;
  });
  return found;
}

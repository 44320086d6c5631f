import { it } from 'vitest';
import { proveDoors } from './doorsProof.ts';

const SEED = Number(process.env['HEARD_SEED'] ?? Date.now() % 1_000_000);

it(`[SI17] three hundred orders of two platforms on a bad evening (seed ${SEED}) are in the kitchen once each, each told in time, over kill -9`, async () => {
  await proveDoors(300, SEED, 600_000);
});

import { it } from 'vitest';
import { proveDoors } from './doorsProof.ts';

const SEED = Number(process.env['HEARD_SEED'] ?? 11);

it(`[SI17] forty orders of two platforms on a bad evening (seed ${SEED}) are in the kitchen once each, and each platform knows how its orders stand, over kill -9`, async () => {
  await proveDoors(40, SEED, 180_000);
}, 420_000);

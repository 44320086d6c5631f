import { doordashDriveSim } from './doordash-drive/sim.ts';
import { doordashSim } from './doordash/sim.ts';
import { retellSim } from './retell/sim.ts';
import type { ProviderSim } from './simulation.ts';
import { twilioSim } from './twilio/sim.ts';
import { uberEatsSim } from './uber-eats/sim.ts';
import { vapiSim } from './vapi/sim.ts';

/** Every simulator there is; adding one is adding its line. Loaded by `heard sim` and by the demo, never by a server of its own. */
export const SIMS: readonly ProviderSim[] = [
  doordashSim,
  doordashDriveSim,
  uberEatsSim,
  retellSim,
  vapiSim,
  twilioSim,
];

import type { FuzzTarget } from '../../testkit/hookFuzz.ts';
import { type HookHouse, startHookHouse } from '../../testkit/hookHouse.ts';
import { kite, signKite } from './kite.ts';
import { kiteSamples } from './kiteSamples.ts';

/** A house with Kite at its door. */
export async function startKiteHouse(connections: Parameters<typeof startHookHouse>[0]): Promise<HookHouse> {
  const house = await startHookHouse(connections, [kite]);
  await house.addChannels('brasa', [{ id: 'kite', provider: 'kite' }]);
  return house;
}

/** Kite's samples, for the fuzzer. */
export async function kiteTarget(house: HookHouse): Promise<FuzzTarget> {
  const link = await house.link('brasa', 'kite', { signingKey: 'key' });
  return {
    house,
    location: 'brasa',
    link,
    samples: kiteSamples(),
    sign: (raw) => signKite(raw, 'key'),
  };
}

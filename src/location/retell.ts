import { randomUUID } from 'node:crypto';
import type { Locations } from './locations.ts';

/**
 * A channel has a link now, or another: what is sold out, paused or busy is told to whoever is at its end. A location that
 * takes no commands now leaves it to the next change.
 */
export async function retell(
  locations: Pick<Locations, 'submitInner'>,
  location: string,
  channel: string,
): Promise<void> {
  await locations.submitInner(
    location,
    { id: randomUUID(), name: 'channel.retell', input: { channel } },
    { id: `channel:${channel}`, role: 'policy' },
  );
}

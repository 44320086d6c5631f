import type { Device } from './device.ts';
import { HOUSES } from './houses.ts';
import type { Sim } from './sim.ts';

/** Hears everything that servers say, before the network does anything to it, and holds it to the truth. */
export class Ear {
  readonly #sim: Sim;
  readonly #innocent = new Map<string, string>();

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  sent(device: string, location: string, text: string, kind: string): void {
    this.#sim.trace(`to ${device} ${kind} ${text.length}`);
    this.#checkTenant(device, location, text);
    if (kind !== 'chg' && kind !== 'snap') return;
    const truth = this.#sim.truthOf(location);
    const frame = JSON.parse(text);
    if (kind === 'chg') truth.checkChange(frame, text);
    else truth.checkSnapshot(frame);
  }

  /** S13: nothing of one house in what is sent to another. */
  #checkTenant(device: string, location: string, text: string): void {
    // One frame goes to many readers of a house.
    if (text === this.#innocent.get(location)) return;
    this.#innocent.set(location, text);
    for (const house of HOUSES)
      if (house.location !== location && text.includes(house.marker))
        this.#sim.blame(`S13 ${device} of ${location} was sent something of ${house.location}`);
  }

  answered(device: Device, call: { path: string; key: string | null; body: string }, text: string): void {
    this.#checkTenant(device.id, device.spec.location, text);
    if (!call.path.startsWith('/commands')) return;
    const said: unknown = JSON.parse(text);
    if (call.key !== null) this.#refused(call.key, said);
    else if (Array.isArray(said)) {
      const asked: { id: string }[] = JSON.parse(call.body);
      for (const [index, { id }] of asked.entries()) this.#refused(id, said[index]);
    }
  }

  #refused(id: string, said: unknown): void {
    const tap = this.#sim.screens.taps.get(id);
    if (tap === undefined || typeof said !== 'object' || said === null || !('code' in said)) return;
    if (said.code !== 'unavailable' && said.code !== 'rate_limited' && said.code !== 'unauthenticated')
      tap.refused = String(said.code);
  }
}

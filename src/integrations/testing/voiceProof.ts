import type { Call } from '../../domain/call/state.ts';
import { createRandom } from '../../testkit/sim/random.ts';
import { type Delivery, type Provider, type Secrets, TryLater } from '../provider.ts';
import type { Heard } from '../voice/canonical.ts';
import { field, listAt } from '../wire.ts';
import { sample } from './samples.ts';
import { VoiceHouse } from './voiceHouse.ts';

/** What must be the same however the deliveries of a call come: shuffled, doubled, some answered twice at once. */

export type Sent = { readonly raw: Buffer; readonly more?: Partial<Delivery> };
export type End = { readonly call: Partial<Call>; readonly reservations: readonly object[] };

/** One seeded way in which a provider's deliveries may arrive. */
export async function endOf(
  provider: Provider,
  sent: readonly Sent[],
  at: string,
  seed: number | null,
  secrets: Secrets = {},
): Promise<End> {
  const house = new VoiceHouse(provider, at, secrets);
  const arrivals = seed === null ? [...sent] : shuffled(sent, seed);
  for (let waiting = arrivals, round = 0; waiting.length > 0 && round < 3; round += 1) {
    const later: Sent[] = [];
    for (const one of waiting) {
      house.kitchen.now += seed === null ? 1_000 : 137;
      await house.take(house.delivery(one.raw, one.more)).catch((error: unknown) => {
        // As a job is tried again.
        if (!(error instanceof TryLater)) throw error;
        later.push(one);
      });
    }
    waiting = later;
  }
  const calls = Object.values(house.state.calls.calls);
  const [call] = calls;
  if (call === undefined || calls.length !== 1) throw new Error(`${calls.length} calls`);
  const { version: _v, since: _s, heardAt: _h, overAt: _o, startedAt: _t, quiet: _q, ...rest } = call;
  return {
    call: { ...rest, links: [...call.links] },
    reservations: Object.values(house.state.bookings.reservations).map(
      ({ at: when, party, guest, status, tables }) => ({
        when,
        party,
        guest,
        status,
        tables,
      }),
    ),
  };
}

/** Any order, each once to three times: the same for the same seed. */
export function shuffled<T>(sent: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const all = sent.flatMap((one) => Array.from({ length: 1 + random.below(3) }, () => one));
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const [a, b] = [all[index], all[other]];
    if (a !== undefined && b !== undefined) [all[index], all[other]] = [b, a];
  }
  return all;
}

/** The samples of one provider's call: what each should mean, and what it means to `hear`. */
export function meaningsOf(
  sequence: string,
  hear: (body: unknown) => Heard | null,
): { readonly expected: readonly unknown[]; readonly seen: readonly unknown[] } {
  const expected = listAt(sample('voice-sequences.json'), 'sequences', sequence);
  const seen = expected.map((row) => {
    const file = String(field(row, 'file'));
    const last = hear(sample(file))?.events.at(-1);
    const isBooking = last?.event === 'call.tool' && last.tool.name === 'create_reservation';
    return { file, canonical: isBooking ? 'reservation.created' : (last?.event ?? null) };
  });
  return { expected, seen };
}

/** The sentence that an agent was given to say. */
export function sayingOf(body: unknown): string {
  const say = field(body, 'say');
  return typeof say === 'string' ? say : '';
}

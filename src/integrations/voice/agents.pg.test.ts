import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelLink } from '../../accounts/channelLinks.ts';
import type { Call } from '../../domain/call/state.ts';
import { nameId } from '../../domain/ids.ts';
import type { LocationState } from '../../domain/state.ts';
import type { HookHouse } from '../../testkit/hookHouse.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import type { SimDelivery } from '../simulation.ts';
import { AGENTS, openDay, startAgentsHouse } from '../testing/agentsUnderFire.ts';
import { shuffled } from '../testing/voiceProof.ts';
import { type VoiceWorld, voiceWorld } from '../testing/voiceWorld.ts';

/** Telephone agents in a whole house: webhooks come in over HTTP, answers go back, the inbox works the rest. */

const database = useTestDatabase();
const PATIENCE = { timeout: 30_000, interval: 50 };
let house: HookHouse;

beforeAll(async () => {
  house = await startAgentsHouse(database());
});
afterAll(() => house.stop());

const stateNow = (): Promise<LocationState> => house.state('brasa');

describe.each(AGENTS)('$provider.id over HTTP', ({ provider, sim, secrets }) => {
  const where = (link: ChannelLink): string => `${house.url}/hooks/${provider.id}/${link.address ?? ''}`;
  const send = async (link: ChannelLink, { body, headers, query }: SimDelivery) => {
    const { status, text } = await house.deliver(
      link,
      body,
      headers,
      query === undefined ? {} : { query: `?${query}` },
    );
    return { status, body: text };
  };
  const callOf = async (externalId: string): Promise<Call | undefined> =>
    (await stateNow()).calls.calls[nameId('channel', 'brasa', `its-${provider.id}`, 'call', externalId)];
  const bookedIn = async (externalId: string) => {
    const id = (await callOf(externalId))?.id;
    return Object.values((await stateNow()).bookings.reservations).filter(({ call }) => call === id);
  };
  /** `deaf`: the house hears nothing of it yet. */
  const world = (link: ChannelLink, seed: number, deaf: boolean): VoiceWorld =>
    voiceWorld({
      secrets,
      seed,
      now: () => Date.now(),
      hook: where(link),
      deliver: async (delivery) => (deaf ? { status: 200, body: '{}' } : send(link, delivery)),
    });

  it('[CA28] a whole call is answered while its caller waits, and is in the book and on the board once', async () => {
    const link = await house.link('brasa', `its-${provider.id}`, secrets);
    const there = world(link, 7, false);
    const made = sim.create(there);
    const options = { pace: '0', party: '2', name: 'Lena Ortiz', date: openDay(Date.now()), time: '18:00' };
    const { id } = (await made.stories['call']?.(options)) ?? { id: '' };
    await house.settle('brasa');
    await expect.poll(async () => (await callOf(id))?.status, PATIENCE).toBe('completed');
    expect(await bookedIn(id)).toMatchObject([{ party: 2, guest: { name: 'Lena Ortiz' }, source: 'phone' }]);
    expect(made.told()).toMatchObject([{ state: 'analyzed', inTime: true }]);
    expect((await callOf(id))?.turns?.some(({ text }) => text.startsWith('Booked for 2 people'))).toBe(true);

    // All of it once more, in another order: the same answers, and nothing moves.
    const { head } = await stateNow();
    for (const delivery of shuffled(there.sent, 3)) expect((await send(link, delivery)).status).toBe(200);
    await house.settle('brasa');
    expect((await stateNow()).head).toBe(head);
  }, 60_000);

  it('[CA29] shuffled and doubled, several at once, the same call and one reservation come of it', async () => {
    const link = await house.link('brasa', `its-${provider.id}`, secrets);
    for (const seed of [11, 12]) {
      const there = world(link, seed, true);
      const options = {
        pace: '0',
        party: '2',
        name: `Guest ${seed}`,
        date: openDay(Date.now()),
        time: '12:00',
      };
      const { id } = (await sim.create(there).stories['call']?.(options)) ?? { id: '' };
      const arrivals = shuffled(there.sent, seed);
      for (let at = 0; at < arrivals.length; at += 4)
        await Promise.all(arrivals.slice(at, at + 4).map((delivery) => send(link, delivery)));
      await house.settle('brasa');
      await expect.poll(async () => (await callOf(id))?.status, PATIENCE).toBe('completed');
      expect(await callOf(id)).toMatchObject({ analysis: 'ready', links: [{ what: 'reservation' }] });
      expect(await bookedIn(id)).toMatchObject([{ guest: { name: `Guest ${seed}` }, status: 'booked' }]);
    }
  }, 60_000);

  it('[CA28] a delivery that was tampered with is a 401, and nothing of it is kept', async () => {
    const link = await house.link('brasa', `its-${provider.id}`, secrets);
    const there = world(link, 21, true);
    await sim.create(there).stories['call']?.({ pace: '0', party: '2' });
    const before = (await house.rows('brasa')).length;
    const { head } = await stateNow();
    for (const delivery of there.sent.slice(0, 6)) {
      const text = delivery.body.toString('utf8');
      const other = Buffer.from(text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)));
      expect((await send(link, { ...delivery, body: other })).status).toBe(401);
      const headers = Object.fromEntries(
        Object.entries(delivery.headers).filter(([name]) => name === 'content-type'),
      );
      expect((await send(link, { ...delivery, headers })).status).toBe(401);
    }
    expect(await house.rows('brasa')).toHaveLength(before);
    expect((await stateNow()).head).toBe(head);
  });
});

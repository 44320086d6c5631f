import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Order } from '../domain/order.ts';
import { doordash } from '../integrations/doordash/doordash.ts';
import { type Provider, TryLater } from '../integrations/provider.ts';
import { MARKETPLACE, headersOf } from '../integrations/testing/doordashUnderFire.ts';
import { sampleBytes } from '../integrations/testing/samples.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
const PATIENCE = { timeout: 30_000, interval: 50 };
const told: string[] = [];
let isBusy = true;
/** A platform that is too busy for the first yes. */
const provider: Provider = {
  ...doordash,
  async send({ act }) {
    told.push(act);
    if (act === 'accept' && isBusy) throw new TryLater('too busy');
  },
};
let house: HookHouse;
beforeAll(async () => {
  house = await startHookHouse(database(), [provider]);
  await house.addChannels('brasa', [{ id: 'dd', provider: 'doordash', store: 'loc_pearl' }]);
});
afterAll(() => house.stop());

it('[PL41] tells a platform that the food is ready after the yes that had to be tried again', async () => {
  const link = await house.link('brasa', 'dd', MARKETPLACE);
  const raw = sampleBytes('doordash-marketplace/01-order-simple.json');
  expect((await house.deliver(link, raw, headersOf(MARKETPLACE.webhookToken))).status).toBe(202);
  await house.settle('brasa');
  const orderNow = async (): Promise<Order | undefined> => {
    const orders = [...(await house.state('brasa')).orders.values()];
    return orders.find(({ platform }) => platform !== undefined);
  };
  const { id: order, tickets } = (await orderNow()) ?? expect.fail('there is no order');
  expect(tickets.length).toBeGreaterThan(0);
  await house.hear('brasa', order);
  await expect.poll(() => told, PATIENCE).toEqual(['accept']);
  for (const { id } of tickets) await house.say('brasa', 'ticket.bump', { ticket: id });
  await expect.poll(async () => (await orderNow())?.platform?.asks.length, PATIENCE).toBe(2);
  isBusy = false;
  await expect
    .poll(async () => (await orderNow())?.platform?.asks.map(({ told: how }) => how), PATIENCE)
    .toEqual(['told', 'told']);
  expect(told.filter((act, at) => act !== told[at - 1])).toEqual(['accept', 'ready']);
});

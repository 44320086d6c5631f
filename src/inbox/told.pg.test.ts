import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameId } from '../domain/ids.ts';
import type { Platform } from '../domain/channel/state.ts';
import { takeOrder } from '../integrations/platform.ts';
import { type ChannelRequest, type Provider, ProviderRefused, TryLater } from '../integrations/provider.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { canonical } from '../testkit/platformKitchen.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

/** From a delivery to a platform that was told: a whole house, its jobs, and a platform that does as a test says. */

const database = useTestDatabase();
const PATIENCE = { timeout: 20_000, interval: 50 };
const KEY = 'finch-key-of-the-tests';
let house: HookHouse;
/** What the platform was told, in order. */
const told: { act: string; order: unknown; house: number }[] = [];
/** What it says to it. */
let answer: (request: ChannelRequest) => Promise<void> = async () => undefined;
let houses = 0;

const finch = (): Provider => {
  const number = (houses += 1);
  return {
    id: 'finch',
    kind: 'orders',
    name: 'Finch',
    secrets: [{ id: 'key', label: 'Key' }],
    verify: ({ headers }, secrets) =>
      headers['x-finch-key'] === secrets['key'] ? { ok: true } : { ok: false, why: 'x-finch-key' },
    read: ({ raw }) => ({ event: 'order', key: raw.toString() }),
    answer: () => ({ status: 200 }),
    work: ({ raw, receivedAt }, tools) =>
      takeOrder(tools, {
        order: canonical({ source: 'finch', externalId: raw.toString(), placedAt: receivedAt }),
        acceptWithinMs: 600_000,
      }),
    async send(request) {
      told.push({ act: request.act, order: request['order'], house: number });
      await answer(request);
    },
  };
};

async function open(): Promise<void> {
  house = await startHookHouse(database(), [finch()]);
  house.server.locations.start();
  // A test's server begins with the demo's document.
  await house.addChannels('brasa', [{ id: 'finch', provider: 'finch' }]);
}
beforeAll(open);
afterAll(() => house.stop());

const idOf = (externalId: string): string => nameId('channel', 'brasa', 'finch', 'order', externalId);
const actsOf = (externalId: string): string[] =>
  told.flatMap(({ act, order }) => (order === idOf(externalId) ? [act] : []));

async function platformOf(externalId: string): Promise<Platform | undefined> {
  return (await house.state('brasa')).orders.get(idOf(externalId))?.platform;
}
const asksOf = async (externalId: string): Promise<string[]> =>
  ((await platformOf(externalId))?.asks ?? []).map(({ act, told: is, words }) =>
    [act, is, words].filter((word) => word !== undefined).join(' '),
  );

/** The platform sends it, and every station has it on a screen. */
async function orderHeard(externalId: string): Promise<void> {
  const link = await house.link('brasa', 'finch', { key: KEY });
  const { status } = await house.deliver(link, externalId, { 'x-finch-key': KEY });
  expect(status).toBe(200);
  await expect.poll(() => platformOf(externalId), PATIENCE).toBeDefined();
  await house.hear('brasa', idOf(externalId));
}

test('[PL10] [PL19] an order is taken, heard, accepted, and that its platform was told stands in the log', async () => {
  answer = async () => undefined;
  await orderHeard('f-1');
  await expect.poll(() => asksOf('f-1'), PATIENCE).toEqual(['accept told']);
  expect(actsOf('f-1')).toEqual(['accept']);
  expect((await platformOf('f-1'))?.accepted?.by).toBe('auto');
});

test('[PL19] a platform that cannot be reached is told again; what one try did and could not say is noted once', async () => {
  let tries = 0;
  answer = async () => {
    tries += 1;
    if (tries < 3) throw new TryLater('nobody answers');
  };
  await orderHeard('f-2');
  await expect.poll(() => asksOf('f-2'), { timeout: 40_000, interval: 100 }).toEqual(['accept told']);
  expect(actsOf('f-2')).toEqual(['accept', 'accept', 'accept']);
}, 60_000);

test('[PL19] a refusal is not tried again: it stands in the log in the platform’s words', async () => {
  answer = async () => {
    throw new ProviderRefused('The restaurant is offline', 'store_offline');
  };
  await orderHeard('f-3');
  await expect.poll(() => asksOf('f-3'), PATIENCE).toEqual(['accept refused The restaurant is offline']);
  expect(actsOf('f-3')).toEqual(['accept']);
});

test('[PL19] what a server that died was telling is told by the next', async () => {
  answer = (request) => (request['order'] === idOf('f-4') ? new Promise(() => undefined) : Promise.resolve());
  await orderHeard('f-4');
  await expect.poll(() => actsOf('f-4'), PATIENCE).toEqual(['accept']);
  expect(await asksOf('f-4')).toEqual(['accept waiting']);
  // It never comes back from that call: its job stays marked as running.
  await house.stop();
  answer = async () => undefined;
  await open();
  await expect.poll(() => asksOf('f-4'), { ...PATIENCE, timeout: 60_000 }).toEqual(['accept told']);
  expect(told.filter(({ order }) => order === idOf('f-4')).map(({ house: one }) => one)).toEqual([1, 2]);
}, 120_000);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Provider, ProviderRefused } from '../integrations/provider.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

/** Somebody of the house takes a call over, and its provider will not put the caller through. */

const database = useTestDatabase();
const PATIENCE = { timeout: 20_000, interval: 50 };
let house: HookHouse;
let sent = 0;
let answer: () => Promise<void> = async () => undefined;

const parrot: Provider = {
  id: 'retell',
  kind: 'voice',
  name: 'Parrot',
  secrets: [],
  verify: () => ({ ok: true }),
  read: ({ raw }) => ({ event: 'call', key: raw.toString() }),
  answer: () => ({ status: 200 }),
  work: async () => 'done',
  async send() {
    sent += 1;
    await answer();
  },
};

beforeAll(async () => {
  house = await startHookHouse(database(), [parrot]);
  await house.addChannels('brasa', [{ id: 'line', provider: 'retell' }]);
  await house.link('brasa', 'line', {});
});
afterAll(() => house.stop());

async function takeOver(): Promise<void> {
  const call = crypto.randomUUID();
  const info = {
    id: call,
    channel: 'line',
    provider: 'retell',
    externalId: call,
    direction: 'inbound' as const,
    startedAt: new Date().toISOString(),
  };
  const { locations } = house.server;
  const ring = { id: crypto.randomUUID(), name: 'call.report' as const };
  const news = [{ news: 'started' as const }];
  await locations.submitInner(
    'brasa',
    { ...ring, input: { call: info, news } },
    { id: 'channel:line', role: 'policy' },
  );
  const given = await house.server.command(await house.server.token('host'), 'call.takeOver', { call });
  expect(given.status).toBe(200);
}

async function trouble(): Promise<unknown> {
  const response = await fetch(`${house.url}/v1/locations/brasa/links`, {
    headers: { authorization: `Bearer ${await house.server.token('manager')}` },
  });
  const { links } = (await response.json()) as { links: { channel: string; trouble: unknown }[] };
  return links.find(({ channel }) => channel === 'line')?.trouble;
}
const noted = async (): Promise<string[]> =>
  (await house.server.log.readTail('brasa', 0)).flatMap(({ type }) =>
    type.startsWith('channel.store') ? [type] : [],
  );

test('[PL38] a caller who is not put through is told to the manager in the provider’s words, until one is', async () => {
  expect(await trouble()).toBeNull();
  answer = async () => {
    throw new ProviderRefused('Parrot answered 404', '404');
  };
  await takeOver();
  await expect
    .poll(trouble, PATIENCE)
    .toEqual({ act: 'call.takeOver', words: 'Parrot answered 404', at: expect.any(String) });
  answer = async () => undefined;
  await takeOver();
  await expect.poll(trouble, PATIENCE).toBeNull();
  expect(await noted()).toEqual(['channel.storeRefused', 'channel.storeTold']);
  // What goes well is no news.
  const before = sent;
  await takeOver();
  await expect.poll(() => sent, PATIENCE).toBe(before + 1);
  answer = async () => {
    throw new ProviderRefused('Parrot answered 403', '403');
  };
  await takeOver();
  await expect.poll(trouble, PATIENCE).toMatchObject({ words: 'Parrot answered 403' });
  expect(await noted()).toEqual(['channel.storeRefused', 'channel.storeTold', 'channel.storeRefused']);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { kite } from '../integrations/testing/kite.ts';
import { kiteSim } from '../integrations/testing/kiteSim.ts';
import type { ProviderSim } from '../integrations/simulation.ts';
import { uberEatsSim } from '../integrations/uber-eats/sim.ts';
import { uberEats } from '../integrations/uber-eats/uberEats.ts';
import type { Watcher } from '../feed/watchers.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { type DemoLife, type LifeOptions, startDemoLife } from './demoLife.ts';

const database = useTestDatabase();
let house: HookHouse;
let life: DemoLife | null = null;
let seed = 3;
/** Who looks, by location. */
let looking: Record<string, Watcher[]> = {};

const PATIENCE = { timeout: 45_000 };
const PACE = { beatMs: 10, firstOrderMs: 20, firstCallMs: 20, orderEveryMs: 60, callEveryMs: 60, stepMs: 20 };

beforeAll(async () => {
  house = await startHookHouse(database(), [kite, uberEats]);
  await house.addChannels('brasa', [
    { id: 'kite', provider: 'kite' },
    { id: 'kite-real', provider: 'kite' },
  ]);
});
afterEach(async () => {
  await life?.stop();
  life = null;
  looking = {};
  // What was delivered last is worked before the next evening begins.
  await house.settle('brasa');
});
afterAll(() => house.stop());

function screen(topic: string, visible: boolean | null = true): Watcher {
  return {
    session: `${topic} ${Math.random()}`,
    role: 'kitchen',
    device: undefined,
    stations: undefined,
    screen: undefined,
    topic,
    transport: 'websocket',
    counts: true,
    lastSeen: 0,
    until: Number.POSITIVE_INFINITY,
    painted: -1,
    visible,
    audio: null,
  };
}

async function start(more: Partial<LifeOptions> = {}, env: Record<string, string> = {}): Promise<void> {
  const { log, accounts, locations } = house.server;
  life = await startDemoLife({
    server: { url: house.url, log, accounts, locations, watchers: (location) => looking[location] ?? [] },
    config: readConfig({ HEARD_DEMO: '1', ...env }),
    providers: [kite],
    sims: [kiteSim],
    report: (message, detail) => house.server.lines.push({ message, detail: { ...detail } }),
    pace: PACE,
    // Another evening each time: the same orders again would be no new ones.
    seed: (seed += 1),
    ...more,
  });
}
const orders = async (): Promise<
  readonly { id: string; items: readonly { name: string }[]; cancelled?: unknown }[]
> => {
  await house.settle('brasa');
  return [...(await house.state('brasa')).orders.values()].filter(({ source }) => source === 'kite');
};

/** Where nobody cooks, the demo stops ordering: what is open is cancelled. */
async function clear(): Promise<void> {
  const token = await house.server.token('manager');
  for (const { id, cancelled } of await orders())
    if (cancelled === undefined)
      await house.server.command(token, 'order.cancel', { order: id, reason: 'Nobody cooks here' });
}

describe("the demo's life", () => {
  it('[SI13][SI14] begins when somebody looks, and leaves the linked channel alone', async () => {
    const real = await house.link('brasa', 'kite-real', { signingKey: 'the real one' });
    await start();
    looking = { brasa: [screen('pos', false)] };
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await orders()).toEqual([]);
    expect(await house.server.accounts.channelLinks.get('brasa', 'kite')).toBeNull();

    looking = { brasa: [screen('pos')] };
    await expect.poll(async () => (await orders()).length, PATIENCE).toBeGreaterThanOrEqual(3);
    const link = await house.server.accounts.channelLinks.get('brasa', 'kite');
    expect(link?.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/brasa\/kite$/);
    expect(await house.server.accounts.channelLinks.get('brasa', 'kite-real')).toEqual(real);

    looking = {};
    await life?.stop();
    await clear();
    const before = (await orders()).length;
    const address = new URL(link?.baseUrl ?? '');
    await expect(fetch(address)).rejects.toThrow('fetch failed');
    // A new life plays on at the same address of the house, from another one of its own.
    life = null;
    await start();
    looking = { brasa: [screen('pos')] };
    await expect.poll(async () => (await orders()).length, PATIENCE).toBeGreaterThan(before);
    const after = await house.server.accounts.channelLinks.get('brasa', 'kite');
    expect(after?.address).toBe(link?.address);
    expect(after?.secrets).toEqual(link?.secrets);
    expect(house.server.lines.filter(({ message }) => message.includes('demo'))).toEqual([]);
  });

  it('[SI16] has dishes ordered that the screens there would show, and no more than a kitchen can stand', async () => {
    await clear();
    // No calls: an evening tells so many stories and no more, and these are to be orders.
    const pace = { ...PACE, orderEveryMs: 200, callEveryMs: 600_000 };
    await start({ pace });
    const before = new Set((await orders()).map(({ id }) => id));
    looking = { brasa: [screen('station:drinks')] };
    await expect.poll(async () => (await orders()).length, PATIENCE).toBeGreaterThanOrEqual(before.size + 4);
    const { config } = await house.state('brasa');
    const drinks = config?.menu.categories
      .filter(({ stations }) => stations?.join() === 'drinks')
      .map(({ id }) => id);
    const bar = config?.menu.items
      .filter(({ category }) => drinks?.includes(category))
      .map(({ name }) => name);
    const ordered = (await orders())
      .filter(({ id }) => !before.has(id))
      .flatMap(({ items }) => items.map(({ name }) => name));
    expect(ordered.filter((name) => bar?.includes(name) !== true)).toEqual([]);
    // Who thinks better of it makes room for others, until the kitchen is full; then nothing more comes.
    const standing = async () =>
      (await orders()).filter(({ id, cancelled }) => !before.has(id) && cancelled === undefined).length;
    await expect.poll(standing, PATIENCE).toBeGreaterThanOrEqual(6);
    for (let looked = 0; looked < 20; looked += 1) {
      await new Promise((resolve) => setTimeout(resolve, pace.orderEveryMs));
      expect(await standing()).toBeLessThanOrEqual(7);
    }
  });

  it('[SI19] tells each simulator anew what is sold out, by the platform’s names, and what sells out since', async () => {
    const asked: string[] = [];
    const watched: ProviderSim = {
      provider: 'uber-eats',
      create(world) {
        const made = uberEatsSim.create(world);
        return {
          ...made,
          async answer(request) {
            const answer = await made.answer(request);
            const item = /\/menus\/items\/(.+)$/.exec(request.path)?.[1];
            if (item !== undefined) asked.push(`${item} ${answer.status}`);
            return answer;
          },
        };
      },
    };
    const token = await house.server.token('manager');
    const sellOut = (item: string) => house.server.command(token, 'menu.soldOut', { item });
    await start({ providers: [uberEats], sims: [watched] });
    // Somebody cooks at the grill alone; the platform knows the drinks all the same.
    looking = { brasa: [screen('station:grill')] };
    const linked = async () => (await house.server.accounts.channelLinks.get('brasa', 'uber-eats'))?.baseUrl;
    await expect.poll(linked, PATIENCE).toMatch(/^http:/);
    await sellOut('classic-burger');
    await sellOut('craft-lager');
    await expect.poll(() => asked, PATIENCE).toContain('UE-CLASSIC 204');
    await expect.poll(() => asked, PATIENCE).toContain('craft-lager 204');

    // The next life's platform knows nothing of that.
    await life?.stop();
    asked.length = 0;
    await start({ providers: [uberEats], sims: [watched] });
    await expect.poll(() => asked.toSorted(), PATIENCE).toEqual(['UE-CLASSIC 204', 'craft-lager 204']);
    for (const item of ['classic-burger', 'craft-lager'])
      await house.server.command(token, 'menu.restore', { item });
  });

  it.each<[string, Record<string, string>]>([
    ['it is switched off', { HEARD_DEMO_LIFE: '0' }],
    ['there is no demo', { HEARD_DEMO: '0' }],
    ['others can reach it', { HOST: '0.0.0.0' }],
    ['it is one of several', { REDIS_URL: 'redis://127.0.0.1:6379' }],
  ])('[SI15] there is none where %s', async (_why, env) => {
    await start({}, env);
    expect(life).toBeNull();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../domain/order.ts';
import type { HookHouse } from '../../testkit/hookHouse.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import type { SimDelivery } from '../simulation.ts';
import { PATIENCE, type PlatformHouse, lookingOften, startPlatformHouse } from '../testing/platformHouse.ts';
import { sampleBytes } from '../testing/samples.ts';
import { field } from '../wire.ts';
import { signUber, uberEatsSim } from './sim.ts';
import { uberEats } from './uberEats.ts';

/** The adapter in a whole house, with the simulator as Uber: webhooks come in over HTTP, calls go out over HTTP. */

const database = useTestDatabase();
const SECRETS = { clientId: 'id', clientSecret: 'secret' };
const STORE = '5b1f6a52-0b1c-4f1e-9d3b-7c2a51e60a11';
let at: PlatformHouse;
let house: HookHouse;

beforeAll(async () => {
  at = await startPlatformHouse(database(), lookingOften(uberEats), uberEatsSim, {
    channel: 'uber',
    secrets: SECRETS,
    store: STORE,
    usual: { lines: '2', allergy: 'no' },
  });
  house = at.house;
  await house.addChannels('brasa', [{ id: 'live', provider: 'uber-eats' }]);
});
afterAll(() => at.stop());

const say = (name: string, input: object): Promise<void> => house.say('brasa', name, input);
const actsOf = (externalId: string): readonly string[] => at.told(externalId)?.acts ?? [];
async function accepted(externalId: string): Promise<Order> {
  await at.order(externalId);
  await say('channel.accept', { order: at.idOf(externalId) });
  await expect.poll(() => actsOf(externalId), PATIENCE).toContain('accept');
  return at.order(externalId);
}

describe('an order of Uber Eats', () => {
  it('[PL57] comes by a signed webhook, stands in the kitchen, and Uber hears yes once every station has it, and ready', async () => {
    const id = await at.story('order', { allergy: 'yes' });
    const order = await at.order(id);
    expect(order.tickets.length).toBeGreaterThan(0);
    expect(order.platform).toMatchObject({ channel: 'uber', provider: 'uber-eats', externalId: id });
    expect(order.platform?.withinMs).toBe(690_000);
    expect(order.items).toHaveLength(2);
    expect(order.items.flatMap(({ allergies }) => allergies)).toContain('PEANUTS');
    expect(order.items.every(({ menuItem }) => menuItem !== undefined)).toBe(true);

    expect(actsOf(id)).toEqual([]);
    await at.hear(id);
    await expect.poll(() => actsOf(id), PATIENCE).toEqual(['accept']);
    await at.bump(id);
    await expect.poll(() => actsOf(id), PATIENCE).toEqual(['accept', 'ready']);
    await expect
      .poll(async () => (await at.order(id)).platform?.asks.map(({ act, told }) => [act, told]), PATIENCE)
      .toEqual([
        ['accept', 'told'],
        ['ready', 'told'],
      ]);
  });

  it('[PL57] that is delivered seven times is one order', async () => {
    const seen: SimDelivery[] = [];
    at.hold(async (delivery) => {
      seen.push(delivery);
      return { status: 503, body: '' };
    });
    const id = await at.story('order');
    at.hold(null);
    expect(seen).toHaveLength(7);
    const before = (await house.rows('brasa')).length;
    const answers = await Promise.all(seen.map(at.deliver));
    expect(answers).toEqual(seen.map(() => ({ status: 200, body: '' })));
    await house.settle('brasa');
    expect((await house.rows('brasa')).slice(before)).toMatchObject([{ status: 'done', repeats: 6 }]);
    const found = [...(await house.state('brasa')).orders.values()].filter(
      ({ platform }) => platform?.externalId === id,
    );
    expect(found).toHaveLength(1);
  });

  it('[PL50] with a byte changed on its way is a 401 and leaves no row', async () => {
    const before = (await house.rows('brasa')).length;
    const raw = sampleBytes('uber-eats/webhook-01-orders.notification.json');
    const other = Buffer.from(raw.toString().replace('orders.notification', 'orders.cancellation'));
    expect((await house.deliver(at.link, other, signUber(raw, 'secret'))).status).toBe(401);
    expect((await house.deliver(at.link, raw, {})).status).toBe(401);
    expect(await house.rows('brasa')).toHaveLength(before);
  });

  it('[PL50] of the sandbox does not come to a kitchen that is linked for real orders', async () => {
    const live = await house.link('brasa', 'live', SECRETS);
    const raw = Buffer.from(JSON.stringify({ event_id: 'e1', event_type: 'eats.unknown', meta: {} }));
    const headers = signUber(raw, 'secret');
    expect((await house.deliver(live, raw, headers)).status).toBe(401);
    const real = { ...headers, 'x-environment': 'production' };
    expect((await house.deliver(live, raw, real)).status).toBe(200);
  });

  it('[PL58] that the guest takes back is taken back here, before and after the yes', async () => {
    at.hold(async (delivery) => {
      const answer = await at.deliver(delivery);
      await at.order(String(field(JSON.parse(delivery.body.toString()), 'meta', 'resource_id')));
      return answer;
    });
    const early = await at.story('cancel');
    at.hold(null);
    await expect
      .poll(async () => (await at.order(early)).cancelled?.reason, PATIENCE)
      .toBe('Cancelled by the customer');

    const { id, over } = await at.begin('cancelAfterStart', { lines: '1', seconds: '0' });
    await accepted(id);
    await over;
    await expect
      .poll(async () => (await at.order(id)).platform?.ended?.how, PATIENCE)
      .toBe('cancelled_by_platform');
    expect((await at.order(id)).cancelled?.reason).toBe('Cancelled by the customer');
  });

  it('[PL58] whose cancellation overtakes it is cooked by nobody', async () => {
    const held: SimDelivery[] = [];
    at.hold(async (delivery) => {
      held.push(delivery);
      return { status: 200, body: '' };
    });
    const id = await at.story('cancel');
    at.hold(null);
    expect(held).toHaveLength(2);
    for (const delivery of held.toReversed()) await at.deliver(delivery);
    await house.settle('brasa');
    expect((await house.state('brasa')).orders.has(at.idOf(id))).toBe(false);
    expect((await house.rows('brasa')).slice(-2)).toMatchObject([
      { event: 'orders.failure', status: 'ignored', reason: 'the order never came into the house' },
      { event: 'orders.notification', status: 'ignored', reason: 'is over at Uber Eats: FAILED' },
    ]);
  });

  it('[PL59] ordered ahead is accepted twice, and waits here for its hour', async () => {
    const id = await at.story('scheduled', { minutes: '90' });
    await expect.poll(() => actsOf(id), PATIENCE).toEqual(['accept', 'accept']);
    const order = await at.order(id);
    expect(order.tickets.every(({ firedAt }) => firedAt === null)).toBe(true);
  });

  it('[PL60] has a courier, who is followed to the door', async () => {
    const { id, over } = await at.begin('courier', { lines: '1', seconds: '0' });
    await accepted(id);
    await expect.poll(async () => (await at.order(id)).platform?.courier?.state, PATIENCE).toBe('at_pickup');
    expect((await at.order(id)).platform?.courier?.name).toBe('Mateo R.');
    await at.bump(id);
    await over;
    await expect
      .poll(
        async () => (await house.state('brasa')).orders.get(at.idOf(id))?.platform?.courier?.state ?? 'gone',
        PATIENCE,
      )
      .toMatch(/^(delivered|gone)$/);
  });

  it('[PL55] of a store on the older API is read and answered there', async () => {
    const id = await at.story('legacy');
    await accepted(id);
    expect(at.platform.calls.some((one) => one.includes(`/v1/eats/orders/${id}/accept_pos_order`))).toBe(
      true,
    );
    expect((await at.order(id)).items).toHaveLength(2);
  });

  it('[PL61] that no webhook told of is found by looking, and so is its cancellation', async () => {
    at.hold(async () => ({ status: -1, body: '' }));
    const id = await at.story('order');
    await accepted(id);
    const { id: lost, over } = await at.begin('cancelAfterStart', { seconds: '0' });
    await accepted(lost);
    await over;
    at.hold(null);
    await expect
      .poll(async () => (await at.order(lost)).cancelled?.reason, PATIENCE)
      .toBe('Cancelled by the customer');
    expect((await at.order(id)).cancelled).toBeUndefined();
  });
});

describe('the store at Uber Eats', () => {
  const doorOf = async () => (await house.state('brasa')).channels.doors['uber'];

  it('[PL62] that Uber takes off and on again is off and on here', async () => {
    await at.story('storePaused');
    await expect
      .poll(doorOf, PATIENCE)
      .toMatchObject({ paused: { by: 'platform', reason: 'PAUSED_BY_UBER' } });
    await at.story('storeResumed');
    await expect.poll(async () => (await doorOf())?.paused, PATIENCE).toBeUndefined();
  });

  it('[PL62] hears again of what is sold out when it asks for the menu', async () => {
    const item = (await house.state('brasa')).config?.menu.items[0]?.id ?? '';
    await say('menu.soldOut', { item });
    const suspensions = () => at.platform.calls.filter((one) => one.includes(`/menus/items/${item} `)).length;
    await expect.poll(suspensions, PATIENCE).toBe(1);
    const raw = Buffer.from(
      JSON.stringify({
        event_id: 'menu-1',
        event_type: 'store.menu_refresh_request',
        meta: { user_id: STORE },
      }),
    );
    expect((await house.deliver(at.link, raw, signUber(raw, 'secret'))).status).toBe(200);
    await expect.poll(suspensions, PATIENCE).toBe(2);
  });

  it('[PL62] is told of a pause and of its end', async () => {
    await say('channel.pause', { channel: 'uber', reason: 'Oven is cold' });
    await expect
      .poll(() => at.platform.calls.some((one) => one.includes('Oven is cold')), PATIENCE)
      .toBe(true);
    await say('channel.resume', { channel: 'uber' });
    await expect.poll(() => at.platform.calls.at(-1) ?? '', PATIENCE).toContain('"ONLINE"');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemStatus, liveQty } from '../../domain/item.ts';
import type { HookHouse } from '../../testkit/hookHouse.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import type { SimDelivery } from '../simulation.ts';
import { MARKETPLACE, fuzzMarketplace, headersOf } from '../testing/doordashUnderFire.ts';
import { PATIENCE, type PlatformHouse, lookingOften, startPlatformHouse } from '../testing/platformHouse.ts';
import { sampleBytes } from '../testing/samples.ts';
import { doordash } from './doordash.ts';
import { doordashSim } from './sim.ts';

/** The adapter in a whole house, with the simulator as DoorDash: webhooks come in over HTTP, calls go out over HTTP. */

const database = useTestDatabase();
const HEADERS = headersOf(MARKETPLACE.webhookToken);
let at: PlatformHouse;
let house: HookHouse;

beforeAll(async () => {
  at = await startPlatformHouse(database(), lookingOften(doordash), doordashSim, {
    channel: 'dd',
    secrets: MARKETPLACE,
    store: 'loc_pearl',
    usual: { pauseMs: '0' },
  });
  house = at.house;
});
afterAll(() => at.stop());

const say = (name: string, input: object): Promise<void> => house.say('brasa', name, input);

describe('an order of DoorDash', () => {
  it('[PL80] comes into the kitchen, is confirmed once every station has it, and announced when it is ready', async () => {
    const id = await at.story('order');
    const order = await at.order(id);
    expect(order.platform).toMatchObject({
      channel: 'dd',
      provider: 'doordash',
      externalId: id,
      withinMs: 180_000,
    });
    expect(order.tickets.length).toBeGreaterThan(0);
    expect(at.told(id)).toMatchObject({ acts: [], state: 'new' });
    await at.hear(id);
    await expect.poll(() => at.told(id)?.acts, PATIENCE).toEqual(['accept']);
    await at.bump(id);
    await expect.poll(() => at.told(id)?.acts, PATIENCE).toEqual(['accept', 'ready']);
    await expect
      .poll(async () => (await at.order(id)).platform?.asks.map(({ act, told }) => [act, told]), PATIENCE)
      .toEqual([
        ['accept', 'told'],
        ['ready', 'told'],
      ]);
    expect(at.told(id)).toMatchObject({ state: 'ready', inTime: true });
  });

  it('[PL70] with another token is a 401 and leaves no row', async () => {
    const before = (await house.rows('brasa')).length;
    const raw = sampleBytes('doordash-marketplace/01-order-simple.json');
    for (const authorization of ['dd-7f3a', 'Bearer dd-7f3', ''])
      expect((await house.deliver(at.link, raw, { ...HEADERS, authorization })).status).toBe(401);
    expect(await house.rows('brasa')).toHaveLength(before);
  });

  it('[PL72] that is delivered again hears 202 again and is cooked once', async () => {
    const raw = sampleBytes('doordash-marketplace/02-order-nested-removed-instructions.json');
    const before = (await house.rows('brasa')).length;
    const answers = await Promise.all([1, 2, 3].map(() => house.deliver(at.link, raw, HEADERS)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await house.settle('brasa');
    expect((await house.rows('brasa')).slice(before)).toMatchObject([{ status: 'done', repeats: 2 }]);
    const order = await at.order('b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02');
    expect(order.items.map(({ name, qty }) => [name, qty])).toEqual([
      ['Parrillada Bowl', 2],
      ['Empanada Box (3)', 1],
    ]);
    expect(order.items[0]?.allergies).toHaveLength(1);
  });

  it('[PL74] that a person refuses is refused at DoorDash', async () => {
    const id = await at.story('order');
    await at.order(id);
    await say('channel.deny', { order: at.idOf(id), reason: 'kitchen_busy' });
    await expect.poll(() => at.told(id)?.state, PATIENCE).toBe('failed');
    expect(at.told(id)?.acts).toEqual(['deny']);
  });

  it('[PL76] that the house cancels after its yes is cancelled at DoorDash', async () => {
    const id = await at.story('order');
    await at.order(id);
    await say('channel.accept', { order: at.idOf(id) });
    await expect.poll(() => at.told(id)?.state, PATIENCE).toBe('confirmed');
    await say('order.cancel', { order: at.idOf(id), reason: 'The oven broke' });
    await expect.poll(() => at.told(id)?.acts, PATIENCE).toEqual(['accept', 'cancel']);
  });

  it('[PL75] that DoorDash took back by its clock is an alert with its words', async () => {
    const id = await at.story('order');
    await at.order(id);
    at.platform.instead({ status: 400, body: { code: 'bad_request', message: 'Order has expired' } });
    await say('channel.accept', { order: at.idOf(id) });
    await expect
      .poll(async () => (await at.order(id)).platform?.asks.at(-1), PATIENCE)
      .toMatchObject({ act: 'accept', told: 'refused', words: 'DoorDash refused: Order has expired.' });
  });

  it('[PL81] that is taken back is taken back here, before and after it was begun', async () => {
    const early = await at.story('cancel');
    await house.settle('brasa');
    expect((await at.order(early)).cancelled?.reason).toBe('Cancelled on DoorDash');
    const { id, over } = await at.begin('cancelAfterStart');
    await at.hear(id);
    expect(await over).toBe(id);
    await expect
      .poll(async () => (await at.order(id)).platform?.ended?.how, PATIENCE)
      .toBe('cancelled_by_platform');
    expect(at.told(id)).toMatchObject({ acts: ['accept'], state: 'cancelled' });
  });

  it('[PL81] whose cancellation overtakes it is cancelled when it comes', async () => {
    const held: SimDelivery[] = [];
    at.hold((delivery) => (held.push(delivery), { status: 202, body: '' }));
    const id = await at.story('cancel');
    at.hold(null);
    for (const delivery of held.toReversed()) expect((await at.deliver(delivery)).status).toBeLessThan(300);
    await house.settle('brasa');
    expect((await at.order(id)).cancelled?.reason).toBe('Cancelled on DoorDash');
  });

  it('[PL82] is followed by its dasher from the confirmation to the door', async () => {
    const { id, over } = await at.begin('courier');
    await at.hear(id);
    await over;
    await house.settle('brasa');
    const { courier } = (await at.order(id)).platform ?? {};
    expect(courier?.news.map(({ state }) => state)).toEqual([
      'assigned',
      'to_pickup',
      'at_pickup',
      'picked_up',
      'delivered',
    ]);
    expect(courier).toMatchObject({ state: 'delivered', name: 'Mateo' });
  });

  it('[PL83] loses the line that DoorDash’s support took out, changes its quantity, and gets another in its place', async () => {
    const { id, over } = await at.begin('adjust');
    await at.hear(id);
    await over;
    await house.settle('brasa');
    expect(itemStatus((await at.order(id)).items[0] ?? expect.fail('no line'))).toBe('voided');

    const two = 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02';
    const change = async (time: string, item: object) => {
      const body = {
        event: { type: 'OrderAdjustment', event_timestamp: time },
        order: { id: two, store: { merchant_supplied_id: 'loc_pearl' }, items: [item] },
      };
      expect((await house.deliver(at.link, JSON.stringify(body), HEADERS)).status).toBe(200);
      await house.settle('brasa');
      return (await at.order(two)).items;
    };
    const fewer = await change('2026-11-20T19:00:00Z', {
      line_item_id: 'li-10',
      adjustment_type: 'ITEM_UPDATE',
      quantity: 1,
    });
    expect(fewer.map(liveQty)).toEqual([1, 1]);
    const told = await change('2026-11-20T19:01:00Z', {
      line_item_id: 'li-10',
      adjustment_type: 'ITEM_UPDATE',
      quantity: 1,
      options: [{ line_option_id: 'lo-3', adjustment_type: 'ITEM_REMOVE', quantity: 0 }],
    });
    expect(told[0]?.notes).toMatch(/see its tablet$/);
    const other = await change('2026-11-20T19:02:00Z', {
      line_item_id: 'li-11',
      adjustment_type: 'ITEM_SUBSTITUTE',
      substituted_item: { name: 'Empanada Box (6)', merchant_supplied_id: 'BOX-6', price: 1800, quantity: 1 },
    });
    expect(other.map((item) => [item.name, liveQty(item), item.unitPrice])).toEqual([
      ['Parrillada Bowl', 1, fewer[0]?.unitPrice],
      ['Empanada Box (3)', 0, 975],
      ['Empanada Box (6)', 1, 1_800],
    ]);
    await change('2026-11-20T19:03:00Z', { line_item_id: 'li-99', adjustment_type: 'ITEM_REMOVE' });
    expect((await house.rows('brasa')).at(-1)).toMatchObject({
      status: 'ignored',
      reason: 'there is no line li-99',
    });
  });
});

describe('the store at DoorDash', () => {
  const paused = async () => (await house.state('brasa')).channels.doors['dd']?.paused;

  it('[PL84] is off here while DoorDash itself says so, and on again when it says that', async () => {
    const raw = sampleBytes('doordash-marketplace/08-store-temporarily-deactivated.json');
    expect((await house.deliver(at.link, raw, HEADERS)).status).toBe(200);
    await house.settle('brasa');
    // Whoever knows the token can say it; DoorDash's own word counts.
    expect(await paused()).toBeUndefined();
    expect((await house.rows('brasa')).at(-1)).toMatchObject({ status: 'ignored' });
    await at.story('deactivated');
    await house.settle('brasa');
    expect(await paused()).toMatchObject({ by: 'platform', reason: 'Store is too busy, Kitchen busy' });
    at.platform.skip(16 * 60_000);
    await expect.poll(paused, PATIENCE).toBeUndefined();
  });

  it('[PL79] is paused, resumed and without what is sold out, there as here', async () => {
    const last = () => at.platform.calls.filter((call) => call.startsWith('PUT')).at(-1);
    await say('channel.pause', { channel: 'dd', reason: 'Hood fan broken' });
    await expect.poll(last, PATIENCE).toContain('"notes":"Hood fan broken"');
    await say('channel.resume', { channel: 'dd' });
    await expect.poll(last, PATIENCE).toContain('{"is_active":true}');
    const item = (await house.state('brasa')).config?.menu.items[1]?.id ?? '';
    await say('menu.soldOut', { item });
    await expect.poll(last, PATIENCE).toContain(`[{"merchant_supplied_id":"${item}","is_active":false}]`);
    await say('menu.restore', { item });
    await expect.poll(last, PATIENCE).toContain(`[{"merchant_supplied_id":"${item}","is_active":true}]`);
  });
});

it('[IN16][PL3] deliveries of DoorDash changed where it hurts meet no 5xx and move only their own orders', async () => {
  const report = await fuzzMarketplace(at, { seed: 20_261_129, count: 320 });
  expect(report.faults).toEqual([]);
  expect(report.rows['done']).toBeGreaterThan(20);
  expect(report.events).toBeGreaterThan(20);
});

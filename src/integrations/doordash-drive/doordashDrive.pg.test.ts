import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../domain/order.ts';
import type { HookHouse } from '../../testkit/hookHouse.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import type { SimDelivery } from '../simulation.ts';
import { DRIVE, fuzzDrive, headersOf } from '../testing/doordashUnderFire.ts';
import { PATIENCE, type PlatformHouse, lookingOften, startPlatformHouse } from '../testing/platformHouse.ts';
import { sampleBytes } from '../testing/samples.ts';
import { doordashDrive } from './doordashDrive.ts';
import { doordashDriveSim } from './sim.ts';

/** Couriers in a whole house, with the simulator as DoorDash Drive: webhooks and calls over HTTP. */

const database = useTestDatabase();
const HEADERS = headersOf(DRIVE.webhookToken);
let at: PlatformHouse;
let house: HookHouse;

beforeAll(async () => {
  at = await startPlatformHouse(database(), lookingOften(doordashDrive), doordashDriveSim, {
    // The demo's house has it.
    channel: 'doordash-drive',
    secrets: { ...DRIVE, pickupAddress: '41 Pearl St, New York, NY 10004', pickupPhone: '+12025550110' },
    usual: { pauseMs: '0', steps: '2' },
  });
  house = at.house;
});
afterAll(() => at.stop());

const say = (name: string, input: object): Promise<void> => house.say('brasa', name, input);
/** Of a guest who telephoned; resolves once the kitchen and Drive have heard of it. */
async function calledFor(address = '88 Fulton St, New York'): Promise<string> {
  const order = await placed(address);
  await expect.poll(() => at.told(order)?.state, PATIENCE).toBe('created');
  return order;
}
async function placed(address: string): Promise<string> {
  const order = randomUUID();
  await say('order.place', {
    order: {
      id: order,
      type: 'delivery',
      guest: { name: 'Theo M', phone: '+1 202 555 0142' },
      dropoff: { address },
      items: [{ id: randomUUID(), name: 'Arepa de queso', price: 900, qty: 1 }],
    },
  });
  await house.hear('brasa', order);
  return order;
}
async function orderOf(id: string): Promise<Order> {
  const order = (await house.state('brasa')).orders.get(id);
  if (order === undefined) throw new Error('there is no such order');
  return order;
}
const courierOf = async (id: string) => (await orderOf(id)).platform?.courier;

describe('a courier of DoorDash Drive', () => {
  it('[PL93] is called, followed from the kitchen to the guest, and known by name', async () => {
    const order = await calledFor();
    await expect
      .poll(async () => (await orderOf(order)).platform?.asks, PATIENCE)
      .toMatchObject([{ act: 'courier.request', told: 'told' }]);
    await at.story('courier', { id: order });
    await house.settle('brasa');
    const courier = await courierOf(order);
    expect(courier?.news.map(({ state }) => state).filter((state) => state !== 'requested')).toEqual([
      'assigned',
      'to_pickup',
      'at_pickup',
      'picked_up',
      'to_dropoff',
      'at_dropoff',
      'delivered',
    ]);
    expect(courier?.name).toMatch(/^(Mateo R|Aisha B|Wen L)$/);
    // Where he has the food, the order is off the pass.
    await expect
      .poll(async () => (await orderOf(order)).items.every(({ served }) => served), PATIENCE)
      .toBe(false);
  });

  it('[PL85] with another token is a 401 and leaves no row', async () => {
    const before = (await house.rows('brasa')).length;
    const raw = sampleBytes('doordash-drive/webhook-01-DASHER_CONFIRMED.json');
    const wrong = { ...HEADERS, authorization: 'Basic aGVhcmQ6Mg==' };
    expect((await house.deliver(at.link, raw, wrong)).status).toBe(401);
    expect((await house.deliver(at.link, raw, { 'content-type': 'application/json' })).status).toBe(401);
    expect(await house.rows('brasa')).toHaveLength(before);
    // The portal's own deliveries are none of ours.
    expect((await house.deliver(at.link, raw, HEADERS)).status).toBe(200);
    await house.settle('brasa');
    expect((await house.rows('brasa')).slice(before)).toMatchObject([
      { status: 'ignored', reason: 'names no delivery of this house' },
    ]);
  });

  it('[PL93] that gives up is followed by another, and late news of the first says nothing of the second', async () => {
    const order = await calledFor();
    const kept: SimDelivery[] = [];
    at.hold((delivery) => (kept.push(delivery), { status: 200, body: '' }));
    await at.story('cancelled', { id: order });
    at.hold(null);
    const [assigned, cancelled] = kept;
    if (assigned === undefined || cancelled === undefined) throw new Error('nothing was sent');
    await at.deliver(cancelled);
    const next = `${order}-2`;
    await expect.poll(() => at.told(next)?.state, PATIENCE).toBe('created');
    await at.deliver(assigned);
    await house.settle('brasa');
    expect((await house.rows('brasa')).at(-1)).toMatchObject({ status: 'ignored' });
    expect((await courierOf(order))?.state ?? 'requested').toBe('requested');
    await at.story('returned', { id: next });
    await house.settle('brasa');
    expect((await courierOf(order))?.state).toBe('returned');
  });

  it('[PL94] is not believed to be cancelled or there because a webhook says so', async () => {
    const order = await calledFor();
    const before = (await house.rows('brasa')).length;
    for (const event of ['DELIVERY_CANCELLED', 'DASHER_DROPPED_OFF', 'DELIVERY_RETURNED'])
      await at.story('forged', { id: order, event });
    await expect
      .poll(async () => (await house.rows('brasa')).slice(before).map(({ reason }) => reason), PATIENCE)
      .toEqual(Array(3).fill('DoorDash Drive itself says created'));
    expect((await courierOf(order))?.state ?? 'requested').toBe('requested');
  });

  it('[PL95] whose webhooks are lost is found by looking', async () => {
    const order = await calledFor();
    at.hold(() => ({ status: -1, body: '' }));
    await at.story('courier', { id: order });
    at.hold(null);
    await expect.poll(async () => (await courierOf(order))?.state, PATIENCE).toBe('delivered');
  });

  it('[PL89] is taken back with the order', async () => {
    const order = await calledFor();
    await say('order.cancel', { order, reason: 'wrong number' });
    await expect.poll(() => at.told(order)?.state, PATIENCE).toBe('cancelled');
  });

  it('[PL88] that Drive refuses is an alert with its words', async () => {
    const order = await placed('Far away, Alaska');
    await expect
      .poll(async () => (await orderOf(order)).platform?.asks.at(-1), PATIENCE)
      .toMatchObject({
        act: 'courier.request',
        told: 'refused',
        words: 'DoorDash refused: Delivery is not allowed, distance_too_long.',
      });
  });
});

it('[IN16][PL86] deliveries of Drive changed where it hurts meet no 5xx and move only their own orders', async () => {
  const order = await calledFor();
  const report = await fuzzDrive(at, order, { seed: 20_261_129, count: 200 });
  expect(report.faults).toEqual([]);
  // Of one delivery a change that leaves id, event and time is a repeat.
  expect(report.rows['done']).toBeGreaterThan(2);
  expect(report.rows['ignored']).toBeGreaterThan(10);
});

import { describe, expect, it } from 'vitest';
import { courierSaid } from '../../integrations/platform.ts';
import { ana, id, lemonade } from '../../testkit/kitchen.ts';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import { toInstant } from '../text.ts';
import { listTopic } from '../views.ts';
import { channelConfig } from './config.ts';
import type { CourierState } from './state.ts';

const ORDER = id('order', 1);
const MINUTE = 60_000;
const drive = channelConfig.parse({
  id: 'drive',
  provider: 'doordash-drive',
  name: 'DoorDash Drive',
  prepMinutes: 25,
});

/** A delivery of the house's own, to whom a courier service brings it. */
class Dispatch extends PlatformKitchen {
  constructor() {
    super({}, { channels: [drive] });
  }
  order1(more: object = {}) {
    return this.ask('order.place', {
      order: {
        id: ORDER,
        type: 'delivery',
        guest: { name: 'Noor Haddad', phone: '+12025550163' },
        dropoff: { address: '12 Elm St, Apt 4', instructions: 'Ring twice' },
        items: [lemonade(1, { qty: 2 })],
        ...more,
      },
    });
  }
  heard(): void {
    for (const { id: ticket } of this.state.orders.get(ORDER)?.tickets ?? [])
      this.inner('ticket.hear', { ticket });
    this.settle();
  }
  async courier(state: CourierState, externalId = ORDER): Promise<unknown> {
    this.now += 1000;
    const drive1 = this.state.config?.channels.find((one) => one.id === 'drive');
    if (!drive1 || !this.state.config) throw new Error('no such channel');
    const result = await courierSaid(this.toolsOf(drive1, this.state.config), externalId, {
      state,
      at: toInstant(this.now),
      courier: null,
    });
    this.settle();
    return result;
  }
}

const alerts = (kitchen: Dispatch): string[] =>
  listTopic(kitchen.state, 'manager', 'staff').flatMap((one) => (one.kind === 'alert' ? [one.type] : []));

describe('a courier for an order of the house', () => {
  it('[PL27] is asked for once the kitchen has heard the order, with where to go and when to come, and told to staff', () => {
    const kitchen = new Dispatch();
    expect(kitchen.order1()).toMatchObject({ ok: true });
    kitchen.settle();
    expect(kitchen.asked).toEqual([]);
    kitchen.heard();
    const [asked, ...more] = kitchen.asked;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      channel: 'drive',
      queue: ORDER,
      act: 'courier.request',
      externalId: ORDER,
      dropoff: {
        name: 'Noor Haddad',
        phone: '+12025550163',
        address: '12 Elm St, Apt 4',
        instructions: 'Ring twice',
      },
      value: { amount: 900, currency: 'USD' },
      items: ['2 Lemonade'],
    });
    const expected = kitchen.state.tracking.get(ORDER)?.eta?.to;
    expect(asked?.['pickupAt']).toBe(expected ?? toInstant(kitchen.now + 25 * MINUTE));
    expect(listTopic(kitchen.state, 'pos', 'staff').find((one) => one.kind === 'order')).toMatchObject({
      platform: { name: 'DoorDash Drive', number: '1', courier: null, told: 'waiting' },
      dropoff: { address: '12 Elm St, Apt 4' },
    });
    expect(kitchen.ask('channel.accept', { order: ORDER, minutes: 10 })).toMatchObject({
      refusal: { code: 'conflict' },
    });
  });

  it('[PL27] who is called off is followed by another, three in all; news of one that was given up is nobody’s', async () => {
    const kitchen = new Dispatch();
    kitchen.order1();
    kitchen.heard();
    expect(await kitchen.courier('assigned')).toBe('done');
    await kitchen.courier('cancelled');
    expect(kitchen.order(ORDER).platform.courier).toBeUndefined();
    expect(await kitchen.courier('assigned', ORDER)).toMatchObject({ ignored: expect.any(String) });
    expect(await kitchen.courier('assigned', `${ORDER}-2`)).toBe('done');
    await kitchen.courier('cancelled', `${ORDER}-2`);
    await kitchen.courier('cancelled', `${ORDER}-3`);
    expect(kitchen.asked.map(({ externalId }) => externalId)).toEqual([ORDER, `${ORDER}-2`, `${ORDER}-3`]);
    expect(alerts(kitchen)).toEqual(['courier']);
  });

  it('[PL27] is sent away with a cancelled order, unless the food is on its way; takes the food when all of it is ready', async () => {
    const kitchen = new Dispatch();
    kitchen.order1();
    kitchen.heard();
    await kitchen.courier('at_pickup');
    expect(alerts(kitchen)).toEqual(['courier']);
    kitchen.do('order.cancel', { order: ORDER, reason: 'They called' });
    kitchen.settle();
    expect(kitchen.acts(ORDER)).toEqual(['courier.request', 'courier.cancel']);

    const other = new Dispatch();
    other.order1();
    other.heard();
    other.cook(ORDER);
    await other.courier('picked_up');
    expect(other.order(ORDER).items.every(({ served }) => served)).toBe(true);
    await other.courier('delivered');
    expect(other.stands(ORDER)).toBe('delivered');
    expect(other.acts(ORDER)).toEqual(['courier.request']);
  });

  it('[PL27] goes to an address, and an address is for a delivery; it is forgotten with its guest', () => {
    const kitchen = new Dispatch();
    expect(kitchen.order1({ type: 'takeout' })).toMatchObject({
      ok: false,
      refusal: { errors: [{ path: 'order.dropoff' }] },
    });
    kitchen.order1();
    kitchen.heard();
    kitchen.do('order.cancel', { order: ORDER, reason: 'x' }, ana);
    kitchen.settle();
    kitchen.inner('person.redact', { subjects: [ORDER], why: 'guest' });
    expect(JSON.stringify([...kitchen.state.orders.values()])).not.toContain('Elm');
  });
});

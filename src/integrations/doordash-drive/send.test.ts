import { afterEach, describe, expect, it } from 'vitest';
import type { SimDelivery } from '../simulation.ts';
import { Kitchen, burger, id, lemonade } from '../../testkit/kitchen.ts';
import { TryLater } from '../provider.ts';
import { sample } from '../testing/samples.ts';
import { DRIVE } from '../testing/doordashUnderFire.ts';
import { type SimServer, refusal, startSimServer } from '../testing/simServer.ts';
import { doordashDrive } from './doordashDrive.ts';
import { readDelivery } from './send.ts';
import { doordashDriveSim } from './sim.ts';

const HOUSE = { address: '41 Pearl St, New York, NY 10004', phone: '+1 202 555 0110' };

let open: SimServer | null = null;
afterEach(async () => {
  await open?.stop();
  open = null;
});

async function start(options: Partial<Parameters<typeof startSimServer>[2]> = {}): Promise<SimServer> {
  open = await startSimServer(doordashDrive, doordashDriveSim, {
    secrets: DRIVE,
    config: HOUSE,
    state: async () => kitchen.state,
    ...options,
  });
  return open;
}

/** With one order in it, of two burgers. */
const kitchen = new Kitchen();
kitchen.do('order.place', {
  order: {
    id: id('order', 1),
    type: 'delivery',
    guest: { name: 'Theo M' },
    items: [burger(1, { qty: 2 }), lemonade(2)],
  },
});
kitchen.do('item.void', { order: id('order', 1), item: id('item', 2), reason: 'no ice', made: false });

const wish = (more: Record<string, unknown> = {}) => ({
  act: 'courier.request',
  order: id('order', 1),
  externalId: 'ord-1',
  dropoff: {
    name: 'Theo M',
    phone: '(202) 555-0142',
    address: '88 Fulton St, New York, NY 10038',
    instructions: 'Buzzer 4B',
  },
  pickupAt: '2026-11-20T19:05:00.000Z',
  value: { amount: 3675, currency: 'USD' },
  ...more,
});
const takeBack = { act: 'courier.cancel', order: id('order', 1), externalId: 'ord-1' };
const bodyOf = (call: string | undefined): Record<string, unknown> =>
  JSON.parse((call ?? '').replace(/^\S+ \S+ /, '')) as Record<string, unknown>;

describe('a courier of DoorDash Drive', () => {
  it('[PL87] is called with all that the dasher needs, in DoorDash’s own fields', async () => {
    const dd = await start({ store: 'loc_pearl' });
    await dd.send(wish());
    const expected = sample('doordash-drive/request-create-delivery.json') as Record<string, unknown>;
    const sent = bodyOf(dd.calls[0]);
    expect(dd.calls[0]).toMatch(/^POST \/drive\/v2\/deliveries /);
    expect(Object.keys(sent).filter((name) => !Object.hasOwn(expected, name))).toEqual([]);
    expect(sent).toEqual({
      external_delivery_id: 'ord-1',
      pickup_address: HOUSE.address,
      pickup_business_name: 'Brasa',
      pickup_phone_number: '+12025550110',
      pickup_reference_tag: 'Order #1',
      pickup_time: '2026-11-20T19:05:00.000Z',
      pickup_external_business_id: 'default',
      pickup_external_store_id: 'loc_pearl',
      dropoff_address: '88 Fulton St, New York, NY 10038',
      dropoff_phone_number: '+12025550142',
      dropoff_contact_given_name: 'Theo',
      dropoff_contact_family_name: 'M',
      dropoff_instructions: 'Buzzer 4B',
      order_value: 3675,
      items: [{ name: 'Classic Burger', quantity: 2 }],
    });
    expect(dd.sim.told()).toEqual([{ id: 'ord-1', acts: ['request'], state: 'created', inTime: true }]);
  });

  it('[PL88] is called once, however often the question is repeated', async () => {
    const dd = await start();
    for (const trouble of [{ status: 500 }, { status: 429 }, null]) {
      dd.instead(trouble);
      await expect(dd.send(wish())).rejects.toBeInstanceOf(TryLater);
    }
    await dd.send(wish());
    await dd.send(wish());
    expect(dd.sim.told()).toEqual([{ id: 'ord-1', acts: ['request'], state: 'created', inTime: true }]);
    // Of a delivery that was cancelled nobody must believe that somebody comes.
    await dd.send(takeBack);
    expect((await refusal(dd.send(wish()))).code).toBe('delivery_cancelled');
    await dd.send(wish({ externalId: 'ord-1-2' }));
    expect(dd.sim.told().map(({ state }) => state)).toEqual(['cancelled', 'created']);
  });

  it('[PL88] within the owner’s limit is called after the price was asked, and not above it', async () => {
    const cheap = await start({ secrets: { ...DRIVE, mostFee: '9.74' } });
    expect((await refusal(cheap.send(wish()))).message).toBe(
      'DoorDash Drive asks 9.75 for this delivery, and the limit is 9.74.',
    );
    expect(cheap.sim.told()[0]).toMatchObject({ acts: ['quote'], state: 'quote' });
    await cheap.stop();
    const dd = await start({ secrets: { ...DRIVE, mostFee: '9.75' } });
    await dd.send(wish());
    await dd.send(wish());
    expect(dd.calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'POST /drive/v2/quotes',
      'POST /drive/v2/quotes/ord-1/accept',
      'POST /drive/v2/quotes',
      'GET /drive/v2/deliveries/ord-1',
    ]);
    expect(dd.sim.told()[0]).toMatchObject({ acts: ['quote', 'accept'], state: 'created' });
  });

  it('[PL88] whose acceptance was not answered is called by the next try, unless the price is stale by then', async () => {
    const dd = await start({ secrets: { ...DRIVE, mostFee: '20' } });
    dd.instead({ status: 503 }, 1);
    await expect(dd.send(wish())).rejects.toBeInstanceOf(TryLater);
    expect(dd.sim.told()[0]).toMatchObject({ acts: ['quote'], state: 'quote' });
    await dd.send(wish());
    expect(dd.sim.told()[0]).toMatchObject({ acts: ['quote', 'accept'], state: 'created' });
    dd.instead({ status: 503 }, 1);
    await expect(dd.send(wish({ externalId: 'ord-2' }))).rejects.toBeInstanceOf(TryLater);
    dd.skip(6 * 60_000);
    expect((await refusal(dd.send(wish({ externalId: 'ord-2' })))).message).toMatch(/quote has expired/);
  });

  it.each([
    ['too far', { dropoff: { ...wish().dropoff, address: 'Far away, Alaska' } }, /distance_too_long/],
    ['a number that is none', { dropoff: { ...wish().dropoff, phone: '12' } }, /dropoff_phone_number/],
    ['no address of the guest', { dropoff: { ...wish().dropoff, address: '' } }, /guest's address/],
    ['no number of the guest', { dropoff: { name: 'Ada', address: 'x' } }, /guest's telephone number/],
  ])('[PL88] is refused in words that say why: %s', async (_what, more, words) => {
    const dd = await start();
    expect((await refusal(dd.send(wish(more)))).message).toMatch(words);
  });

  it('[PL88] needs to know where to come, and a limit that is money', async () => {
    const nowhere = await start({ config: { phone: HOUSE.phone } });
    expect((await refusal(nowhere.send(wish()))).message).toMatch(/location's `address`/);
    await nowhere.stop();
    const own = await start({
      config: {},
      secrets: {
        ...DRIVE,
        pickupAddress: '1 Side St',
        pickupPhone: '+12025550199',
        pickupInstructions: 'Back',
      },
    });
    await own.send(wish());
    expect(bodyOf(own.calls[0])).toMatchObject({
      pickup_address: '1 Side St',
      pickup_phone_number: '+12025550199',
      pickup_instructions: 'Back',
    });
    await own.stop();
    const dd = await start({ secrets: { ...DRIVE, mostFee: 'ten' } });
    expect((await refusal(dd.send(wish()))).code).toBe('no_limit');
  });

  it('[PL89] is taken back until a dasher has it, and whoever is unknown does not come', async () => {
    const dd = await start();
    await dd.send(takeBack);
    await dd.send(wish());
    await dd.send(takeBack);
    await dd.send(takeBack);
    expect(dd.sim.told()[0]).toMatchObject({ acts: ['request', 'cancel'], state: 'cancelled' });
    await dd.send(wish({ externalId: 'ord-2' }));
    await dd.sim.stories['courier']?.({ steps: '1' });
    const no = await refusal(dd.send({ ...takeBack, externalId: 'ord-2' }));
    expect(no.message).toBe(
      'DoorDash Drive does not take the courier back: Cancel is not allowed, delivery_picked_up.',
    );
    expect((await refusal(dd.send({ act: 'accept', externalId: 'ord-2' }))).code).toBe('no_act');
    expect((await refusal(dd.send(wish({ externalId: '' })))).code).toBe('no_id');
  });

  it('[PL89] goes the whole way in the simulator, with a position at each step', async () => {
    const events: string[] = [];
    const places = new Set<string>();
    const dd = await start({
      deliver: async (delivery: SimDelivery) => {
        const body = JSON.parse(delivery.body.toString()) as Record<string, unknown>;
        expect(
          doordashDrive.verify(
            { method: 'POST', url: '', query: {}, headers: delivery.headers, raw: delivery.body },
            DRIVE,
            0,
          ).ok,
        ).toBe(true);
        events.push(String(body['event_name']));
        places.add(JSON.stringify(body['dasher_location']));
        return { status: 200, body: '' };
      },
    });
    await dd.send(wish());
    expect(await dd.sim.stories['courier']?.({ steps: '2' })).toEqual({ id: 'ord-1' });
    expect(events).toEqual([
      'DASHER_CONFIRMED',
      'dasher_enroute_to_pickup',
      'dasher_enroute_to_pickup',
      'DASHER_CONFIRMED_PICKUP_ARRIVAL',
      'DASHER_PICKED_UP',
      'dasher_enroute_to_dropoff',
      'dasher_enroute_to_dropoff',
      'DASHER_CONFIRMED_DROPOFF_ARRIVAL',
      'DASHER_DROPPED_OFF',
    ]);
    expect(places.size).toBe(7);
    expect(await readDelivery(dd.tools, 'ord-1')).toMatchObject({ delivery_status: 'delivered', fee: 975 });
    expect(await readDelivery(dd.tools, 'ord-9')).toBeNull();
  });

  it('[PL89] is brought by the simulator, whoever is asked for, until nobody is', async () => {
    const dd = await start({ deliver: async () => ({ status: 200, body: '' }) });
    const service = dd.sim.stories['service']?.({ steps: '1', waitMs: '400' });
    await dd.send(wish());
    await dd.send(wish({ externalId: 'ord-2' }));
    expect((await service)?.id).toMatch(/^ord-[12]$/);
    expect(dd.sim.told().map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    await expect(dd.sim.stories['courier']?.({ waitMs: '0' })).rejects.toThrow(/nobody asked/);
  });
});

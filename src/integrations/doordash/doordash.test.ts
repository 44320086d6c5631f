import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import type { Delivery } from '../provider.ts';
import { sample, sampleBytes } from '../testing/samples.ts';
import { doordash } from './doordash.ts';
import { kindOf, readDoordash } from './read.ts';
import { doordashToken } from './token.ts';

const SAMPLES = {
  '01-order-simple': ['OrderCreate', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a01'],
  '02-order-nested-removed-instructions': ['OrderCreate', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02'],
  '04-order-cancelled': ['OrderCancel', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02'],
  '05-order-release': ['OrderRelease', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02'],
  '06-dasher-status': ['DasherStatus', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02'],
  '07-order-adjust': ['OrderAdjust', 'b0a7c6d2-3f14-4b8e-9a55-0d1c2e3f4a02'],
  '08-store-temporarily-deactivated': ['StoreDeactivated', undefined],
} as const;
type Name = keyof typeof SAMPLES;
const names = Object.keys(SAMPLES) as Name[];

const bodyOf = (name: Name): Record<string, unknown> =>
  sample(`doordash-marketplace/${name}.json`) as Record<string, unknown>;

function deliveryOf(body: unknown): Delivery {
  return {
    method: 'POST',
    url: 'https://house.example/hooks/doordash/x',
    query: {},
    headers: {},
    raw: Buffer.alloc(0),
    body,
    id: '1',
    event: 'unreadable',
    key: 'k',
    receivedAt: '2026-11-20T18:45:00Z',
    attempt: 0,
  };
}

describe('what DoorDash Marketplace sends', () => {
  it('[PL70] is believed with the whole agreed Authorization alone', () => {
    const verify = (authorization?: string) =>
      doordash.verify(
        {
          method: 'POST',
          url: 'https://house.example/hooks/doordash/x',
          query: {},
          headers: authorization === undefined ? {} : { authorization },
          raw: sampleBytes('doordash-marketplace/01-order-simple.json'),
        },
        { webhookToken: 'Bearer dd-7f3a' },
        0,
      ).ok;
    expect(verify('Bearer dd-7f3a')).toBe(true);
    for (const wrong of [undefined, '', 'dd-7f3a', 'Basic dd-7f3a', 'Bearer dd-7f3', 'Bearer dd-7f3a '])
      expect(verify(wrong), wrong).toBe(false);
  });

  it.each(names)('[PL71] is told apart by its type or its shape: %s', (name) => {
    const [kind, order] = SAMPLES[name];
    const reading = readDoordash(bodyOf(name));
    expect(reading).toMatchObject({ event: kind, store: 'loc_pearl', ignore: false });
    expect(reading.queue).toBe(order);
    expect(kindOf(bodyOf(name))).toBe(kind);
  });

  it('[PL71] is known again by what it says, and the second dasher of an order is no repeat of the first', () => {
    const key = (body: unknown) => readDoordash(body).key;
    const keys = names.map((name) => key(bodyOf(name)));
    expect(new Set(keys).size).toBe(names.length);
    expect(key({ ...bodyOf('06-dasher-status'), client_order_id: 'other' })).toBe(
      key(bodyOf('06-dasher-status')),
    );
    const later = { ...bodyOf('06-dasher-status'), created_at: '2026-11-20T19:09:00Z' };
    expect(key(later)).not.toBe(key(bodyOf('06-dasher-status')));
    const order = bodyOf('01-order-simple')['order'] as Record<string, unknown>;
    expect(key({ event: { type: 'OrderCreate', status: 'NEW' }, order: { ...order, tax: 1 } })).toBe(
      key(bodyOf('01-order-simple')),
    );
    const { event, ...rest } = bodyOf('07-order-adjust');
    const other = {
      event: { type: 'OrderAdjustment', event_timestamp: (event as Record<string, unknown>)['event_time'] },
      ...rest,
    };
    expect(key(other)).toBe(key(bodyOf('07-order-adjust')));
  });

  it('[PL71] of a kind that nobody knows is kept by its name', () => {
    expect(readDoordash({ event: { type: 'MenuStatus' }, reference: 'r' })).toEqual({
      event: 'MenuStatus',
      ignore: true,
    });
    for (const odd of [undefined, null, 7, 'x', [], { event: null }, { event: { type: 'constructor' } }])
      expect(readDoordash(odd).ignore, JSON.stringify(odd)).toBe(true);
  });

  it('[PL72] is answered 202 where it is or may be an order, 200 where it is certainly none', () => {
    const status = (body: unknown) => doordash.answer(deliveryOf(body), 'stored').status;
    for (const name of names)
      expect(status(bodyOf(name)), name).toBe(SAMPLES[name][0] === 'OrderCreate' ? 202 : 200);
    expect(doordash.answer(deliveryOf(bodyOf('01-order-simple')), 'repeated').status).toBe(202);
    for (const body of [undefined, {}, { order: { id: 'x' } }, { event: { type: 'OrderNew' } }])
      expect(status(body)).toBe(202);
  });
});

it('[PL92] an order of DoorDash that the house brings itself says where to, and no other does', async () => {
  const body = bodyOf('01-order-simple');
  const order = {
    ...(body['order'] as Record<string, unknown>),
    fulfillment_type: 'mx_fleet_delivery',
    delivery_address: {
      street: '88 Fulton St',
      subpremise: 'Apt 4B',
      city: 'New York',
      state: 'NY',
      zip_code: '10038',
      country_code: 'US',
      address_instructions: 'Ring twice',
    },
  };
  const taken = async (sent: unknown) => {
    const kitchen = new PlatformKitchen({ id: 'dd', provider: 'doordash' });
    await doordash.work(deliveryOf(sent), kitchen.tools);
    return [...kitchen.state.orders.values()].map(({ dropoff, platform }) => ({
      dropoff,
      fulfilment: platform?.fulfilment,
    }));
  };
  expect(await taken({ ...body, order })).toEqual([
    {
      dropoff: { address: '88 Fulton St Apt 4B, New York, NY 10038', instructions: 'Ring twice' },
      fulfilment: 'own_courier',
    },
  ]);
  const theirs = { ...order, fulfillment_type: 'dx_delivery' };
  expect(await taken({ ...body, order: theirs })).toEqual([
    { dropoff: undefined, fulfilment: 'platform_courier' },
  ]);
});

describe('a token for DoorDash', () => {
  const NOW = Date.parse('2026-11-20T18:45:00.700Z');
  const secrets = { developerId: 'dev-1', keyId: 'key-1', signingSecret: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ_Pz8-' };

  it('[PL73] is signed with what the secret encodes, names both ids and is good for less than half an hour', async () => {
    const { value, expiresAt } = await doordashToken(secrets, NOW);
    const [head = '', claims = '', signature] = value.split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'HS256', typ: 'JWT', 'dd-ver': 'DD-JWT-V1' });
    const issued = Math.floor(NOW / 1_000);
    expect(read(claims)).toEqual({
      aud: 'doordash',
      iss: 'dev-1',
      kid: 'key-1',
      iat: issued,
      exp: issued + 1_500,
    });
    expect(expiresAt).toBe((issued + 1_500) * 1_000);
    const key = Buffer.from('secret-secret-secret???>');
    expect(signature).toBe(createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url'));
  });

  it('[PL73] is not signed with a secret that encodes nothing', async () => {
    await expect(doordashToken({ ...secrets, signingSecret: '***' }, NOW)).rejects.toThrow(/no base64/);
  });
});

import { describe, expect, it } from 'vitest';
import { sample, samplesOf } from '../testing/samples.ts';
import { courierOf, eventState, isBatched, readDrive, statusState, timeOf } from './delivery.ts';
import { doordashDrive } from './doordashDrive.ts';

const webhooks = samplesOf('doordash-drive').filter((name) => name.startsWith('webhook'));
const bodyOf = (name: string): Record<string, unknown> =>
  sample(`doordash-drive/${name}`) as Record<string, unknown>;
const named = (event_name: string) => ({ ...bodyOf('webhook-01-DASHER_CONFIRMED.json'), event_name });

describe('what DoorDash Drive sends', () => {
  it('[PL85] is believed with the whole agreed value, in the header that was chosen', () => {
    const verify = (headers: Record<string, string>, secrets: Record<string, string>) =>
      doordashDrive.verify(
        { method: 'POST', url: 'https://house.example/', query: {}, headers, raw: Buffer.from('{}') },
        secrets,
        0,
      ).ok;
    const token = { webhookToken: 'Basic aGVhcmQ6MQ==' };
    expect(verify({ authorization: 'Basic aGVhcmQ6MQ==' }, token)).toBe(true);
    expect(verify({ authorization: 'Basic aGVhcmQ6MQ=' }, token)).toBe(false);
    expect(verify({ authorization: 'aGVhcmQ6MQ==' }, token)).toBe(false);
    expect(verify({}, token)).toBe(false);
    const chosen = { webhookToken: 'dd-1', webhookHeader: 'X-Dd-Token' };
    expect(verify({ 'x-dd-token': 'dd-1' }, chosen)).toBe(true);
    expect(verify({ authorization: 'dd-1' }, chosen)).toBe(false);
    expect(verify({ authorization: 'dd-1' }, { ...chosen, webhookHeader: ' ' })).toBe(true);
  });

  it('[PL86] is known again by delivery, event and time', () => {
    const keys = webhooks.map((name) => {
      const reading = readDrive(bodyOf(name));
      expect(reading).toMatchObject({ queue: bodyOf(name)['external_delivery_id'], ignore: false });
      return reading.key;
    });
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(6);
    expect(readDrive({ ...bodyOf(webhooks[0] ?? ''), fee: 1 }).key).toBe(keys[0]);
    expect(readDrive({ ...bodyOf(webhooks[0] ?? ''), created_at: '2026-11-20T18:59:00Z' }).key).not.toBe(
      keys[0],
    );
    for (const odd of [undefined, null, 7, [], {}, { event_name: 'toString' }, { event_name: 'WEATHER' }])
      expect(readDrive(odd).ignore, JSON.stringify(odd)).toBe(true);
  });

  it.each([
    ['DELIVERY_CREATED', 'requested', 'created'],
    ['DASHER_CONFIRMED', 'assigned', 'confirmed'],
    ['dasher_enroute_to_pickup', 'to_pickup', 'enroute_to_pickup'],
    ['DASHER_CONFIRMED_PICKUP_ARRIVAL', 'at_pickup', 'arrived_at_pickup'],
    ['DASHER_PICKED_UP', 'picked_up', 'picked_up'],
    ['dasher_enroute_to_dropoff', 'to_dropoff', 'enroute_to_dropoff'],
    ['DASHER_CONFIRMED_DROPOFF_ARRIVAL', 'at_dropoff', 'arrived_at_dropoff'],
    ['DASHER_DROPPED_OFF', 'delivered', 'delivered'],
    ['DELIVERY_CANCELLED', 'cancelled', 'cancelled'],
    ['DELIVERY_RETURN_INITIALIZED', 'return_started', 'enroute_to_return'],
    ['dasher_enroute_to_return', 'return_started', 'enroute_to_return'],
    ['DASHER_CONFIRMED_RETURN_ARRIVAL', 'return_arrived', 'arrived_at_return'],
    ['DELIVERY_RETURNED', 'returned', 'returned'],
  ])('[PL86] %s is %s, and so is the state %s of an answer', (event, state, status) => {
    expect(eventState(named(event))).toBe(state);
    expect(statusState({ delivery_status: status })).toBe(state);
    expect(readDrive(named(event)).ignore).toBe(false);
  });

  it('[PL86] that several orders ride together is no state of its own', () => {
    expect(isBatched(named('DELIVERY_BATCHED'))).toBe(true);
    expect(eventState(named('DELIVERY_BATCHED'))).toBeNull();
    expect(readDrive(named('DELIVERY_BATCHED')).ignore).toBe(false);
    for (const delivery_status of ['quote', 'toString']) expect(statusState({ delivery_status })).toBeNull();
  });

  it('[PL86] names the courier, the place and the time', () => {
    expect(courierOf(bodyOf('webhook-03-DASHER_PICKED_UP.json'))).toEqual({
      name: 'Mateo R',
      phone: '+12025550178',
      status: 'DASHER_PICKED_UP',
      location: { lat: 40.7049, lng: -74.0118 },
      vehicle: 'Vespa Primavera 2021',
    });
    expect(courierOf(bodyOf('webhook-07-DELIVERY_CANCELLED.json'))).toBeNull();
    expect(timeOf(bodyOf('webhook-07-DELIVERY_CANCELLED.json'), 'x')).toBe('2026-11-20T18:50:00.000Z');
    expect(timeOf({ created_at: 'soon' }, '2026-11-20T18:00:00.000Z')).toBe('2026-11-20T18:00:00.000Z');
  });

  it('[PL86] is always answered 200: anything else is sent again', () => {
    const delivery = {
      method: 'POST' as const,
      url: 'https://house.example/',
      query: {},
      headers: {},
      raw: Buffer.alloc(0),
      body: undefined,
      id: '1',
      event: 'unknown',
      key: 'k',
      receivedAt: '2026-11-20T18:00:00Z',
      attempt: 0,
    };
    expect(doordashDrive.answer(delivery, 'stored')).toEqual({ status: 200 });
  });
});

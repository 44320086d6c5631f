import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../domain/channel/state.ts';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import { type ProviderTools, TryLater, type WorkResult } from '../provider.ts';
import { sample } from '../testing/samples.ts';
import { type SimServer, startSimServer } from '../testing/simServer.ts';
import { lookAtUber } from './look.ts';
import { uberEatsSim } from './sim.ts';
import { uberEats } from './uberEats.ts';
import { workUber } from './work.ts';

/** What webhooks and looks come to, in a kitchen of rules alone, with the simulator behind real HTTP. */

const STORE = 'store-1';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
let server: SimServer;
let kitchen: PlatformKitchen;
let tools: ProviderTools;
let count = 0;

beforeEach(async () => {
  server = await startSimServer(uberEats, uberEatsSim, {
    secrets: { clientId: 'id', clientSecret: 'secret' },
    store: STORE,
    deliver: async () => ({ status: 200, body: '' }),
  });
  kitchen = new PlatformKitchen({ store: STORE });
  kitchen.now = Date.now();
  const { call, tokens, secrets, report } = server.tools;
  tools = { ...kitchen.tools, call, tokens, secrets, report, live: () => undefined };
  // A token of each scope, so that what is put in line for the next call is not eaten by the sign-in.
  await lookAtUber(tools);
  await workUber(deliveryOf('store.provisioned', ''), tools);
});
afterEach(() => server.stop());

function deliveryOf(event: string, id: string, more: { at?: number; href?: string; attempt?: number } = {}) {
  count += 1;
  const at = more.at ?? kitchen.now;
  return {
    id: `d-${count}`,
    key: `e-${count}`,
    event,
    receivedAt: new Date(kitchen.now).toISOString(),
    attempt: more.attempt ?? 1,
    method: 'POST' as const,
    url: '',
    query: {},
    headers: {},
    raw: Buffer.alloc(0),
    body: {
      event_type: event,
      event_time: Math.floor(at / 1_000),
      meta: { user_id: STORE, resource_id: id },
      resource_href: more.href ?? `${server.url}/v1/delivery/order/${id}`,
    },
  };
}
async function work(
  event: string,
  id: string,
  more: Parameters<typeof deliveryOf>[2] = {},
): Promise<WorkResult> {
  const result = await workUber(deliveryOf(event, id, more), tools);
  kitchen.settle();
  return result;
}
const notified = (id: string, more: Parameters<typeof deliveryOf>[2] = {}) =>
  work('orders.notification', id, more);
function platformOf(id: string): Platform {
  return kitchen.order(tools.idOf('order', id)).platform;
}
const isHere = (id: string): boolean => kitchen.state.orders.has(tools.idOf('order', id));
async function placed(story = 'order'): Promise<string> {
  return (await server.sim.stories[story]?.({ lines: '1' }))?.id ?? '';
}

type Fields = Record<string, unknown>;
/** The sample as Uber might show it. */
function shown(id: string, more: Fields): { status: number; body: { order: Fields } } {
  const { order } = sample('uber-eats/order-01-simple.v1-delivery.json') as { order: Fields };
  const created_time = new Date(kitchen.now).toISOString();
  return { status: 200, body: { order: { ...order, id, created_time, ...more } } };
}

describe('an order that Uber Eats offers', () => {
  it('[PL57] waits for its yes since it was offered, which need not be when it was placed', async () => {
    const morning = new Date(kitchen.now - 6 * HOUR_MS).toISOString();
    const told = kitchen.now - MINUTE_MS;
    server.instead(shown('tonight', { created_time: morning }));
    expect(await notified('tonight', { at: told })).toBe('done');
    expect(platformOf('tonight')).toMatchObject({ withinMs: 690_000 });
    expect(Math.abs(Date.parse(platformOf('tonight').since) - told)).toBeLessThan(1_000);

    // Older than Uber waits, and offered all the same: it was offered again, and nobody told when.
    server.instead(shown('again', { created_time: morning }));
    await notified('again', { at: kitchen.now - HOUR_MS });
    expect(Math.abs(Date.parse(platformOf('again').since) - kitchen.now)).toBeLessThan(1_000);
  });

  it('[PL57] of a clock that goes wrong waits from now', async () => {
    for (const [id, more] of [
      ['future', { created_time: '2099-01-01T00:00:00Z' }],
      ['words', { created_time: 'soon' }],
    ] as const) {
      server.instead(shown(id, more));
      await notified(id, { at: kitchen.now + 5 * HOUR_MS });
      expect(Math.abs(Date.parse(platformOf(id).since) - kitchen.now)).toBeLessThan(1_000);
    }
  });

  it('[PL57] and was accepted on Uber’s tablet has no clock; one that is accepted there later loses it', async () => {
    server.instead(shown('tablet', { state: 'ACCEPTED' }));
    await notified('tablet');
    expect(platformOf('tablet').withinMs).toBeUndefined();

    server.instead(shown('later', {}));
    await notified('later');
    expect(platformOf('later').accepted).toBeUndefined();
    server.instead(shown('later', { state: 'ACCEPTED' }));
    await notified('later');
    expect(platformOf('later').accepted?.by).toBe('platform');
  });

  it('[PL57] that is not there yet is asked for again, and in the end given up', async () => {
    await expect(notified('nobody')).rejects.toBeInstanceOf(TryLater);
    await expect(work('delivery.state_changed', 'nobody')).rejects.toBeInstanceOf(TryLater);
    expect(await notified('nobody', { attempt: 4 })).toEqual({ ignored: 'Uber Eats knows no such order' });
    expect(await notified('../orders')).toEqual({ ignored: 'names no order' });
  });

  it('[PL63] at an address that is not Uber’s is not asked for', async () => {
    const before = server.calls.length;
    for (const href of [
      'https://evil.example/v1/delivery/order/x',
      'http://api.uber.com/x',
      'file:///etc/passwd',
      'x',
    ])
      expect(await notified('x', { href })).toHaveProperty('ignored');
    expect(server.calls).toHaveLength(before);
  });

  it('[PL60] held back by Uber comes with its courier', async () => {
    const id = await placed();
    const trip = { status: 'EN_ROUTE_TO_PICKUP', delivery_partner: { id: 'p', name: 'Mateo R.' } };
    server.instead(shown(id, { state: 'ACCEPTED', deliveries: [trip] }));
    expect(await work('orders.release', id)).toBe('done');
    expect(platformOf(id).courier).toMatchObject({ state: 'to_pickup', name: 'Mateo R.' });
    server.instead(shown(id, { state: 'ACCEPTED', deliveries: [{ ...trip, status: 'ARRIVED_AT_PICKUP' }] }));
    expect(await work('orders.release', id, { at: kitchen.now + 1_000 })).toBe('done');
    expect(platformOf(id).courier?.state).toBe('at_pickup');
  });
});

describe('news of an order of Uber Eats', () => {
  it.each([
    ['SCHEDULED', 'requested'],
    ['EN_ROUTE_TO_PICKUP', 'to_pickup'],
    ['enroute_to_pickup', 'to_pickup'],
    ['ARRIVED_AT_PICKUP', 'at_pickup'],
    ['EN_ROUTE_TO_DROPOFF', 'to_dropoff'],
    ['ARRIVED_AT_DROPOFF', 'at_dropoff'],
    ['COMPLETED', 'delivered'],
    ['FAILED', 'cancelled'],
  ])('[PL60] the word %s means that the courier is %s', async (status, state) => {
    const id = await placed();
    await notified(id);
    server.instead(shown(id, { deliveries: [{ status }] }));
    expect(await work('delivery.state_changed', id)).toBe('done');
    expect(platformOf(id).courier?.state).toBe(state);
  });

  it('[PL60] a word that nobody knows changes nothing, and that nobody is on the way yet is said once', async () => {
    const id = await placed();
    await notified(id);
    for (const status of ['TELEPORTING', '', 'constructor']) {
      server.instead(shown(id, { deliveries: [{ status }] }));
      expect(await work('delivery.state_changed', id)).toHaveProperty('ignored');
    }
    expect(await work('delivery.state_changed', id)).toBe('done');
    const { head } = kitchen.state;
    expect(await work('delivery.state_changed', id)).toEqual({ ignored: 'no courier yet' });
    expect(kitchen.state.head).toBe(head);
  });

  it('[PL60] what the courier has taken and brought is collected and delivered', async () => {
    const id = await placed();
    await notified(id);
    const trip = (status: string) => ({ deliveries: [{ status }] });
    server.instead(shown(id, { state: 'HANDED_OFF', ...trip('EN_ROUTE_TO_DROPOFF') }));
    await work('delivery.state_changed', id);
    expect(platformOf(id).collected).toBeDefined();
    server.instead(shown(id, { state: 'SUCCEEDED', ...trip('COMPLETED') }));
    await work('delivery.state_changed', id);
    expect(platformOf(id).delivered).toBeDefined();
  });

  it.each([
    ['CUSTOMER', 'CUSTOMER_CANCELLED', 'cancelled_by_platform'],
    ['MERCHANT', 'MERCHANT_NOT_RESPONDING', 'auto_cancelled'],
    ['MERCHANT', 'POS_DENIED', 'cancelled_by_house'],
    ['UBER', 'NO_COURIER', 'cancelled_by_platform'],
    ['', '', 'cancelled_by_platform'],
  ])('[PL58] a failure of %s for %s is %s', async (party, reason, how) => {
    const id = await placed();
    await notified(id);
    const failure_info = { reason, failure_attributed_to_party: party };
    server.instead(shown(id, { state: 'FAILED', failure_info }));
    expect(await work('orders.failure', id)).toBe('done');
    expect(platformOf(id).ended?.how).toBe(how);
    expect(kitchen.order(tools.idOf('order', id)).cancelled?.reason).toBe(reason || 'Cancelled at Uber Eats');
  });

  it('[PL58] is a cancellation even where Uber shows the order no longer', async () => {
    const id = await placed();
    await notified(id);
    server.instead({ status: 404, body: {} });
    expect(await work('orders.cancel', id)).toBe('done');
    expect(platformOf(id).ended?.how).toBe('cancelled_by_platform');
  });

  it('[PL62] a restaurant that is no longer connected is closed here', async () => {
    kitchen.now += 1_000;
    expect(await work('store.deprovisioned', '')).toBe('done');
    expect(kitchen.state.channels.doors['uber']?.paused).toMatchObject({
      by: 'platform',
      reason: 'Uber Eats is no longer connected to this restaurant',
    });
    expect(await work('store.provisioned', '')).toBe('done');
    expect(kitchen.state.channels.doors['uber']?.paused).toBeUndefined();
  });
});

describe('a look at Uber Eats', () => {
  async function look(): Promise<void> {
    await lookAtUber(tools);
    kitchen.settle();
  }

  it('[PL61] finds what no webhook told: an order, a yes on Uber’s tablet, a courier, an end', async () => {
    const id = await placed();
    await look();
    expect(platformOf(id).accepted).toBeUndefined();
    const list = (more: Fields) => ({ status: 200, body: { data: [shown(id, more).body.order] } });
    server.instead(list({ state: 'ACCEPTED' }));
    await look();
    expect(platformOf(id).accepted?.by).toBe('platform');
    server.instead(list({ state: 'ACCEPTED', deliveries: [{ status: 'ARRIVED_AT_PICKUP' }] }));
    await look();
    expect(platformOf(id).courier?.state).toBe('at_pickup');
    server.instead({ status: 200, body: { data: [] } });
    server.instead(shown(id, { state: 'FAILED' }));
    await look();
    expect(platformOf(id).ended).toBeDefined();
  });

  it('[PL61] finds the end of an order that never waited for our yes', async () => {
    server.instead(shown('tablet', { state: 'ACCEPTED' }));
    await notified('tablet');
    server.instead({ status: 200, body: { data: [] } });
    server.instead(shown('tablet', { state: 'FAILED' }));
    await look();
    expect(platformOf('tablet').ended?.how).toBe('cancelled_by_platform');
  });

  it('[PL61] writes nothing where there is nothing new', async () => {
    await placed();
    await look();
    const { head } = kitchen.state;
    await look();
    await look();
    expect(kitchen.state.head).toBe(head);
  });

  it('[PL61] turns every page, and goes on after an order that cannot be read', async () => {
    const page = (id: string, next: string) => ({
      status: 200,
      body: { orders: [shown(id, {}).body.order], next_page_token: next },
    });
    server.instead(page('first', 'p2'));
    server.instead(page('../second', 'p3'));
    server.instead(page('third', ''));
    await look();
    expect(['first', 'third'].map(isHere)).toEqual([true, true]);
    expect(server.calls.filter((one) => one.includes('/orders')).length).toBeGreaterThanOrEqual(3);
  });

  it('[PL61] asks for an order whose carts the list leaves out', async () => {
    const id = await placed();
    const { carts: _carts, ...bare } = shown(id, {}).body.order;
    server.instead({ status: 200, body: { data: [bare] } });
    await look();
    expect(kitchen.order(tools.idOf('order', id)).items).toHaveLength(1);
  });

  it('[PL61] through the older API, where the store is on that', async () => {
    const id = await placed('legacy');
    server.instead({ status: 404, body: {} });
    await look();
    expect(isHere(id)).toBe(true);
  });

  it('[PL61] is none for a channel that names no store', async () => {
    const { store: _store, ...channel } = tools.channel;
    const before = server.calls.length;
    await lookAtUber({ ...tools, channel });
    expect(server.calls).toHaveLength(before);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { listedIn, type SimAnswer, type SimDelivery, type SimInstance } from '../simulation.ts';
import { field, listAt, textAt } from '../wire.ts';
import { uberIsGood } from '../schemes.ts';
import { uberOrder } from './order.ts';
import { uberEatsSim } from './sim.ts';

const SECRETS = { clientId: 'id', clientSecret: 'secret' };
const STORE = 'store-1';
const MENU = [
  { id: 'emp', name: 'Empanada', price: 425, options: [{ id: 'aji', name: 'Ají', price: 50 }] },
  { id: 'soda', name: 'Guava Soda', price: 300, options: [] },
];
let clock = 0;
let sim: SimInstance;
let delivered: SimDelivery[];
let hear: () => number;

function seeded(): () => number {
  let seed = 3;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

beforeEach(() => {
  clock = Date.parse('2026-11-20T18:35:00Z');
  delivered = [];
  hear = () => 200;
  sim = uberEatsSim.create({
    secrets: SECRETS,
    store: STORE,
    self: 'https://sim.example/uber',
    hook: 'https://heard.example/hooks/uber-eats/x',
    now: () => clock,
    random: seeded(),
    async deliver(delivery) {
      delivered.push(delivery);
      return { status: hear(), body: '' };
    },
    async sleep(ms) {
      clock += ms;
    },
    menu: MENU,
    listed: listedIn(MENU),
    say: () => undefined,
  });
});

async function call(
  method: string,
  path: string,
  more: { token?: string; body?: string | object; query?: Record<string, string> } = {},
): Promise<SimAnswer> {
  const body = typeof more.body === 'string' ? more.body : JSON.stringify(more.body ?? {});
  return sim.answer({
    method,
    path,
    query: more.query ?? {},
    headers: more.token === undefined ? {} : { authorization: `Bearer ${more.token}` },
    body: Buffer.from(body),
  });
}
async function tokenFor(scope: string): Promise<string> {
  const { body } = await call('POST', '/oauth/v2/token', {
    body: `client_id=id&client_secret=secret&grant_type=client_credentials&scope=${scope}`,
  });
  return textAt(body, 'access_token') ?? '';
}
const place = async (options: Record<string, string> = {}): Promise<string> =>
  (await sim.stories['order']?.(options))?.id ?? '';

describe('the simulator of Uber Eats', () => {
  it('[PL64] gives tokens to whoever knows the secret, for a scope that there is, and for thirty days', async () => {
    const path = '/oauth/v2/token';
    const form = 'grant_type=client_credentials&scope=eats.order';
    expect((await call('POST', path, { body: `client_id=id&client_secret=no&${form}` })).status).toBe(401);
    const strange = 'client_id=id&client_secret=secret&grant_type=client_credentials&scope=eats.all';
    expect((await call('POST', path, { body: strange })).status).toBe(400);

    const id = await place();
    const token = await tokenFor('eats.order');
    expect((await call('GET', `/v1/delivery/order/${id}`)).status).toBe(401);
    expect((await call('GET', `/v1/delivery/order/${id}`, { token })).status).toBe(200);
    const other = await tokenFor('eats.store');
    expect((await call('GET', `/v1/delivery/order/${id}`, { token: other })).status).toBe(403);
    clock += 2_592_000_001;
    expect((await call('GET', `/v1/delivery/order/${id}`, { token })).status).toBe(401);
  });

  it('[PL64] signs what it delivers, and delivers it seven times to nobody', async () => {
    hear = () => 503;
    const id = await place();
    expect(delivered).toHaveLength(7);
    expect(new Set(delivered.map(({ body }) => body.toString())).size).toBe(1);
    const [first] = delivered;
    if (first === undefined) throw new Error('nothing was delivered');
    expect(uberIsGood({ raw: first.body, headers: first.headers }, ['secret'])).toBe(true);
    expect(JSON.parse(first.body.toString())).toMatchObject({
      event_type: 'orders.notification',
      meta: { user_id: STORE, resource_id: id, status: 'pos' },
      resource_href: `https://sim.example/uber/v1/delivery/order/${id}`,
    });
    // One second, two, four, and so on.
    expect(clock - Date.parse('2026-11-20T18:35:00Z')).toBe(63_000);
  });

  it('[PL64] shows carts only when they are asked for, as the adapter reads them', async () => {
    const id = await place({ lines: '3', allergy: 'yes' });
    const token = await tokenFor('eats.order');
    const bare = await call('GET', `/v1/delivery/order/${id}`, { token });
    expect(field(bare.body, 'order', 'carts')).toBeUndefined();
    const whole = await call('GET', `/v1/delivery/order/${id}`, {
      token,
      query: { expand: 'carts,deliveries,payment' },
    });
    const order = uberOrder(whole.body, '');
    expect(order).toMatchObject({ externalId: id, fulfilment: 'platform_courier', platformState: 'OFFERED' });
    expect(order?.items).toHaveLength(3);
    expect(order?.items[0]?.allergy).toEqual({ allergens: ['PEANUTS'], note: 'Severe, clean board please' });
    const sum = order?.items.reduce(
      (total, { qty, price, modifiers }) =>
        total + qty * (price + modifiers.reduce((more, one) => more + (one.price ?? 0) * one.qty, 0)),
      0,
    );
    expect(sum).toBe(order?.total?.amount);
  });

  it('[PL64] tells an order of the older API there alone, with the same meal in it', async () => {
    const id = (await sim.stories['legacy']?.({ lines: '2', allergy: 'yes' }))?.id ?? '';
    const token = await tokenFor('eats.order');
    expect((await call('GET', `/v1/delivery/order/${id}`, { token })).status).toBe(404);
    const reader = await tokenFor('eats.store.orders.read');
    const shown = await call('GET', `/v2/eats/order/${id}`, { token: reader });
    const order = uberOrder(shown.body, '');
    expect(order?.items).toHaveLength(2);
    expect(order?.items[0]?.allergy?.allergens).toEqual(['PEANUTS']);
    const list = await call('GET', `/v1/eats/stores/${STORE}/created-orders`, { token: reader });
    expect(listAt(list.body, 'orders')).toMatchObject([{ id, current_state: 'CREATED' }]);
  });

  it('[PL64] allows no step from a state that does not allow it', async () => {
    const token = await tokenFor('eats.order');
    const id = await place();
    const step = async (verb: string, body: object = {}) =>
      (await call('POST', `/v1/delivery/order/${id}/${verb}`, { token, body })).status;
    const ready = new Date(clock + 600_000).toISOString();
    expect(await step('ready')).toBe(409);
    expect(await step('deny')).toBe(400);
    expect(await step('accept', { ready_for_pickup_time: ready })).toBe(200);
    expect(await step('accept')).toBe(409);
    expect(await step('deny', { deny_reason: { type: 'OTHER' } })).toBe(409);
    expect(await step('update-ready-time', { ready_for_pickup_time: '2020-01-01T00:00:00Z' })).toBe(400);
    expect(await step('update-ready-time', { ready_for_pickup_time: ready })).toBe(200);
    expect(await step('ready')).toBe(200);
    expect(await step('update-ready-time', { ready_for_pickup_time: ready })).toBe(409);
    expect(await step('cancel', { type: 'OTHER' })).toBe(200);
    expect(await step('cancel', { type: 'OTHER' })).toBe(409);
    expect(await step('fly')).toBe(404);
    expect(sim.told()).toEqual([
      { id, acts: ['accept', 'update-ready-time', 'ready', 'cancel'], state: 'FAILED', inTime: true },
    ]);
  });

  it('[PL64] cancels what nobody answered within eleven and a half minutes', async () => {
    const id = await place();
    clock += 690_000;
    expect(sim.told()).toMatchObject([{ id, state: 'OFFERED', inTime: true }]);
    clock += 1;
    expect(sim.told()).toMatchObject([{ id, state: 'FAILED', inTime: false }]);
    const token = await tokenFor('eats.order');
    expect((await call('POST', `/v1/delivery/order/${id}/accept`, { token })).status).toBe(409);
  });

  it('[SI19] takes no orders for what it was told is sold out', async () => {
    const token = await tokenFor('eats.store');
    const path = `/v2/eats/stores/${STORE}/menus/items/emp`;
    const until = clock / 1_000 + 3_600;
    const suspension = (suspend_until: number) => ({ suspension_info: { suspension: { suspend_until } } });
    expect((await call('POST', path, { token, body: suspension(until) })).status).toBe(204);
    for (let count = 0; count < 12; count += 1) await place({ lines: '3' });
    const titles = async (): Promise<Set<string | null>> => {
      const reading = await tokenFor('eats.order');
      const orders = await Promise.all(
        sim
          .told()
          .map(({ id }) =>
            call('GET', `/v1/delivery/order/${id}`, { token: reading, query: { expand: 'carts' } }),
          ),
      );
      return new Set(
        orders.flatMap(({ body }) =>
          listAt(body, 'order', 'carts').flatMap((cart) =>
            listAt(cart, 'items').map((item) => textAt(item, 'title')),
          ),
        ),
      );
    };
    expect(await titles()).toEqual(new Set(['Guava Soda']));
    // A suspension ends by itself.
    clock = until * 1_000;
    for (let count = 0; count < 12; count += 1) await place({ lines: '3' });
    expect(await titles()).toEqual(new Set(['Empanada', 'Guava Soda']));
  });

  it('[PL64] tells the same story for the same seed', async () => {
    const first = await place();
    const bodies = delivered.map(({ body }) => body.toString());
    const again = uberEatsSim.create({
      secrets: SECRETS,
      store: STORE,
      self: 'https://sim.example/uber',
      hook: 'x',
      now: () => Date.parse('2026-11-20T18:35:00Z'),
      random: seeded(),
      deliver: async ({ body }) => {
        expect(body.toString()).toBe(bodies[0]);
        return { status: 200, body: '' };
      },
      sleep: async () => undefined,
      menu: MENU,
      listed: listedIn(MENU),
      say: () => undefined,
    });
    expect((await again.stories['order']?.())?.id).toBe(first);
  });
});

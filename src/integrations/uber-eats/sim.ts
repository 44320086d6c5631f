import { onSale, type ProviderSim, type SimStory, type SimWorld } from '../simulation.ts';
import { hmac } from '../signatures.ts';
import { answerAs, isSuspended, lookAfter, newStore, type SimStore } from './simApi.ts';
import { newOrder, type SimOrder, type SimWish, uuidOf } from './simOrder.ts';

/** Uber Eats with one store: guests who order, couriers who come, and an API that is as strict as theirs is said to be. */
export const uberEatsSim: ProviderSim = {
  provider: 'uber-eats',
  create(world) {
    const store = newStore();
    return {
      answer: (request) => answerAs(world, store, request),
      stories: storiesOf(world, store),
      told: () =>
        [...store.orders.values()].map((order) => {
          const { id, acts, state, inTime } = lookAfter(world, order);
          return { id, acts, state, inTime };
        }),
    };
  },
};

const MOST_DELIVERIES = 7;
const MINUTE_MS = 60_000;
/** How often a story looks whether the house has done its part. */
const LOOK_MS = 500;

/** The headers of Uber over these bytes. */
export function signUber(raw: Buffer, key: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-environment': 'sandbox',
    'x-uber-signature': hmac('sha256', key, [raw], 'hex'),
  };
}

function storiesOf(world: SimWorld, store: SimStore): Readonly<Record<string, SimStory>> {
  /** As Uber does: again after 1, 2, 4 s and so on, until somebody says 200. */
  const send = async (event: string, about: { id: string; path: string; name: string }): Promise<void> => {
    const body = Buffer.from(
      JSON.stringify({
        event_id: uuidOf(world),
        event_type: event,
        event_time: Math.floor(world.now() / 1_000),
        meta: { user_id: world.store, resource_id: about.id, status: 'pos' },
        resource_href: `${world.self}${about.path}`,
      }),
    );
    const headers = signUber(body, world.secrets['clientSecret'] ?? '');
    for (let count = 1; ; count += 1) {
      const answer = await world.deliver({ headers, body });
      if (answer.status === 200 && answer.body !== '')
        world.say(`${about.name} ${event}: a 200 with a body, which Uber does not want`);
      if (answer.status === 200 || count === MOST_DELIVERIES) return;
      await world.sleep(2 ** (count - 1) * 1_000);
    }
  };
  const deliver = (event: string, { id, isLegacy, displayId }: SimOrder): Promise<void> =>
    send(event, { id, path: `/${isLegacy ? 'v2/eats' : 'v1/delivery'}/order/${id}`, name: `#${displayId}` });
  const tellStatus = async (): Promise<{ id: string }> => {
    const path = `/v1/delivery/store/${world.store}/status`;
    await send('eats.store.status.notification', { id: world.store, path, name: 'the store' });
    return { id: world.store };
  };
  const until = async (isSo: () => boolean, mostMs: number): Promise<void> => {
    for (let waited = 0; waited < mostMs && !isSo(); waited += LOOK_MS) await world.sleep(LOOK_MS);
  };
  const number = (text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= 0 ? value : otherwise;
  };
  const begin = async (wish: SimWish, event = 'orders.notification'): Promise<SimOrder> => {
    const menu = onSale(world.menu, (item) => isSuspended(store, item, world.now()));
    const order = newOrder(world, menu, wish);
    store.orders.set(order.id, order);
    world.say(
      `#${order.displayId} ${order.lines.map(({ qty, dish }) => `${qty} × ${dish.name}`).join(', ')}`,
    );
    await deliver(event, order);
    return order;
  };
  const wishOf = (options: Readonly<Record<string, string>>): SimWish => ({
    ...(options['lines'] !== undefined && { lines: Math.max(1, number(options['lines'], 1)) }),
    ...(options['allergy'] !== undefined && { withAllergy: options['allergy'] === 'yes' }),
    isPickup: options['pickup'] === 'yes',
  });
  const isAnswered = (order: SimOrder) => lookAfter(world, order).state !== 'OFFERED';
  const fail = async (order: SimOrder): Promise<void> => {
    if (order.state === 'FAILED' || order.state === 'SUCCEEDED') return;
    order.state = 'FAILED';
    order.failure = { reason: 'CUSTOMER_CANCELLED', party: 'CUSTOMER', words: 'Cancelled by the customer' };
    await deliver(order.isLegacy ? 'orders.cancel' : 'orders.failure', order);
  };

  return {
    /** `lines`, `allergy=yes|no`, `pickup=yes`. */
    async order(options = {}) {
      return { id: (await begin(wishOf(options))).id };
    },
    /** The same through the older API. */
    async legacy(options = {}) {
      return { id: (await begin({ ...wishOf(options), isLegacy: true })).id };
    },
    /** For in `minutes` (60); offered once more `leadMinutes` (30) before that. */
    async scheduled(options = {}) {
      const ahead = number(options['minutes'], 60) * MINUTE_MS;
      const lead = number(options['leadMinutes'], 30) * MINUTE_MS;
      const order = await begin(
        { ...wishOf(options), scheduledFor: world.now() + ahead },
        'orders.scheduled.notification',
      );
      await until(() => isAnswered(order), 12 * MINUTE_MS);
      if (order.state !== 'ACCEPTED') return { id: order.id };
      await world.sleep(Math.max(0, ahead - lead));
      // A scheduled order is accepted twice.
      order.state = 'OFFERED';
      order.offeredAt = world.now();
      await deliver('orders.notification', order);
      return { id: order.id };
    },
    /** The guest cancels after `seconds` (5). */
    async cancel(options = {}) {
      const order = await begin(wishOf(options));
      await world.sleep(number(options['seconds'], 5) * 1_000);
      await fail(order);
      return { id: order.id };
    },
    /** The guest cancels `seconds` (60) after the kitchen said yes. */
    async cancelAfterStart(options = {}) {
      const order = await begin(wishOf(options));
      await until(() => isAnswered(order), 12 * MINUTE_MS);
      await world.sleep(number(options['seconds'], 60) * 1_000);
      await fail(order);
      return { id: order.id };
    },
    /** Uber itself takes the store off, as it does after orders that nobody accepted. */
    async storePaused() {
      store.offline = { until: world.now() + 60 * MINUTE_MS, why: 'PAUSED_BY_UBER' };
      return tellStatus();
    },
    async storeResumed() {
      store.offline = null;
      return tellStatus();
    },
    /** And the courier comes, a step every `seconds` (20), and waits for the food. */
    async courier(options = {}) {
      const pace = number(options['seconds'], 20) * 1_000;
      const order = await begin(wishOf(options));
      await until(() => isAnswered(order), 12 * MINUTE_MS);
      const courier = { name: 'Mateo R.', lat: 40.7199, lng: -74.0171 };
      order.courier = courier;
      const move = async (delivery: string): Promise<void> => {
        await world.sleep(pace);
        if (order.state === 'FAILED') return;
        order.delivery = delivery;
        courier.lat -= 0.002;
        courier.lng += 0.002;
        if (delivery === 'EN_ROUTE_TO_DROPOFF') order.state = 'HANDED_OFF';
        if (delivery === 'COMPLETED') order.state = 'SUCCEEDED';
        await deliver('delivery.state_changed', order);
      };
      await move('EN_ROUTE_TO_PICKUP');
      await move('ARRIVED_AT_PICKUP');
      await until(() => order.isReady || order.state === 'FAILED', 45 * MINUTE_MS);
      await move('EN_ROUTE_TO_DROPOFF');
      await move('ARRIVED_AT_DROPOFF');
      await move('COMPLETED');
      return { id: order.id };
    },
  };
}

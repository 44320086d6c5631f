import { errors, jwtVerify } from 'jose';
import { readBody } from '../body.ts';
import type { Secrets } from '../provider.ts';
import {
  onSale,
  type ProviderSim,
  type SimAnswer,
  type SimInstance,
  type SimRequest,
  type SimWorld,
} from '../simulation.ts';
import { flagAt, listAt, numberAt, textAt } from '../wire.ts';
import { type FakeOrder, fakeOrder } from './fakeOrder.ts';

/**
 * DoorDash Marketplace as its public reference describes it: it sends orders and news of dashers, and takes confirmations,
 * cancellations, adjustments and states of items and of the store. Where the reference is silent (does it send an order
 * again? what does it say in a 400?) it does what is hardest for the house and is marked here.
 */

/** After this an order is not confirmed any more; the reference says 3 to 8 minutes. */
const EXPIRES_MS = 8 * 60_000;
/** What the house should keep. */
const IN_TIME_MS = 3 * 60_000;
/** Not in the reference: an order whose delivery met no answer is sent again so often. */
const TRIES = 4;
const CANCEL_REASONS = ['ITEM_OUT_OF_STOCK', 'STORE_CLOSED', 'KITCHEN_BUSY', 'OTHER'];
const OFF_REASONS = [
  'out_of_business',
  'delete_store',
  'payment_issue',
  'operational_issues',
  'store_self_disabled_in_their_POS_portal',
  'store_pos_connectivity_issues',
];

type State = 'new' | 'confirmed' | 'ready' | 'failed' | 'expired' | 'cancelled';
type Order = FakeOrder & {
  readonly sentAt: number;
  readonly acts: string[];
  state: State;
  inTime: boolean;
  /** The house's own id, as it came with the confirmation. */
  theirs: string | null;
};
type Answer = SimAnswer;

export const doordashSim: ProviderSim = { provider: 'doordash', create };

function create(world: SimWorld): SimInstance {
  const orders = new Map<string, Order>();
  const itemsOff = new Set<string>();
  let off: { reason: string; end_time: string | null } | null = null;

  const send = (body: object) =>
    world.deliver({
      headers: {
        'content-type': 'application/json',
        authorization: world.secrets['webhookToken'] ?? '',
      },
      body: Buffer.from(JSON.stringify(body)),
    });
  const storeOf = () => ({
    merchant_supplied_id: world.store,
    provider_type: world.secrets['providerType'] ?? '',
  });
  const aboutOf = (order: Order) => ({
    external_order_id: order.id,
    client_order_id: order.theirs,
    store: storeOf(),
  });

  // Stories -----------------------------------------------------------------------------------------------------

  async function placeOrder(options: Readonly<Record<string, string>>): Promise<Order> {
    const ahead = Number(options['scheduledMinutes'] ?? 0) * 60_000;
    const made = fakeOrder({
      menu: onSale(world.menu, (id) => itemsOff.has(id)),
      store: world.store,
      providerType: world.secrets['providerType'] ?? '',
      random: world.random,
      now: world.now(),
      isPickup: options['type'] === 'pickup',
      scheduledFor: ahead > 0 ? world.now() + ahead : null,
    });
    const order: Order = { ...made, sentAt: world.now(), acts: [], state: 'new', inTime: true, theirs: null };
    orders.set(order.id, order);
    world.say(`order ${order.code} is placed`);
    for (let tries = 1; ; tries += 1) {
      const { status } = await send(made.body);
      if (status === 202) return order;
      // A 200 is a confirmation that nobody gave; anything else that is no success fails the order at once.
      if (status >= 200 && status < 300) {
        order.acts.push('accepted without being asked');
        order.state = 'confirmed';
        return order;
      }
      if ((status !== -1 && status < 500 && status !== 429) || tries === TRIES) {
        world.say(`order ${order.code} failed: the house answered ${status}`);
        order.state = 'failed';
        return order;
      }
      await world.sleep(1_000 * 2 ** tries);
    }
  }

  /** Waits until the house has confirmed, or until the order's time is over. */
  async function untilConfirmed(order: Order): Promise<boolean> {
    while (order.state === 'new') {
      if (world.now() - order.sentAt > EXPIRES_MS) {
        order.state = 'expired';
        order.inTime = false;
        return false;
      }
      await world.sleep(500);
    }
    return order.state === 'confirmed' || order.state === 'ready';
  }

  async function cancelByGuest(order: Order): Promise<void> {
    order.state = 'cancelled';
    world.say(`order ${order.code} is cancelled`);
    await send({ ...aboutOf(order), is_asap: true });
  }

  const pauseOf = (options: Readonly<Record<string, string>>) => Number(options['pauseMs'] ?? 5_000);

  const stories: SimInstance['stories'] = {
    async order(options = {}) {
      return { id: (await placeOrder(options)).id };
    },
    /** Cancelled at once: the cancellation may overtake what the house does with the order. */
    async cancel(options = {}) {
      const order = await placeOrder(options);
      await cancelByGuest(order);
      return { id: order.id };
    },
    async cancelAfterStart(options = {}) {
      const order = await placeOrder(options);
      if (await untilConfirmed(order)) {
        await world.sleep(pauseOf(options));
        await cancelByGuest(order);
      }
      return { id: order.id };
    },
    async courier(options = {}) {
      const order = await placeOrder(options);
      if (!(await untilConfirmed(order))) return { id: order.id };
      const start = { latitude: 40.7142, longitude: -74.0031 };
      const store = { latitude: 40.7048, longitude: -74.0119 };
      const guest = { latitude: 40.7097, longitude: -74.0059 };
      const dasher = (at: { latitude: number; longitude: number }) => ({
        first_name: 'Mateo',
        ...at,
        masked_phone_number: '+12025550177',
        vehicle: { color: 'Green', make: 'Vespa', model: 'Primavera' },
      });
      const status = async (dasher_status: string, at: { latitude: number; longitude: number }) => {
        world.say(`order ${order.code}: ${dasher_status}`);
        await send({
          dasher_status,
          ...aboutOf(order),
          dasher: dasher(at),
          created_at: new Date(world.now()).toISOString(),
        });
        await world.sleep(pauseOf(options));
      };
      await status('dasher_confirmed', start);
      await send({ dasher: dasher(halfway(start, store)), distance_from_store: 0.6, ...aboutOf(order) });
      await status('arriving_at_store', halfway(start, store));
      await status('arrived_at_store', store);
      while (order.state === 'confirmed' && options['untilReady'] === 'yes') await world.sleep(500);
      await status('dasher_out_for_delivery', store);
      await status('dropoff', guest);
      return { id: order.id };
    },
    /** DoorDash takes the store off by itself: too many orders were not confirmed. */
    async deactivated(options = {}) {
      const from = new Date(world.now());
      const end = new Date(world.now() + Number(options['minutes'] ?? 15) * 60_000).toISOString();
      off = { reason: 'Store is too busy', end_time: end };
      await send({
        store: { doordash_store_id: '7731001', merchant_supplied_id: world.store },
        event: { type: 'Store Temporarily Deactivated' },
        reason_id: 13,
        reason: 'Store is too busy',
        notes: 'Kitchen busy',
        start_time: from.toISOString(),
        end_time: end,
      });
      return { id: world.store };
    },
    /** DoorDash's support takes the first line out of a confirmed order. */
    async adjust(options = {}) {
      const order = await placeOrder(options);
      if (await untilConfirmed(order))
        await send({
          event: { type: 'OrderAdjust', event_time: new Date(world.now()).toISOString() },
          order: {
            id: order.id,
            client_order_id: order.theirs,
            store: storeOf(),
            items: [{ line_item_id: order.lines[0], adjustment_type: 'ITEM_REMOVE', quantity: 0 }],
          },
        });
      return { id: order.id };
    },
  };

  // The API -----------------------------------------------------------------------------------------------------

  async function answer(request: SimRequest): Promise<Answer> {
    const wrong = await tokenFault(request.headers['authorization'], world.secrets, world.now());
    if (wrong !== null) return no(401, 'authentication_error', wrong);
    if (request.headers['auth-version'] !== 'v2')
      return no(401, 'authentication_error', 'auth-version is missing');
    if (request.headers['user-agent'] !== `${world.secrets['providerType'] ?? ''}/1.0`)
      return no(403, 'authorization_error', 'The User-Agent names no provider');
    const [, about, name = '', rest = ''] =
      /^\/marketplace\/api\/v1\/(orders|stores)\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const body = readBody('application/json', request.body);
    const route = `${request.method} ${about ?? ''}${rest}`;
    if (about === 'stores') return answerStore(route, decodeURIComponent(name), body);
    const order = orders.get(decodeURIComponent(name));
    if (about !== 'orders' || order === undefined)
      return no(404, 'not_found', 'Order with provided ID does not exist');
    switch (route) {
      case 'PATCH orders':
        return confirm(order, body);
      case 'PATCH orders/cancellation':
        return cancelByStore(order, body);
      case 'PATCH orders/adjustment':
        return adjust(order, body);
      case 'PATCH orders/events/order_ready_for_pickup':
        if (order.state !== 'confirmed' && order.state !== 'ready')
          return no(400, 'bad_request', 'Order has expired');
        order.state = 'ready';
        order.acts.push('ready');
        return { status: 202 };
      default:
        return no(404, 'not_found', `There is no ${route}`);
    }
  }

  function confirm(order: Order, body: unknown): Answer {
    const status = textAt(body, 'order_status');
    const prepTime = textAt(body, 'prep_time');
    if (textAt(body, 'merchant_supplied_id') === null || (status !== 'success' && status !== 'fail'))
      return no(400, 'bad_request', 'order_status and merchant_supplied_id are required');
    if (prepTime !== null && !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(prepTime))
      return no(400, 'bad_request', 'prep_time is not in UTC');
    if (status === 'fail' && textAt(body, 'failure_reason') === null)
      return no(400, 'bad_request', 'failure_reason is required');
    const age = world.now() - order.sentAt;
    if (order.state === 'new' && age > EXPIRES_MS) order.state = 'expired';
    if (order.state === 'expired') {
      order.inTime = false;
      return no(400, 'bad_request', 'Order has expired');
    }
    if (order.state !== 'new') return no(400, 'bad_request', 'Order has already been processed');
    if (age > IN_TIME_MS) order.inTime = false;
    order.theirs = textAt(body, 'merchant_supplied_id');
    order.state = status === 'success' ? 'confirmed' : 'failed';
    order.acts.push(status === 'success' ? 'accept' : 'deny');
    return { status: 202 };
  }

  function cancelByStore(order: Order, body: unknown): Answer {
    if (!CANCEL_REASONS.includes(textAt(body, 'cancel_reason') ?? ''))
      return no(400, 'bad_request', 'cancel_reason is none of ours');
    if (order.state !== 'confirmed' && order.state !== 'ready')
      return no(400, 'bad_request', 'Order is not confirmed or has already been cancelled');
    order.state = 'cancelled';
    order.acts.push('cancel');
    return { status: 202 };
  }

  function adjust(order: Order, body: unknown): Answer {
    if (order.state !== 'confirmed' && order.state !== 'ready')
      return no(400, 'bad_request', 'Order is not confirmed or has been cancelled');
    const items = listAt(body, 'items');
    const isKnown = (item: unknown) => order.lines.includes(textAt(item, 'line_item_id') ?? '');
    if (items.length === 0 || !items.every(isKnown))
      return no(404, 'not_found', 'Order, item, or option with provided ID does not exist');
    for (const item of items)
      order.acts.push(`adjust ${numberAt(item, 'quantity') ?? 0} of ${textAt(item, 'line_item_id') ?? ''}`);
    return { status: 202 };
  }

  function answerStore(route: string, store: string, body: unknown): Answer {
    if (store !== world.store) return no(404, 'not_found', 'Store not found');
    switch (route) {
      case 'PUT stores/items/status':
      case 'PUT stores/item_options/status': {
        const areOptions = !route.endsWith('/items/status');
        const known = new Set(
          world.listed.flatMap(({ id, isOption }) => (isOption === areOptions ? [id] : [])),
        );
        const changes = Array.isArray(body) ? body : [];
        const strangers = changes.filter((one) => !known.has(textAt(one, 'merchant_supplied_id') ?? ''));
        if (changes.length === 0) return no(400, 'bad_request', 'An array of items is required');
        if (strangers.length === changes.length)
          return no(404, 'not_found', 'All items within request not found');
        if (strangers.length > 0) return no(400, 'bad_request', 'An item within request was not found');
        for (const change of changes) {
          const id = textAt(change, 'merchant_supplied_id') ?? '';
          if (flagAt(change, 'is_active') === true) itemsOff.delete(id);
          else itemsOff.add(id);
        }
        world.say(`off the menu: ${[...itemsOff].join(', ') || 'nothing'}`);
        return { status: 200 };
      }
      case 'PUT stores/status': {
        const isActive = flagAt(body, 'is_active');
        if (isActive === null) return no(400, 'bad_request', 'is_active is required');
        if (!isActive && !OFF_REASONS.includes(textAt(body, 'reason') ?? ''))
          return no(400, 'bad_request', 'reason is required');
        off = isActive ? null : { reason: textAt(body, 'reason') ?? '', end_time: textAt(body, 'end_time') };
        world.say(off === null ? 'the store is open' : 'the store is off');
        return { status: 200 };
      }
      case 'GET stores/store_details': {
        if (off?.end_time && Date.parse(off.end_time) <= world.now()) off = null;
        return {
          status: 200,
          body: {
            provider_name: world.secrets['providerType'],
            merchant_supplied_id: world.store,
            is_order_protocol_pos: true,
            current_deactivations: off === null ? [] : [{ ...off, experience: 'ANY_EXPERIENCE' }],
          },
        };
      }
      default:
        return no(404, 'not_found', `There is no ${route}`);
    }
  }

  return {
    answer,
    stories,
    told: () => [...orders.values()].map(({ id, acts, state, inTime }) => ({ id, acts, state, inTime })),
  };
}

function no(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

/** Half the way from one place to another. */
function halfway(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): { latitude: number; longitude: number } {
  return {
    latitude: (from.latitude + to.latitude) / 2,
    longitude: (from.longitude + to.longitude) / 2,
  };
}

/** What DoorDash has against a token, of either product; null: nothing. Checked by another hand than the one that signs. */
export async function tokenFault(
  authorization: string | undefined,
  secrets: Secrets,
  now: number,
): Promise<string | null> {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) return 'There is no bearer token';
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      Buffer.from(secrets['signingSecret'] ?? '', 'base64url'),
      {
        algorithms: ['HS256'],
        audience: 'doordash',
        issuer: secrets['developerId'] ?? '',
        currentDate: new Date(now),
        requiredClaims: ['iat', 'exp', 'kid'],
      },
    );
    if (protectedHeader['dd-ver'] !== 'DD-JWT-V1') return 'The header has no dd-ver';
    if (payload['kid'] !== secrets['keyId']) return 'The key is unknown';
    if ((payload.exp ?? 0) - (payload.iat ?? 0) > 1_800) return 'The token is good for too long';
    return null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return error.message;
    throw error;
  }
}

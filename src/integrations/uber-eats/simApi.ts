import type { SimAnswer, SimRequest, SimWorld } from '../simulation.ts';
import { field, numberAt, textAt } from '../wire.ts';
import { type SimOrder, uuidOf } from './simOrder.ts';
import { currentOrder, legacyState, olderOrder } from './simWords.ts';

/** Uber's API in the simulator: sign-in, both order APIs, the store, the menu's items. */

/** What a simulated store remembers. */
export type SimStore = {
  readonly orders: Map<string, SimOrder>;
  readonly tokens: Map<string, { readonly scopes: readonly string[]; readonly expiresAt: number }>;
  /** Until when each item is off the menu, unix s. */
  readonly suspended: Map<string, number>;
  offline: { readonly until: number; readonly why: string } | null;
};

export function newStore(): SimStore {
  return {
    orders: new Map(),
    tokens: new Map(),
    suspended: new Map(),
    offline: null,
  };
}

/** Without an answer for so long, Uber cancels. */
export const PATIENCE_MS = 11.5 * 60_000;
const TOKEN_LIFE_S = 2_592_000;
const SCOPES = ['eats.order', 'eats.store.orders.read', 'eats.store', 'eats.store.status.write'];

const NO_CONTENT: SimAnswer = { status: 204 };

export function problem(status: number, code: string, message: string): SimAnswer {
  return {
    status,
    body: {
      code,
      message,
      metadata: { field_violations: [], should_retry: false, recommended_retry_interval_secs: 0 },
    },
  };
}

export function answerAs(world: SimWorld, store: SimStore, request: SimRequest): SimAnswer {
  const { method, path } = request;
  if (path === '/oauth/v2/token') return method === 'POST' ? signIn(world, store, request) : notFound();
  const body: unknown = parsed(request.body);
  for (const [how, pattern, scope, handle] of ROUTES) {
    const match = how === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const refusal = checkToken(world, store, request, scope);
    return (
      refusal ??
      handle({ world, store, request, body, id: decodeURIComponent(match[1] ?? ''), more: match[2] ?? '' })
    );
  }
  return notFound();
}

const notFound = (): SimAnswer => problem(404, 'NOT_FOUND', 'not found');

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function signIn(world: SimWorld, store: SimStore, { body }: SimRequest): SimAnswer {
  const form = new URLSearchParams(body.toString('utf8'));
  if (
    form.get('client_id') !== world.secrets['clientId'] ||
    form.get('client_secret') !== world.secrets['clientSecret']
  )
    return { status: 401, body: { error: 'invalid_client', error_description: 'unknown client' } };
  if (form.get('grant_type') !== 'client_credentials')
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  const scopes = (form.get('scope') ?? '').split(' ');
  if (!scopes.every((scope) => SCOPES.includes(scope)))
    return { status: 400, body: { error: 'invalid_scope', error_description: 'scope(s) are invalid' } };
  const token = `sim.${uuidOf(world)}`;
  store.tokens.set(token, { scopes, expiresAt: world.now() + TOKEN_LIFE_S * 1_000 });
  return {
    status: 200,
    body: { access_token: token, expires_in: TOKEN_LIFE_S, token_type: 'Bearer', scope: scopes.join(' ') },
  };
}

function checkToken(
  world: SimWorld,
  store: SimStore,
  { headers }: SimRequest,
  scope: string,
): SimAnswer | null {
  const token = store.tokens.get((headers['authorization'] ?? '').replace(/^Bearer /, ''));
  if (token === undefined || token.expiresAt <= world.now())
    return problem(401, 'unauthorized', 'Invalid OAuth 2.0 credentials provided.');
  return token.scopes.includes(scope)
    ? null
    : problem(403, 'forbidden', `The token needs the scope ${scope}`);
}

type Asked = {
  readonly world: SimWorld;
  readonly store: SimStore;
  readonly request: SimRequest;
  readonly body: unknown;
  readonly id: string;
  readonly more: string;
};
type Route = readonly [method: string, path: RegExp, scope: string, handle: (asked: Asked) => SimAnswer];

const ROUTES: readonly Route[] = [
  ['GET', /^\/v1\/delivery\/order\/([^/]+)$/, 'eats.order', showOrder],
  ['POST', /^\/v1\/delivery\/order\/([^/]+)\/([a-z-]+)$/, 'eats.order', tell],
  ['GET', /^\/v1\/delivery\/store\/([^/]+)\/orders$/, 'eats.order', listOrders],
  ['GET', /^\/v2\/eats\/order\/([^/]+)$/, 'eats.store.orders.read', showOlder],
  ['POST', /^\/v1\/eats\/orders\/([^/]+)\/([a-z_]+)$/, 'eats.order', tellOlder],
  ['GET', /^\/v1\/eats\/stores\/([^/]+)\/created-orders$/, 'eats.store.orders.read', listOlder],
  ['POST', /^\/v1\/delivery\/store\/([^/]+)\/update-store-status$/, 'eats.store.status.write', setStatus],
  ['POST', /^\/v1\/delivery\/store\/([^/]+)\/update-store-prep-time$/, 'eats.store', setPrepTime],
  ['GET', /^\/v1\/delivery\/store\/([^/]+)\/status$/, 'eats.store', showStatus],
  ['GET', /^\/v2\/eats\/stores\/([^/]+)\/menus$/, 'eats.store', showMenu],
  ['POST', /^\/v2\/eats\/stores\/([^/]+)\/menus\/items\/([^/]+)$/, 'eats.store', suspend],
];

/** The order as it is now: nobody answered in time, and it is gone. */
export function lookAfter(world: Pick<SimWorld, 'now'>, order: SimOrder): SimOrder {
  if (order.state === 'OFFERED' && world.now() - order.offeredAt > PATIENCE_MS) {
    order.state = 'FAILED';
    order.inTime = false;
    order.failure = {
      reason: 'MERCHANT_NOT_RESPONDING',
      party: 'MERCHANT',
      words: 'Not accepted within 11.5 minutes',
    };
  }
  return order;
}

function orderAt({ world, store, id }: Asked, isLegacy: boolean): SimOrder | null {
  const order = store.orders.get(id);
  return order === undefined || order.isLegacy !== isLegacy ? null : lookAfter(world, order);
}

function expanded({ request }: Asked): readonly string[] {
  return (request.query['expand'] ?? '').split(',');
}

function showOrder(asked: Asked): SimAnswer {
  const order = orderAt(asked, false);
  if (order === null) return notFound();
  return { status: 200, body: { order: currentOrder(order, asked.world.store, expanded(asked)) } };
}

function listOrders(asked: Asked): SimAnswer {
  const { world, store, request, id } = asked;
  if (id !== world.store) return notFound();
  const states = (request.query['state'] ?? '').split(',');
  const found = [...store.orders.values()].filter(
    (order) => !order.isLegacy && states.includes(lookAfter(world, order).state),
  );
  return {
    status: 200,
    body: {
      data: found.map((order) => currentOrder(order, world.store, expanded(asked))),
      pagination_data: { next_page_token: '', page_size: found.length },
    },
  };
}

function showOlder(asked: Asked): SimAnswer {
  const order = orderAt(asked, true);
  return order === null ? notFound() : { status: 200, body: olderOrder(order, asked.world.store) };
}

function listOlder({ world, store, id }: Asked): SimAnswer {
  if (id !== world.store) return notFound();
  const found = [...store.orders.values()].filter(
    (order) => order.isLegacy && lookAfter(world, order).state === 'OFFERED',
  );
  return {
    status: 200,
    body: {
      orders: found.map((order) => ({
        id: order.id,
        current_state: legacyState(order),
        placed_at: new Date(order.placedAt).toISOString(),
      })),
    },
  };
}

/** From which states each step is allowed, and what it makes of the order. */
function apply(verb: string, order: SimOrder, now: number, body: unknown): SimAnswer | null {
  const wrong = (words: string) => problem(409, 'INVALID_ORDER_STATE', words);
  const isOver = order.state === 'FAILED' || order.state === 'SUCCEEDED';
  switch (verb) {
    case 'accept': {
      if (order.state !== 'OFFERED')
        return wrong(isOver ? 'order is no longer active' : 'order already accepted');
      order.state = 'ACCEPTED';
      const readyAt = Date.parse(textAt(body, 'ready_for_pickup_time') ?? '');
      const legacyReady = numberAt(body, 'pickup_time');
      if (Number.isFinite(readyAt)) order.readyAt = readyAt;
      else if (legacyReady !== null) order.readyAt = legacyReady * 1_000;
      return null;
    }
    case 'deny':
      if (order.state !== 'OFFERED') return wrong(`order is ${order.state}`);
      if (textAt(body, 'deny_reason', 'type') === null && textAt(body, 'reason', 'code') === null)
        return problem(400, 'INVALID_ARGUMENT', 'deny_reason.type is required');
      order.state = 'FAILED';
      order.failure = { reason: 'POS_DENIED', party: 'MERCHANT', words: 'Denied by the restaurant' };
      return null;
    case 'cancel':
      if (isOver || order.state === 'HANDED_OFF') return wrong(`order is ${order.state}`);
      order.state = 'FAILED';
      order.failure = { reason: 'MERCHANT_CANCELLED', party: 'MERCHANT', words: 'By the restaurant' };
      return null;
    case 'ready':
      if (order.state !== 'ACCEPTED' || order.isReady) return wrong(`order is ${order.state}`);
      order.isReady = true;
      return null;
    case 'update-ready-time': {
      const at = Date.parse(textAt(body, 'ready_for_pickup_time') ?? '');
      if (!Number.isFinite(at) || at <= now)
        return problem(400, 'INVALID_ARGUMENT', 'ready_for_pickup_time must be in the future');
      if (order.state !== 'ACCEPTED' || order.isReady) return wrong(`order is ${order.state}`);
      order.readyAt = at;
      return null;
    }
    default:
      return notFound();
  }
}

function tell(asked: Asked): SimAnswer {
  const order = orderAt(asked, false);
  if (order === null) return notFound();
  const refusal = apply(asked.more, order, asked.world.now(), asked.body);
  if (refusal !== null) return refusal;
  order.acts.push(asked.more);
  asked.world.say(`#${order.displayId} ${asked.more}`);
  return { status: 200, body: {} };
}

const OLDER_VERBS: Readonly<Record<string, string>> = {
  accept_pos_order: 'accept',
  deny_pos_order: 'deny',
  cancel: 'cancel',
};

function tellOlder(asked: Asked): SimAnswer {
  const order = orderAt(asked, true);
  const verb = OLDER_VERBS[asked.more];
  if (order === null || verb === undefined) return notFound();
  if (verb !== 'cancel' && field(asked.body, 'reason') === undefined)
    return problem(400, 'invalid_argument', 'reason is required');
  const refusal = apply(verb, order, asked.world.now(), asked.body);
  // Of an order that is over, the older API says that it does not exist.
  if (refusal !== null) return verb === 'cancel' ? notFound() : refusal;
  order.acts.push(verb);
  asked.world.say(`#${order.displayId} ${verb} (older API)`);
  return NO_CONTENT;
}

function setStatus({ world, store, id, body }: Asked): SimAnswer {
  if (id !== world.store) return notFound();
  const status = textAt(body, 'status');
  const until = Date.parse(textAt(body, 'is_offline_until') ?? '');
  if (status === 'ONLINE') store.offline = null;
  else if (status === 'OFFLINE' && Number.isFinite(until))
    store.offline = { until, why: 'PAUSED_BY_RESTAURANT' };
  else return problem(400, 'INVALID_ARGUMENT', 'is_offline_until is required when OFFLINE');
  world.say(`the store is ${status}`);
  return { status: 200, body: {} };
}

function showStatus({ world, store, id }: Asked): SimAnswer {
  if (id !== world.store) return notFound();
  const { offline } = store;
  return {
    status: 200,
    body:
      offline !== null && offline.until > world.now()
        ? { status: 'OFFLINE', offline_reason: offline.why }
        : { status: 'ONLINE' },
  };
}

function setPrepTime({ world, id, body }: Asked): SimAnswer {
  if (id !== world.store) return notFound();
  const seconds = numberAt(body, 'default_prep_time');
  if (seconds === null || seconds < 1 || seconds > 10_800)
    return problem(400, 'INVALID_ARGUMENT', 'default_prep_time must be from 1 to 10800');
  world.say(`food takes ${seconds} s`);
  return { status: 200, body: {} };
}

/** Is it off the menu now? */
export function isSuspended({ suspended }: Pick<SimStore, 'suspended'>, item: string, now: number): boolean {
  return (suspended.get(item) ?? 0) * 1_000 > now;
}

function showMenu({ world, id }: Asked): SimAnswer {
  if (id !== world.store) return notFound();
  return {
    status: 200,
    body: {
      items: world.listed.map((one) => ({
        id: one.id,
        external_data: one.id,
        title: { translations: { en: one.name } },
      })),
    },
  };
}

function suspend({ world, store, id, more, body }: Asked): SimAnswer {
  const item = decodeURIComponent(more);
  if (id !== world.store || !world.listed.some((one) => one.id === item)) return notFound();
  const until = numberAt(body, 'suspension_info', 'suspension', 'suspend_until');
  if (until === null)
    return problem(400, 'INVALID_ARGUMENT', 'suspension_info.suspension.suspend_until is required');
  if (until * 1_000 > world.now()) store.suspended.set(item, until);
  else store.suspended.delete(item);
  world.say(`${item} is ${store.suspended.has(item) ? 'off' : 'on'} the menu`);
  return NO_CONTENT;
}

import type { CanonicalOrder } from '../../domain/channel/canonical.ts';
import { orderGone, takeOrder } from '../platform.ts';
import type { Provider } from '../provider.ts';
import { ProviderRefused, TryLater } from '../provider.ts';
import { hmac, isSame } from '../signatures.ts';
import { countAt, listAt, moneyAt, textAt } from '../wire.ts';

/**
 * Kite, a delivery platform that does not exist: the example of `docs/integrations/adding-a-provider.md`, whole. It sends
 * orders and cancellations, asks how long the kitchen needs and waits for the answer, and wants to hear what is ready.
 */
export const kite: Provider = {
  id: 'kite',
  kind: 'orders',
  name: 'Kite',
  secrets: [
    { id: 'signingKey', label: 'Signing key', hint: 'Kite portal, Developers, Webhooks' },
    { id: 'apiKey', label: 'API key', optional: true, hint: 'Only for telling Kite what is ready' },
  ],
  environments: { production: { api: 'https://api.kite.example' } },

  // 1. Over the bytes as they came; `isSame` takes the same time for every wrong guess.
  verify({ headers, raw }, secrets) {
    const expected = hmac('sha256', secrets['signingKey'] ?? '', [raw], 'hex');
    return isSame(headers['x-kite-signature'], expected)
      ? { ok: true }
      : { ok: false, why: 'x-kite-signature is wrong' };
  },

  // 2. What is it, and how is a repeat known? Nothing in the body may be believed to be there.
  read({ body }) {
    const { id, type, order, store } = fieldsOf(body);
    const event = typeof type === 'string' ? type : 'unknown';
    const orderId = fieldsOf(order)['id'];
    return {
      event,
      ...(typeof id === 'string' && id !== '' && { key: id }),
      ...(typeof orderId === 'string' && { queue: orderId }),
      ...(typeof store === 'string' && { store }),
      ignore: !['order.created', 'order.cancelled', 'kitchen.question'].includes(event),
    };
  },

  // 3. What Kite wants to hear, the first time and every other.
  answer(delivery, why) {
    if (delivery.event === 'kitchen.question')
      return { status: 200, body: { minutes: why === 'late' ? 30 : 20 } };
    return { status: 200 };
  },

  // 4. Only for the one kind of delivery whose sender waits.
  respond: {
    wanted: ({ event }) => event === 'kitchen.question',
    withinMs: 1_500,
    async answer(_delivery, tools) {
      const { orders } = await tools.state();
      return { status: 200, body: { minutes: 15 + orders.size } };
    },
  },

  // 5. The work itself, in a job. It may run twice: the house knows an order and its cancellation again.
  async work(delivery, tools) {
    const { order } = fieldsOf(delivery.body);
    const kiteOrder = fieldsOf(order);
    const externalId = textAt(kiteOrder, 'id');
    if (delivery.event === 'kitchen.question') return { ignored: 'answered with the usual' };
    if (externalId === null) return { ignored: 'names no order' };
    if (delivery.event !== 'order.created')
      return orderGone(tools, externalId, { by: 'platform', words: 'Cancelled by Kite' });
    // Kite waits for no yes.
    return takeOrder(tools, {
      order: canonicalOf(kiteOrder, externalId, delivery.receivedAt),
      acceptWithinMs: null,
    });
  },

  // 6. What the house asks Kite for. A throw is tried again; a refusal is final, and somebody is told.
  async send({ act, externalId }, tools) {
    if (act !== 'ready' || typeof externalId !== 'string') return;
    const answer = await tools.call({
      method: 'POST',
      path: `/orders/${encodeURIComponent(externalId)}/ready`,
      headers: { authorization: `Bearer ${tools.secrets['apiKey'] ?? ''}` },
      body: {},
    });
    if (answer.status >= 500 || answer.status === 429) throw new TryLater(`Kite answered ${answer.status}`);
    if (answer.status >= 400)
      throw new ProviderRefused(textAt(answer.json, 'message') ?? 'Kite refused', String(answer.status));
  },
};

/** Kite's order in the words that all platforms share. What it does not say is null. */
function canonicalOf(order: Fields, externalId: string, receivedAt: string): CanonicalOrder {
  return {
    source: 'kite',
    externalId,
    displayId: null,
    storeRef: null,
    type: 'delivery',
    fulfilment: 'platform_courier',
    platformState: null,
    customer: {
      name: textAt(order, 'customer', 'name'),
      phone: textAt(order, 'customer', 'phone'),
      phoneCode: null,
    },
    items: listAt(order, 'items').map((item) => ({
      externalId: textAt(item, 'id'),
      name: textAt(item, 'name') ?? 'Item without a name',
      qty: countAt(item, 'qty'),
      price: moneyAt(item, 'price') ?? 0,
      modifiers: [],
      specialInstructions: textAt(item, 'note'),
      allergy: null,
    })),
    notes: null,
    cutlery: null,
    scheduledFor: null,
    placedAt: textAt(order, 'placed_at') ?? receivedAt,
    readyBy: null,
    estimatedReadyFor: null,
    total: null,
    courier: null,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** How Kite signs: for tests and simulators. */
export function signKite(raw: Buffer, signingKey: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-kite-signature': hmac('sha256', signingKey, [raw], 'hex') };
}

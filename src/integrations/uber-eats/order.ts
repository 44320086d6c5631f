import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { has, joined, optionOf } from '../orderWords.ts';
import { countAt, field, flagAt, listAt, moneyAt, numberAt, textAt } from '../wire.ts';
import { legacyOrder } from './legacyOrder.ts';
import { fulfilmentOf, nameOf, namesOf, uberCourier } from './words.ts';

/**
 * An order of Uber Eats in our words: Order Fulfillment 1.0.0 in both generations of its documentation, or v2. Null: it
 * has no id. The two generations differ in `partner_identifiers[].id | value`, `customer_request(s)`, the courier's name
 * as text or object, and `price_breakdown` as one object or a list.
 */
export function uberOrder(body: unknown, receivedAt: string): CanonicalOrder | null {
  const order = field(body, 'order') ?? body;
  if (has(order, 'cart') && !has(order, 'carts')) return legacyOrder(order, receivedAt);
  const externalId = textAt(order, 'id');
  if (externalId === null) return null;
  const kind = textAt(order, 'fulfillment_type');
  const customers = listAt(order, 'customers');
  const customer = customers.find((one) => flagAt(one, 'is_primary_customer')) ?? customers[0];
  const delivery = listAt(order, 'deliveries')[0];
  const carts = listAt(order, 'carts');
  const prices = pricesOf(order);
  const window = textAt(order, 'scheduled_order_target_delivery_time_range', 'start_time');
  const isScheduled = window !== null || textAt(order, 'status') === 'SCHEDULED';
  const pickUp = textAt(delivery, 'estimated_pick_up_time');
  const wanted = textAt(order, 'preparation_time', 'ready_for_pickup_time');
  const total = field(order, 'payment', 'payment_detail', 'order_total');
  const amount = numberAt(total, 'gross', 'amount_e5');
  return {
    source: 'uber_eats',
    externalId,
    displayId: textAt(order, 'display_id') ?? externalId.slice(-5).toUpperCase(),
    storeRef: storeOf(field(order, 'store')),
    ...fulfilmentOf(kind),
    platformState: textAt(order, 'state') ?? textAt(order, 'current_state'),
    customer: {
      name: nameOf(field(customer, 'name')),
      phone: textAt(customer, 'contact', 'phone', 'number'),
      phoneCode: textAt(customer, 'contact', 'phone', 'pin_code'),
    },
    items: carts.flatMap((cart) => listAt(cart, 'items').map((item) => itemOf(item, prices))),
    notes: joined(
      ' | ',
      ...carts.map((cart) => textAt(cart, 'special_instructions')),
      textAt(order, 'store_instructions'),
    ),
    cutlery: carts.length === 0 ? null : carts.some((cart) => flagAt(cart, 'include_single_use_items')),
    scheduledFor: isScheduled ? (window ?? pickUp ?? wanted) : null,
    placedAt: textAt(order, 'created_time') ?? receivedAt,
    readyBy: isScheduled ? (pickUp ?? wanted) : (wanted ?? pickUp),
    estimatedReadyFor: null,
    total:
      amount === null
        ? null
        : { amount: Math.round(amount / 1000), currency: textAt(total, 'gross', 'currency_code') ?? 'USD' },
    courier: uberCourier(delivery),
  };
}

/** Our own name for the store before Uber's. */
function storeOf(store: unknown): string | null {
  const own = listAt(store, 'partner_identifiers').find((one) => textAt(one, 'type') === 'MERCHANT_STORE_ID');
  return textAt(own, 'value') ?? textAt(own, 'id') ?? textAt(store, 'id');
}

/** Unit prices by the line's id in the cart, in hundredths; without modifiers. */
function pricesOf(order: unknown): ReadonlyMap<string, number> {
  const breakdown = field(order, 'payment', 'payment_detail', 'item_charges', 'price_breakdown');
  const entries = Array.isArray(breakdown)
    ? breakdown
    : has(breakdown, 'cart_item_id')
      ? [breakdown]
      : Object.entries(breakdown ?? {}).map(([id, price]) => ({ cart_item_id: id, ...Object(price) }));
  const prices = new Map<string, number>();
  for (const entry of entries) {
    const id = textAt(entry, 'cart_item_id');
    const unit = numberAt(entry, 'unit', 'gross', 'amount_e5');
    if (id !== null && unit !== null) prices.set(id, Math.round(unit / 1000));
  }
  return prices;
}

function itemOf(item: unknown, prices: ReadonlyMap<string, number>): CanonicalItem {
  const asked = field(item, 'customer_request') ?? field(item, 'customer_requests');
  const allergens = listAt(asked, 'allergy', 'allergens').flatMap(
    (one) => textAt(one, 'freeform_text') ?? textAt(one, 'type') ?? textAt(one) ?? [],
  );
  const note = textAt(asked, 'allergy', 'instructions');
  return {
    externalId: textAt(item, 'external_data') ?? textAt(item, 'id'),
    name: textAt(item, 'title') ?? textAt(item, 'external_data') ?? textAt(item, 'id') ?? '?',
    qty: countAt(item, 'quantity', 'amount'),
    price: moneyAt(prices.get(textAt(item, 'cart_item_id') ?? '')) ?? 0,
    modifiers: [...modifiersOf(item, prices, 0)],
    specialInstructions: textAt(asked, 'special_instructions') ?? textAt(item, 'special_instructions'),
    allergy: allergens.length > 0 || note !== null ? { allergens, note } : null,
  };
}

function* modifiersOf(
  item: unknown,
  prices: ReadonlyMap<string, number>,
  depth: number,
): Generator<CanonicalModifier> {
  for (const group of listAt(item, 'selected_modifier_groups')) {
    for (const one of listAt(group, 'selected_items')) {
      yield optionOf({
        ...namesOf(one),
        qty: countAt(one, 'quantity', 'amount'),
        price: prices.get(textAt(one, 'cart_item_id') ?? '') ?? null,
        depth,
      });
      yield* modifiersOf(one, prices, depth + 1);
    }
    for (const one of listAt(group, 'removed_items'))
      yield { action: 'remove', ...namesOf(one), qty: 1, price: null, depth };
  }
}

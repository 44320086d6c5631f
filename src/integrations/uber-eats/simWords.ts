import type { SimLine, SimOrder } from './simOrder.ts';

/** How Uber's two APIs tell of a simulated order. */

const iso = (ms: number): string => new Date(ms).toISOString();
const money = (cents: number) => ({
  amount_e5: cents * 1_000,
  currency_code: 'USD',
  formatted: `$${(cents / 100).toFixed(2)}`,
});
const priced = (cents: number) => ({
  display_amount: money(cents).formatted,
  net: money(cents),
  tax: money(0),
  gross: money(cents),
  is_tax_inclusive: false,
});
const amount = (pieces: number) => ({ amount: pieces, unit: 'PIECE' });

function totalOf({ lines }: SimOrder): number {
  return lines.reduce(
    (sum, { dish, qty, added }) =>
      sum + qty * (dish.price + added.reduce((more, { option }) => more + option.price, 0)),
    0,
  );
}

/** As `GET /v1/delivery/order/{id}` tells it: carts, deliveries and payment only when they are asked for. */
export function currentOrder(order: SimOrder, store: string, expand: readonly string[]): object {
  const { guest } = order;
  return {
    id: order.id,
    display_id: order.displayId,
    external_id: '',
    state: order.state,
    status: order.state === 'FAILED' || order.state === 'SUCCEEDED' ? 'COMPLETED' : 'ACTIVE',
    preparation_status: order.isReady ? 'READY_TO_HANDOFF' : 'PREPARING',
    ordering_platform: 'UBER_EATS',
    fulfillment_type: order.isPickup ? 'PICKUP' : 'DELIVERY_BY_UBER',
    ...(order.scheduledFor !== null && {
      scheduled_order_target_delivery_time_range: {
        start_time: iso(order.scheduledFor),
        end_time: iso(order.scheduledFor + 15 * 60_000),
      },
    }),
    store: { id: store, name: 'Simulated store', timezone: 'America/New_York', partner_identifiers: [] },
    customers: [
      {
        id: 'cust-1',
        name: {
          display_name: `${guest.first} ${guest.last}.`,
          first_name: guest.first,
          last_name: guest.last,
        },
        order_history: { past_order_count: 3 },
        contact: { phone: { number: '+1 202-555-0142', pin_code: '734 11 209', country_iso2: 'US' } },
        is_primary_customer: true,
        tax_profiles: [],
        can_respond_to_fulfillment_issues: false,
      },
    ],
    ...(expand.includes('deliveries') && { deliveries: [deliveryOf(order)] }),
    ...(expand.includes('carts') && { carts: [cartOf(order)] }),
    ...(expand.includes('payment') && { payment: paymentOf(order) }),
    is_order_accuracy_risk: false,
    store_instructions: '',
    preparation_time: {
      ready_for_pickup_time_secs: Math.round((order.readyAt - order.placedAt) / 1_000),
      source: 'PREDICTED_BY_UBER',
      ready_for_pickup_time: iso(order.readyAt),
    },
    ...(order.failure !== null && {
      failure_info: {
        reason: order.failure.reason,
        failure_attributed_to_party: order.failure.party,
        will_merchant_be_paid: order.acts.includes('accept'),
        description: order.failure.words,
      },
    }),
    created_time: iso(order.placedAt),
    has_membership_pass: false,
  };
}

function deliveryOf(order: SimOrder): object {
  return {
    id: `dlv-${order.displayId}`,
    ...(order.courier !== null && {
      delivery_partner: {
        id: 'partner-91',
        name: { display_name: order.courier.name },
        vehicle: { type: 'SCOOTER', make: 'Vespa', model: 'Primavera', color: 'Green' },
        contact: { phone: { number: '+1 202-555-0177', pin_code: '', country_iso2: 'US' } },
        current_location: { latitude: order.courier.lat, longitude: order.courier.lng },
      },
    }),
    status: order.state === 'FAILED' ? 'FAILED' : order.delivery,
    estimated_pick_up_time: iso(order.readyAt + 2 * 60_000),
    estimated_dropoff_time: '',
    interaction_type: 'DELIVER_TO_DOOR',
    instructions: '',
  };
}

function cartOf(order: SimOrder): object {
  return {
    id: `cart-${order.displayId}`,
    items: order.lines.map((line) => ({
      ...namedOf(line.key, line.dish, line.qty),
      ...((line.note !== '' || line.allergy !== null) && {
        customer_request: {
          ...(line.allergy !== null && {
            allergy: {
              allergens: line.allergy.allergens.map((type) => ({ type, freeform_text: '' })),
              instructions: line.allergy.words,
            },
          }),
          special_instructions: line.note,
        },
      }),
      selected_modifier_groups: groupsOf(line, (key, one, pieces) => namedOf(key, one, pieces)),
    })),
    fulfillment_issues: [],
    special_instructions: order.notes,
    include_single_use_items: false,
    revision_id: 'rev-1',
  };
}

type Named = { readonly id: string; readonly name: string };

function namedOf(key: string, one: Named, pieces: number): object {
  return {
    id: one.id,
    cart_item_id: key,
    customer_id: 'cust-1',
    title: one.name,
    external_data: one.id,
    quantity: amount(pieces),
    default_quantity: amount(pieces === 0 ? 1 : 0),
    selected_modifier_groups: [],
  };
}

function groupsOf(
  line: SimLine,
  tell: (key: string, one: Named & { readonly price?: number }, pieces: number) => object,
): object[] {
  const group = (id: string, title: string, selected: object[], removed: object[]) =>
    selected.length + removed.length === 0
      ? []
      : [{ id, title, external_data: id, selected_items: selected, removed_items: removed }];
  return [
    ...group(
      'options',
      'Options',
      line.added.map(({ key, option }) => tell(key, option, 1)),
      [],
    ),
    ...group(
      'comes-with',
      'Comes with',
      [],
      line.removed.map((one) => tell(one.key, one, 0)),
    ),
  ];
}

function paymentOf(order: SimOrder): object {
  const entry = (key: string, kind: string, pieces: number, cents: number) => ({
    cart_item_id: key,
    price_type: kind,
    quantity: amount(pieces),
    total: priced(pieces * cents),
    discount: priced(0),
    unit: priced(cents),
  });
  return {
    payment_detail: {
      order_total: priced(totalOf(order)),
      item_charges: {
        total: priced(totalOf(order)),
        price_breakdown: order.lines.flatMap(({ key, dish, qty, added }) => [
          entry(key, 'ITEM', qty, dish.price),
          ...added.map((one) => entry(one.key, 'OPTION', qty, one.option.price)),
        ]),
      },
      currency_code: 'USD',
    },
  };
}

const LEGACY_STATES = {
  OFFERED: 'CREATED',
  ACCEPTED: 'ACCEPTED',
  HANDED_OFF: 'ACCEPTED',
  SUCCEEDED: 'FINISHED',
  FAILED: 'CANCELED',
} as const;

export function legacyState(order: SimOrder): string {
  return LEGACY_STATES[order.state];
}

/** As `GET /v2/eats/order/{id}` tells it. */
export function olderOrder(order: SimOrder, store: string): object {
  const price = (cents: number, pieces: number) => ({
    unit_price: cash(cents),
    total_price: cash(cents * pieces),
    base_unit_price: cash(cents),
    base_total_price: cash(cents * pieces),
  });
  const named = (key: string, one: Named & { readonly price?: number }, pieces: number) => ({
    id: one.id,
    instance_id: key,
    title: one.name,
    external_data: one.id,
    quantity: pieces,
    price: price(one.price ?? 0, pieces),
    selected_modifier_groups: [] as object[],
  });
  return {
    id: order.id,
    display_id: order.displayId,
    external_reference_id: '',
    current_state: legacyState(order),
    store: { id: store, name: 'Simulated store' },
    eater: {
      first_name: order.guest.first,
      last_name: order.guest.last,
      phone: '+1 202-555-0142',
      phone_code: '734 11 209',
    },
    cart: {
      special_instructions: order.notes,
      items: order.lines.map((line) => ({
        ...named(line.key, line.dish, line.qty),
        selected_modifier_groups: groupsOf(line, named),
        special_instructions: line.note,
        ...(line.allergy !== null && {
          special_requests: {
            allergy: {
              allergens_to_exclude: line.allergy.allergens.map((type) => ({ type })),
              allergy_instructions: line.allergy.words,
            },
          },
        }),
      })),
      fulfillment_issues: [],
    },
    payment: { charges: { total: cash(totalOf(order)) } },
    placed_at: iso(order.placedAt),
    estimated_ready_for_pickup_at: iso(order.readyAt),
    type: order.isPickup ? 'PICK_UP' : 'DELIVERY_BY_UBER',
  };
}

function cash(cents: number): object {
  return { amount: cents, currency_code: 'USD', formatted_amount: money(cents).formatted };
}

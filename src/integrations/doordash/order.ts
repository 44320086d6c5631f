import type {
  CanonicalCourier,
  CanonicalItem,
  CanonicalModifier,
  CanonicalOrder,
} from '../../domain/channel/canonical.ts';
import { joined, optionOf, placeAt, vehicleOf } from '../orderWords.ts';
import { countAt, field, flagAt, listAt, moneyAt, textAt } from '../wire.ts';

/**
 * An order of DoorDash Marketplace in our words; null: it has no id. It carries no time of its own and no currency. The
 * published example writes `extra` where the schema writes `extras`.
 */
export function doordashOrder(body: unknown, receivedAt: string, currency: string): CanonicalOrder | null {
  const order = field(body, 'order') ?? body;
  const externalId = textAt(order, 'id');
  if (externalId === null) return null;
  const isPickup = flagAt(order, 'is_pickup') === true || textAt(order, 'fulfillment_type') === 'pickup';
  const initial = textAt(order, 'consumer', 'last_name');
  const subtotal = moneyAt(order, 'subtotal');
  const readyBy = textAt(order, 'estimated_pickup_time');
  return {
    source: 'doordash',
    externalId,
    displayId: textAt(order, 'delivery_short_code') ?? externalId.slice(-5).toUpperCase(),
    storeRef: textAt(order, 'store', 'merchant_supplied_id'),
    type: isPickup ? 'pickup' : 'delivery',
    fulfilment: isPickup
      ? 'customer'
      : textAt(order, 'fulfillment_type') === 'mx_fleet_delivery'
        ? 'own_courier'
        : 'platform_courier',
    platformState: textAt(body, 'event', 'status'),
    customer: {
      name: joined(' ', textAt(order, 'consumer', 'first_name'), initial && abbreviated(initial)),
      phone: textAt(order, 'consumer', 'phone'),
      phoneCode: null,
    },
    items: listAt(order, 'categories').flatMap((category) => listAt(category, 'items').map(itemOf)),
    dropoff: addressOf(field(order, 'delivery_address')),
    notes: textAt(order, 'order_special_instructions'),
    cutlery: flagAt(order, 'is_plastic_ware_option_selected'),
    scheduledFor: flagAt(order, 'is_scheduled') === true ? readyBy : null,
    placedAt: receivedAt,
    readyBy,
    estimatedReadyFor: null,
    total: subtotal === null ? null : { amount: subtotal + (moneyAt(order, 'tax') ?? 0), currency },
    courier: null,
  };
}

/** Sent with orders alone that the house brings itself. */
function addressOf(address: unknown): CanonicalOrder['dropoff'] {
  const street = joined(' ', textAt(address, 'street'), textAt(address, 'subpremise'));
  const town = joined(' ', textAt(address, 'state'), textAt(address, 'zip_code'));
  const line = joined(', ', street, textAt(address, 'city'), town);
  return line === null ? null : { address: line, instructions: textAt(address, 'address_instructions') };
}

function abbreviated(initial: string): string {
  return initial.length === 1 ? `${initial}.` : initial;
}

function itemOf(item: unknown): CanonicalItem {
  return {
    ...namesOf(item),
    lineId: textAt(item, 'line_item_id'),
    qty: countAt(item, 'quantity'),
    price: moneyAt(item, 'price') ?? 0,
    modifiers: [...modifiersOf(item, 0)],
    specialInstructions: textAt(item, 'special_instructions'),
    allergy: null,
    forPerson: textAt(item, 'consumer_name'),
  };
}

function* modifiersOf(item: unknown, depth: number): Generator<CanonicalModifier> {
  for (const group of [...listAt(item, 'extras'), ...listAt(item, 'extra')])
    for (const option of listAt(group, 'options')) {
      yield optionOf({
        ...namesOf(option),
        qty: countAt(option, 'quantity'),
        price: moneyAt(option, 'price'),
        depth,
      });
      yield* modifiersOf(option, depth + 1);
    }
}

function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'merchant_supplied_id');
  return { name: textAt(one, 'name') ?? externalId ?? '?', externalId };
}

/** Of the webhooks that speak of a dasher. */
export function dasherOf(body: unknown): CanonicalCourier | null {
  const dasher = field(body, 'dasher');
  const name = textAt(dasher, 'first_name');
  const status = textAt(body, 'dasher_status');
  if (name === null && status === null) return null;
  return {
    name,
    phone: textAt(dasher, 'masked_phone_number'),
    status,
    location: placeAt(dasher, 'latitude', 'longitude'),
    vehicle: vehicleOf(field(dasher, 'vehicle')),
  };
}

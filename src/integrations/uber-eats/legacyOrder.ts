import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { joined, optionOf } from '../orderWords.ts';
import { countAt, field, listAt, moneyAt, textAt } from '../wire.ts';
import { fulfilmentOf, namesOf, uberCourier } from './words.ts';

/** The older API (`/v2/eats/order`): prices in hundredths at the line itself, one eater, one cart. */
export function legacyOrder(order: unknown, receivedAt: string): CanonicalOrder | null {
  const externalId = textAt(order, 'id');
  if (externalId === null) return null;
  const total = field(order, 'payment', 'charges', 'total');
  const amount = moneyAt(total, 'amount');
  const readyBy = textAt(order, 'estimated_ready_for_pickup_at');
  return {
    source: 'uber_eats',
    externalId,
    displayId: textAt(order, 'display_id') ?? externalId.slice(-5).toUpperCase(),
    storeRef: textAt(order, 'store', 'external_reference_id') ?? textAt(order, 'store', 'id'),
    ...fulfilmentOf(textAt(order, 'type')),
    platformState: textAt(order, 'current_state'),
    customer: {
      name: joined(' ', textAt(order, 'eater', 'first_name'), textAt(order, 'eater', 'last_name')),
      phone: textAt(order, 'eater', 'phone'),
      phoneCode: textAt(order, 'eater', 'phone_code'),
    },
    items: listAt(order, 'cart', 'items').map(itemOf),
    notes: textAt(order, 'cart', 'special_instructions'),
    cutlery: null,
    scheduledFor: null,
    placedAt: textAt(order, 'placed_at') ?? receivedAt,
    readyBy,
    estimatedReadyFor: null,
    total: amount === null ? null : { amount, currency: textAt(total, 'currency_code') ?? 'USD' },
    courier: uberCourier(listAt(order, 'deliveries')[0]),
  };
}

function itemOf(item: unknown): CanonicalItem {
  const allergy = field(item, 'special_requests', 'allergy');
  const allergens = listAt(allergy, 'allergens_to_exclude').flatMap(
    (one) => textAt(one, 'freeform_text') ?? textAt(one, 'type') ?? [],
  );
  const note = textAt(allergy, 'allergy_instructions');
  return {
    ...namesOf(item),
    qty: countAt(item, 'quantity'),
    price: priceOf(item) ?? 0,
    modifiers: [...modifiersOf(item, 0)],
    specialInstructions: textAt(item, 'special_instructions'),
    allergy: allergens.length > 0 || note !== null ? { allergens, note } : null,
  };
}

function* modifiersOf(item: unknown, depth: number): Generator<CanonicalModifier> {
  for (const group of listAt(item, 'selected_modifier_groups')) {
    for (const one of listAt(group, 'selected_items')) {
      yield optionOf({ ...namesOf(one), qty: countAt(one, 'quantity'), price: priceOf(one), depth });
      yield* modifiersOf(one, depth + 1);
    }
    for (const one of listAt(group, 'removed_items'))
      yield { action: 'remove', ...namesOf(one), qty: 1, price: null, depth };
  }
}

/** `base_*` is without modifiers. */
function priceOf(item: unknown): number | null {
  return (
    moneyAt(item, 'price', 'base_unit_price', 'amount') ?? moneyAt(item, 'price', 'unit_price', 'amount')
  );
}

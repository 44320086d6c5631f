import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { optionOf } from '../orderWords.ts';
import { countAt, listAt, moneyAt, textAt } from '../wire.ts';

/** An order of Grubhub in our words; null: it has no id. Its shape is not public: this one is a guess. */
export function grubhubOrder(body: unknown, receivedAt: string, currency: string): CanonicalOrder | null {
  const externalId = textAt(body, 'uuid');
  if (externalId === null) return null;
  const isPickup = textAt(body, 'fulfillment_info', 'type') === 'PICKUP';
  const amount = moneyAt(body, 'charges', 'grand_total');
  return {
    source: 'grubhub',
    externalId,
    displayId: textAt(body, 'order_number')?.split('-').at(-1) ?? null,
    storeRef: textAt(body, 'merchant_id'),
    type: isPickup ? 'pickup' : 'delivery',
    fulfilment: isPickup ? 'customer' : 'unknown',
    platformState: textAt(body, 'status'),
    customer: {
      name: textAt(body, 'fulfillment_info', 'delivery_info', 'name'),
      phone: textAt(body, 'fulfillment_info', 'delivery_info', 'phone'),
      phoneCode: null,
    },
    items: listAt(body, 'charges', 'line_groups').flatMap((group) => listAt(group, 'lines').map(itemOf)),
    notes: null,
    cutlery: null,
    scheduledFor: null,
    placedAt: textAt(body, 'time_placed') ?? receivedAt,
    readyBy: textAt(body, 'when_for'),
    estimatedReadyFor: null,
    total: amount === null ? null : { amount, currency },
    courier: null,
  };
}

function itemOf(line: unknown): CanonicalItem {
  return {
    ...namesOf(line),
    qty: countAt(line, 'quantity'),
    price: moneyAt(line, 'price') ?? 0,
    modifiers: [...modifiersOf(listAt(line, 'line_options'), 0)],
    specialInstructions: textAt(line, 'special_instructions'),
    allergy: null,
  };
}

function* modifiersOf(options: readonly unknown[], depth: number): Generator<CanonicalModifier> {
  for (const one of options) {
    yield optionOf({ ...namesOf(one), qty: countAt(one, 'quantity'), price: moneyAt(one, 'price'), depth });
    yield* modifiersOf(listAt(one, 'line_sub_options'), depth + 1);
  }
}

function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'id');
  return { name: textAt(one, 'name') ?? externalId ?? '?', externalId };
}

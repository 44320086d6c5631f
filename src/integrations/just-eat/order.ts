import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { toInstant } from '../../domain/text.ts';
import { joined, optionOf } from '../orderWords.ts';
import { field, flagAt, listAt, moneyAt, numberAt, textAt } from '../wire.ts';

/** An order of JET Connect in our words; null: it has no id. It has no quantities (equal lines repeat) and no currency. */
export function justEatOrder(body: unknown, receivedAt: string, currency: string): CanonicalOrder | null {
  const externalId = textAt(body, 'id');
  if (externalId === null) return null;
  const kind = textAt(body, 'type');
  const isPickup = kind === 'collection-by-customer';
  const amount = moneyAt(body, 'total');
  const readyBy = timeAt(body, 'collect_at');
  return {
    source: 'just_eat',
    externalId,
    displayId: textAt(body, 'third_party_order_reference'),
    storeRef: textAt(body, 'posLocationId'),
    type: isPickup ? 'pickup' : 'delivery',
    fulfilment: isPickup
      ? 'customer'
      : kind === 'delivery-by-merchant'
        ? 'own_courier'
        : kind === 'delivery-by-delivery-partner'
          ? 'platform_courier'
          : 'unknown',
    // It was accepted on their tablet before it was sent.
    platformState: 'placed',
    customer: {
      name: joined(' ', textAt(body, 'delivery', 'first_name'), textAt(body, 'delivery', 'last_name')),
      phone: textAt(body, 'delivery', 'phone_number'),
      phoneCode: textAt(body, 'delivery', 'phone_masking_code'),
    },
    items: grouped(listAt(body, 'items').map(itemOf)),
    notes: joined(' | ', textAt(body, 'kitchen_notes'), textAt(body, 'collection_notes')),
    cutlery: null,
    scheduledFor: flagAt(body, 'extras', 'asap') === false ? readyBy : null,
    placedAt: timeAt(body, 'created_at') ?? receivedAt,
    readyBy,
    estimatedReadyFor: null,
    total: amount === null ? null : { amount, currency },
    courier: null,
  };
}

/** Seconds since 1970, in text. */
function timeAt(value: unknown, name: string): string | null {
  const seconds = numberAt(value, name);
  return seconds === null || seconds < 0 || seconds > 253_402_300_799 ? null : toInstant(seconds * 1000);
}

function itemOf(item: unknown): CanonicalItem {
  return {
    ...namesOf(item),
    qty: 1,
    price: moneyAt(item, 'price') ?? 0,
    modifiers: [...modifiersOf(item, 0)],
    specialInstructions: textAt(item, 'notes'),
    allergy: null,
  };
}

function* modifiersOf(item: unknown, depth: number): Generator<CanonicalModifier> {
  const options = listAt(item, 'children').map((one) => ({ one, key: JSON.stringify(one) }));
  for (const [index, { one, key }] of options.entries()) {
    if (options.findIndex((other) => other.key === key) < index) continue;
    const qty = options.filter((other) => other.key === key).length;
    yield optionOf({ ...namesOf(one), qty, price: moneyAt(one, 'price'), depth });
    yield* modifiersOf(one, depth + 1);
  }
}

function grouped(items: readonly CanonicalItem[]): CanonicalItem[] {
  const lines = new Map<string, CanonicalItem>();
  for (const item of items) {
    const key = JSON.stringify(item);
    const line = lines.get(key);
    lines.set(key, line ? { ...line, qty: Math.min(999, line.qty + 1) } : item);
  }
  return [...lines.values()];
}

function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'plu');
  return { name: textAt(one, 'name') ?? textAt(field(one, 'description')) ?? externalId ?? '?', externalId };
}

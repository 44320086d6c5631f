import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { optionOf } from '../orderWords.ts';
import { countAt, field, flagAt, listAt, moneyAt, textAt } from '../wire.ts';

/** An order of Deliveroo in our words; null: it has no id. It has no remarks by line and no removals. */
export function deliverooOrder(body: unknown, receivedAt: string): CanonicalOrder | null {
  const order = field(body, 'body', 'order');
  const externalId = textAt(order, 'id');
  if (externalId === null) return null;
  const cutlery = textAt(order, 'cutlery_notes');
  const amount = moneyAt(order, 'partner_order_total', 'fractional');
  const readyBy = textAt(order, 'prepare_for');
  return {
    source: 'deliveroo',
    externalId,
    displayId: textAt(order, 'display_id'),
    storeRef: textAt(order, 'location_id'),
    ...fulfilmentOf(textAt(order, 'fulfillment_type')),
    platformState: textAt(order, 'status'),
    customer: {
      name: textAt(order, 'customer', 'first_name'),
      phone: textAt(order, 'customer', 'contact_number'),
      phoneCode: textAt(order, 'customer', 'contact_access_code'),
    },
    items: listAt(order, 'items').map(itemOf),
    notes: textAt(order, 'order_notes'),
    cutlery: cutlery === null ? null : !/^no\b/i.test(cutlery),
    scheduledFor: flagAt(order, 'asap') === false ? readyBy : null,
    placedAt: textAt(order, 'status_log', 0, 'at') ?? receivedAt,
    readyBy,
    estimatedReadyFor: null,
    total:
      amount === null
        ? null
        : { amount, currency: textAt(order, 'partner_order_total', 'currency_code') ?? 'GBP' },
    courier: null,
  };
}

function fulfilmentOf(kind: string | null): Pick<CanonicalOrder, 'type' | 'fulfilment'> {
  switch (kind) {
    case 'deliveroo':
    case 'autonomous':
      return { type: 'delivery', fulfilment: 'platform_courier' };
    case 'restaurant':
      return { type: 'delivery', fulfilment: 'own_courier' };
    case 'customer':
      return { type: 'pickup', fulfilment: 'customer' };
    case 'table_service':
      return { type: 'dine_in', fulfilment: 'table' };
    default:
      return { type: 'delivery', fulfilment: 'unknown' };
  }
}

function itemOf(item: unknown): CanonicalItem {
  return {
    ...namesOf(item),
    qty: countAt(item, 'quantity'),
    price: priceOf(item) ?? 0,
    modifiers: [...modifiersOf(item, 0)],
    specialInstructions: null,
    allergy: null,
  };
}

function* modifiersOf(item: unknown, depth: number): Generator<CanonicalModifier> {
  for (const one of listAt(item, 'modifiers')) {
    yield optionOf({ ...namesOf(one), qty: countAt(one, 'quantity'), price: priceOf(one), depth });
    yield* modifiersOf(one, depth + 1);
  }
}

/** `unit_price` counts the modifiers in; the menu's does not. */
function priceOf(item: unknown): number | null {
  return moneyAt(item, 'menu_unit_price', 'fractional') ?? moneyAt(item, 'unit_price', 'fractional');
}

function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'pos_item_id');
  return { name: textAt(one, 'name') ?? externalId ?? '?', externalId };
}

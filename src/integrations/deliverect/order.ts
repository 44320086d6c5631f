import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { optionOf } from '../orderWords.ts';
import { countAt, flagAt, listAt, numberAt, textAt } from '../wire.ts';

/** An order behind Deliverect, a hub of many platforms, in our words; null: it has no id. */
export function deliverectOrder(body: unknown, receivedAt: string, currency: string): CanonicalOrder | null {
  const externalId = textAt(body, '_id');
  if (externalId === null) return null;
  const digits = numberAt(body, 'decimalDigits') ?? 2;
  // Ours are hundredths, whatever the hub counts in.
  const scale = 10 ** (2 - Math.min(4, Math.max(0, digits)));
  const amount = numberAt(body, 'payment', 'amount');
  const readyBy = textAt(body, 'pickupTime');
  return {
    source: `deliverect:${numberAt(body, 'channel') ?? 0}`,
    externalId,
    displayId: textAt(body, 'channelOrderDisplayId'),
    storeRef: textAt(body, 'posLocationId') ?? textAt(body, 'location'),
    ...fulfilmentOf(numberAt(body, 'orderType')),
    platformState: textAt(body, 'status'),
    customer: {
      name: textAt(body, 'customer', 'name'),
      phone: textAt(body, 'customer', 'phoneNumber'),
      phoneCode: textAt(body, 'customer', 'phoneAccessCode'),
    },
    items: listAt(body, 'items').map((item) => itemOf(item, scale)),
    notes: textAt(body, 'note'),
    cutlery: flagAt(body, 'packaging', 'includeCutlery'),
    scheduledFor: flagAt(body, 'deliveryIsAsap') === false ? readyBy : null,
    placedAt: textAt(body, '_created') ?? receivedAt,
    readyBy,
    estimatedReadyFor: null,
    total: amount === null ? null : { amount: Math.round(amount * scale), currency },
    courier: null,
  };
}

/** Who brings it, the hub does not say. */
function fulfilmentOf(kind: number | null): Pick<CanonicalOrder, 'type' | 'fulfilment'> {
  switch (kind) {
    case 1:
      return { type: 'pickup', fulfilment: 'customer' };
    case 3:
      return { type: 'dine_in', fulfilment: 'table' };
    case 4:
      return { type: 'curbside', fulfilment: 'customer' };
    default:
      return { type: 'delivery', fulfilment: 'unknown' };
  }
}

function itemOf(item: unknown, scale: number): CanonicalItem {
  return {
    ...namesOf(item),
    qty: countAt(item, 'quantity'),
    price: Math.round((numberAt(item, 'price') ?? 0) * scale),
    modifiers: [...modifiersOf(item, scale, 0)],
    specialInstructions: textAt(item, 'remark') ?? textAt(item, 'itemRemark'),
    allergy: null,
  };
}

function* modifiersOf(item: unknown, scale: number, depth: number): Generator<CanonicalModifier> {
  for (const one of listAt(item, 'subItems')) {
    const price = Math.round((numberAt(one, 'price') ?? 0) * scale);
    yield optionOf({ ...namesOf(one), qty: countAt(one, 'quantity'), price, depth });
    yield* modifiersOf(one, scale, depth + 1);
  }
}

function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'plu');
  return { name: textAt(one, 'name') ?? externalId ?? '?', externalId };
}

import { has } from '../orderWords.ts';
import type { Reading } from '../provider.ts';
import { flagAt, textAt } from '../wire.ts';

/**
 * What kind of delivery DoorDash Marketplace sent. Only some carry an `event.type`; the others are told apart by their
 * shape. There is no id of a delivery, so that each kind is known again by what it says.
 */
export type DoordashKind =
  | 'OrderCreate'
  | 'OrderCancel'
  | 'OrderRelease'
  | 'DasherStatus'
  | 'OrderAdjust'
  | 'StoreDeactivated';

const BY_TYPE: Readonly<Record<string, DoordashKind>> = {
  ordercreate: 'OrderCreate',
  orderadjust: 'OrderAdjust',
  // Their page and their schema differ in the name.
  orderadjustment: 'OrderAdjust',
  ordercancel: 'OrderCancel',
  ordercancelled: 'OrderCancel',
  ordercanceled: 'OrderCancel',
  storetemporarilydeactivated: 'StoreDeactivated',
};

/** Null: none that we know. */
export function kindOf(body: unknown): DoordashKind | null {
  const type = textAt(body, 'event', 'type');
  if (type !== null) {
    const plain = type.toLowerCase().replaceAll(/[\s_-]/g, '');
    return Object.hasOwn(BY_TYPE, plain) ? (BY_TYPE[plain] ?? null) : null;
  }
  if (textAt(body, 'dasher_status') !== null) return 'DasherStatus';
  if (has(body, 'dasher') && has(body, 'distance_from_store')) return 'OrderRelease';
  return flagAt(body, 'is_asap') !== null && textAt(body, 'external_order_id') !== null
    ? 'OrderCancel'
    : null;
}

/** DoorDash's id of the order that a delivery is about. */
export function orderIdOf(body: unknown): string | null {
  return textAt(body, 'external_order_id') ?? textAt(body, 'order', 'id');
}

export function readDoordash(body: unknown): Reading {
  const kind = kindOf(body);
  const order = orderIdOf(body);
  const store =
    textAt(body, 'order', 'store', 'merchant_supplied_id') ?? textAt(body, 'store', 'merchant_supplied_id');
  const key = kind === null ? null : keyOf(kind, order, body);
  return {
    event: kind ?? textAt(body, 'event', 'type') ?? 'unknown',
    ...(key !== null && { key }),
    ...(order !== null && { queue: order }),
    ...(store !== null && { store }),
    ignore: kind === null,
  };
}

/** Null: by the digest of its bytes. */
function keyOf(kind: DoordashKind, order: string | null, body: unknown): string | null {
  const key = (...words: readonly (string | null)[]) => [kind, order, ...words].join('/');
  switch (kind) {
    case 'OrderCreate':
    case 'OrderCancel':
      return order === null ? null : key();
    // The second dasher of an order is confirmed as well: the time tells the two apart.
    case 'DasherStatus':
      return order === null ? null : key(textAt(body, 'dasher_status'), textAt(body, 'created_at'));
    case 'OrderRelease':
      return order === null ? null : key(textAt(body, 'dasher', 'masked_phone_number'));
    case 'OrderAdjust': {
      const at = textAt(body, 'event', 'event_time') ?? textAt(body, 'event', 'event_timestamp');
      return order === null || at === null ? null : key(at);
    }
    case 'StoreDeactivated':
      return null;
  }
}

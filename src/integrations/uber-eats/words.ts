import type { CanonicalCourier, CanonicalOrder } from '../../domain/channel/canonical.ts';
import { joined, placeAt, vehicleOf } from '../orderWords.ts';
import { field, textAt } from '../wire.ts';

/** What both APIs of Uber Eats say alike. */

export function fulfilmentOf(kind: string | null): Pick<CanonicalOrder, 'type' | 'fulfilment'> {
  switch (kind) {
    case 'DELIVERY_BY_UBER':
      return { type: 'delivery', fulfilment: 'platform_courier' };
    case 'DELIVERY_BY_MERCHANT':
    case 'DELIVERY_BY_RESTAURANT':
      return { type: 'delivery', fulfilment: 'own_courier' };
    case 'PICKUP':
    case 'PICK_UP':
      return { type: 'pickup', fulfilment: 'customer' };
    case 'DINE_IN':
      return { type: 'dine_in', fulfilment: 'table' };
    default:
      return { type: 'delivery', fulfilment: 'unknown' };
  }
}

export function nameOf(name: unknown): string | null {
  return (
    textAt(name) ??
    textAt(name, 'display_name') ??
    joined(' ', textAt(name, 'first_name'), textAt(name, 'last_name'))
  );
}

export function namesOf(one: unknown): { name: string; externalId: string | null } {
  const externalId = textAt(one, 'external_data') ?? textAt(one, 'id');
  return { name: textAt(one, 'title') ?? externalId ?? '?', externalId };
}

/** Who brings it, as soon as Uber names somebody. */
export function uberCourier(delivery: unknown): CanonicalCourier | null {
  const partner = field(delivery, 'delivery_partner');
  const name = nameOf(field(partner, 'name'));
  if (name === null && textAt(partner, 'id') === null) return null;
  return {
    name,
    phone: textAt(partner, 'contact', 'phone', 'number') ?? textAt(partner, 'contact', 'phone'),
    status: textAt(delivery, 'status') ?? textAt(delivery, 'current_state'),
    location: placeAt(field(partner, 'current_location'), 'latitude', 'longitude'),
    vehicle: vehicleOf(field(partner, 'vehicle')),
  };
}

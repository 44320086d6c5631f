import type { CanonicalCourier } from '../../domain/channel/canonical.ts';
import type { CourierState } from '../../domain/channel/state.ts';
import { toInstant, toMillis } from '../../domain/text.ts';
import { joined, placeAt } from '../orderWords.ts';
import type { Reading } from '../provider.ts';
import { field, textAt } from '../wire.ts';

/** A delivery of DoorDash Drive in our words: the same fields come by webhook (with an event) and by asking (with a state). */

const BY_EVENT: Readonly<Record<string, CourierState>> = {
  DELIVERY_CREATED: 'requested',
  DASHER_CONFIRMED: 'assigned',
  DASHER_ENROUTE_TO_PICKUP: 'to_pickup',
  DASHER_CONFIRMED_PICKUP_ARRIVAL: 'at_pickup',
  DASHER_PICKED_UP: 'picked_up',
  DASHER_ENROUTE_TO_DROPOFF: 'to_dropoff',
  DASHER_CONFIRMED_DROPOFF_ARRIVAL: 'at_dropoff',
  DASHER_DROPPED_OFF: 'delivered',
  DELIVERY_CANCELLED: 'cancelled',
  DELIVERY_RETURN_INITIALIZED: 'return_started',
  DASHER_ENROUTE_TO_RETURN: 'return_started',
  DASHER_CONFIRMED_RETURN_ARRIVAL: 'return_arrived',
  DELIVERY_RETURNED: 'returned',
};
const BATCHED = 'DELIVERY_BATCHED';

const BY_STATUS: Readonly<Record<string, CourierState>> = {
  created: 'requested',
  confirmed: 'assigned',
  enroute_to_pickup: 'to_pickup',
  arrived_at_pickup: 'at_pickup',
  picked_up: 'picked_up',
  enroute_to_dropoff: 'to_dropoff',
  arrived_at_dropoff: 'at_dropoff',
  delivered: 'delivered',
  cancelled: 'cancelled',
  enroute_to_return: 'return_started',
  arrived_at_return: 'return_arrived',
  returned: 'returned',
};

/** Upper case as most of them are; those of the way are sent in lower case. */
function eventOf(body: unknown): string | null {
  return textAt(body, 'event_name')?.toUpperCase() ?? null;
}

export function deliveryIdOf(body: unknown): string | null {
  return textAt(body, 'external_delivery_id');
}

/** The house's own id of the order, out of the name that it gave the delivery; later ones of an order count. Null: none of ours. */
export function orderOf(deliveryId: string): string | null {
  return /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-\d{1,4})?$/.exec(deliveryId)?.[1] ?? null;
}

export function isBatched(body: unknown): boolean {
  return eventOf(body) === BATCHED;
}

/** Of a webhook. Null: it says nothing of where the courier is. */
export function eventState(body: unknown): CourierState | null {
  return lookUp(BY_EVENT, eventOf(body));
}

/** Of an answer. */
export function statusState(body: unknown): CourierState | null {
  return lookUp(BY_STATUS, textAt(body, 'delivery_status'));
}

function lookUp(table: Readonly<Record<string, CourierState>>, word: string | null): CourierState | null {
  return word !== null && Object.hasOwn(table, word) ? (table[word] ?? null) : null;
}

/** There is no id of a delivery of theirs: each is known again by what, of what and when. */
export function readDrive(body: unknown): Reading {
  const event = eventOf(body);
  const id = deliveryIdOf(body);
  const at = textAt(body, 'created_at');
  return {
    event: event ?? 'unknown',
    ...(event !== null && id !== null && at !== null && { key: `${id}/${event}/${at}` }),
    ...(id !== null && { queue: id }),
    ignore: event === null || (event !== BATCHED && eventState(body) === null),
  };
}

export function timeOf(body: unknown, otherwise: string): string {
  const at = toMillis(textAt(body, 'created_at') ?? textAt(body, 'updated_at') ?? '');
  return at === null ? otherwise : toInstant(at);
}

/** Null: nobody is on the way yet. */
export function courierOf(body: unknown): CanonicalCourier | null {
  const name = textAt(body, 'dasher_name');
  const location = placeAt(field(body, 'dasher_location'), 'lat', 'lng');
  if (name === null && location === null) return null;
  return {
    name,
    // The number for whoever waits at the restaurant; the other one is the guest's.
    phone: textAt(body, 'dasher_pickup_phone_number'),
    status: textAt(body, 'delivery_status') ?? eventOf(body),
    location,
    vehicle: joined(
      ' ',
      ...['dasher_vehicle_make', 'dasher_vehicle_model', 'dasher_vehicle_year'].map((one) =>
        textAt(body, one),
      ),
    ),
  };
}

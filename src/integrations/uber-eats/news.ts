import { askOf } from '../../domain/channel/platform.ts';
import type { Platform } from '../../domain/channel/state.ts';
import {
  type CourierState,
  courierSaid,
  orderGone,
  orderIdOf,
  platformSaid,
  takeOrder,
} from '../platform.ts';
import type { ProviderTools, WorkResult } from '../provider.ts';
import { listAt, textAt } from '../wire.ts';
import { isoOf, pathId } from './api.ts';
import { uberOrder } from './order.ts';
import { inside, standingOf } from './orders.ts';
import { acceptAgain } from './send.ts';
import { uberCourier } from './words.ts';

/** What an order, as Uber shows it now, means for the house. All of it may be said again and again. */

/** Without a yes or no for so long, Uber cancels. */
const ANSWER_WITHIN_MS = 690_000;

export const ALREADY_HERE: WorkResult = { ignored: 'is here already' };

/** An order into the kitchen, or a second yes for one that was ordered ahead. `toldAt`: when Uber said so. */
export async function orderOffered(
  tools: ProviderTools,
  body: unknown,
  toldAt: string | null,
): Promise<WorkResult> {
  const order = uberOrder(body, toldAt ?? isoOf(tools.now()));
  const id = pathId(order?.externalId);
  if (order === null || id === null) return { ignored: 'is no order that can be read' };
  const standing = standingOf(body);
  // A cancellation that overtook its order: nobody is to cook it.
  if (standing === 'failed' || standing === 'over')
    return { ignored: `is over at Uber Eats: ${order.platformState ?? ''}` };
  const waits = standing === 'offered' || standing === 'unknown';
  const known = await platformOf(tools, id);
  if (known === null) {
    const placedAt = offeredAt(order.placedAt, toldAt, tools.now());
    return takeOrder(tools, {
      order: { ...order, placedAt },
      acceptWithinMs: waits ? ANSWER_WITHIN_MS : null,
    });
  }
  if (known.ended !== undefined) return ALREADY_HERE;
  if (waits && known.accepted !== undefined) {
    // The yes is on its way, or was refused, and somebody has been told of that.
    const told = askOf(known, 'accept')?.told ?? 'told';
    if (told !== 'told') return ALREADY_HERE;
    // Ordered ahead and accepted then; Uber asks once more when its hour comes.
    await acceptAgain(tools, id, orderIdOf(tools, id), known.accepted.readyAt);
    return 'done';
  }
  if (!waits && known.accepted === undefined && known.withinMs !== undefined)
    return platformSaid(tools, id, { state: 'accepted', at: isoOf(tools.now()) });
  return ALREADY_HERE;
}

/**
 * Since when Uber waits: not always since the guest ordered. What was ordered this morning for tonight is offered tonight,
 * and counted from the morning it would be too late at once.
 */
function offeredAt(placedAt: string, toldAt: string | null, now: number): string {
  const times = [placedAt, toldAt ?? ''].map((one) => Date.parse(one)).filter((ms) => ms <= now);
  const latest = Math.max(...times, Number.NEGATIVE_INFINITY);
  return isoOf(now - latest > ANSWER_WITHIN_MS ? now : latest);
}

/** What the house knows of an order's life at Uber; null: it is not here. */
export async function platformOf(tools: ProviderTools, id: string): Promise<Platform | null> {
  const { orders } = await tools.state();
  return orders.get(orderIdOf(tools, id))?.platform ?? null;
}

/** Cancelled, denied or let lapse. `body`: as Uber shows it now, if it does. */
export async function orderFailed(tools: ProviderTools, id: string, body: unknown): Promise<WorkResult> {
  const order = inside(body);
  const reason = textAt(order, 'failure_info', 'reason') ?? '';
  return orderGone(tools, id, {
    by: whoseDoing(textAt(order, 'failure_info', 'failure_attributed_to_party') ?? '', reason),
    words: textAt(order, 'failure_info', 'description') ?? (reason || 'Cancelled at Uber Eats'),
  });
}

function whoseDoing(party: string, reason: string): 'platform' | 'guest' | 'clock' | 'house' {
  if (/CUSTOMER|EATER/i.test(party)) return 'guest';
  if (!/MERCHANT|RESTAURANT|STORE/i.test(party)) return 'platform';
  return /RESPON|TIME|EXPIR/i.test(reason) ? 'clock' : 'house';
}

/** By `deliveries[].status`, without its lines: the documents spell it in more than one way. */
const COURIER_STATES: Readonly<Record<string, CourierState>> = {
  SCHEDULED: 'requested',
  CREATED: 'requested',
  PENDING: 'requested',
  ASSIGNED: 'assigned',
  ENROUTETOPICKUP: 'to_pickup',
  ARRIVEDATPICKUP: 'at_pickup',
  PICKEDUP: 'picked_up',
  ENROUTETODROPOFF: 'to_dropoff',
  ARRIVEDATDROPOFF: 'at_dropoff',
  COMPLETED: 'delivered',
  DELIVERED: 'delivered',
  RETURNING: 'return_started',
  RETURNED: 'returned',
  UNASSIGNED: 'cancelled',
  CANCELED: 'cancelled',
  CANCELLED: 'cancelled',
  FAILED: 'cancelled',
};

/** Null: no word that is known for where a courier is. */
export function courierStateOf(body: unknown): CourierState | null {
  const trip = listAt(inside(body), 'deliveries')[0];
  const word = textAt(trip, 'status') ?? textAt(trip, 'current_state') ?? '';
  const spelt = word.toUpperCase().replaceAll(/[^A-Z]/g, '');
  const state = (Object.hasOwn(COURIER_STATES, spelt) ? COURIER_STATES[spelt] : undefined) ?? null;
  return state === 'requested' && uberCourier(trip) !== null ? 'assigned' : state;
}

/** Where the courier is, and what follows from it for the order. */
export async function courierSeen(
  tools: ProviderTools,
  id: string,
  body: unknown,
  at: string,
): Promise<WorkResult> {
  const state = courierStateOf(body);
  if (state === null) return { ignored: 'does not say where the courier is in words that are known' };
  const known = (await platformOf(tools, id))?.courier;
  // That nobody is on the way yet is news only after somebody was called off.
  if (state === 'requested' && known !== undefined && known.state !== 'cancelled')
    return { ignored: 'no courier yet' };
  const trip = listAt(inside(body), 'deliveries')[0];
  const said = await courierSaid(tools, id, {
    state,
    at,
    courier: uberCourier(trip),
    eta: textAt(trip, state === 'to_dropoff' ? 'estimated_dropoff_time' : 'estimated_pick_up_time'),
  });
  const standing = standingOf(body);
  if (said !== 'done' || (standing !== 'handed_off' && standing !== 'over')) return said;
  return platformSaid(tools, id, { state: standing === 'over' ? 'delivered' : 'collected', at });
}

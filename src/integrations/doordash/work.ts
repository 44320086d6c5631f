import { courierSaid, orderGone, storeSaid, takeOrder } from '../platform.ts';
import type { CourierState } from '../platform.ts';
import type { Delivery, ProviderTools, WorkResult } from '../provider.ts';
import { joined } from '../orderWords.ts';
import { listAt, textAt } from '../wire.ts';
import { adjustOrder } from './adjust.ts';
import { dasherOf, doordashOrder } from './order.ts';
import { kindOf, orderIdOf } from './read.ts';
import { readStore } from './send.ts';

/** What a delivery of DoorDash Marketplace asks of the house. */

/** DoorDash says 3 to 8 minutes. */
const ACCEPT_WITHIN_MS = 3 * 60_000;

const DASHER: Readonly<Record<string, CourierState>> = {
  dasher_confirmed: 'assigned',
  arriving_at_store: 'to_pickup',
  arrived_at_store: 'at_pickup',
  dasher_out_for_delivery: 'picked_up',
  dropoff: 'delivered',
};

export async function workDoordash(delivery: Delivery, tools: ProviderTools): Promise<WorkResult> {
  const { body, receivedAt } = delivery;
  const kind = kindOf(body);
  if (kind === null) return { ignored: 'of a kind that nobody knows' };
  if (kind === 'StoreDeactivated') return storeTakenOff(body, receivedAt, tools);
  const order = orderIdOf(body);
  if (order === null) return { ignored: 'names no order' };
  switch (kind) {
    case 'OrderCreate': {
      const canonical = doordashOrder(body, receivedAt, tools.config.currency);
      if (canonical === null) return { ignored: 'names no order' };
      return takeOrder(tools, { order: canonical, acceptWithinMs: ACCEPT_WITHIN_MS });
    }
    case 'OrderCancel':
      return orderGone(tools, order, { by: 'platform', words: 'Cancelled on DoorDash' });
    // Sent when the dasher is so near that the food may be begun: it was begun when it had to be, but where he is is news.
    case 'OrderRelease':
      return courierSaid(tools, order, { state: 'to_pickup', at: receivedAt, courier: dasherOf(body) });
    case 'DasherStatus': {
      const status = textAt(body, 'dasher_status') ?? '';
      const state = Object.hasOwn(DASHER, status) ? DASHER[status] : undefined;
      if (state === undefined) return { ignored: `a dasher who is "${status.slice(0, 60)}"` };
      const at = textAt(body, 'created_at') ?? receivedAt;
      return courierSaid(tools, order, { state, at, courier: dasherOf(body) });
    }
    case 'OrderAdjust':
      return adjustOrder(tools, order, listAt(body, 'order', 'items'), delivery.key);
    default:
      return kind satisfies never;
  }
}

/** Nothing is signed: before the house believes that it is closed, DoorDash itself is asked. */
async function storeTakenOff(body: unknown, receivedAt: string, tools: ProviderTools): Promise<WorkResult> {
  const reason = joined(', ', textAt(body, 'reason'), textAt(body, 'notes')) ?? 'Taken off by DoorDash';
  const at = textAt(body, 'start_time') ?? receivedAt;
  const store = await readStore(tools);
  return store === 'on'
    ? { ignored: 'DoorDash itself says that the store is open' }
    : storeSaid(tools, { open: false, reason, at });
}

/** DoorDash does not tell that it put the store on again. */
export async function lookAtDoordash(tools: ProviderTools): Promise<void> {
  const { channels } = await tools.state();
  if (channels.doors[tools.channel.id]?.paused?.by !== 'platform') return;
  if ((await readStore(tools)) === 'on')
    await storeSaid(tools, {
      open: true,
      reason: 'On again at DoorDash',
      at: new Date(tools.now()).toISOString(),
    });
}

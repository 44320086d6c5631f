import type { CourierState } from '../../domain/channel/state.ts';
import { toInstant } from '../../domain/text.ts';
import { courierSaid } from '../platform.ts';
import { type Delivery, type ProviderTools, TryLater, type WorkResult } from '../provider.ts';
import { textAt } from '../wire.ts';
import { courierOf, deliveryIdOf, eventState, isBatched, orderOf, statusState, timeOf } from './delivery.ts';
import { readDelivery } from './send.ts';

/** What DoorDash Drive tells of a courier whom the house called, and what it is asked where it does not tell. */

/** Nothing of a webhook is signed: before these are believed, Drive itself is asked. They cannot be taken back here. */
const PROVED: readonly CourierState[] = ['cancelled', 'delivered', 'returned'];
/** Tries after which a webhook is not believed that Drive's own answer does not bear out. */
const MOST_TRIES = 4;
const LOOKED_AT_ONCE = 20;

export async function workDrive(delivery: Delivery, tools: ProviderTools): Promise<WorkResult> {
  const { body, receivedAt, attempt } = delivery;
  const id = deliveryIdOf(body);
  const order = id === null ? null : orderOf(id);
  // The portal's simulator has deliveries of its own.
  if (id === null || order === null) return { ignored: 'names no delivery of this house' };
  const { platform } = (await tools.state()).orders.get(order) ?? {};
  if (platform?.channel !== tools.channel.id) return { ignored: 'no courier was called for such an order' };
  const state = eventState(body) ?? (isBatched(body) ? (platform.courier?.state ?? null) : null);
  if (state === null) return { ignored: 'says nothing of where the courier is' };
  if (!PROVED.includes(state)) return tell(tools, id, body, state, receivedAt);
  const now = await readDelivery(tools, id);
  if (statusState(now) === state) return tell(tools, id, body, state, receivedAt);
  const words = `DoorDash Drive itself says ${textAt(now, 'delivery_status') ?? 'nothing'}`;
  if (attempt < MOST_TRIES) throw new TryLater(words);
  return { ignored: words };
}

/** Webhooks get lost: whoever is still on the way is looked up. */
export async function lookAtDrive(tools: ProviderTools): Promise<void> {
  const { orders } = await tools.state();
  const open = [...orders.values()].flatMap(({ platform }) =>
    platform?.channel === tools.channel.id && !platform.ended && !isEnd(platform.courier?.state)
      ? [platform]
      : [],
  );
  for (const { externalId, courier } of open.slice(0, LOOKED_AT_ONCE)) {
    const body = await readDelivery(tools, externalId);
    const state = statusState(body);
    if (state !== null && state !== courier?.state)
      await tell(tools, externalId, body, state, toInstant(tools.now()));
  }
}

function isEnd(state: CourierState | undefined): boolean {
  return state !== undefined && PROVED.includes(state);
}

function tell(
  tools: ProviderTools,
  id: string,
  body: unknown,
  state: CourierState,
  otherwise: string,
): Promise<WorkResult> {
  const hasFood = textAt(body, 'pickup_time_actual') !== null;
  return courierSaid(tools, id, {
    state,
    at: timeOf(body, otherwise),
    courier: courierOf(body),
    eta: textAt(body, hasFood ? 'dropoff_time_estimated' : 'pickup_time_estimated'),
    batched: isBatched(body),
  });
}

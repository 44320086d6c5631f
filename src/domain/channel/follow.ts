import type { Context } from '../commands.ts';
import type { LocationConfig } from '../config.ts';
import { type EventBody, fact } from '../events.ts';
import { isLive } from '../item.ts';
import { type Order, isOpen, orderStatus } from '../order.ts';
import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../text.ts';
import { hasFood } from './courier.ts';
import { callCourier, isOwnDelivery, sendCourierAway, wantsCourier } from './dispatch.ts';
import { isHeard } from './heard.ts';
import { askOf, isAwaiting } from './platform.ts';
import { doorOf } from './evolve.ts';
import type { Platform } from './state.ts';

/** What becomes true of an order by what others do, and what its platform is then owed. */

const MINUTE_MS = 60_000;

/** What follows now, by name: one of each an order. Null: nothing. */
export type Owed = 'accept' | 'ready' | 'cancel' | 'serve' | 'courier';

export function owedOf(order: Order, config: LocationConfig | null): Owed | null {
  const { platform } = order;
  if (wantsCourier(order, config)) return 'courier';
  if (platform === undefined) return null;
  if (!platform.ended && order.cancelled) return 'cancel';
  if (platform.ended || !isOpen(order)) return null;
  const status = orderStatus(order);
  if (isAwaiting(platform)) return platform.auto && isHeard(order) ? 'accept' : null;
  const isMade = status === 'ready' || status === 'completed';
  if (isMade && !isOwnDelivery(order) && askOf(platform, 'ready') === undefined) return 'ready';
  return status === 'ready' && isCollected(platform) ? 'serve' : null;
}

function isCollected({ collected, delivered, courier }: Platform): boolean {
  return collected !== undefined || delivered !== undefined || (courier !== undefined && hasFood(courier));
}

/** What the order owes now, as facts. */
export function followOrder(state: LocationState, id: string, context: Context): EventBody[] {
  const order = state.orders.get(id);
  if (!order) return [];
  const owed = owedOf(order, state.config);
  if (owed === 'courier') return callCourier(state, order, context);
  const { platform } = order;
  if (!platform) return [];
  const { channel, externalId } = platform;
  const shared = { order: id, channel, externalId };
  switch (owed) {
    case 'accept':
      return acceptance(state, order, platform, undefined, 'auto', context);
    case 'ready':
      return [fact('channel.asked', { ...shared, act: 'ready' })];
    case 'cancel':
      return isOwnDelivery(order)
        ? sendCourierAway(order, platform)
        : takenBack(state, order, platform, context.at);
    case 'serve':
      return [
        fact('order.served', {
          order: id,
          items: order.items.filter((item) => isLive(item) && !item.served).map((item) => item.id),
        }),
      ];
    default:
      return [];
  }
}

/** The house cancelled it: before the yes that is a no. */
function takenBack(state: LocationState, order: Order, platform: Platform, now: string): EventBody[] {
  const { channel, externalId } = platform;
  const words = order.cancelled?.reason ?? '';
  const isDenied = isAwaiting(platform);
  const out = order.items.filter(
    ({ menuItem }) => menuItem !== undefined && Object.hasOwn(state.soldOut.items, menuItem),
  );
  const kind = out.length > 0 ? ('item_out_of_stock' as const) : ('other' as const);
  const items = out.map(({ id, menuItem }) => platform.items[id] ?? menuItem ?? id);
  const shared = { order: order.id, channel, externalId, items };
  return [
    fact('channel.ended', {
      order: order.id,
      how: isDenied ? 'denied' : 'cancelled_by_house',
      at: order.cancelled?.at ?? now,
    }),
    isDenied
      ? fact('channel.asked', { ...shared, act: 'deny', reason: kind, ...(words !== '' && { note: words }) })
      : fact('channel.asked', { ...shared, act: 'cancel', reason: words, kind }),
  ];
}

/** A yes as a promise, and what the platform is to be told; `again`: the first did not get through. */
export function acceptance(
  state: LocationState,
  order: Order,
  platform: Platform,
  wanted: number | undefined,
  by: 'auto' | 'staff',
  context: Context,
  again = false,
): EventBody[] {
  const { channel, externalId } = platform;
  const minutes = wanted ?? platform.minutes + doorOf(state, channel).busyMinutes;
  const fires = order.tickets.flatMap(({ firedAt, fireAt }) => (firedAt === null ? (fireAt ?? []) : []));
  const from = Math.max(millis(context.at), ...fires.map(millis));
  const readyAt = toInstant(from + minutes * MINUTE_MS);
  const isFirst = platform.accepted === undefined || again;
  return [
    fact('channel.accepted', { order: order.id, by, minutes, readyAt }),
    fact('channel.asked', {
      order: order.id,
      channel,
      act: isFirst ? 'accept' : 'delay',
      externalId,
      readyAt,
      minutes,
    }),
  ];
}

function millis(instant: string): number {
  return toMillis(instant) ?? 0;
}

import type { Context } from '../commands.ts';
import type { LocationConfig } from '../config.ts';
import { type EventBody, fact } from '../events.ts';
import { type Order, isOpen, orderStatus, orderTotal } from '../order.ts';
import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../text.ts';
import { isLive, liveQty } from '../item.ts';
import { type ChannelConfig, channelKind } from './config.ts';
import { hasFood, isOver } from './courier.ts';
import { isHeard } from './heard.ts';
import { askOf } from './platform.ts';
import type { Platform } from './state.ts';

/**
 * A courier for an order of the house's own: asked for once the kitchen has heard it, so that nobody stands at the counter
 * before there is something to cook, and asked for again when one is called off.
 */

const MINUTE_MS = 60_000;
/** Who was called off so often is not a matter of chance any more: then a person sees to it. */
const MOST_COURIERS = 3;

export function courierChannel(config: LocationConfig | null): ChannelConfig | undefined {
  return config?.channels.find(({ provider }) => channelKind(provider) === 'courier');
}

/** It is no platform's: the courier service knows it by our own id. */
export function isOwnDelivery({ id, platform }: Pick<Order, 'id' | 'platform'>): boolean {
  return platform?.externalId.startsWith(id) ?? false;
}

export function wantsCourier(order: Order, config: LocationConfig | null): boolean {
  const { dropoff, platform } = order;
  if (dropoff === undefined || !isOpen(order) || orderStatus(order) === 'completed') return false;
  if (courierChannel(config) === undefined) return false;
  if (platform === undefined) return order.tickets.some(({ firedAt }) => firedAt !== null) && isHeard(order);
  return isOwnDelivery(order) && platform.courier?.state === 'cancelled' && triesOf(platform) < MOST_COURIERS;
}

/** The first delivery has the order's id, the next ones count. */
function triesOf({ externalId }: Platform): number {
  return Number(externalId.slice(37) || '1');
}

export function callCourier(state: LocationState, order: Order, context: Context): EventBody[] {
  const channel = courierChannel(state.config);
  const { dropoff, guest, platform } = order;
  if (channel === undefined || dropoff === undefined) return [];
  const externalId = platform === undefined ? order.id : `${order.id}-${triesOf(platform) + 1}`;
  const minutes = channel.prepMinutes;
  const now = toMillis(context.at) ?? 0;
  const expected = toMillis(state.tracking.get(order.id)?.eta?.to ?? '');
  const pickupAt = toInstant(Math.max(now, expected ?? now + minutes * MINUTE_MS));
  const { instructions } = dropoff;
  const asked = fact('channel.asked', {
    order: order.id,
    channel: platform?.channel ?? channel.id,
    act: 'courier.request',
    externalId,
    dropoff: {
      name: guest?.name ?? '',
      phone: guest?.phone ?? '',
      address: dropoff.address,
      ...(instructions !== undefined && { instructions }),
    },
    pickupAt,
    value: { amount: orderTotal(order), currency: state.config?.currency ?? 'USD' },
    items: order.items.filter(isLive).map((item) => `${liveQty(item)} ${item.name}`),
  });
  if (platform !== undefined) return [asked];
  return [
    fact('channel.received', {
      order: order.id,
      channel: channel.id,
      provider: channel.provider,
      name: channel.name,
      externalId,
      fulfilment: 'own_courier',
      since: context.at,
      minutes,
      auto: true,
      items: {},
    }),
    asked,
  ];
}

/** The house cancelled the order: who has not set out with the food is sent away. */
export function sendCourierAway(order: Order, platform: Platform): EventBody[] {
  const { channel, externalId, courier } = platform;
  const isGone =
    courier !== undefined && (hasFood(courier) || isOver(courier) || courier.state === 'cancelled');
  const ended = fact('channel.ended', {
    order: order.id,
    how: 'cancelled_by_house',
    at: order.cancelled?.at ?? platform.receivedAt,
  });
  if (isGone || askOf(platform, 'courier.request') === undefined) return [ended];
  return [ended, fact('channel.asked', { order: order.id, channel, act: 'courier.cancel', externalId })];
}

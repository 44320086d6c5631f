import { orderStatus, type Order } from '../order.ts';
import type { LocationState } from '../state.ts';
import { channelKind } from './config.ts';
import type { ChannelView, CourierView, PlatformView } from './entities.ts';
import { hasFood } from './courier.ts';
import { isOwnDelivery } from './dispatch.ts';
import { doorOf } from './evolve.ts';
import { acceptByMs, isAwaiting } from './platform.ts';
import type { Courier, Door, DoorMode, Platform, PlatformState } from './state.ts';
import { toInstant } from '../text.ts';

/** The doors through which orders come, as they are configured now. */
export function ordersChannels(state: LocationState): { id: string; version: number }[] {
  return (state.config?.channels ?? []).flatMap(({ id, provider }) =>
    channelKind(provider) === 'orders' ? [{ id, version: doorVersion(state, id) }] : [],
  );
}

function doorVersion(state: LocationState, id: string): number {
  return Math.max(state.configuredAt, doorOf(state, id).version);
}

export function modeOf({ paused, busyMinutes }: Door): DoorMode {
  if (paused !== undefined) return paused.by === 'platform' ? 'auto_paused' : 'paused';
  return busyMinutes > 0 ? 'busy' : 'open';
}

export function presentChannel(state: LocationState, id: string): ChannelView | null {
  const config = state.config?.channels.find((one) => one.id === id);
  if (config === undefined || channelKind(config.provider) !== 'orders') return null;
  const door = doorOf(state, id);
  return {
    kind: 'channel',
    id,
    version: doorVersion(state, id),
    provider: config.provider,
    name: config.name,
    mode: modeOf(door),
    until: door.paused?.until ?? null,
    busyMinutes: door.busyMinutes,
    reason: door.paused?.reason ?? null,
    waiting: door.waiting.length,
    trouble: door.trouble?.words ?? null,
  };
}

/** Where it stands between the house and the platform: what the two said, and in between what the kitchen has done. */
export function platformStateOf(order: Order, platform: Platform): PlatformState {
  const { ended, delivered, collected, courier } = platform;
  if (ended) return ended.how;
  if (delivered !== undefined || courier?.state === 'delivered') return 'delivered';
  const status = orderStatus(order.closed ? withoutClose(order) : order);
  if (collected !== undefined || (courier && hasFood(courier)) || status === 'completed') return 'collected';
  if (isAwaiting(platform)) return 'awaiting_accept';
  if (status === 'ready') return 'ready_for_pickup';
  return status === 'in_progress' ? 'in_kitchen' : 'accepted';
}

function withoutClose({ closed: _closed, ...order }: Order): Order {
  return order;
}

export function presentPlatform(order: Order): PlatformView | undefined {
  const { platform } = order;
  if (platform === undefined) return undefined;
  const { channel, provider, name, level, courier, asks, cutlery } = platform;
  const acceptBy = isAwaiting(platform) ? acceptByMs(platform) : null;
  const last = asks.at(-1);
  const refused = asks.findLast(({ told }) => told === 'refused');
  return {
    channel,
    provider,
    name,
    number: numberOf(order, platform),
    state: platformStateOf(order, platform),
    acceptBy: acceptBy === null ? null : toInstant(acceptBy),
    level: isAwaiting(platform) ? level : 0,
    readyBy: platform.readyBy ?? null,
    readyAt: platform.accepted?.readyAt ?? null,
    courier: courier ? presentCourier(courier) : null,
    told: last?.told ?? null,
    trouble: refused?.words ?? null,
    ...(cutlery !== undefined && { cutlery }),
  };
}

/** The same to staff and to the guest. */
export function presentCourier({ state, at, name, eta, batched }: Courier): CourierView {
  return { state, at, name: name ?? null, eta: eta ?? null, batched };
}

export function presentBadge(order: Order) {
  const { platform } = order;
  if (platform === undefined) return undefined;
  const { provider, name, courier, cutlery } = platform;
  return {
    provider,
    name,
    number: numberOf(order, platform),
    ...(courier && { courier: courier.state }),
    ...(cutlery !== undefined && { cutlery }),
  };
}

/** What the platform calls it aloud; where it has no such number, the end of its id. */
function numberOf(order: Order, { externalId }: Platform): string {
  if (order.displayId !== undefined) return order.displayId;
  return isOwnDelivery(order) ? String(order.number) : externalId.slice(-5).toUpperCase();
}

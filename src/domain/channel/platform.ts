import type { EventOf } from '../families.ts';
import type { Order } from '../order.ts';
import { toMillis } from '../text.ts';
import { hearCourier } from './courier.ts';
import type { Ask, OrderAct, Platform } from './state.ts';

/** What a fact between the house and a platform makes of the order that it is about. */

export type PlatformEvent = Extract<EventOf<'channel'>, { data: { order: string } }>;

export function isPlatformEvent(event: EventOf<'channel'>): event is PlatformEvent {
  return 'order' in event.data;
}

export function evolvePlatform(order: Order, event: PlatformEvent): Order {
  const platform = foldPlatform(order.platform, event);
  return platform === order.platform || platform === undefined ? order : { ...order, platform };
}

export function foldPlatform(platform: Platform | undefined, event: PlatformEvent): Platform | undefined {
  if (event.type === 'channel.received') {
    const { order: _order, scheduledFor: _for, total: _total, platformState: _state, ...rest } = event.data;
    return platform ?? { ...defined(rest), receivedAt: event.at, level: 0, asks: [] };
  }
  if (platform === undefined) return undefined;
  switch (event.type) {
    case 'channel.accepted': {
      const { by, readyAt } = event.data;
      return { ...platform, accepted: { at: platform.accepted?.at ?? event.at, by, readyAt } };
    }
    case 'channel.warned':
      return { ...platform, level: event.data.level >= 2 ? 2 : 1 };
    case 'channel.ended':
      return platform.ended ? platform : { ...platform, ended: { how: event.data.how, at: event.data.at } };
    case 'channel.moved': {
      const { to, at } = event.data;
      const known = platform[to];
      return { ...platform, [to]: known !== undefined && known < at ? known : at };
    }
    case 'channel.courierMoved':
      return { ...platform, courier: hearCourier(platform.courier, event.data) };
    case 'channel.asked': {
      const { act, externalId } = event.data;
      const asks = withAsk(platform.asks, { seq: event.seq, act, told: 'waiting', at: event.at });
      if (act !== 'courier.request') return { ...platform, asks };
      // Another delivery under another name, of which nothing is known yet.
      const { courier: _courier, ...rest } = platform;
      return { ...rest, externalId, asks };
    }
    case 'channel.told':
      return noted(platform, event.data.ask, (ask) => ({ ...ask, told: 'told' }));
    case 'channel.refused':
      return noted(platform, event.data.ask, (ask) => ({ ...ask, told: 'refused', words: event.data.words }));
    default:
      return event satisfies never;
  }
}

function withAsk(asks: readonly Ask[], ask: Ask): Ask[] {
  return [...asks.filter(({ act }) => act !== ask.act), ask];
}

function noted(platform: Platform, seq: number, edit: (ask: Ask) => Ask): Platform {
  return { ...platform, asks: platform.asks.map((ask) => (ask.seq === seq ? edit(ask) : ask)) };
}

export function askOf(platform: Platform, act: OrderAct): Ask | undefined {
  return platform.asks.find((ask) => ask.act === act);
}

/** It waits for our yes or no. */
export function isAwaiting({ withinMs, accepted, ended }: Platform): boolean {
  return withinMs !== undefined && accepted === undefined && ended === undefined;
}

/** Until when the platform waits, in ms since 1970; null: it does not. */
export function acceptByMs(platform: Platform): number | null {
  return platform.withinMs === undefined ? null : (toMillis(platform.since) ?? 0) + platform.withinMs;
}

/** A courier's name and what the platform said of its guest are forgotten with the guest. */
export function forgetPlatform(platform: Platform, mark: string): Platform {
  const { courier, asks } = platform;
  return {
    ...platform,
    asks: asks.map((ask) => (ask.words === undefined ? ask : { ...ask, words: mark })),
    ...(courier && {
      courier: {
        ...courier,
        ...(courier.name !== undefined && { name: mark }),
        news: courier.news.map((one) => (one.name === undefined ? one : { ...one, name: mark })),
      },
    }),
  };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const known: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) if (one !== undefined) known[key] = one;
  return known as { [K in keyof T]: Exclude<T[K], undefined> };
}

import type { CommandInput, Context } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import type { CommandOf } from '../families.ts';
import { type Order, isOpen, orderStatus } from '../order.ts';
import { conflict, invalid, notFound } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../text.ts';
import { type ChannelInner, type DenyReason } from './commands.ts';
import { channelKind } from './config.ts';
import { isOwnDelivery } from './dispatch.ts';
import { hearCourier } from './courier.ts';
import { doorOf, putsThrough } from './evolve.ts';
import { isHeard } from './heard.ts';
import { acceptance, followOrder } from './follow.ts';
import { isAwaiting } from './platform.ts';
import { itemOut } from './items.ts';
import { receive } from './receive.ts';
import type { Platform, PlatformEnd } from './state.ts';

/** The rules of delivery platforms: taking their orders, saying yes and no, and hearing what they say. */

const MINUTE_MS = 60_000;

export function decideChannel(
  state: LocationState,
  command: CommandOf<'channel'>,
  context: Context,
): EventBody[] {
  switch (command.name) {
    case 'channel.receive':
      return receive(state, command, context);
    case 'channel.accept':
      return accept(state, command.input, context);
    case 'channel.deny':
      return deny(state, command.input, context);
    case 'channel.pause':
      return pause(state, command.input);
    case 'channel.resume':
      return resume(state, requireDoor(state, command.input.channel));
    case 'channel.busy':
      return busy(state, command.input);
    case 'channel.gone':
      return gone(state, command.input);
    case 'channel.said':
      return said(state, command.input, context);
    case 'channel.courier':
      return courier(state, command.input);
    case 'channel.store':
      return store(state, command.input);
    case 'channel.retell':
      return retell(state, command.input);
    case 'channel.note':
      return note(state, command.input);
    case 'channel.warn':
      return warn(state, command.input);
    case 'channel.lapse':
      return lapse(state, command.input, context);
    case 'channel.follow':
      return followOrder(state, command.input.order, context);
    case 'channel.reopen':
      return resume(state, command.input.channel);
    default:
      return command satisfies never;
  }
}

/** Yes, by a person; said again with other minutes, the platform is told of the delay. */
function accept(state: LocationState, input: CommandInput<'channel.accept'>, context: Context): EventBody[] {
  const { order, platform } = platformOrder(state, input.order);
  if (platform.ended) throw over(order, platform);
  if (!isOpen(order)) throw conflict(`Order ${order.number} is ${orderStatus(order)}.`, at(order));
  const failed = platform.asks.some(({ act, told }) => act === 'accept' && told === 'refused');
  if (!isAwaiting(platform) && !failed && input.minutes === undefined) return [];
  return acceptance(state, order, platform, input.minutes, 'staff', context, failed);
}

function deny(state: LocationState, input: CommandInput<'channel.deny'>, context: Context): EventBody[] {
  const { order, platform } = platformOrder(state, input.order);
  if (platform.ended?.how === 'denied') return [];
  if (platform.ended) throw over(order, platform);
  if (platform.accepted) throw conflict(`Order ${order.number} was accepted; cancel it instead.`, at(order));
  const items = input.items ?? [];
  for (const [index, id] of items.entries())
    if (!order.items.some(({ menuItem }) => menuItem === id))
      throw invalid(`items.${index}`, `"${id}" is not in order ${order.number}`);
  const out = input.reason === 'item_out_of_stock' ? items : [];
  return [
    ...denial(order, platform, context.at, input.reason, items, input.note),
    ...out.flatMap((item) =>
      Object.hasOwn(state.soldOut.items, item)
        ? []
        : [fact('menu.soldOut', { item, until: context.dayEnds })],
    ),
  ];
}

const DENIED: Record<DenyReason, string> = {
  item_out_of_stock: 'Sold out',
  kitchen_busy: 'The kitchen is busy',
  closed: 'Closed',
  cannot_read: 'The order could not be read',
  address: 'The address',
  technical: 'A fault of ours',
  other: 'Not accepted',
};

function denial(
  order: Order,
  platform: Platform,
  now: string,
  reason: DenyReason,
  items: readonly string[] = [],
  note?: string,
): EventBody[] {
  const theirs = order.items.flatMap(({ id, menuItem }) =>
    menuItem !== undefined && items.includes(menuItem) ? (platform.items[id] ?? menuItem) : [],
  );
  return [
    fact('channel.ended', { order: order.id, how: 'denied', at: now }),
    fact('channel.asked', {
      order: order.id,
      channel: platform.channel,
      act: 'deny',
      externalId: platform.externalId,
      reason,
      items: theirs,
      ...(note !== undefined && note !== '' && { note }),
    }),
    ...takeBack(order, DENIED[reason]),
  ];
}

/** No food any more, if there is still something to stop. */
function takeBack(order: Order, reason: string): EventBody[] {
  if (!isOpen(order) || orderStatus(order) === 'completed') return [];
  return [fact('order.cancelled', { order: order.id, reason })];
}

function gone(state: LocationState, input: ChannelInner['channel.gone']): EventBody[] {
  const found = findPlatform(state, input.order);
  if (!found || found.platform.ended) return [];
  const { order, platform } = found;
  const how: Record<typeof input.by, PlatformEnd> = {
    platform: 'cancelled_by_platform',
    guest: 'cancelled_by_platform',
    clock: 'auto_cancelled',
    house: 'cancelled_by_house',
  };
  const words = input.words.trim() === '' ? `Cancelled by ${platform.name}` : input.words;
  return [
    fact('channel.ended', { order: order.id, how: how[input.by], at: input.at }),
    ...takeBack(order, words),
  ];
}

function said(state: LocationState, input: ChannelInner['channel.said'], context: Context): EventBody[] {
  const found = findPlatform(state, input.order);
  if (!found || found.platform.ended) return [];
  const { order, platform } = found;
  switch (input.state) {
    case 'accepted':
      return platform.accepted
        ? []
        : [
            fact('channel.accepted', {
              order: order.id,
              by: 'platform',
              minutes: platform.minutes,
              readyAt: platform.readyBy ?? toInstant(millis(context.at) + platform.minutes * MINUTE_MS),
            }),
          ];
    case 'denied':
    case 'failed':
      return [
        fact('channel.ended', { order: order.id, how: input.state, at: input.at }),
        ...takeBack(
          order,
          input.state === 'denied' ? `Denied at ${platform.name}` : `Failed at ${platform.name}`,
        ),
      ];
    case 'collected':
    case 'delivered': {
      const known = platform[input.state];
      if (known !== undefined && known <= input.at) return [];
      return [fact('channel.moved', { order: order.id, to: input.state, at: input.at })];
    }
    default:
      return input.state satisfies never;
  }
}

function courier(state: LocationState, input: ChannelInner['channel.courier']): EventBody[] {
  const found = findPlatform(state, input.order);
  if (!found) return [];
  const { name, eta, batched } = input;
  const word = {
    state: input.state,
    at: input.at,
    ...(name !== null && { name }),
    ...(eta !== null && { eta }),
    ...(batched && { batched }),
  };
  if (hearCourier(found.platform.courier, word) === found.platform.courier) return [];
  return [fact('channel.courierMoved', { order: input.order, ...word })];
}

function pause(state: LocationState, input: CommandInput<'channel.pause'>): EventBody[] {
  const channel = requireDoor(state, input.channel);
  const { until, reason } = input;
  if (until !== undefined && state.at !== null && until <= state.at)
    throw invalid('until', 'must be in the future');
  const { paused } = doorOf(state, channel);
  if (paused?.by === 'house' && paused.until === until && paused.reason === reason) return [];
  const said = { ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) };
  return [
    fact('channel.paused', { channel, ...said }),
    fact('channel.storeAsked', { channel, act: 'pause', ...said }),
  ];
}

function resume(state: LocationState, channel: string): EventBody[] {
  if (doorOf(state, channel).paused === undefined) return [];
  return [fact('channel.resumed', { channel }), fact('channel.storeAsked', { channel, act: 'resume' })];
}

function busy(state: LocationState, input: CommandInput<'channel.busy'>): EventBody[] {
  const channel = requireDoor(state, input.channel);
  const { minutes } = input;
  if (doorOf(state, channel).busyMinutes === minutes) return [];
  return [
    fact('channel.busied', { channel, minutes }),
    fact('channel.storeAsked', { channel, act: 'busy', minutes }),
  ];
}

/** The platform said it of itself: there is nothing to tell it. What the house paused stays so. */
function store(state: LocationState, input: ChannelInner['channel.store']): EventBody[] {
  const { channel, reason } = input;
  const { paused } = doorOf(state, channel);
  if (input.open) return paused?.by === 'platform' ? [fact('channel.resumed', { channel })] : [];
  if (paused?.by === 'house' || (paused && paused.reason === reason)) return [];
  return [fact('channel.paused', { channel, by: 'platform', ...(reason !== '' && { reason }) })];
}

/** What was sold out, paused or busy before the platform could be told. */
function retell(state: LocationState, { channel: id }: ChannelInner['channel.retell']): EventBody[] {
  const channel = state.config?.channels.find((one) => one.id === id);
  if (!channel || channelKind(channel.provider) !== 'orders') return [];
  const { paused, busyMinutes } = doorOf(state, id);
  const { until, reason } = paused ?? {};
  return [
    ...(['items', 'options'] as const).flatMap((what) =>
      Object.entries(state.soldOut[what]).map(([item, mark]) =>
        itemOut(channel, item, what === 'options', mark.until ?? undefined),
      ),
    ),
    ...(paused?.by === 'house'
      ? [
          fact('channel.storeAsked', {
            channel: id,
            act: 'pause',
            ...(until !== undefined && { until }),
            ...(reason !== undefined && { reason }),
          }),
        ]
      : []),
    ...(busyMinutes > 0
      ? [fact('channel.storeAsked', { channel: id, act: 'busy', minutes: busyMinutes })]
      : []),
  ];
}

function note(state: LocationState, input: ChannelInner['channel.note']): EventBody[] {
  const { channel, order: id, ask, act, refused } = input;
  if (id === undefined) {
    // That a call was put through is worth a word only after one that was not.
    if (!refused && putsThrough(act) && doorOf(state, channel).trouble === undefined) return [];
    return refused
      ? [fact('channel.storeRefused', { channel, ask, act, ...refused })]
      : [fact('channel.storeTold', { channel, ask, act })];
  }
  const known = state.orders.get(id)?.platform?.asks.find(({ seq }) => seq === ask);
  if (known?.told !== 'waiting') return [];
  return refused
    ? [fact('channel.refused', { order: id, channel, ask, act, ...refused })]
    : [fact('channel.told', { order: id, channel, ask, act })];
}

function warn(state: LocationState, { order: id, level }: ChannelInner['channel.warn']): EventBody[] {
  const found = findPlatform(state, id);
  if (!found || !isAwaiting(found.platform) || found.platform.level >= level) return [];
  return [fact('channel.warned', { order: id, level })];
}

/** A person who hears and does not answer is busy; where nobody heard it, something is broken. */
function lapse(state: LocationState, input: ChannelInner['channel.lapse'], context: Context): EventBody[] {
  const found = findPlatform(state, input.order);
  if (!found || !isAwaiting(found.platform) || !isOpen(found.order)) return [];
  const reason = isHeard(found.order) ? 'kitchen_busy' : 'technical';
  return denial(found.order, found.platform, context.at, reason);
}

function findPlatform(state: LocationState, id: string): { order: Order; platform: Platform } | null {
  const order = state.orders.get(id);
  return order?.platform ? { order, platform: order.platform } : null;
}

function platformOrder(state: LocationState, id: string): { order: Order; platform: Platform } {
  const order = state.orders.get(id);
  if (!order) throw notFound('order', id);
  if (!order.platform || isOwnDelivery(order))
    throw conflict(`Order ${order.number} did not come from a delivery platform.`, at(order));
  return { order, platform: order.platform };
}

function requireDoor(state: LocationState, id: string): string {
  const channel = state.config?.channels.find((one) => one.id === id);
  if (!channel) throw invalid('channel', `"${id}" is not a channel here`);
  if (channelKind(channel.provider) !== 'orders')
    throw invalid('channel', `"${id}" brings no orders: there is nothing to pause`);
  return id;
}

function over(order: Order, { ended, name }: Platform) {
  return conflict(`Between ${name} and us, order ${order.number} is over: ${ended?.how ?? ''}.`, at(order));
}

function at({ id }: Order) {
  return { kind: 'order' as const, id };
}

function millis(instant: string): number {
  return toMillis(instant) ?? 0;
}

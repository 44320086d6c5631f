import { isOwnDelivery } from './dispatch.ts';
import { isAwaiting } from './platform.ts';
import type { Item } from '../item.ts';
import { type Order, type Ticket, isOpen, orderStatus, ticketLines } from '../order.ts';

/** What somebody must take care of between the house and a platform. What concerns the whole order hangs on its first ticket. */
export type PlatformAlert = 'accept' | 'refused' | 'courier' | 'unmapped';

export function isPlatformAlert(order: Order, ticket: Ticket, type: PlatformAlert): boolean {
  const { platform, tickets } = order;
  if (platform === undefined) return false;
  const isLead = tickets[0]?.id === ticket.id;
  switch (type) {
    case 'accept':
      return isLead && isOpen(order) && isAwaiting(platform) && platform.level > 0;
    case 'refused':
      // Of an order that is no more: until somebody has tapped its cancellation.
      return (
        isLead &&
        platform.asks.some(({ told }) => told === 'refused') &&
        (isOpen(order) || tickets.some(({ pending }) => pending.length > 0))
      );
    case 'courier': {
      const { courier } = platform;
      if (!isLead || courier === undefined || !isOpen(order)) return false;
      // Nobody comes any more, and nobody else was called.
      if (courier.state === 'cancelled') return isOwnDelivery(order);
      if (courier.state !== 'at_pickup') return false;
      const status = orderStatus(order);
      return status !== 'ready' && status !== 'completed';
    }
    case 'unmapped':
      return unmappedOf(order, ticket).length > 0;
    default:
      return type satisfies never;
  }
}

/** Lines of the ticket that are on the menu under no name that we know. */
export function unmappedOf(order: Order, ticket: Ticket): Item[] {
  if (order.platform === undefined) return [];
  return ticketLines(order, ticket).flatMap(({ item }) => (item.menuItem === undefined ? [item] : []));
}

export function aboutPlatform(
  type: PlatformAlert,
  { platform }: Order,
): { at?: string; platform?: string; level?: number; reason?: string } {
  if (platform === undefined) return {};
  const { name, level, courier, asks, since } = platform;
  switch (type) {
    case 'accept':
      return { platform: name, level, at: since };
    case 'refused': {
      const refused = asks.findLast(({ told }) => told === 'refused');
      return {
        platform: name,
        ...(refused && { at: refused.at, reason: refused.words ?? refused.act }),
      };
    }
    case 'courier':
      return { platform: name, ...(courier && { at: courier.at }) };
    case 'unmapped':
      return { platform: name };
    default:
      return type satisfies never;
  }
}

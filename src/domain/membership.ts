import type { Gone } from './entities.ts';
import { isForKitchen } from './booking/present.ts';
import { presentChannel } from './channel/present.ts';
import { findAlert } from './alerts.ts';
import { UNROUTED } from './place.ts';
import { type Order, type Ticket, isOpen, onBoard, orderStatus, ticketStatus } from './order.ts';
import { type LocationState, type Touch, findByTicket } from './state.ts';
import { topicKind } from './rights.ts';
import { isMissed } from './stock/levels.ts';

/** Which topic holds what, and until when: the contract's table of topics as predicates. */

/** Work for the kitchen: an order whose food is not all handed over. */
export function inKitchen(order: Order): boolean {
  return isOpen(order) && orderStatus(order) !== 'completed';
}

/** Is the entity part of the topic in this state? */
export function isMember(state: LocationState, topic: string, touch: Touch): boolean {
  const kind = topicKind(topic);
  switch (touch.kind) {
    case 'ticket': {
      const found = kind === 'station' || kind === 'kitchen' ? findByTicket(state, touch.id) : null;
      if (!found) return false;
      if (kind === 'station')
        return stationsOf(found.ticket).includes(topic) && onBoard(found.order, found.ticket);
      return (
        onBoard(found.order, found.ticket) ||
        (inKitchen(found.order) && ticketStatus(found.order, found.ticket) !== 'voided')
      );
    }
    case 'order': {
      const order = state.orders.get(touch.id);
      if (!order) return false;
      if (kind === 'kitchen') return inKitchen(order);
      return (kind === 'pos' || kind === 'floor' || kind === 'manager') && isOpen(order);
    }
    case 'table':
      return (kind === 'pos' || kind === 'floor' || kind === 'host') && state.tables.has(touch.id);
    case 'menu':
      return kind === 'pos' && Object.hasOwn(state.menuVersions, touch.id);
    case 'station':
      if (kind === 'station') return topic === `station:${touch.id}` && isStation(state, touch.id);
      // Also where orders are watched from: names, thresholds and the house's own words belong to every tablet.
      return kind !== null && kind !== 'order' && isStation(state, touch.id);
    case 'alert': {
      if (kind !== 'kitchen' && kind !== 'pos' && kind !== 'floor' && kind !== 'manager') return false;
      return findAlert(state, touch.id) !== null;
    }
    case 'reservation':
      return kind === 'kitchen'
        ? isForKitchen(state, touch.id)
        : kind === 'host' && Object.hasOwn(state.bookings.reservations, touch.id);
    case 'book':
      return kind === 'host' && state.config !== null;
    case 'waitlist':
      return kind === 'host' && Object.hasOwn(state.bookings.waitlist, touch.id);
    case 'call':
      return kind === 'host' && Object.hasOwn(state.calls.calls, touch.id);
    case 'task':
      return kind === 'host' && Object.hasOwn(state.calls.tasks, touch.id);
    case 'channel':
      return (
        (kind === 'pos' || kind === 'kitchen' || kind === 'manager') &&
        presentChannel(state, touch.id) !== null
      );
    case 'stock':
      if (kind === 'manager') return state.stock.ingredients.has(touch.id);
      return (kind === 'pos' || kind === 'kitchen') && isMissed(state, touch.id);
    case 'waste':
      return kind === 'manager' && state.stock.waste.some(({ id }) => id === touch.id);
    case 'tracking':
      return topic === `order:${touch.id}` && state.tracking.has(touch.id);
    default:
      return touch.kind satisfies never;
  }
}

/** The stations whose boards may show it: its own, and the backup that took it over. */
function stationsOf(ticket: Ticket): string[] {
  const topics = [`station:${ticket.station}`];
  if (ticket.backup !== undefined) topics.push(`station:${ticket.backup}`);
  return topics;
}

/** A configured station, or the lane of what no rule sends anywhere. */
export function isStation(state: LocationState, id: string): boolean {
  return id === UNROUTED || (state.config?.stations.some((station) => station.id === id) ?? false);
}

/** The topics that may hold an entity of this kind; a ticket's station comes from the state that still has it. */
export function topicsOf(state: LocationState, touch: Touch): string[] {
  switch (touch.kind) {
    case 'ticket': {
      const found = findByTicket(state, touch.id);
      return found ? [...stationsOf(found.ticket), 'kitchen'] : ['kitchen'];
    }
    case 'order':
      return ['kitchen', 'pos', 'floor', 'manager'];
    case 'table':
      return ['pos', 'floor', 'host'];
    case 'menu':
      return ['pos'];
    case 'station':
      return [`station:${touch.id}`, 'kitchen', 'pos', 'floor', 'host', 'manager'];
    case 'alert':
      return ['kitchen', 'pos', 'floor', 'manager'];
    case 'reservation':
      return ['host', 'kitchen'];
    case 'book':
    case 'waitlist':
    case 'call':
    case 'task':
      return ['host'];
    case 'channel':
      return ['pos', 'kitchen', 'manager'];
    case 'stock':
      return ['manager', 'pos', 'kitchen'];
    case 'waste':
      return ['manager'];
    // A guest's topic holds this one thing and ends with it: there is nobody to tell later that it left.
    case 'tracking':
      return [];
    default:
      return touch.kind satisfies never;
  }
}

/** Why an entity left, from the state in which it had left. */
export function whyGone(state: LocationState, touch: Touch): Gone['why'] {
  const found = touch.kind === 'ticket' ? findByTicket(state, touch.id) : null;
  if (touch.kind === 'ticket' && !found) return 'moved';
  if (!found || ticketStatus(found.order, found.ticket) !== 'voided') return 'closed';
  const moved = found.order.items.some((item) =>
    item.parts.some((part) => part.ticket === touch.id && part.movedTo !== undefined),
  );
  return moved ? 'moved' : 'void';
}

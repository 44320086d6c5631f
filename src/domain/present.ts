import type {
  AlertView,
  ItemView,
  LineView,
  MenuView,
  ModifierView,
  OrderView,
  StationView,
  TableStatus,
  TableView,
  TicketView,
} from './entities.ts';
import { type AlertType, alertId, shortLines } from './alerts.ts';
import { aboutPlatform, unmappedOf } from './channel/alerts.ts';
import { presentReserved } from './booking/present.ts';
import { presentBadge, presentPlatform } from './channel/present.ts';
import { isPrinted, printerOf } from './ladder.ts';
import { UNROUTED, UNROUTED_LIMITS } from './place.ts';
import type { ModifierFact } from './events.ts';
import { type Item, type Part, isLive, itemStatus, liveQty, partStatus, readyQty } from './item.ts';
import {
  type Change,
  type Order,
  type Ticket,
  isOpen,
  orderStatus,
  orderTotal,
  ticketLines,
  ticketStatus,
} from './order.ts';
import type { LocationState, Table } from './state.ts';
import { leftOf } from './stock/left.ts';

/** From state to what a reader sees. The only place where the inside becomes the wire. */

/** `display`: a screen in public view, without guests' names. `guest`: whoever holds the link of an order. */
export type Audience = 'staff' | 'display' | 'guest';

export function presentTicket(order: Order, ticket: Ticket, audience: Audience): TicketView {
  const stations = new Set(order.tickets.map(({ station }) => station));
  stations.delete(ticket.station);
  const lines = ticketLines(order, ticket);
  return {
    kind: 'ticket',
    id: ticket.id,
    version: ticket.version,
    order: order.id,
    number: order.number,
    ...given('displayId', order.displayId),
    station: ticket.station,
    type: order.type,
    source: order.source,
    ...given('platform', presentBadge(order)),
    ...given('table', order.table),
    ...given('movedFrom', ticket.movedFrom),
    ...(audience === 'staff' && given('guest', order.guest)),
    ...given('server', order.server),
    ...given('covers', order.covers),
    ...given('course', ticket.course),
    ...given('promisedAt', order.promisedAt),
    allergies: [...order.allergies],
    ...given('notes', order.notes),
    status: ticketStatus(order, ticket),
    delivery: presentDelivery(ticket),
    firedAt: ticket.firedAt,
    ...(ticket.firedAt === null && given('fireAt', ticket.fireAt)),
    ...given('startedAt', ticket.startedAt),
    ...given('readyAt', ticket.readyAt),
    recalls: ticket.recalls,
    ...given('recalledAt', ticket.recalledAt),
    rush: ticket.rush,
    ...given('rushedBy', ticket.rushedBy),
    ...presentAsking(ticket),
    ...(ticket.copies > 0 && { copies: ticket.copies }),
    addOn: ticket.addOn,
    lines: lines.map(({ item, part }) => presentLine(item, part, ticket)),
    also: [...stations].sort(),
    ofItems: order.items.filter(isLive).length,
  };
}

/** What waits for a tap, and who gave the last one. */
function presentAsking(ticket: Ticket): Pick<TicketView, 'ackRequired' | 'ackSince' | 'unseen' | 'seen'> {
  const isUnseen = ticket.pending.some(({ seq }) => seq <= ticket.unseenUpTo);
  return {
    ackRequired: ticket.pending.length > 0,
    ...given('ackSince', ticket.pending[0]?.at),
    ...(isUnseen && { unseen: true }),
    ...given('seen', ticket.seen && { ...ticket.seen }),
  };
}

function presentDelivery(ticket: Ticket): TicketView['delivery'] {
  const { heardAt, printed, rungs, backup } = ticket;
  const rung = rungs.length === 0 ? undefined : Math.max(...rungs);
  return {
    state: deliveryState(ticket, rung),
    ...given('heardAt', heardAt),
    ...given('rung', rung),
    ...given('printedAt', printed?.at),
    ...given('printer', printed?.printer),
    ...(ticket.episodeAt !== '' && { askedAt: ticket.episodeAt }),
    ...given('to', backup),
  };
}

/** Seen by somebody first, then on paper, then what the house has done about it. */
function deliveryState(ticket: Ticket, rung: number | undefined): TicketView['delivery']['state'] {
  if (ticket.heardAt !== undefined) return 'heard';
  if (isPrinted(ticket)) return 'printed';
  if (rung === undefined) return 'queued';
  return ticket.rungs.includes(2) && rung < 4 ? 'rerouted' : 'unheard';
}

function presentLine(item: Item, part: Part, ticket: Ticket): LineView {
  const changes = ticket.pending.filter((change) => change.item === item.id);
  return {
    item: item.id,
    ...given('menuItem', item.menuItem),
    name: item.kitchenName,
    qty: item.qty,
    readyQty: part.readyQty,
    voidQty: item.voidQty,
    status: partStatus(item, part),
    modifiers: item.modifiers.map((modifier) => ({
      ...presentModifier(modifier),
      ...(modifier.action !== 'remove' && given('option', modifier.option)),
    })),
    ...given('notes', item.notes),
    allergies: [...item.allergies],
    ...given('seat', item.seat),
    ...given('changed', presentChange(changes)),
    ...given('movedTo', part.movedTo),
    ...given('refireOf', item.refireOf),
    ...(item.menuItem === undefined && { open: true }),
  };
}

const WEIGHT: Record<Change['field'], number> = {
  void: 0,
  qty: 1,
  modifiers: 2,
  allergies: 3,
  notes: 4,
  station: 5,
  seat: 6,
  course: 7,
  table: 8,
};

/** Several changes of a line in one: from the first to the last of what matters most, and the names of all. */
function presentChange(changes: readonly Change[]): LineView['changed'] {
  const heaviest = changes.toSorted((a, b) => WEIGHT[a.field] - WEIGHT[b.field])[0];
  if (!heaviest) return undefined;
  const isCount = (change: Change) => change.field === 'qty' || change.field === 'void';
  const same = changes.filter(
    (change) => change.field === heaviest.field || (isCount(heaviest) && isCount(change)),
  );
  const fields = [...new Set(changes.map(({ field }) => field))].flatMap((field) =>
    field === 'table' ? [] : [field],
  );
  return { from: same[0]?.from ?? heaviest.from, to: same.at(-1)?.to ?? heaviest.to, fields };
}

function presentModifier({ action, name, qty }: ModifierFact): ModifierView {
  return { action, name, qty };
}

/** `brief`: the kitchen's copy, without item bodies. */
export function presentOrder(order: Order, audience: Audience, brief: boolean): OrderView {
  const live = order.items.filter(isLive);
  return {
    kind: 'order',
    id: order.id,
    version: order.version,
    number: order.number,
    type: order.type,
    source: order.source,
    ...given('externalId', order.externalId),
    ...given('displayId', order.displayId),
    ...given('platform', presentPlatform(order)),
    ...given('table', order.table),
    ...(audience === 'staff' && given('guest', order.guest)),
    ...(audience === 'staff' && given('dropoff', order.dropoff)),
    ...given('covers', order.covers),
    ...given('server', order.server),
    ...(audience === 'staff' && given('call', order.call)),
    ...given('notes', order.notes),
    allergies: [...order.allergies],
    status: orderStatus(order),
    paymentStatus: 'none',
    ...(!brief && { items: order.items.map((item) => presentItem(order, item)) }),
    tickets: order.tickets.map((ticket) => ({
      id: ticket.id,
      station: ticket.station,
      status: ticketStatus(order, ticket),
      delivery: presentDelivery(ticket),
      firedAt: ticket.firedAt,
      ...given('startedAt', ticket.startedAt),
      ...given('readyAt', ticket.readyAt),
      ...presentAsking(ticket),
      items: ticketLines(order, ticket).map(({ item }) => item.id),
    })),
    readyItems: live.filter((item) => itemStatus(item) === 'ready' || itemStatus(item) === 'served').length,
    liveItems: live.length,
    placedAt: order.placedAt,
    ...given('promisedAt', order.promisedAt),
    ...given('completedAt', order.completedAt),
    total: orderTotal(order),
  };
}

function presentItem(order: Order, item: Item): ItemView {
  const changed = order.tickets.some((ticket) => ticket.pending.some((change) => change.item === item.id));
  return {
    id: item.id,
    ...given('menuItem', item.menuItem),
    name: item.name,
    qty: item.qty,
    readyQty: readyQty(item),
    voidQty: item.voidQty,
    status: itemStatus(item),
    modifiers: item.modifiers.map((modifier) => ({
      ...presentModifier(modifier),
      ...given('group', modifier.group),
      ...given('option', modifier.option),
      price: modifier.price,
    })),
    ...given('notes', item.notes),
    allergies: [...item.allergies],
    ...given('seat', item.seat),
    ...given('course', item.course),
    stations: [...item.stations],
    price: item.unitPrice * liveQty(item),
    ...given('refireOf', item.refireOf),
    ...(changed && { changed }),
  };
}

export function presentTable(state: LocationState, table: Table): TableView | null {
  const config = state.config?.tables.find(({ id }) => id === table.id);
  if (!config) return null;
  return {
    kind: 'table',
    id: table.id,
    version: table.version,
    name: config.name ?? config.id,
    ...given('section', config.section),
    seats: config.seats,
    shape: config.shape,
    status: tableStatus(state, table),
    ...given('covers', table.covers),
    ...given('since', table.since),
    ...given('reason', table.reason),
    orders: [...table.orders],
    ...given('reserved', presentReserved(state, table.id)),
    ...given('reservation', table.reservation),
    ...given('entry', table.entry),
    ...given('joined', table.joined),
  };
}

function tableStatus(state: LocationState, table: Table): TableStatus {
  const orders = table.orders.flatMap((id) => state.orders.get(id) ?? []).filter(isOpen);
  if (table.status !== 'seated' || orders.length === 0) return table.status;
  return orders.every((order) => orderStatus(order) === 'completed') ? 'served' : 'ordered';
}

/** Position of what last changed the sight of a station: the configuration, or its canary. */
export function stationVersion(state: LocationState, id: string): number {
  return Math.max(state.configuredAt, state.proved[id]?.seq ?? 0);
}

export function presentStation(state: LocationState, id: string): StationView | null {
  const config = state.config;
  if (!config) return null;
  const location = {
    id: state.id,
    name: config.name,
    currency: config.currency,
    timezone: config.timezone,
    language: config.language,
    expo: config.expo.name,
    expoId: config.expo.id,
  };
  if (id === UNROUTED)
    return {
      kind: 'station',
      id,
      version: stationVersion(state, id),
      name: 'UNROUTED',
      ...UNROUTED_LIMITS,
      expo: 'send',
      skipStart: true,
      location,
    };
  const station = config.stations.find((one) => one.id === id);
  if (!station) return null;
  const { name, warn, late, backup, expo, skipStart } = station;
  return {
    kind: 'station',
    id,
    version: stationVersion(state, id),
    name,
    warn,
    late,
    ...given('backup', backup),
    expo,
    skipStart,
    ...given('printer', printerOf(config, id)),
    ...given('provedAt', state.proved[id]?.at),
    location,
  };
}

export function presentMenu(state: LocationState, category: string): MenuView | null {
  const menu = state.config?.menu;
  const position = menu?.categories.findIndex(({ id }) => id === category) ?? -1;
  const config = menu?.categories[position];
  if (!menu || !config || !state.config) return null;
  const items = menu.items.filter((item) => item.category === category);
  const top = new Set(items.flatMap(({ groups }) => groups));
  const nested = menu.groups
    .filter(({ id }) => top.has(id))
    .flatMap(({ options }) => options.flatMap(({ groups }) => groups));
  const opened = new Set([...top, ...nested]);
  return {
    kind: 'menu',
    id: category,
    version: state.menuVersions[category] ?? state.configuredAt,
    name: config.name,
    position,
    currency: state.config.currency,
    items: items.map((item) => {
      const soldOut = state.soldOut.items[item.id];
      const left = leftOf(state, item.id);
      const course = item.course ?? config.course;
      return {
        id: item.id,
        name: item.name,
        kitchenName: item.kitchenName ?? item.name,
        price: item.price,
        ...given('prep', item.prep),
        ...given('course', course),
        allergens: [...item.allergens],
        stations: [...(item.stations ?? config.stations ?? [])],
        groups: [...item.groups],
        soldOut: soldOut !== undefined || left === 0,
        ...given('soldOutUntil', soldOut?.until ?? undefined),
        ...given('left', left ?? undefined),
      };
    }),
    groups: menu.groups
      .filter(({ id }) => opened.has(id))
      .map(({ id, name, min, max, free, kind, default: standard, options }) => ({
        id,
        name,
        min,
        max,
        free,
        ...given('default', standard),
        options: options.map((option) => ({
          id: option.id,
          name: option.name,
          price: option.price,
          kind: option.kind ?? kind,
          allergens: [...option.allergens],
          groups: [...option.groups],
          soldOut: Object.hasOwn(state.soldOut.options, option.id),
        })),
      })),
  };
}

export function presentAlert(type: AlertType, order: Order, ticket: Ticket): AlertView {
  return {
    kind: 'alert',
    id: alertId(type, ticket.id),
    version: ticket.version,
    type,
    order: order.id,
    ticket: ticket.id,
    number: order.number,
    ...given('displayId', order.displayId),
    station: ticket.station,
    ...given('table', order.table),
    at: ticket.firedAt ?? order.placedAt,
    ...aboutAlert(type, order, ticket),
    items:
      type === 'short'
        ? shortLines(order, ticket)
        : type === 'unmapped'
          ? unmappedOf(order, ticket).map((item) => ({ name: item.name, qty: liveQty(item) }))
          : ticketLines(order, ticket).map(({ item }) => ({ name: item.name, qty: liveQty(item) })),
  };
}

function aboutAlert(type: AlertType, order: Order, ticket: Ticket): Partial<AlertView> {
  switch (type) {
    case 'unheard':
      return {
        at: ticket.episodeAt,
        rung: Math.max(...ticket.rungs),
        ...(ticket.unheard?.deaf === true && { deaf: true }),
      };
    case 'unseen':
      return given('at', ticket.pending[0]?.at);
    case 'printer':
      return { ...ticket.printFailed };
    case 'accept':
    case 'refused':
    case 'courier':
    case 'unmapped':
      return aboutPlatform(type, order);
    default:
      return {};
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

import { UNROUTED } from './place.ts';
import { askPrint, climb, newEpisode, noteFailure, notePrint, noteSeen } from './evolveDelivery.ts';
import type { EventData, ItemFact, LoggedEvent } from './events.ts';
import type { EventOf, Family } from './families.ts';
import { type Item, type Part, isLive, liveQty } from './item.ts';
import { type Change, type Order, type Ticket, orderStatus, ticketLines, ticketStatus } from './order.ts';

/**
 * What an event does to its order. Pure and total: a logged event has happened, so nothing here refuses;
 * it only says what is true now. Items are changed first; tickets then note what follows for them.
 */

type OrderEvent = Exclude<
  LoggedEvent,
  {
    type:
      | 'location.configured'
      | 'order.placed'
      | 'menu.soldOut'
      | 'menu.restored'
      | 'table.seated'
      | 'table.cleared'
      | 'table.blocked'
      | 'station.proved'
      | 'policy.refused'
      | 'person.redacted'
      | EventOf<Family>['type'];
  }
>;

/** Where and when in the log something happened. */
type Moment = { seq: number; at: string };

/** The order after the event. Ticket times that follow from items (started, ready) are set here too. */
export function evolveOrder(order: Order, event: OrderEvent): Order {
  const changed = settle(applyToOrder(order, event), event.at);
  const completed = orderStatus(changed) === 'completed';
  if (completed === (changed.completedAt !== undefined)) return changed;
  if (completed) return { ...changed, completedAt: event.at };
  const { completedAt: _gone, ...rest } = changed;
  return rest;
}

export function placedOrder(event: Extract<LoggedEvent, { type: 'order.placed' }>): Order {
  const { order, items } = event.data;
  return {
    ...withoutUndefined({ ...order, partner: event.by.role === 'partner' ? event.by.id : undefined }),
    version: event.seq,
    placedAt: event.at,
    items: items.map(newItem),
    tickets: [],
  };
}

function applyToOrder(order: Order, event: OrderEvent): Order {
  switch (event.type) {
    case 'order.added':
      return { ...order, items: [...order.items, ...event.data.items.map(newItem)] };
    case 'ticket.fired':
      return assign(order, event.data, event, {
        firedAt: event.at,
        addOn: event.data.addOn,
        rush: event.data.rush,
      });
    case 'ticket.held':
      return assign(order, event.data, event, {
        firedAt: null,
        ...(event.data.fireAt !== undefined && { fireAt: event.data.fireAt }),
      });
    case 'ticket.heard':
      return editTicket(order, event.data.ticket, (ticket) => ({ ...ticket, heardAt: event.at }));
    case 'ticket.unheard':
      return editTicket(order, event.data.ticket, (ticket) => climb(ticket, event.data, event.at));
    case 'ticket.unseen':
      return editTicket(order, event.data.ticket, (ticket) => ({ ...ticket, unseenUpTo: event.data.upTo }));
    case 'print.asked':
      return editTicket(order, event.data.ticket, (ticket) => askPrint(ticket, event.data.job));
    case 'ticket.printed':
      return editTicket(order, event.data.ticket, (ticket) => notePrint(ticket, event.data, event.at));
    case 'print.failed':
      return editTicket(order, event.data.ticket, (ticket) => noteFailure(ticket, event.data, event.at));
    case 'ticket.started':
      return workOn(
        editParts(order, event.data.ticket, (part) => ({ ...part, started: true })),
        [event.data.ticket],
      );
    case 'ticket.bumped':
      return bump(order, event.data.ticket);
    case 'ticket.recalled':
      return recall(order, event.data.ticket, event.at);
    case 'ticket.rushed':
      return editTicket(order, event.data.ticket, (ticket) => {
        const { rushedBy: _before, ...rest } = ticket;
        return event.data.rush
          ? { ...rest, rush: true, ...(event.by.name !== undefined && { rushedBy: event.by.name }) }
          : { ...rest, rush: false };
      });
    case 'ticket.acknowledged':
      return editTicket(acknowledge(order, event.data.ticket, event.data.upTo), event.data.ticket, (ticket) =>
        noteSeen(ticket, event),
      );
    case 'item.readied':
    case 'item.unreadied': {
      const { item: id, station, readyQty } = event.data;
      const isHere = (part: Part) => part.station === station && part.movedTo === undefined;
      const readied = editItem(order, id, (item) => ({
        ...item,
        parts: item.parts.map((part) => (isHere(part) ? { ...part, started: true, readyQty } : part)),
      }));
      const parts = readied.items.find((item) => item.id === id)?.parts ?? [];
      return workOn(
        readied,
        parts.filter(isHere).map(({ ticket }) => ticket),
      );
    }
    case 'item.amended':
      return amend(order, event);
    case 'item.voided':
      return voidPieces(order, event.data.item, event.data.qty, event);
    case 'item.refired': {
      const replaced = editItem(order, event.data.item, (item) => ({ ...item, refired: true }));
      return { ...replaced, items: [...replaced.items, newItem(event.data.again)] };
    }
    case 'order.transferred':
      return transfer(order, event.data, event);
    case 'order.served': {
      const served = new Set(event.data.items);
      return {
        ...order,
        items: order.items.map((item) => (served.has(item.id) ? { ...item, served: true } : item)),
      };
    }
    case 'order.cancelled': {
      const open = order.items.filter((item) => isLive(item) && !item.served);
      const voided = open.reduce((rest, item) => voidPieces(rest, item.id, liveQty(item), event), order);
      return { ...voided, cancelled: { at: event.at, reason: event.data.reason } };
    }
    case 'order.closed':
      return { ...order, closed: { at: event.at, how: event.data.how } };
    case 'order.archived':
      return order;
    default:
      return event satisfies never;
  }
}

function newItem(fact: ItemFact): Item {
  return { ...withoutUndefined(fact), voidQty: 0, served: false, refired: false, parts: [] };
}

/** Items' work at a station goes to a ticket: fired now, or held. A ticket left without lines is gone. */
function assign(
  order: Order,
  data: { ticket: string; station: string; items: readonly string[]; course?: number | undefined },
  { seq, at }: Moment,
  how: { firedAt: string | null; fireAt?: string; addOn?: boolean; rush?: boolean },
): Order {
  const moved = new Set(data.items);
  const items = order.items.map((item) => {
    if (!moved.has(item.id)) return item;
    const known = item.parts.some((part) => part.station === data.station && part.movedTo === undefined);
    const parts: Part[] = known
      ? item.parts.map((part) =>
          part.station === data.station && part.movedTo === undefined
            ? { ...part, ticket: data.ticket }
            : part,
        )
      : [...item.parts, { station: data.station, ticket: data.ticket, started: false, readyQty: 0 }];
    return { ...item, held: how.firedAt === null, parts };
  });
  const { fireAt: _old, ...before } =
    order.tickets.find((ticket) => ticket.id === data.ticket) ?? blankTicket(data.ticket, data.station);
  const wasFired = before.firedAt !== null;
  const asked = how.firedAt === null || wasFired ? before : newEpisode(before, at);
  const ticket: Ticket = {
    ...asked,
    firedAt: wasFired ? before.firedAt : how.firedAt,
    ...(how.fireAt !== undefined && { fireAt: how.fireAt }),
    ...(data.course !== undefined && { course: data.course }),
    addOn: how.addOn ?? before.addOn,
    rush: before.rush || (how.rush ?? false),
    version: seq,
  };
  const tickets = order.tickets.some(({ id }) => id === ticket.id)
    ? order.tickets.map((one) => (one.id === ticket.id ? ticket : one))
    : [...order.tickets, ticket];
  const next = { ...order, items, tickets };
  return { ...next, tickets: tickets.filter((one) => ticketLines(next, one).length > 0) };
}

function blankTicket(id: string, station: string): Ticket {
  return {
    id,
    station,
    version: 0,
    firedAt: null,
    addOn: false,
    rush: false,
    recalls: 0,
    episode: 0,
    episodeAt: '',
    rungs: [],
    copies: 0,
    jobs: [],
    unseenUpTo: 0,
    pending: [],
    changedAt: 0,
    offBoard: false,
  };
}

function bump(order: Order, ticketId: string): Order {
  const ticket = order.tickets.find(({ id }) => id === ticketId);
  if (!ticket) return order;
  const before: Record<string, number> = {};
  for (const { item, part } of ticketLines(order, ticket)) before[item.id] = part.readyQty;
  const bumped = editParts(order, ticketId, (part, item) =>
    isLive(item) ? { ...part, started: true, readyQty: liveQty(item) } : part,
  );
  return editTicket(bumped, ticketId, (one) => ({ ...one, before }));
}

/** Undo gives back what stood ready before the bump; without that, or where it was all ready, the work starts over. */
function recall(order: Order, ticketId: string, at: string): Order {
  const ticket = order.tickets.find(({ id }) => id === ticketId);
  if (!ticket) return order;
  const lines = ticketLines(order, ticket);
  const before = ticket.before;
  const useful =
    before !== undefined && lines.some(({ item }) => isLive(item) && (before[item.id] ?? 0) < liveQty(item));
  const back = editParts(order, ticketId, (part, item) => ({
    ...part,
    started: true,
    readyQty: useful ? Math.min(before[item.id] ?? 0, liveQty(item)) : 0,
  }));
  const mine = new Set(lines.map(({ item }) => item.id));
  const items = back.items.map((item) =>
    mine.has(item.id) && item.served ? { ...item, served: false } : item,
  );
  return editTicket({ ...back, items }, ticketId, (one) => {
    const { before: _before, ...rest } = newEpisode(one, at);
    return { ...rest, recalls: one.recalls + 1, recalledAt: at };
  });
}

function acknowledge(order: Order, ticketId: string, upTo: number): Order {
  return editTicket(order, ticketId, (ticket) => {
    const pending = ticket.pending.filter((change) => change.seq > upTo);
    const { movedFrom, ...rest } = ticket;
    const stillMoved = pending.some((change) => change.field === 'table');
    return { ...rest, pending, ...(stillMoved && movedFrom !== undefined && { movedFrom }) };
  });
}

function transfer(order: Order, data: EventData<'order.transferred'>, { seq, at }: Moment): Order {
  const tickets = order.tickets.map((ticket): Ticket => {
    if (!onPass(order, ticket)) return ticket;
    const from = ticket.movedFrom ?? data.from ?? '';
    return {
      ...flag(ticket, { seq, at, item: null, field: 'table', from, to: data.to }),
      ...(from !== '' && { movedFrom: from }),
    };
  });
  return { ...order, table: data.to, tickets };
}

function amend(order: Order, event: Extract<LoggedEvent, { type: 'item.amended' }>): Order {
  const { data, seq, at } = event;
  const item = order.items.find(({ id }) => id === data.item);
  if (!item) return order;
  const changes = itemChanges(item, data).map((change): Change => ({ ...change, seq, at, item: item.id }));
  const recook = changes.some(
    ({ field }) => field === 'modifiers' || field === 'notes' || field === 'allergies',
  );
  const { notes, seat, course, ...rest } = item;
  const next: Item = {
    ...rest,
    ...(data.qty !== undefined && { qty: data.qty }),
    ...(data.modifiers && { modifiers: data.modifiers }),
    ...(data.unitPrice !== undefined && { unitPrice: data.unitPrice }),
    ...optional('notes', data.notes, notes),
    ...(data.allergies && { allergies: data.allergies }),
    ...optional('seat', data.seat, seat),
    ...optional('course', data.course, course),
    ...(data.stations && { stations: data.stations }),
  };
  const stations = new Set(next.stations);
  const parts = item.parts.map((part): Part => {
    const leaves = part.movedTo === undefined && !stations.has(part.station);
    const readyQty = recook ? 0 : Math.min(part.readyQty, liveQty(next));
    return { ...part, readyQty, ...(leaves && { movedTo: next.stations[0] ?? part.station }) };
  });
  const edited = editItem(order, item.id, () => ({ ...next, parts }));
  return {
    ...edited,
    tickets: edited.tickets.map((ticket) =>
      concerns(order, ticket, item.id) ? changes.reduce(flag, ticket) : ticket,
    ),
  };
}

function* differences(
  item: Item,
  data: EventData<'item.amended'>,
): Generator<Pick<Change, 'field' | 'from' | 'to'>> {
  const signed = (list: Item['modifiers']) =>
    list
      .map(
        ({ action, name, qty }) =>
          `${action === 'add' ? '+ ' : action === 'remove' ? '- ' : ''}${qty > 1 ? `${qty}× ` : ''}${name}`,
      )
      .join(', ');
  if (data.qty !== undefined && data.qty !== item.qty)
    yield { field: 'qty', from: liveQty(item), to: data.qty - item.voidQty };
  if (data.modifiers && signed(data.modifiers) !== signed(item.modifiers))
    yield { field: 'modifiers', from: signed(item.modifiers), to: signed(data.modifiers) };
  if (data.allergies && data.allergies.join() !== item.allergies.join())
    yield { field: 'allergies', from: item.allergies.join(', '), to: data.allergies.join(', ') };
  if (data.notes !== undefined && (data.notes ?? '') !== (item.notes ?? ''))
    yield { field: 'notes', from: item.notes ?? '', to: data.notes ?? '' };
  if (data.seat !== undefined && data.seat !== (item.seat ?? null))
    yield { field: 'seat', from: item.seat ?? '', to: data.seat ?? '' };
  if (data.course !== undefined && data.course !== (item.course ?? null))
    yield { field: 'course', from: item.course ?? '', to: data.course ?? '' };
  if (data.stations && data.stations.join() !== item.stations.join())
    yield { field: 'station', from: item.stations.join(', '), to: data.stations.join(', ') };
}

/** What an amendment would change; empty: it asks for what already is. */
export function itemChanges(
  item: Item,
  data: EventData<'item.amended'>,
): Pick<Change, 'field' | 'from' | 'to'>[] {
  return [...differences(item, data)];
}

function voidPieces(order: Order, itemId: string, qty: number, { seq, at }: Moment): Order {
  const item = order.items.find(({ id }) => id === itemId);
  if (!item) return order;
  const left = liveQty(item) - qty;
  const edited = editItem(order, itemId, (one) => ({
    ...one,
    voidQty: one.voidQty + qty,
    parts: one.parts.map((part) => ({ ...part, readyQty: Math.min(part.readyQty, left) })),
  }));
  const change: Change = { seq, at, item: itemId, field: 'void', from: liveQty(item), to: left };
  return {
    ...edited,
    tickets: edited.tickets.map((ticket) =>
      concerns(order, ticket, itemId) ? flag(ticket, change) : ticket,
    ),
  };
}

/** The ticket shows the item and the kitchen has it: a change there wants a tap. */
function concerns(order: Order, ticket: Ticket, itemId: string): boolean {
  return onPass(order, ticket) && ticketLines(order, ticket).some(({ item }) => item.id === itemId);
}

/** Fired and not yet handed over. */
function onPass(order: Order, ticket: Ticket): boolean {
  const status = ticketStatus(order, ticket);
  return (
    status === 'new' ||
    status === 'cooking' ||
    status === 'ready' ||
    (status === 'voided' && ticket.pending.length > 0)
  );
}

/** Notes a change on a ticket: it must be tapped, and heard anew. Nobody stands at the lane without a station to tap. */
function flag(ticket: Ticket, change: Change): Ticket {
  if (ticket.station === UNROUTED) return ticket;
  const asked = ticket.changedAt === change.seq ? ticket : newEpisode(ticket, change.at);
  return { ...asked, pending: [...ticket.pending, change], changedAt: change.seq };
}

/** Whoever starts or readies something of a ticket knows of it, heard or not. */
function workOn(order: Order, tickets: readonly string[]): Order {
  return tickets.reduce(
    (changed, id) => editTicket(changed, id, (ticket) => ({ ...ticket, knownIn: ticket.episode })),
    order,
  );
}

function editItem(order: Order, itemId: string, edit: (item: Item) => Item): Order {
  return { ...order, items: order.items.map((item) => (item.id === itemId ? edit(item) : item)) };
}

function editTicket(order: Order, ticketId: string, edit: (ticket: Ticket) => Ticket): Order {
  return {
    ...order,
    tickets: order.tickets.map((ticket) => (ticket.id === ticketId ? edit(ticket) : ticket)),
  };
}

function editParts(order: Order, ticketId: string, edit: (part: Part, item: Item) => Part): Order {
  return {
    ...order,
    items: order.items.map((item) =>
      item.parts.some((part) => part.ticket === ticketId)
        ? {
            ...item,
            parts: item.parts.map((part) =>
              part.ticket === ticketId && part.movedTo === undefined ? edit(part, item) : part,
            ),
          }
        : item,
    ),
  };
}

/** `startedAt` and `readyAt` of each ticket follow from its items. */
function settle(order: Order, at: string): Order {
  const tickets = order.tickets.map((ticket) => settleTicket(order, ticket, at));
  return tickets.every((ticket, index) => ticket === order.tickets[index]) ? order : { ...order, tickets };
}

function settleTicket(order: Order, ticket: Ticket, at: string): Ticket {
  const status = ticketStatus(order, ticket);
  const started = status === 'cooking' || status === 'ready' || status === 'passed' || status === 'done';
  const ready = status === 'ready' || status === 'passed' || status === 'done';
  const startsNow = started && ticket.startedAt === undefined;
  if (!startsNow && (ticket.readyAt !== undefined) === ready) return ticket;
  const { readyAt, ...rest } = ticket;
  return { ...rest, ...(startsNow && { startedAt: at }), ...(ready && { readyAt: readyAt ?? at }) };
}

function optional<K extends string, V>(
  key: K,
  change: V | null | undefined,
  before: V | undefined,
): { [P in K]?: V } {
  const value = change === undefined ? before : (change ?? undefined);
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const known: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) if (one !== undefined) known[key] = one;
  return known as { [K in keyof T]: Exclude<T[K], undefined> };
}

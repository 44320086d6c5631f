import { partyAt } from './booking/seating.ts';
import type { Actor, Command, CommandInput, Context, InnerInputs, Line, NewOrder } from './commands.ts';
import { type EventBody, type ItemFact, type OrderFact, fact } from './events.ts';
import { externalKey } from './evolve.ts';
import { deriveId, nameId } from './ids.ts';
import { type Item, isLive, isTouched, itemStatus } from './item.ts';
import { resolveLine } from './menu.ts';
import { type Order, findItem, isOpen, orderStatus, ticketLines } from './order.ts';
import { Refused, conflict, forbidden, invalid, notFound } from './refusals.ts';
import type { LocationState } from './state.ts';
import { noteShort, requireLeft } from './stock/selling.ts';

/** The rules of an order: placing it, adding to it, holding and firing, moving, handing over, cancelling. */

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

export function place(state: LocationState, command: Of<'order.place'>, context: Context): EventBody[] {
  const { order } = command.input;
  const source = order.source ?? (context.by.role === 'partner' ? 'partner' : 'pos');
  // It is in no report, so it must not be a way to feed a friend.
  if (source === 'drill' && context.by.role !== 'manager' && context.by.role !== 'owner')
    throw forbidden('Only a manager may place the order of a drill.');
  // A validated input has its keys in the schema's order, so equal content is equal text.
  const fingerprint = nameId(JSON.stringify(order));
  const known = state.orders.get(order.id) ?? bySource(state, source, order);
  if (known) {
    if (known.id === order.id && known.fingerprint === fingerprint) return [];
    const what =
      known.id === order.id
        ? `Order ${order.id} exists with other content.`
        : `${source} order ${order.externalId} exists under another id.`;
    throw conflict(what, { kind: 'order', id: known.id });
  }
  if (order.table !== undefined) requireTable(state, order.table, 'order.table');
  if (order.dropoff && order.type !== 'delivery')
    throw invalid('order.dropoff', 'is for an order of type "delivery"');
  // Who ordered at a partner's has paid there: refusing the food would leave a guest who waits and a house that does not know.
  const isPaidElsewhere = context.by.role === 'partner';
  const resolved = order.items.map((line, index) =>
    resolveLine(state, line, `order.items.${index}`, isPaidElsewhere ? 'all' : undefined),
  );
  if (!isPaidElsewhere) requireLeft(state, resolved, (at) => `order.items.${at}.menuItem`);
  const items = isPaidElsewhere ? noteShort(state, resolved) : resolved;
  requireFreshIds(items, new Set(), 'order.items');
  const party = order.table === undefined ? null : partyAt(state, order.table);
  const guest = order.guest ?? party?.guest;
  const covers = order.covers ?? party?.covers;
  const placed: OrderFact = {
    id: order.id,
    number: nextNumber(state, context),
    day: context.day,
    type: order.type,
    source,
    ...(order.table !== undefined && { table: order.table }),
    ...(guest && {
      guest: { name: guest.name, ...(guest.phone !== undefined && { phone: guest.phone }) },
    }),
    ...(covers !== undefined && { covers }),
    ...(order.notes !== undefined && order.notes !== '' && { notes: order.notes }),
    allergies: order.allergies.length > 0 ? order.allergies : [...(party?.allergies ?? [])],
    ...(order.promisedAt !== undefined && { promisedAt: order.promisedAt }),
    ...(order.externalId !== undefined && { externalId: order.externalId }),
    ...(order.displayId !== undefined && { displayId: order.displayId }),
    ...(context.by.name !== undefined && { server: context.by.name }),
    ...(order.call !== undefined && { call: order.call }),
    ...(order.dropoff && {
      dropoff: {
        address: order.dropoff.address,
        ...(order.dropoff.instructions !== undefined && { instructions: order.dropoff.instructions }),
      },
    }),
    fingerprint,
  };
  return [fact('order.placed', { order: placed, items }), ...send(order.id, items, command.id, false)];
}

/** The number that the next order gets: they start anew with the day. */
export function nextNumber(state: LocationState, { day }: Context): number {
  return state.day === day ? state.nextNumber : 1;
}

export function add(state: LocationState, command: Of<'order.add'>): EventBody[] {
  const order = openOrder(state, command.input.order);
  const have = new Map(order.items.map((item) => [item.id, item]));
  if (command.input.items.every((line) => have.has(line.id))) {
    for (const [at, line] of command.input.items.entries()) requireSame(order, have.get(line.id), line, at);
    return [];
  }
  const items = command.input.items.map((line, index) => resolveLine(state, line, `items.${index}`));
  requireLeft(state, items, (at) => `items.${at}.menuItem`);
  requireFreshIds(items, new Set(have.keys()), 'items');
  return [fact('order.added', { order: order.id, items }), ...send(order.id, items, command.id, true)];
}

/** What was sent before is not sent again; under the id of another dish it would be lost without a word. */
function requireSame(order: Order, item: Item | undefined, line: Line, at: number): void {
  const isDish = 'menuItem' in line ? item?.menuItem === line.menuItem : item?.name === line.name;
  if (isDish) return;
  const refused = conflict(`Line ${line.id} of this order is ${item?.name ?? 'another dish'}.`, {
    kind: 'order',
    id: order.id,
  });
  const path = `items.${at}.id`;
  throw new Refused({ ...refused.refusal, errors: [{ path, message: 'is the id of another dish' }] });
}

/** New lines to their stations: one ticket a station for what fires now, one a station and course for what is held. */
export function send(
  order: string,
  items: readonly ItemFact[],
  commandId: string,
  addOn: boolean,
  rush = false,
): EventBody[] {
  const groups = new Map<
    string,
    { station: string; held: boolean; course: number | undefined; items: string[] }
  >();
  for (const item of items)
    for (const station of item.stations) {
      const course = item.held ? item.course : undefined;
      const key = `${station}|${item.held}|${course ?? ''}`;
      const group = groups.get(key) ?? { station, held: item.held, course, items: [] };
      group.items.push(item.id);
      groups.set(key, group);
    }
  return [...groups.values()].map(({ station, held, course, items: ids }, index) => {
    const ticket = deriveId(commandId, index);
    const shared = { order, ticket, station, items: ids, ...(course !== undefined && { course }) };
    return held ? fact('ticket.held', shared) : fact('ticket.fired', { ...shared, addOn, rush });
  });
}

export function fire(state: LocationState, command: Of<'order.fire'>): EventBody[] {
  const order = openOrder(state, command.input.order);
  const chosen = choose(order, command.input);
  return fireItems(
    order,
    chosen.filter((item) => item.held && isLive(item)),
    command.id,
  );
}

export function release(state: LocationState, command: Of<'order.release'>): EventBody[] {
  const order = state.orders.get(command.input.order);
  if (!order || !isOpen(order)) return [];
  const wanted = new Set(command.input.items);
  return fireItems(
    order,
    order.items.filter((item) => wanted.has(item.id) && item.held && isLive(item)),
    command.id,
  );
}

/** Held work fires: a held ticket that fires whole keeps its id, so its card only brightens; a part of it gets a new one. */
function fireItems(order: Order, items: readonly Item[], commandId: string): EventBody[] {
  const firing = new Set(items.map(({ id }) => id));
  const events: EventBody[] = [];
  for (const ticket of order.tickets.filter(({ firedAt }) => firedAt === null)) {
    const lines = ticketLines(order, ticket).filter(({ item }) => isLive(item));
    const mine = lines.filter(({ item }) => firing.has(item.id)).map(({ item }) => item.id);
    if (mine.length === 0) continue;
    const id = mine.length === lines.length ? ticket.id : deriveId(commandId, events.length);
    events.push(
      fact('ticket.fired', {
        order: order.id,
        ticket: id,
        station: ticket.station,
        items: mine,
        ...(ticket.course !== undefined && { course: ticket.course }),
        addOn: false,
        rush: false,
      }),
    );
  }
  return events;
}

export function hold(state: LocationState, command: Of<'order.hold'>): EventBody[] {
  const { at } = command.input;
  const order = openOrder(state, command.input.order);
  const explicit = command.input.items !== undefined || command.input.course !== undefined;
  const chosen = choose(order, command.input).filter((item) => isLive(item) && !item.served);
  const started = chosen.filter((item) => !item.held && isTouched(item));
  if (explicit && started[0])
    throw conflict(`${started[0].name} is being made; it can no longer be held.`, {
      kind: 'order',
      id: order.id,
    });
  const waiting = chosen.filter((item) => !isTouched(item));
  const groups = new Map<string, { station: string; course: number | undefined; items: Item[] }>();
  for (const item of waiting)
    for (const station of item.stations) {
      const key = `${station}|${item.course ?? ''}`;
      const group = groups.get(key) ?? { station, course: item.course, items: [] };
      group.items.push(item);
      groups.set(key, group);
    }
  return [...groups.values()].flatMap(({ station, course, items }, index): EventBody[] => {
    const ids = items.map(({ id }) => id);
    const same = order.tickets.find((ticket) => {
      if (ticket.station !== station || ticket.firedAt !== null) return false;
      const lines = ticketLines(order, ticket).filter(({ item }) => isLive(item));
      return lines.length === ids.length && lines.every(({ item }) => ids.includes(item.id));
    });
    if (same && same.fireAt === at) return [];
    return [
      fact('ticket.held', {
        order: order.id,
        ticket: same?.id ?? deriveId(command.id, index),
        station,
        items: ids,
        ...(course !== undefined && { course }),
        ...(at !== undefined && { fireAt: at }),
      }),
    ];
  });
}

export function transfer(state: LocationState, input: CommandInput<'order.transfer'>): EventBody[] {
  const order = openOrder(state, input.order);
  requireTable(state, input.table, 'table');
  if (order.table === input.table) return [];
  return [
    fact('order.transferred', {
      order: order.id,
      ...(order.table !== undefined && { from: order.table }),
      to: input.table,
    }),
  ];
}

export function serve(state: LocationState, input: CommandInput<'order.serve'>): EventBody[] {
  const order = openOrder(state, input.order);
  const chosen = input.items === undefined ? order.items.filter(isLive) : choose(order, input);
  const waiting = chosen.filter((item) => itemStatus(item) !== 'served');
  for (const item of waiting)
    if (itemStatus(item) !== 'ready')
      throw conflict(`${item.name} is not ready to be handed over; it is ${itemStatus(item)}.`, {
        kind: 'order',
        id: order.id,
      });
  return waiting.length === 0
    ? []
    : [fact('order.served', { order: order.id, items: waiting.map(({ id }) => id) })];
}

export function cancel(state: LocationState, input: CommandInput<'order.cancel'>, by: Actor): EventBody[] {
  const order = state.orders.get(input.order);
  // A partner learns nothing of other orders, not even that they are there.
  if (!order || (by.role === 'partner' && order.partner !== by.id)) throw notFound('order', input.order);
  if (order.cancelled) return [];
  if (order.closed || orderStatus(order) === 'completed')
    throw conflict(`Order ${order.number} was handed over; it can no longer be cancelled.`, {
      kind: 'order',
      id: order.id,
    });
  return [fact('order.cancelled', { order: order.id, reason: input.reason })];
}

export function close(state: LocationState, input: InnerInputs['order.close']): EventBody[] {
  const order = state.orders.get(input.order);
  if (!order || !isOpen(order) || orderStatus(order) !== 'completed') return [];
  return [fact('order.closed', { order: order.id, how: 'completed' })];
}

export function archive(state: LocationState, input: InnerInputs['order.archive']): EventBody[] {
  const order = state.orders.get(input.order);
  return order && !isOpen(order) ? [fact('order.archived', { order: order.id })] : [];
}

/** The order, if it can still be changed. */
export function openOrder(state: LocationState, id: string): Order {
  const order = state.orders.get(id);
  if (!order) throw notFound('order', id);
  if (!isOpen(order))
    throw conflict(`Order ${order.number} is ${orderStatus(order)}.`, { kind: 'order', id });
  return order;
}

/** Items by id or course; neither: all of them. An id that the order does not have is named. */
function choose(order: Order, input: { items?: string[] | undefined; course?: number | undefined }): Item[] {
  if (input.items)
    return input.items.map((id, index) => {
      const item = findItem(order, id);
      if (!item) throw invalid(`items.${index}`, `is not an item of order ${order.number}`);
      return item;
    });
  return order.items.filter((item) => input.course === undefined || item.course === input.course);
}

export function requireTable(state: LocationState, id: string, path: string): void {
  const table = state.tables.get(id);
  if (!table) throw invalid(path, `"${id}" is not a table here`);
  if (table.status === 'blocked')
    throw conflict(`Table ${id} is blocked${table.reason === undefined ? '' : `: ${table.reason}`}.`, {
      kind: 'table',
      id,
    });
}

function requireFreshIds(items: readonly ItemFact[], taken: ReadonlySet<string>, path: string): void {
  const seen = new Set(taken);
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) throw invalid(`${path}.${index}.id`, 'is used by another line of this order');
    seen.add(id);
  }
}

function bySource(state: LocationState, source: string, order: NewOrder): Order | undefined {
  const key = externalKey({ source, externalId: order.externalId });
  const id = key === null ? undefined : state.external.get(key);
  return id === undefined ? undefined : state.orders.get(id);
}

import type { Command, CommandInput, Context } from './commands.ts';
import { openOrder, send } from './decideOrder.ts';
import { type EventBody, type EventData, fact } from './events.ts';
import { itemChanges } from './evolveOrder.ts';
import { deriveId } from './ids.ts';
import { type Item, isTouched, itemStatus, liveParts, liveQty } from './item.ts';
import { isStation } from './membership.ts';
import { findMenuItem, openModifiers, refuseSoldOut, resolveModifiers } from './menu.ts';
import { type Order, findItem } from './order.ts';
import { Refused, conflict, forbidden, invalid } from './refusals.ts';
import type { LocationState } from './state.ts';
import { requireLeft } from './stock/selling.ts';

/** The rules of a line: pieces ready and not, changes, voids, and cooking it again. */

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

export function ready(state: LocationState, input: CommandInput<'item.ready'>): EventBody[] {
  const { order, item } = lineOf(state, input);
  requireCooking(order, item);
  requireSeen(order, item, input.version);
  const live = liveQty(item);
  const open = partsAt(item, input.station).filter((part) => part.readyQty < live);
  if (open.length === 0 && input.qty === undefined) return [];
  const left = live - Math.min(live, ...open.map((part) => part.readyQty));
  if (input.qty !== undefined && input.qty > left)
    throw invalid('qty', `must be at most ${left}: ${live - left} of ${live} are ready`);
  return open.map((part) =>
    fact('item.readied', {
      order: order.id,
      item: item.id,
      station: part.station,
      readyQty: Math.min(live, part.readyQty + (input.qty ?? live)),
    }),
  );
}

export function unready(state: LocationState, input: CommandInput<'item.unready'>): EventBody[] {
  const { order, item } = lineOf(state, input);
  requireCooking(order, item);
  const done = partsAt(item, input.station).filter((part) => part.readyQty > 0);
  if (done.length === 0 && input.qty === undefined) return [];
  const most = Math.max(0, ...done.map((part) => part.readyQty));
  if (input.qty !== undefined && input.qty > most)
    throw invalid('qty', `must be at most ${most}, the pieces that are ready`);
  return done.map((part) =>
    fact('item.unreadied', {
      order: order.id,
      item: item.id,
      station: part.station,
      readyQty: Math.max(0, part.readyQty - (input.qty ?? part.readyQty)),
    }),
  );
}

export function amend(state: LocationState, command: Of<'item.amend'>): EventBody[] {
  const { input } = command;
  const { order, item } = lineOf(state, input);
  const status = itemStatus(item);
  if (status === 'served' || status === 'voided' || status === 'refired')
    throw conflict(`${item.name} is ${status}; it can no longer be changed.`, {
      kind: 'order',
      id: order.id,
    });
  if (input.station !== undefined && !isStation(state, input.station))
    throw invalid('station', `"${input.station}" is not a station here`);
  if (input.qty !== undefined && input.qty <= item.voidQty)
    throw invalid('qty', `must be more than the ${item.voidQty} already voided; to remove the line, void it`);
  requireMore(state, item, (input.qty ?? item.qty) - item.qty);
  const data: EventData<'item.amended'> = {
    order: order.id,
    item: item.id,
    ...(input.qty !== undefined && input.qty !== item.qty && { qty: input.qty }),
    ...(input.modifiers && amendedModifiers(state, item, input.modifiers)),
    ...(input.notes !== undefined &&
      (input.notes ?? '') !== (item.notes ?? '') && { notes: input.notes === '' ? null : input.notes }),
    ...(input.allergies && { allergies: input.allergies }),
    ...(input.seat !== undefined && { seat: input.seat }),
    ...(input.course !== undefined && { course: input.course }),
    ...(input.station !== undefined && { stations: [input.station] }),
  };
  if (itemChanges(item, data).length === 0) return [];
  return [fact('item.amended', data), ...reroute(order, item, data.stations ?? item.stations, command.id)];
}

function amendedModifiers(
  state: LocationState,
  item: Item,
  modifiers: NonNullable<CommandInput<'item.amend'>['modifiers']>,
) {
  const menuItem = item.menuItem === undefined ? undefined : findMenuItem(state.config, item.menuItem);
  const open = modifiers.flatMap((modifier) => ('action' in modifier ? [modifier] : []));
  const chosen = modifiers.flatMap((modifier) => ('group' in modifier ? [modifier] : []));
  if (item.menuItem === undefined) {
    if (chosen.length > 0)
      throw invalid('modifiers', 'of an item that is not on the menu have an action and a name');
    const base = item.unitPrice - item.modifiers.reduce((sum, { price }) => sum + price, 0);
    return openModifiers(open, base);
  }
  if (open.length > 0) throw invalid('modifiers', 'of a menu item name a group and an option');
  if (!menuItem)
    throw conflict(`${item.name} is no longer on the menu; its modifiers can no longer be changed.`);
  const had = new Set(item.modifiers.flatMap(({ option }) => option ?? []));
  const resolved = resolveModifiers(state, menuItem, chosen, 'modifiers', had);
  // A refired line costs nothing, whatever goes on it.
  return {
    modifiers: resolved.modifiers,
    unitPrice: item.refireOf === undefined ? resolved.unitPrice : 0,
    stations: resolved.stations,
  };
}

/** A change that sends the line to another station fires it there; the old station keeps it struck through. */
function reroute(order: Order, item: Item, stations: readonly string[], commandId: string): EventBody[] {
  const known = new Set(liveParts(item).map(({ station }) => station));
  return stations
    .filter((station) => !known.has(station))
    .map((station, index) => {
      const shared = {
        order: order.id,
        ticket: deriveId(commandId, index),
        station,
        items: [item.id],
        ...(item.course !== undefined && { course: item.course }),
      };
      return item.held
        ? fact('ticket.held', shared)
        : fact('ticket.fired', { ...shared, addOn: true, rush: false });
    });
}

export function voidItem(
  state: LocationState,
  input: CommandInput<'item.void'>,
  context: Context,
): EventBody[] {
  const { order, item } = lineOf(state, input);
  const status = itemStatus(item);
  if (status === 'voided' && input.qty === undefined) return [];
  if (status === 'served' || status === 'refired' || status === 'voided')
    throw conflict(`${item.name} is ${status}; it can no longer be voided.`, { kind: 'order', id: order.id });
  const live = liveQty(item);
  if (input.qty !== undefined && input.qty > live)
    throw invalid('qty', `must be at most ${live}, the pieces that are left`);
  if (isTouched(item)) requireApproval(context, `${item.name} is being made; voiding it`);
  return [
    fact('item.voided', {
      order: order.id,
      item: item.id,
      qty: input.qty ?? live,
      reason: input.reason,
      made: input.made,
    }),
  ];
}

export function refire(state: LocationState, command: Of<'item.refire'>, context: Context): EventBody[] {
  const { order, item } = lineOf(state, command.input);
  const status = itemStatus(item);
  if (status === 'refired') return [];
  if (status !== 'ready' && status !== 'served')
    throw conflict(`${item.name} is ${status}; only what was made can be made again.`, {
      kind: 'order',
      id: order.id,
    });
  requireApproval(context, `Making ${item.name} again`);
  requireMore(state, item, liveQty(item));
  if (item.refireOf !== undefined && context.by.role === 'expo' && context.by.approvedBy === undefined)
    throw forbidden(`Making ${item.name} a third time needs a manager's PIN.`);
  const {
    held: _held,
    served: _served,
    refired: _refired,
    parts: _parts,
    voidQty: _voidQty,
    refireOf: _refireOf,
    short: _short,
    ...facts
  } = item;
  const again = {
    ...facts,
    id: deriveId(command.id, 99),
    qty: liveQty(item),
    unitPrice: 0,
    modifiers: [...item.modifiers],
    allergies: [...item.allergies],
    stations: [...item.stations],
    notes: command.input.reason.slice(0, 140),
    held: false,
    refireOf: item.id,
  };
  return [
    fact('item.refired', { order: order.id, item: item.id, again, reason: command.input.reason }),
    ...send(order.id, [again], command.id, false, true),
  ];
}

function lineOf(state: LocationState, input: { order: string; item: string }): { order: Order; item: Item } {
  const order = openOrder(state, input.order);
  const item = findItem(order, input.item);
  if (!item)
    throw new Refused({ code: 'not_found', detail: `Order ${order.number} has no item ${input.item}.` });
  return { order, item };
}

function partsAt(item: Item, station: string | undefined) {
  const parts = liveParts(item);
  if (station === undefined) return parts;
  const mine = parts.filter((part) => part.station === station);
  if (mine.length === 0) throw invalid('station', `"${station}" does not make ${item.name}`);
  return mine;
}

function requireCooking(order: Order, item: Item): void {
  const status = itemStatus(item);
  if (status !== 'fired' && status !== 'started' && status !== 'ready')
    throw conflict(`${item.name} is ${status}.`, { kind: 'order', id: order.id });
}

/** A tap on an older painting than the last change of the line's tickets would make what is no longer wanted. */
function requireSeen(order: Order, item: Item, version: number | undefined): void {
  if (version === undefined) return;
  for (const { ticket: id } of liveParts(item)) {
    const ticket = order.tickets.find((one) => one.id === id);
    if (ticket && ticket.changedAt > version)
      throw conflict(`${item.name} changed since this screen painted it.`, { kind: 'ticket', id });
  }
}

/** More pieces of what is on the menu, if there are so many. */
function requireMore(state: LocationState, { menuItem, name }: Item, qty: number): void {
  if (menuItem === undefined || qty <= 0) return;
  refuseSoldOut(state, 'items', { id: menuItem, name }, 'qty');
  requireLeft(state, [{ menuItem, qty }], () => 'qty');
}

/** Made food is the manager's to waste: a waiter brings a manager's PIN. */
function requireApproval(context: Context, what: string): void {
  if (context.by.role === 'waiter' && context.by.approvedBy === undefined)
    throw forbidden(`${what} needs a manager's PIN.`);
}

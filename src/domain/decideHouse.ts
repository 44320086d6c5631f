import type { CommandInput, Context, InnerInputs } from './commands.ts';
import type { LocationConfig } from './config.ts';
import { UNROUTED } from './place.ts';
import { type EventBody, fact } from './events.ts';
import { isOpen, orderStatus, ticketStatus } from './order.ts';
import { partyLeft } from './booking/seating.ts';
import { Refused, conflict, invalid } from './refusals.ts';
import type { LocationState, Table } from './state.ts';
import { leftOf } from './stock/left.ts';
import { backOnSale } from './stock/selling.ts';
import { toMillis } from './text.ts';

/** The rules of the house: what is sold out, where guests sit, what the location is made of. */

/** Guests who got up again within this time leave no dirty table. */
const MISTAKE_MS = 2 * 60_000;

export function sellOut(
  state: LocationState,
  input: CommandInput<'menu.soldOut'>,
  context: Context,
): EventBody[] {
  const { what, id } = sellable(state, input);
  const until = input.until === 'day' ? context.dayEnds : input.until;
  const ends = input.until === undefined || input.until === 'day' ? null : toMillis(input.until);
  if (ends !== null && ends <= (toMillis(context.at) ?? 0))
    throw invalid('until', 'must be a time that is not over yet');
  const now = state.soldOut[what][id];
  // What follows by itself comes back by itself; said by a person as well, it waits for a person.
  if (now && now.why === undefined && now.until === (until ?? null)) return [];
  return [fact('menu.soldOut', { ...named(input), ...(until !== undefined && { until }) })];
}

/** On sale again because somebody says so: whoever counted its portions was wrong, and nobody counts any more. */
export function restore(state: LocationState, input: CommandInput<'menu.restore'>): EventBody[] {
  const { what, id } = sellable(state, input);
  if (!Object.hasOwn(state.soldOut[what], id)) return [];
  const none = what === 'items' && leftOf(state, id) === 0;
  return [
    ...(none ? [fact('stock.portioned', { item: id, left: null })] : []),
    fact('menu.restored', named(input)),
  ];
}

/** The time is over for which it was sold out. */
export function expire(state: LocationState, input: InnerInputs['menu.expire']): EventBody[] {
  const { what, id } = sellable(state, input);
  return Object.hasOwn(state.soldOut[what], id) ? [backOnSale(state, what, id)] : [];
}

function named(input: InnerInputs['menu.expire']) {
  return {
    ...(input.item !== undefined && { item: input.item }),
    ...(input.option !== undefined && { option: input.option }),
  };
}

function sellable(
  state: LocationState,
  input: InnerInputs['menu.expire'],
): { what: 'items' | 'options'; id: string } {
  const menu = state.config?.menu;
  if (input.item !== undefined) {
    if (!menu?.items.some(({ id }) => id === input.item))
      throw new Refused({
        code: 'not_found',
        detail: `"${input.item}" is not on the menu.`,
        errors: [{ path: 'item', message: 'is not on the menu' }],
      });
    return { what: 'items', id: input.item };
  }
  const option = input.option ?? '';
  if (!menu?.groups.some((group) => group.options.some(({ id }) => id === option)))
    throw new Refused({
      code: 'not_found',
      detail: `"${option}" is not an option of the menu.`,
      errors: [{ path: 'option', message: 'is not an option of the menu' }],
    });
  return { what: 'options', id: option };
}

export function tableSeat(state: LocationState, input: CommandInput<'table.seat'>): EventBody[] {
  const table = findTable(state, input.table);
  if (table.status === 'seated' && table.covers === input.covers) return [];
  if (table.status === 'blocked' || table.status === 'dirty')
    throw conflict(`Table ${table.id} is ${table.status}; clear it first.`, { kind: 'table', id: table.id });
  return [fact('table.seated', { table: table.id, covers: input.covers })];
}

/** Guests left: their finished orders close, the table is dirty. Said of a dirty or blocked table, it is free again. */
export function tableClear(
  state: LocationState,
  input: CommandInput<'table.clear'>,
  context: Context,
  why: 'cleared' | 'finished' = 'cleared',
): EventBody[] {
  const table = findTable(state, input.table);
  if (table.status === 'free') return [];
  const orders = table.orders.flatMap((id) => state.orders.get(id) ?? []);
  const unfinished = orders.find((order) => isOpen(order) && orderStatus(order) !== 'completed');
  if (unfinished)
    throw conflict(`Order ${unfinished.number} at table ${table.id} is ${orderStatus(unfinished)}.`, {
      kind: 'table',
      id: table.id,
    });
  const closed = orders
    .filter(isOpen)
    .map((order) => fact('order.closed', { order: order.id, how: 'table' }));
  const sat = toMillis(context.at) ?? 0;
  const mistake =
    orders.length === 0 && table.since !== undefined && sat - (toMillis(table.since) ?? 0) <= MISTAKE_MS;
  const to = table.status === 'seated' && !(mistake && why === 'cleared') ? 'dirty' : 'free';
  return [
    ...closed,
    fact('table.cleared', { table: table.id, to }),
    ...partyLeft(state, table, to, context.at),
  ];
}

export function tableBlock(state: LocationState, input: CommandInput<'table.block'>): EventBody[] {
  const table = findTable(state, input.table);
  if (table.status === 'blocked' && table.reason === input.reason) return [];
  if (table.status === 'seated')
    throw conflict(`Table ${table.id} is occupied.`, { kind: 'table', id: table.id });
  return [fact('table.blocked', { table: table.id, reason: input.reason })];
}

function findTable(state: LocationState, id: string): Table {
  const table = state.tables.get(id);
  if (!table)
    throw new Refused({
      code: 'not_found',
      detail: `There is no table ${id} here.`,
      errors: [{ path: 'table', message: 'is not a table here' }],
    });
  return table;
}

/** Open tickets keep what they were fired with; a station or table that still has work stays. */
export function configure(
  state: LocationState,
  { config, version }: CommandInput<'location.configure'>,
): EventBody[] {
  if (state.config && JSON.stringify(state.config) === JSON.stringify(config)) return [];
  if (version !== undefined && version !== state.configuredAt)
    throw conflict(
      `Somebody published another configuration meanwhile: it has version ${state.configuredAt}, this one was made from ${version}.`,
    );
  for (const [path, message] of wrongIn(config)) throw invalid(`config.${path}`, message);
  const stations = new Set([...config.stations.map(({ id }) => id), UNROUTED]);
  for (const order of state.orders.values()) {
    if (!isOpen(order)) continue;
    if (order.table !== undefined && !config.tables.some(({ id }) => id === order.table))
      throw invalid('config.tables', `must keep "${order.table}": order ${order.number} is open there`);
    for (const ticket of order.tickets) {
      const status = ticketStatus(order, ticket);
      if (!stations.has(ticket.station) && (status === 'held' || status === 'new' || status === 'cooking'))
        throw invalid(
          'config.stations',
          `must keep "${ticket.station}": order ${order.number} has an open ticket there`,
        );
    }
  }
  return [fact('location.configured', { config })];
}

/** Not rules of the document itself: what the log holds of older days must stay readable. */
function* wrongIn(config: LocationConfig): Generator<[path: string, message: string]> {
  if (!isZone(config.timezone))
    yield ['timezone', `"${config.timezone}" is not a zone such as Europe/Madrid or UTC`];
  for (const kind of ['printers', 'screens'] as const) {
    const ids = config[kind].map(({ id }) => id);
    for (const [index, id] of ids.entries())
      if (ids.indexOf(id) < index) yield [`${kind}.${index}.id`, `"${id}" is here twice`];
  }
  const printers = new Set(config.printers.map(({ id }) => id));
  for (const [index, { id, printer, backup }] of config.stations.entries()) {
    if (printer !== undefined && !printers.has(printer))
      yield [`stations.${index}.printer`, `"${printer}" is not among the printers`];
    if (backup === id) yield [`stations.${index}.backup`, 'must be another station'];
  }
  const places = new Set([...config.stations.map(({ id }) => id), config.expo.id, UNROUTED]);
  for (const [index, { station }] of config.screens.entries())
    if (station !== undefined && !places.has(station))
      yield [`screens.${index}.station`, `no station "${station}"`];
}

/** Papers and screens write times in it: a zone that is none would stop both. */
function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

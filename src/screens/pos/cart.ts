import type { CommandRequest } from '../../domain/commands.ts';
import type { MenuView, OrderType, OrderView } from '../../domain/entities.ts';
import {
  type Choice,
  type Groups,
  type MenuItem,
  groupsById,
  missingGroups,
  openGroups,
  unitPrice,
} from './choices.ts';
import type { Sellable } from '../stock/eightySix.ts';

/**
 * What a waiter has typed and not sent. A cart belongs to a new order or to one that is open already; either way its ids
 * are made at the taps, so that ten taps on Send are one order. Pure: ids come in.
 */

export type CartLine = {
  readonly id: string;
  readonly menuItem: string;
  readonly qty: number;
  readonly choices: readonly Choice[];
  readonly notes: string;
  readonly allergies: readonly string[];
  readonly seat: number | null;
  /** Null: the menu's own course. */
  readonly course: number | null;
  readonly hold: boolean;
};

export type Cart = {
  /** The order's id, made when the cart was opened; an add-on's cart has the id of the order it adds to. */
  readonly order: string;
  /** The order is open in the kitchen: what is sent is added to it. */
  readonly adds: boolean;
  readonly type: OrderType;
  readonly table: string | null;
  readonly guest: string;
  /** Of a delivery: whom the courier calls, and where they go. */
  readonly phone: string;
  readonly address: string;
  readonly instructions: string;
  readonly covers: number;
  readonly notes: string;
  readonly allergies: readonly string[];
  readonly lines: readonly CartLine[];
  /** When it was opened, milliseconds by the server's clock. */
  readonly openedAt: number;
};

export const ORDER_TYPES: readonly OrderType[] = ['dine_in', 'takeout', 'delivery', 'counter'];

/** Two covers unless said otherwise. */
export const COVERS = 2;
export const NOTE_LENGTH = 140;

export function newCart(
  order: string,
  openedAt: number,
  table: { id: string; covers?: number | undefined } | null,
): Cart {
  return {
    order,
    adds: false,
    type: table ? 'dine_in' : 'takeout',
    table: table?.id ?? null,
    guest: '',
    phone: '',
    address: '',
    instructions: '',
    covers: table?.covers ?? COVERS,
    notes: '',
    allergies: [],
    lines: [],
    openedAt,
  };
}

/** A cart that adds to an open order. */
export function cartFor(order: OrderView, openedAt: number): Cart {
  return {
    ...newCart(order.id, openedAt, null),
    adds: true,
    type: order.type,
    table: order.table ?? null,
    guest: order.guest?.name ?? '',
    covers: order.covers ?? COVERS,
    allergies: order.allergies,
    notes: order.notes ?? '',
  };
}

/** The menu as a cart asks it: an item with the groups of its category. */
export type Menu = ReadonlyMap<
  string,
  { readonly item: MenuItem; readonly groups: Groups; readonly category: string }
>;

export function menuOf(menus: Iterable<MenuView>): Menu {
  const menu = new Map<string, { item: MenuItem; groups: Groups; category: string }>();
  for (const view of menus) {
    const groups = groupsById(view);
    for (const item of view.items) menu.set(item.id, { item, groups, category: view.id });
  }
  return menu;
}

export function newLine(id: string, menuItem: string, choices: readonly Choice[]): CartLine {
  return { id, menuItem, qty: 1, choices, notes: '', allergies: [], seat: null, course: null, hold: false };
}

/** A tap on an item without choices: one more of the line that is the same in all, or a new line. */
export function addPlain(cart: Cart, id: string, menuItem: string): Cart {
  const same = cart.lines.find((line) => line.menuItem === menuItem && isPlain(line));
  return same
    ? putLine(cart, { ...same, qty: clampQty(same.qty + 1) })
    : putLine(cart, newLine(id, menuItem, []));
}

/** Adds the line, or takes the place of the one with its id. */
export function putLine(cart: Cart, line: CartLine): Cart {
  const known = cart.lines.some(({ id }) => id === line.id);
  return {
    ...cart,
    lines: known ? cart.lines.map((other) => (other.id === line.id ? line : other)) : [...cart.lines, line],
  };
}

export function dropLine(cart: Cart, id: string): Cart {
  return { ...cart, lines: cart.lines.filter((line) => line.id !== id) };
}

/** Holds every line, or fires every one when all are held. */
export function holdAll(cart: Cart): Cart {
  const hold = !cart.lines.every((line) => line.hold);
  return { ...cart, lines: cart.lines.map((line) => ({ ...line, hold })) };
}

export function clampQty(qty: number): number {
  return Math.min(999, Math.max(1, Math.round(qty)));
}

/** What one line costs in minor units; 0 for an item that left the menu meanwhile. */
export function linePrice(line: CartLine, menu: Menu): number {
  const entry = menu.get(line.menuItem);
  return entry ? unitPrice(entry.item, entry.groups, line.choices) * line.qty : 0;
}

export function cartTotal(cart: Cart, menu: Menu): number {
  return cart.lines.reduce((sum, line) => sum + linePrice(line, menu), 0);
}

/** Why a line cannot be sent as it is; null when it can. */
export type LineTrouble =
  | { what: 'missing'; group: string }
  | { what: 'soldOut'; name: string }
  /** More pieces than are left to sell. */
  | { what: 'short'; name: string; left: number }
  | { what: 'gone' };

export function lineTrouble(line: CartLine, menu: Menu): LineTrouble | null {
  const entry = menu.get(line.menuItem);
  if (!entry) return { what: 'gone' };
  if (entry.item.soldOut) return { what: 'soldOut', name: entry.item.name };
  if (entry.item.left !== undefined && line.qty > entry.item.left)
    return { what: 'short', name: entry.item.name, left: entry.item.left };
  for (const choice of line.choices) {
    const option = entry.groups.get(choice.group)?.options.find(({ id }) => id === choice.option);
    if (!option) return { what: 'gone' };
    if (option.soldOut) return { what: 'soldOut', name: option.name };
  }
  const missing = missingGroups(entry.item, entry.groups, line.choices)[0];
  return missing ? { what: 'missing', group: missing.group.name } : null;
}

/** What can be said to be sold out of a dish: itself, and what can be chosen with it. */
export function sellableOf({ item, groups }: { item: MenuItem; groups: Groups }): Sellable {
  const options = item.groups
    .flatMap((id) => groups.get(id)?.options ?? [])
    .filter(({ kind }) => kind !== 'remove')
    .flatMap((option) => [option, ...option.groups.flatMap((id) => groups.get(id)?.options ?? [])]);
  return {
    item: item.id,
    name: item.name,
    left: item.left,
    soldOut: item.soldOut,
    until: item.soldOutUntil,
    options: [...new Map(options.map((option) => [option.id, option])).values()],
  };
}

/** Lines that can go to the kitchen now. The others stay in the cart. */
export function readyLines(cart: Cart, menu: Menu): CartLine[] {
  const wanted = new Map<string, number>();
  return cart.lines.filter((line) => {
    if (lineTrouble(line, menu) !== null) return false;
    // Of several lines of one dish the first have what is left.
    const qty = (wanted.get(line.menuItem) ?? 0) + line.qty;
    if (qty > (menu.get(line.menuItem)?.item.left ?? Number.POSITIVE_INFINITY)) return false;
    wanted.set(line.menuItem, qty);
    return true;
  });
}

/** What keeps the whole cart from being sent. */
export type CartTrouble = 'empty' | 'nothingReady' | 'where';

export function cartTrouble(cart: Cart, menu: Menu): CartTrouble | null {
  if (cart.lines.length === 0) return 'empty';
  if (readyLines(cart, menu).length === 0) return 'nothingReady';
  // Somebody has to know where it goes: a table, or a name to call.
  if (!cart.adds && cart.table === null && cart.guest.trim() === '') return 'where';
  return null;
}

/** Minutes until the slowest line is cooked, as the menu says; null when it says nothing. Held lines do not count. */
export function aboutMinutes(lines: readonly CartLine[], menu: Menu): number | null {
  const seconds = lines.flatMap((line) => (line.hold ? [] : (menu.get(line.menuItem)?.item.prep ?? [])));
  return seconds.length === 0 ? null : Math.ceil(Math.max(...seconds) / 60);
}

/** Everything an order is declared or detected to contain that its guests must not eat: `nuts` on the order, `milk` in a dish. */
export function allergenClash(cart: Cart, line: CartLine, menu: Menu): string[] {
  const entry = menu.get(line.menuItem);
  if (!entry) return [];
  const watched = new Set([...cart.allergies, ...line.allergies].map((word) => word.toLowerCase()));
  const options = openGroups(entry.item, entry.groups, line.choices).flatMap(({ group }) =>
    group.options.filter(
      (option) =>
        option.kind !== 'remove' &&
        line.choices.some((choice) => choice.group === group.id && choice.option === option.id),
    ),
  );
  const contains = new Set(
    [...entry.item.allergens, ...options.flatMap((option) => option.allergens)].map((word) =>
      word.toLowerCase(),
    ),
  );
  return [...contains].filter((word) => watched.has(word));
}

/** The lines of the cart as the contract wants them. */
function requestLine(line: CartLine): CommandRequest<'order.add'>['items'][number] {
  return {
    id: line.id,
    menuItem: line.menuItem,
    qty: line.qty,
    modifiers: line.choices.map((choice) => ({
      group: choice.group,
      option: choice.option,
      ...(choice.qty !== 1 && { qty: choice.qty }),
    })),
    ...(line.notes.trim() !== '' && { notes: line.notes.trim() }),
    ...(line.allergies.length > 0 && { allergies: [...line.allergies] }),
    ...(line.seat !== null && { seat: line.seat }),
    ...(line.course !== null && { course: line.course }),
    ...(line.hold && { hold: true }),
  };
}

export type Send =
  | { name: 'order.place'; input: CommandRequest<'order.place'> }
  | { name: 'order.add'; input: CommandRequest<'order.add'> };

/** The command that sends the ready lines, and the cart that is left. Null: there is nothing to send. */
export function sendCart(cart: Cart, menu: Menu): { send: Send; rest: readonly CartLine[] } | null {
  if (cartTrouble(cart, menu) !== null) return null;
  const ready = readyLines(cart, menu);
  const rest = cart.lines.filter((line) => !ready.includes(line));
  const items = ready.map(requestLine);
  if (cart.adds) return { send: { name: 'order.add', input: { order: cart.order, items } }, rest };
  const order: CommandRequest<'order.place'>['order'] = {
    id: cart.order,
    type: cart.type,
    ...(cart.table !== null && { table: cart.table }),
    ...(cart.guest.trim() !== '' && {
      guest: {
        name: cart.guest.trim(),
        ...(isDelivered(cart) && cart.phone.trim() !== '' && { phone: cart.phone.trim() }),
      },
    }),
    ...(isDelivered(cart) && {
      dropoff: {
        address: cart.address.trim(),
        ...(cart.instructions.trim() !== '' && { instructions: cart.instructions.trim() }),
      },
    }),
    ...(cart.table !== null && { covers: cart.covers }),
    ...(cart.notes.trim() !== '' && { notes: cart.notes.trim() }),
    ...(cart.allergies.length > 0 && { allergies: [...cart.allergies] }),
    items,
  };
  return { send: { name: 'order.place', input: { order } }, rest };
}

/** A courier is to bring it. */
function isDelivered({ type, address }: Cart): boolean {
  return type === 'delivery' && address.trim() !== '';
}

/** The items of an order once more, as far as the menu still has them: another round in two taps. New ids from `mint`. */
export function repeatLines(order: OrderView, menu: Menu, mint: () => string): CartLine[] {
  return (order.items ?? []).flatMap((item) => {
    const live = item.qty - item.voidQty;
    if (item.menuItem === undefined || !menu.has(item.menuItem) || live <= 0 || item.refireOf !== undefined)
      return [];
    const choices = item.modifiers.flatMap((modifier) =>
      modifier.group !== undefined && modifier.option !== undefined
        ? [{ group: modifier.group, option: modifier.option, qty: modifier.qty }]
        : [],
    );
    return [
      {
        ...newLine(mint(), item.menuItem, choices),
        qty: live,
        allergies: item.allergies,
        seat: item.seat ?? null,
      },
    ];
  });
}

function isPlain(line: CartLine): boolean {
  return (
    line.choices.length === 0 &&
    line.notes === '' &&
    line.allergies.length === 0 &&
    line.seat === null &&
    line.course === null &&
    !line.hold
  );
}

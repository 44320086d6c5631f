import type { ItemView, OrderView } from '../../domain/entities.ts';
import { type Menu, ORDER_TYPES, linePrice } from './cart.ts';
import { type Choice, modifiersOf } from './choices.ts';
import { readChoice } from './drafts.ts';
import { field, listAt, oneOf, textAt, wholeAt, wordsAt } from './reading.ts';
import type { OnItsWay } from './receipts.ts';

/**
 * Orders and lines that are on their way and that the view does not have yet, in the shape of the view: a waiter sees at once
 * what was sent, marked as not in the kitchen. They go when the view has them.
 */

type SentLine = {
  id: string;
  menuItem: string | undefined;
  name: string | undefined;
  qty: number;
  choices: Choice[];
  notes: string | undefined;
  allergies: string[];
  seat: number | undefined;
  course: number | undefined;
  hold: boolean;
};

function readLine(value: unknown): SentLine | undefined {
  const id = textAt(value, 'id');
  const qty = wholeAt(value, 'qty', 1);
  if (id === undefined || qty === undefined) return undefined;
  return {
    id,
    menuItem: textAt(value, 'menuItem'),
    name: textAt(value, 'name'),
    qty,
    // An open item's modifiers are words and name no option; the view will show them.
    choices: listAt(value, 'modifiers', readChoice) ?? [],
    notes: textAt(value, 'notes'),
    allergies: wordsAt(value, 'allergies'),
    seat: wholeAt(value, 'seat', 1),
    course: wholeAt(value, 'course', 1),
    hold: field(value, 'hold') === true,
  };
}

/** The orders of the view with everything that is on its way: new orders behind, added lines inside. */
export function withPending(
  orders: Iterable<OrderView>,
  pending: readonly OnItsWay[],
  menu: Menu,
  server: string | undefined,
): OrderView[] {
  const all = new Map<string, OrderView>();
  for (const order of orders) all.set(order.id, order);
  for (const command of pending) {
    if (command.name === 'order.place') {
      const made = asOrder(field(command.input, 'order'), command, menu, server);
      if (made && !all.has(made.id)) all.set(made.id, made);
    }
    if (command.name === 'order.add') {
      const order = all.get(textAt(command.input, 'order') ?? '');
      const lines = listAt(command.input, 'items', readLine);
      if (order && lines) all.set(order.id, withLines(order, lines, command, menu));
    }
  }
  return [...all.values()];
}

function asOrder(sent: unknown, command: OnItsWay, menu: Menu, server: string | undefined): OrderView | null {
  const id = textAt(sent, 'id');
  const type = oneOf(field(sent, 'type'), ORDER_TYPES);
  const lines = listAt(sent, 'items', readLine);
  if (id === undefined || type === undefined || !lines) return null;
  const [table, guest, notes] = [
    textAt(sent, 'table'),
    textAt(field(sent, 'guest'), 'name'),
    textAt(sent, 'notes'),
  ];
  const covers = wholeAt(sent, 'covers', 1);
  const empty: OrderView = {
    kind: 'order',
    id,
    version: 0,
    number: 0,
    type,
    source: 'pos',
    ...(table !== undefined && { table }),
    ...(guest !== undefined && { guest: { name: guest } }),
    ...(covers !== undefined && { covers }),
    ...(server !== undefined && { server }),
    ...(notes !== undefined && { notes }),
    allergies: wordsAt(sent, 'allergies'),
    status: 'placed',
    paymentStatus: 'none',
    items: [],
    tickets: [],
    readyItems: 0,
    liveItems: 0,
    placedAt: new Date(command.tappedAt).toISOString(),
    total: 0,
  };
  return withLines(empty, lines, command, menu);
}

function withLines(order: OrderView, lines: readonly SentLine[], command: OnItsWay, menu: Menu): OrderView {
  const known = new Set((order.items ?? []).map((item) => item.id));
  const fresh = lines.filter((line) => !known.has(line.id)).map((line) => asItem(line, menu));
  if (fresh.length === 0) return order;
  const stations = [...new Set(fresh.flatMap((item) => item.stations))];
  const tickets = stations.map((station) => {
    const mine = fresh.filter((item) => item.stations.includes(station));
    const held = mine.every((item) => item.status === 'held');
    return {
      id: `${command.id}:${station}`,
      station,
      status: held ? ('held' as const) : ('new' as const),
      delivery: { state: 'queued' as const },
      firedAt: held ? null : new Date(command.tappedAt).toISOString(),
      ackRequired: false,
      items: mine.map((item) => item.id),
    };
  });
  return {
    ...order,
    items: [...(order.items ?? []), ...fresh],
    tickets: [...order.tickets, ...tickets],
    liveItems: order.liveItems + fresh.length,
    total: order.total + fresh.reduce((sum, item) => sum + item.price, 0),
  };
}

function asItem(line: SentLine, menu: Menu): ItemView {
  const entry = line.menuItem === undefined ? undefined : menu.get(line.menuItem);
  const { choices } = line;
  return {
    id: line.id,
    ...(line.menuItem !== undefined && { menuItem: line.menuItem }),
    name: entry?.item.name ?? line.name ?? line.menuItem ?? '',
    qty: line.qty,
    readyQty: 0,
    voidQty: 0,
    status: line.hold ? 'held' : 'fired',
    modifiers: entry ? modifiersOf(entry.groups, choices).map((modifier) => ({ ...modifier, price: 0 })) : [],
    ...(line.notes !== undefined && { notes: line.notes }),
    allergies: line.allergies,
    ...(line.seat !== undefined && { seat: line.seat }),
    ...(line.course !== undefined && { course: line.course }),
    stations: entry?.item.stations ?? [],
    price: entry
      ? linePrice(
          {
            id: line.id,
            menuItem: entry.item.id,
            qty: line.qty,
            choices,
            notes: '',
            allergies: [],
            seat: null,
            course: null,
            hold: line.hold,
          },
          menu,
        )
      : 0,
  };
}

import { z } from 'zod';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import { type Menu, linePrice } from './cart.ts';
import { modifiersOf } from './choices.ts';
import type { OnItsWay } from './receipts.ts';

/**
 * Orders and lines that are on their way and that the view does not have yet, in the shape of the view: a waiter sees at once
 * what was sent, marked as not in the kitchen. They go when the view has them.
 */

const sentLine = z.object({
  id: z.string(),
  menuItem: z.string().optional(),
  name: z.string().optional(),
  qty: z.number(),
  modifiers: z
    .array(z.object({ group: z.string(), option: z.string(), qty: z.number().optional() }))
    .catch([]),
  notes: z.string().optional(),
  allergies: z.array(z.string()).default([]),
  seat: z.number().optional(),
  course: z.number().optional(),
  hold: z.boolean().default(false),
});

const placing = z.object({
  order: z.object({
    id: z.string(),
    type: z.enum(['dine_in', 'takeout', 'delivery', 'counter']),
    table: z.string().optional(),
    guest: z.object({ name: z.string() }).optional(),
    covers: z.number().optional(),
    notes: z.string().optional(),
    allergies: z.array(z.string()).default([]),
    items: z.array(sentLine),
  }),
});

const adding = z.object({ order: z.string(), items: z.array(sentLine) });

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
      const sent = placing.safeParse(command.input);
      if (sent.success && !all.has(sent.data.order.id))
        all.set(sent.data.order.id, asOrder(sent.data.order, command, menu, server));
    }
    if (command.name === 'order.add') {
      const sent = adding.safeParse(command.input);
      const order = sent.success ? all.get(sent.data.order) : undefined;
      if (sent.success && order) all.set(order.id, withLines(order, sent.data.items, command, menu));
    }
  }
  return [...all.values()];
}

type SentLine = z.infer<typeof sentLine>;

function asOrder(
  sent: z.infer<typeof placing>['order'],
  command: OnItsWay,
  menu: Menu,
  server: string | undefined,
): OrderView {
  const empty: OrderView = {
    kind: 'order',
    id: sent.id,
    version: 0,
    number: 0,
    type: sent.type,
    source: 'pos',
    ...(sent.table !== undefined && { table: sent.table }),
    ...(sent.guest && { guest: sent.guest }),
    ...(sent.covers !== undefined && { covers: sent.covers }),
    ...(server !== undefined && { server }),
    ...(sent.notes !== undefined && { notes: sent.notes }),
    allergies: sent.allergies,
    status: 'placed',
    paymentStatus: 'none',
    items: [],
    tickets: [],
    readyItems: 0,
    liveItems: 0,
    placedAt: new Date(command.tappedAt).toISOString(),
    total: 0,
  };
  return withLines(empty, sent.items, command, menu);
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
  const choices = line.modifiers.map((choice) => ({
    group: choice.group,
    option: choice.option,
    qty: choice.qty ?? 1,
  }));
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

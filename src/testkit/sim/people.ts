import type { CommandName, CommandRequest } from '../../domain/commands.ts';
import type { OrderView, TicketView } from '../../domain/entities.ts';
import { mintId } from '../../sdk/client.ts';
import type { Sent } from '../../sdk/shapes.ts';
import type { Device, Tab } from './device.ts';
import { HOUSES } from './houses.ts';
import type { Sim } from './sim.ts';

/** What people do with what they see: cooks, the pass, waiters. They see only what their screen shows. */

type Wish = { [N in CommandName]: { name: N; input: CommandRequest<N> } }[CommandName];

/** Somebody taps. Runs in the tab's process. */
export function tap(sim: Sim, device: Device, tab: Tab, kind: 'tap' | 'order'): void {
  const wish = wishOf(sim, device, tab, kind);
  if (wish === null) {
    sim.tally.add('nothing to tap');
    return;
  }
  send(sim, device, tab, wish);
}

function send(sim: Sim, device: Device, tab: Tab, { name, input }: Wish): void {
  const sent: Sent = tab.heard.command(name, input);
  sim.tally.add(`tap ${name}`);
  sim.trace(`${device.id} taps ${name} ${sent.id}`);
  const pending = tab.heard.outbox.get().pending.find(({ id }) => id === sent.id);
  const one = {
    id: sent.id,
    name,
    device: device.id,
    location: device.spec.location,
    aggregate: pending?.aggregate ?? '',
    order: sim.screens.taps.size,
    saved: false,
    answer: null as never,
    refused: null,
    expired: false,
  };
  sim.screens.taps.set(sent.id, one);
  void sent.saved.then(() => {
    // Without room on the device the page says so; only what it says to be kept is promised.
    if (device.stored.has(sent.id)) one.saved = true;
  });
  void sent.then((answer) => Object.assign(one, { answer }));
}

function wishOf(sim: Sim, device: Device, tab: Tab, kind: 'tap' | 'order'): Wish | null {
  const { chance } = sim;
  const marker = HOUSES.find(({ location }) => location === device.spec.location)?.marker ?? '';
  if (device.spec.role === 'waiter')
    return kind === 'order' ? placeOrder(sim, marker) : waiterWish(sim, device, tab, marker);
  const topic = chance.pick(device.spec.topics);
  const { ticket, order } = tab.heard.view(topic).get().entities;
  if (device.spec.role === 'expo' && chance.chance(0.5) && order.size > 0)
    return passWish(sim, chance.pick([...order.values()]));
  if (ticket.size === 0) return null;
  return cookWish(sim, chance.pick([...ticket.values()]));
}

function cookWish({ chance }: Sim, ticket: TicketView): Wish {
  const input = { ticket: ticket.id, ...(chance.chance(0.8) && { version: ticket.version }) };
  const line = ticket.lines[0];
  switch (chance.below(10)) {
    case 0:
    case 1:
      return { name: 'ticket.start', input };
    case 2:
      return { name: 'ticket.recall', input };
    case 3:
      return { name: 'ticket.rush', input: { ticket: ticket.id, rush: chance.chance(0.7) } };
    case 4:
      return { name: 'ticket.acknowledge', input };
    case 5:
    case 6:
      if (line !== undefined)
        return {
          name: chance.chance(0.7) ? 'item.ready' : 'item.unready',
          input: { order: ticket.order, item: line.item },
        };
      return { name: 'ticket.bump', input };
    default:
      return { name: 'ticket.bump', input };
  }
}

function passWish({ chance }: Sim, order: OrderView): Wish {
  const ticket = order.tickets[0];
  if (ticket !== undefined && chance.chance(0.3))
    return { name: 'ticket.recall', input: { ticket: ticket.id } };
  return { name: 'order.serve', input: { order: order.id } };
}

function waiterWish(sim: Sim, device: Device, tab: Tab, marker: string): Wish | null {
  const { chance } = sim;
  const { order: orders, table: tables } = tab.heard.view('pos').get().entities;
  if (orders.size === 0) return placeOrder(sim, marker);
  const order = chance.pick([...orders.values()]);
  const item = order.items?.[0];
  switch (chance.below(9)) {
    case 0:
      return { name: 'order.add', input: { order: order.id, items: lines(sim, marker) } };
    case 1:
      if (item === undefined) return null;
      return {
        name: 'item.amend',
        input: { order: order.id, item: item.id, qty: 1 + chance.below(3), notes: `${marker} please` },
      };
    case 2:
      if (item === undefined) return null;
      return { name: 'item.void', input: { order: order.id, item: item.id, reason: 'wrong', made: false } };
    case 3:
      return { name: 'order.transfer', input: { order: order.id, table: chance.pick(['T1', 'T2', 'T3']) } };
    case 4:
      return { name: 'order.fire', input: { order: order.id } };
    case 5:
      return { name: 'order.serve', input: { order: order.id } };
    case 6:
      return {
        name: 'order.hold',
        input: { order: order.id, at: new Date(tab.heard.serverNow() + chance.below(60_000)).toISOString() },
      };
    case 7:
      return chance.chance(0.3)
        ? { name: 'order.cancel', input: { order: order.id, reason: 'left' } }
        : { name: 'item.refire', input: { order: order.id, item: item?.id ?? order.id, reason: 'burnt' } };
    default: {
      const table = [...tables.values()][chance.below(Math.max(1, tables.size))];
      if (table === undefined) return null;
      return chance.chance(0.5)
        ? { name: 'table.seat', input: { table: table.id, covers: 2 } }
        : { name: 'table.clear', input: { table: table.id } };
    }
  }
}

function placeOrder(sim: Sim, marker: string): Wish {
  const { chance } = sim;
  return {
    name: 'order.place',
    input: {
      order: {
        id: mintId(sim.world.wall()),
        type: chance.chance(0.5) ? 'dine_in' : 'counter',
        ...(chance.chance(0.5) && { table: chance.pick(['T1', 'T2', 'T3']) }),
        notes: marker,
        items: lines(sim, marker),
      },
    },
  };
}

function lines(sim: Sim, marker: string): CommandRequest<'order.place'>['order']['items'] {
  const { chance } = sim;
  return Array.from({ length: 1 + chance.below(3) }, () => {
    const id = mintId(sim.world.wall());
    const qty = 1 + chance.below(2);
    const hold = chance.chance(0.15);
    switch (chance.below(5)) {
      case 0:
        return { id, menuItem: 'lemonade', qty, hold };
      case 1:
        return {
          id,
          menuItem: 'empanada',
          qty,
          hold,
          modifiers: [{ group: 'cooking', option: chance.chance(0.5) ? 'fried' : 'baked' }],
        };
      case 2:
        return { id, menuItem: 'milanesa', qty, hold };
      default:
        return {
          id,
          menuItem: 'burger',
          qty,
          hold,
          notes: marker,
          modifiers: [{ group: 'doneness', option: 'rare' }],
        };
    }
  });
}

/** The house changes where things are made; open tickets keep what they were fired with. */
export function reroute(sim: Sim, location: string): Wish {
  const { chance } = sim;
  const marker = HOUSES.find((house) => house.location === location)?.marker ?? '';
  return {
    name: 'location.configure',
    input: {
      config: {
        ...sim.place(marker),
        menu: {
          ...sim.place(marker).menu,
          categories: sim
            .place(marker)
            .menu.categories.map((category) =>
              category.id === 'mains'
                ? { ...category, stations: [chance.pick(['grill', 'fryer'])] }
                : category,
            ),
        },
      },
    },
  };
}

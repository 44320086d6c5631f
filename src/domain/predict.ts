import type { Command } from './commands.ts';
import type { Entity, LineView, OrderView, TicketView } from './entities.ts';
import { workStatus } from './item.ts';
import { ticketWork } from './order.ts';

/**
 * What a tap will do, shown before the server answers. It speaks of whole entities, since that is what a screen has,
 * and takes the states from the same functions as the server. What a screen cannot know (a number, another station's
 * part) it leaves as it is. The server's answer always wins.
 */
export function predict(entity: Entity, command: Command, at: string): Entity {
  if (entity.kind === 'ticket') return predictTicket(entity, command, at);
  if (entity.kind === 'order') return predictOrder(entity, command);
  return entity;
}

function predictTicket(ticket: TicketView, command: Command, at: string): TicketView {
  switch (command.name) {
    case 'ticket.start':
      return command.input.ticket === ticket.id && ticket.status === 'new'
        ? { ...ticket, status: 'cooking', startedAt: at, lines: ticket.lines.map(started) }
        : ticket;
    case 'ticket.bump':
      if (command.input.ticket !== ticket.id || (ticket.status !== 'new' && ticket.status !== 'cooking'))
        return ticket;
      return {
        ...seen(ticket),
        status: 'ready',
        startedAt: ticket.startedAt ?? at,
        readyAt: at,
        lines: seen(ticket).lines.map(done),
      };
    case 'ticket.recall': {
      if (command.input.ticket !== ticket.id || ticket.status !== 'ready') return ticket;
      const { readyAt: _readyAt, ...rest } = ticket;
      return {
        ...rest,
        status: 'cooking',
        recalls: ticket.recalls + 1,
        recalledAt: at,
        lines: ticket.lines.map(undone),
      };
    }
    case 'ticket.rush':
      return command.input.ticket === ticket.id ? { ...ticket, rush: command.input.rush } : ticket;
    case 'ticket.acknowledge':
      return command.input.ticket === ticket.id ? seen(ticket) : ticket;
    case 'item.ready':
    case 'item.unready': {
      const { order, item, station, qty } = command.input;
      if (order !== ticket.order || (station !== undefined && station !== ticket.station)) return ticket;
      if (!ticket.lines.some((line) => line.item === item)) return ticket;
      const sign = command.name === 'item.ready' ? 1 : -1;
      return settle(
        {
          ...ticket,
          lines: ticket.lines.map((line) =>
            line.item === item ? count(line, sign * (qty ?? line.qty)) : line,
          ),
        },
        at,
      );
    }
    default:
      return ticket;
  }
}

function predictOrder(order: OrderView, command: Command): OrderView {
  if (command.name !== 'order.serve' || command.input.order !== order.id || !order.items) return order;
  const chosen = command.input.items;
  const items = order.items.map((item) =>
    item.status === 'ready' && (chosen?.includes(item.id) ?? true)
      ? { ...item, status: 'served' as const }
      : item,
  );
  const live = items.filter(({ status }) => status !== 'voided' && status !== 'refired');
  return {
    ...order,
    items,
    status: live.every(({ status }) => status === 'served') ? 'completed' : order.status,
  };
}

function isLive(line: LineView): boolean {
  return line.status !== 'voided' && line.status !== 'refired' && line.status !== 'served';
}

function count(line: LineView, by: number): LineView {
  if (!isLive(line)) return line;
  const live = line.qty - line.voidQty;
  const readyQty = Math.max(0, Math.min(live, line.readyQty + by));
  return { ...line, readyQty, status: workStatus({ held: false, started: true, readyQty, live }) };
}

function started(line: LineView): LineView {
  return line.status === 'fired' ? { ...line, status: 'started' } : line;
}

function done(line: LineView): LineView {
  return isLive(line) ? { ...line, readyQty: line.qty - line.voidQty, status: 'ready' } : line;
}

function undone(line: LineView): LineView {
  return line.status === 'ready' ? { ...line, readyQty: 0, status: 'started' } : line;
}

function seen(ticket: TicketView): TicketView {
  const { movedFrom: _movedFrom, ackSince: _ackSince, unseen: _unseen, ...rest } = ticket;
  const lines = ticket.lines.map(({ changed: _changed, ...line }) => line);
  return { ...rest, lines, ackRequired: false };
}

function settle(ticket: TicketView, at: string): TicketView {
  const status = ticketWork(
    ticket.lines.map((line) => ({ status: line.status, started: line.status !== 'fired' })),
    false,
  );
  const { readyAt, ...rest } = ticket;
  return {
    ...rest,
    status,
    startedAt: ticket.startedAt ?? at,
    ...(status === 'ready' && { readyAt: readyAt ?? at }),
  };
}

import { answerBooking } from './booking/answer.ts';
import { answerCall } from './call/answer.ts';
import { answerChannel } from './channel/answer.ts';
import type { Command } from './commands.ts';
import { orderStatus, orderTotal, ticketStatus, type Order } from './order.ts';
import { presentTable } from './present.ts';
import { isCommandOf } from './families.ts';
import { type LocationState, findByTicket } from './state.ts';
import { answerStock } from './stock/answer.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What a command answers, from the state after it: small, for it is stored with the command's id. */
export function answer(state: LocationState, command: Command): { [key: string]: Json } {
  if (isCommandOf('booking', command)) return answerBooking(state, command);
  if (isCommandOf('call', command)) return answerCall(state, command);
  if (isCommandOf('channel', command)) return answerChannel(state, command);
  if (isCommandOf('stock', command)) return answerStock(state, command);
  switch (command.name) {
    case 'order.place':
      return orderAnswer(state.orders.get(command.input.order.id));
    case 'ticket.start':
    case 'ticket.bump':
    case 'ticket.recall':
    case 'ticket.rush':
    case 'ticket.acknowledge':
    case 'ticket.print': {
      const found = findByTicket(state, command.input.ticket);
      if (!found) return {};
      const { order, ticket } = found;
      return {
        ticket: {
          id: ticket.id,
          order: order.id,
          station: ticket.station,
          status: ticketStatus(order, ticket),
          version: ticket.version,
          recalls: ticket.recalls,
          rush: ticket.rush,
          ackRequired: ticket.pending.length > 0,
          ...(command.name === 'ticket.print' && { copy: ticket.copies }),
        },
        order: { id: order.id, number: order.number, status: orderStatus(order), version: order.version },
      };
    }
    case 'table.seat':
    case 'table.clear':
    case 'table.block': {
      const table = state.tables.get(command.input.table);
      const shown = table && presentTable(state, table);
      return shown
        ? {
            table: {
              id: shown.id,
              status: shown.status,
              version: shown.version,
              ...(shown.covers !== undefined && { covers: shown.covers }),
            },
          }
        : {};
    }
    case 'menu.soldOut':
    case 'menu.restore':
    case 'menu.expire': {
      const { item, option } = command.input;
      const soldOut =
        item === undefined
          ? Object.hasOwn(state.soldOut.options, option ?? '')
          : Object.hasOwn(state.soldOut.items, item);
      return { ...(item !== undefined && { item }), ...(option !== undefined && { option }), soldOut };
    }
    case 'location.configure':
      return { location: { id: state.id, version: state.configuredAt } };
    case 'ticket.hear':
    case 'ticket.escalate':
    case 'ticket.printed':
    case 'print.fail':
    case 'change.escalate':
    case 'station.prove':
    case 'policy.refuse':
    case 'person.redact':
      return {};
    default:
      return orderAnswer(state.orders.get(command.input.order));
  }
}

function orderAnswer(order: Order | undefined): { [key: string]: Json } {
  if (!order) return {};
  return {
    order: {
      id: order.id,
      number: order.number,
      status: orderStatus(order),
      version: order.version,
      total: orderTotal(order),
      ...(order.table !== undefined && { table: order.table }),
    },
    tickets: order.tickets.map((ticket) => ({
      id: ticket.id,
      station: ticket.station,
      status: ticketStatus(order, ticket),
    })),
  };
}

import type { CommandInput, InnerInputs } from './commands.ts';
import { type EventBody, fact } from './events.ts';
import { deriveId } from './ids.ts';
import { isOpenRung, printerOf, waitingChanges } from './ladder.ts';
import { type Order, type Ticket, isOpen, ticketStatus } from './order.ts';
import { conflict, invalid, notFound } from './refusals.ts';
import { type LocationState, findByTicket } from './state.ts';

/** The rules of delivery: what the house does until somebody knows of a ticket. What is no longer needed comes to nothing. */

export function escalate(
  state: LocationState,
  command: { id: string; input: InnerInputs['ticket.escalate'] },
): EventBody[] {
  const { episode, rung, deaf, to, printer, ticket: id } = command.input;
  const found = findByTicket(state, id);
  if (!found || found.ticket.episode !== episode || !isOpenRung(found.order, found.ticket, rung)) return [];
  const { order, ticket } = found;
  return [
    fact('ticket.unheard', {
      order: order.id,
      ticket: ticket.id,
      station: ticket.station,
      episode,
      rung,
      deaf: deaf ?? false,
      ...(to !== undefined && { to }),
      ...(printer !== undefined && { printer }),
      ...(rung === 3 && { job: deriveId(command.id, 0), copy: ticket.copies + 1 }),
    }),
  ];
}

export function escalateChange(state: LocationState, input: InnerInputs['change.escalate']): EventBody[] {
  const found = findByTicket(state, input.ticket);
  if (!found || !waitingChanges(found.ticket).some(({ seq }) => seq <= input.upTo)) return [];
  return [fact('ticket.unseen', { order: found.order.id, ticket: input.ticket, upTo: input.upTo })];
}

/** Anybody at the station may want it on paper; one that is not fired yet is not for the kitchen's eyes. */
export function print(
  state: LocationState,
  command: { id: string; input: CommandInput<'ticket.print'> },
): EventBody[] {
  const found = findByTicket(state, command.input.ticket);
  if (!found) throw notFound('ticket', command.input.ticket);
  const { order, ticket } = found;
  const status = ticketStatus(order, ticket);
  if (!isOpen(order) || ticket.firedAt === null || status === 'voided')
    throw conflict(
      `Ticket of order ${order.number} at ${ticket.station} is ${status}; it cannot be printed.`,
      {
        kind: 'ticket',
        id: ticket.id,
      },
    );
  const asked = command.input.printer;
  if (asked !== undefined && !(state.config?.printers ?? []).some(({ id }) => id === asked))
    throw invalid('printer', `"${asked}" is not a printer here`);
  const printer = asked ?? printerOf(state.config, ticket.station);
  if (printer === undefined)
    throw conflict(`No printer is set up for ${ticket.station}. Add one to the location's "printers".`, {
      kind: 'ticket',
      id: ticket.id,
    });
  return [
    fact('print.asked', {
      order: order.id,
      ticket: ticket.id,
      job: deriveId(command.id, 0),
      printer,
      copy: ticket.copies + 1,
    }),
  ];
}

export function printed(state: LocationState, input: InnerInputs['ticket.printed']): EventBody[] {
  const about = ticketOf(state, input.ticket);
  return about ? [fact('ticket.printed', { ...about, ...pick(input), copy: input.copy })] : [];
}

export function failPrint(state: LocationState, input: InnerInputs['print.fail']): EventBody[] {
  const about = ticketOf(state, input.ticket);
  const { reason, next } = input;
  return about
    ? [fact('print.failed', { ...about, ...pick(input), reason, ...(next !== undefined && { next }) })]
    : [];
}

export function prove(state: LocationState, input: InnerInputs['station.prove']): EventBody[] {
  const exists = state.config?.stations.some(({ id }) => id === input.station) === true;
  if (!exists || (state.proved[input.station]?.minute ?? -1) >= input.minute) return [];
  return [fact('station.proved', input)];
}

export function refusePolicy(state: LocationState, input: InnerInputs['policy.refuse']): EventBody[] {
  return (state.refused[input.policy]?.next ?? '') >= input.next ? [] : [fact('policy.refused', input)];
}

function ticketOf(state: LocationState, id: string): { order: Order['id']; ticket: Ticket['id'] } | null {
  const found = findByTicket(state, id);
  return found && { order: found.order.id, ticket: found.ticket.id };
}

function pick({ job, printer }: { job: string; printer: string }): { job: string; printer: string } {
  return { job, printer };
}

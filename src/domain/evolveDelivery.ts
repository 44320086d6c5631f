import type { EventData, LoggedEvent } from './events.ts';
import { isPrinted } from './ladder.ts';
import type { Ticket } from './order.ts';

/** What becomes of a ticket on its way to somebody's eyes. */

/** Jobs remembered a ticket; an older one that still comes out of a printer counts for the present episode. */
const JOBS = 8;

/** Asks to be heard anew: a fire, a recall, a change. */
export function newEpisode(ticket: Ticket, at: string): Ticket {
  const { heardAt: _heard, unheard: _unheard, ...rest } = ticket;
  return { ...rest, episode: ticket.episode + 1, episodeAt: at, rungs: [] };
}

export function climb(ticket: Ticket, data: EventData<'ticket.unheard'>, at: string): Ticket {
  if (data.episode !== ticket.episode) return ticket;
  const climbed: Ticket = {
    ...ticket,
    rungs: [...ticket.rungs.filter((rung) => rung !== data.rung), data.rung],
    ...(data.to !== undefined && { backup: data.to }),
    ...(data.rung >= 4 && { unheard: { at: ticket.unheard?.at ?? at, deaf: data.deaf } }),
  };
  return data.job === undefined ? climbed : askPrint(climbed, data.job);
}

export function askPrint(ticket: Ticket, job: string): Ticket {
  return {
    ...ticket,
    copies: ticket.copies + 1,
    jobs: [...ticket.jobs, { job, episode: ticket.episode }].slice(-JOBS),
  };
}

/**
 * Paper tells of the episode in which it was asked for. A printer that failed is still to be looked after when another
 * one helped out; only its own paper says that it works again.
 */
export function notePrint(ticket: Ticket, { job, printer }: EventData<'ticket.printed'>, at: string): Ticket {
  const { printFailed, ...printed } = ticket;
  const isMended = printFailed === undefined || printFailed.printer === printer;
  const rest = isMended ? printed : { ...printed, printFailed };
  const episode = ticket.jobs.find((one) => one.job === job)?.episode ?? ticket.episode;
  return { ...rest, printed: { at, episode: isPrinted(ticket) ? ticket.episode : episode, printer } };
}

export function noteFailure(ticket: Ticket, data: EventData<'print.failed'>, at: string): Ticket {
  const { printer, reason, next } = data;
  return { ...ticket, printFailed: { at, printer, reason, ...(next !== undefined && { next }) } };
}

/** Whoever taps the last change away knows of the ticket as it is. */
export function noteSeen(
  ticket: Ticket,
  event: Extract<LoggedEvent, { type: 'ticket.acknowledged' }>,
): Ticket {
  return {
    ...ticket,
    seen: { by: event.by.name ?? event.by.device ?? event.by.id, at: event.at },
    ...(ticket.pending.length === 0 && { knownIn: ticket.episode }),
  };
}

import type { LoggedEvent } from '../domain/events.ts';
import { nameId } from '../domain/ids.ts';
import { toInstant, toMillis } from '../domain/text.ts';
import type { Effect } from './effectsFollower.ts';

/** What an event asks of the world outside. Pure; the one list of kinds. */

export type PrintRequest = {
  readonly order: string;
  readonly ticket: string;
  /** Names the paper over all tries. */
  readonly job: string;
  readonly printer?: string;
  readonly why: 'unheard' | 'asked';
  /** 1 for the first copy; more is a reprint. */
  readonly copy: number;
  readonly by?: string;
  /** Of an unheard ticket: which asking to be heard this was. */
  readonly episode?: number;
};
export type CallRequest = {
  readonly order: string;
  readonly ticket: string;
  readonly station: string;
  readonly rung: number;
  readonly episode: number;
  readonly at: string;
};

/** Paper that comes half an hour late is worse than none; a call about a ticket is of no use after ten minutes. */
const PRINT_FOR_MS = 30 * 60_000;
const CALL_FOR_MS = 10 * 60_000;
const PRINT_RUNG = 3;
const MANAGER_RUNG = 5;
const MESSAGE_RUNG = 6;

export function effectsOf(_location: string, event: LoggedEvent): readonly Effect[] {
  switch (event.type) {
    case 'print.asked': {
      const { order, ticket, job, printer, copy } = event.data;
      const data: PrintRequest = {
        order,
        ticket,
        job,
        ...(printer !== undefined && { printer }),
        why: 'asked',
        copy,
        ...(event.by.name !== undefined && { by: event.by.name }),
      };
      return [effect(event, 'print', PRINT_FOR_MS, data)];
    }
    case 'ticket.unheard': {
      const { order, ticket, station, episode, rung, printer, copy = 1 } = event.data;
      if (rung === PRINT_RUNG) {
        const job = event.data.job ?? nameId('print', ticket, String(episode));
        const data: PrintRequest = {
          order,
          ticket,
          job,
          ...(printer !== undefined && { printer }),
          why: 'unheard',
          copy,
          episode,
        };
        return [effect(event, 'print', PRINT_FOR_MS, data)];
      }
      const call: CallRequest = { order, ticket, station, rung, episode, at: event.at };
      if (rung === MANAGER_RUNG) return [effect(event, 'push', CALL_FOR_MS, call)];
      if (rung === MESSAGE_RUNG) return [effect(event, 'message', CALL_FOR_MS, call)];
      return [];
    }
    default:
      return [];
  }
}

function effect(event: LoggedEvent, kind: string, forMs: number, data: unknown): Effect {
  return { id: `${event.seq}/${kind}`, kind, until: toInstant((toMillis(event.at) ?? 0) + forMs), data };
}

/** A guest's link for paper; asked for by a person rather than by an event. `address` is sealed: it is a secret. */
export type SlipRequest = { readonly order: string; readonly printer: string; readonly address: string };

/** `id` names the asking, `at` (ms since 1970) is when. */
export function guestSlip(id: string, at: number, data: SlipRequest): Effect {
  return { id: `${id}/guestSlip`, kind: 'guestSlip', until: toInstant(at + PRINT_FOR_MS), data };
}

/** One printer does one paper after the other. */
export function queueOf(location: string, { kind, data }: Effect): string | null {
  if (kind !== 'print' && kind !== 'guestSlip') return null;
  // What `effectsOf` put in comes out again.
  const { printer } = data as PrintRequest | SlipRequest;
  return `print ${location} ${printer ?? ''}`.trim();
}

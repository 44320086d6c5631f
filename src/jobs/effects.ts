import type { EventData, LoggedEvent } from '../domain/events.ts';
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

/** Somebody should know that it is low, or out. */
export type StockRequest = { readonly ingredient: string; readonly level: 'low' | 'out' };

/** An order whose platform has waited for half of its time. */
export type OfferRequest = { readonly offer: string };

/** What a delivery platform is to be told, as its adapter gets it. `ask` names the asking: what came of it is noted with it. */
export type PlatformRequest = {
  readonly channel: string;
  readonly queue: string;
  readonly act: string;
  readonly ask: number;
  readonly [field: string]: unknown;
};
/** What is asked of a whole channel, one after the other. */
const STORE_QUEUE = 'store';

/** Paper that comes half an hour late is worse than none; a call about a ticket is of no use after ten minutes. */
const PRINT_FOR_MS = 30 * 60_000;
const CALL_FOR_MS = 10 * 60_000;
/** Who was not reached by then sees it on the page. */
const STOCK_FOR_MS = 60 * 60_000;
/** A caller who waited longer was rung back, or has hung up. */
const HAND_OVER_FOR_MS = 20_000;
/** A platform has long decided by itself by then; what is sold out there is worth saying for longer. */
const PLATFORM_FOR_MS = 2 * 60 * 60_000;
const MANAGER_LEVEL = 2;
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
    case 'stock.noticed': {
      const { ingredient, level } = event.data;
      if (level === 'ok') return [];
      const data: StockRequest = { ingredient, level };
      return [effect(event, 'push', STOCK_FOR_MS, data)];
    }
    case 'call.takenOver':
    case 'call.transferStarted': {
      const { call, channel, externalId } = event.data;
      const isOurs = event.type === 'call.takenOver' || event.data.asked;
      if (!isOurs || channel === undefined || externalId === undefined) return [];
      const act = event.type === 'call.takenOver' ? 'call.takeOver' : 'call.transfer';
      const data = { channel, queue: call, ask: event.seq, act, call, externalId };
      return [effect(event, 'channel', HAND_OVER_FOR_MS, data)];
    }
    case 'channel.warned': {
      const data: OfferRequest = { offer: event.data.order };
      return event.data.level < MANAGER_LEVEL ? [] : [effect(event, 'push', CALL_FOR_MS, data)];
    }
    case 'channel.asked':
      return [effect(event, 'channel', PLATFORM_FOR_MS, platformRequest(event, event.data.order))];
    case 'channel.storeAsked':
      return [effect(event, 'channel', PLATFORM_FOR_MS, platformRequest(event, STORE_QUEUE))];
    default:
      return [];
  }
}

/** The fact's own fields are the request's: an adapter reads there what it needs. */
function platformRequest(
  { seq, data }: { seq: number; data: EventData<'channel.asked'> | EventData<'channel.storeAsked'> },
  queue: string,
): PlatformRequest {
  return { ...data, queue, ask: seq };
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

/** One printer does one paper after the other, and what belongs together outside is done and told in order. */
export function queueOf(location: string, { kind, data }: Effect): string | null {
  if (kind === 'hook' || kind === 'channel') {
    const { queue, channel = '' } = data as { queue?: string; channel?: string };
    return queue === undefined ? null : nameId(kind, location, channel, queue);
  }
  if (kind !== 'print' && kind !== 'guestSlip') return null;
  // What `effectsOf` put in comes out again.
  const { printer } = data as PrintRequest | SlipRequest;
  return `print ${location} ${printer ?? ''}`.trim();
}

import { type AgentOptions, Agent } from 'node:https';
import webpush, { WebPushError } from 'web-push';
import { nameId } from '../../domain/ids.ts';
import type { LocationState } from '../../domain/state.ts';
import { findByTicket } from '../../domain/state.ts';
import type { PushKeys } from './keys.ts';
import { type OfferCall, type OfferPayload, offerPayload } from './offerCall.ts';
import { type StockCall, type StockPayload, stockPayload } from './stockCall.ts';

/**
 * Calls a manager's browser (RFC 8030, encrypted by RFC 8291) about a ticket that nobody heard, or an ingredient that ran
 * out, an order that its platform takes back. The push service sees an address and sealed bytes.
 */

export type PushTarget = {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly language: string;
};
export type PushStore = {
  list(location: string): Promise<readonly PushTarget[]>;
  /** The browser is gone for good. */
  remove(location: string, endpoint: string): Promise<void>;
  failed(location: string, endpoint: string): Promise<void>;
};

export type PushCall = {
  readonly ticket: string;
  readonly station: string;
  readonly rung: number;
  readonly episode: number;
};
/** What the service worker shows. */
export type PushPayload = {
  readonly kind: 'unheard';
  readonly location: string;
  readonly place: string;
  readonly ticket: string;
  readonly number: number;
  readonly table?: string;
  readonly station: string;
  readonly waitingS: number;
};

export type PushJobOptions = {
  readonly open: (location: string) => Promise<{ readonly state: LocationState } | null>;
  readonly store: PushStore;
  readonly keys: PushKeys;
  /** Who answers for these calls: `mailto:` or an https address. */
  readonly subject: string;
  readonly now: () => number;
  /** More certificates to trust, for a push service of one's own. */
  readonly tls?: AgentOptions;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

const TTL_S = 15 * 60;
const TIMEOUT_MS = 10_000;

/** Null: nobody needs to be called any more. */
export function payloadOf(
  location: string,
  state: LocationState,
  call: PushCall,
  now: number,
): PushPayload | null {
  const found = findByTicket(state, call.ticket);
  if (found === null || found.ticket.heardAt !== undefined || found.ticket.episode !== call.episode)
    return null;
  const { order, ticket } = found;
  const station = state.config?.stations.find(({ id }) => id === call.station)?.name ?? call.station;
  return {
    kind: 'unheard',
    location,
    place: state.config?.name ?? location,
    ticket: ticket.id,
    number: order.number,
    ...(order.table !== undefined && { table: order.table }),
    station,
    waitingS: Math.max(0, Math.round((now - Date.parse(ticket.firedAt ?? order.placedAt)) / 1000)),
  };
}

type Payload = PushPayload | StockPayload | OfferPayload;

/** At most 32 characters of URL-safe base64 (RFC 8030, 5.4). */
function topicOf(payload: Payload): string {
  const id =
    payload.kind === 'stock'
      ? nameId('stock', payload.ingredient)
      : payload.kind === 'offer'
        ? payload.order
        : payload.ticket;
  return id.replaceAll('-', '');
}

/** The handler of push jobs. Rejects when nobody could be reached and it is worth another try. */
export function createPushJob(options: PushJobOptions) {
  const { open, store, keys, subject } = options;
  const report = options.report ?? (() => undefined);
  const agent = options.tls === undefined ? undefined : new Agent(options.tls);

  async function send(location: string, target: PushTarget, payload: Payload): Promise<boolean> {
    try {
      await webpush.sendNotification(
        { endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } },
        JSON.stringify({ ...payload, language: target.language }),
        {
          TTL: TTL_S,
          urgency: payload.kind === 'stock' && payload.level === 'low' ? 'normal' : 'high',
          // A later call about the same thing replaces the one that was not delivered yet.
          topic: topicOf(payload),
          vapidDetails: { subject, ...keys },
          timeout: TIMEOUT_MS,
          ...(agent !== undefined && { agent }),
        },
      );
      return true;
    } catch (error) {
      if (error instanceof WebPushError && (error.statusCode === 404 || error.statusCode === 410)) {
        await store.remove(location, target.endpoint);
        return false;
      }
      await store.failed(location, target.endpoint);
      report('a manager could not be called', {
        location,
        service: new URL(target.endpoint).host,
        error:
          error instanceof WebPushError ? `${error.statusCode} ${error.body}`.slice(0, 200) : String(error),
      });
      return false;
    }
  }

  return async (location: string, call: PushCall | StockCall | OfferCall): Promise<void> => {
    const hot = await open(location);
    if (hot === null) return;
    const payload =
      'ingredient' in call
        ? stockPayload(location, hot.state, call)
        : 'offer' in call
          ? offerPayload(location, hot.state, call, options.now())
          : payloadOf(location, hot.state, call, options.now());
    if (payload === null) return;
    const targets = await store.list(location);
    if (targets.length === 0) {
      report('nobody has asked to be called', { location, about: payload.kind });
      return;
    }
    const reached = await Promise.all(targets.map((target) => send(location, target, payload)));
    if (!reached.includes(true))
      throw new Error(`none of ${targets.length} subscribed devices could be reached`);
  };
}

import { randomUUID } from 'node:crypto';
import type { ChannelLink, ChannelLinks } from '../accounts/channelLinks.ts';
import { nameId } from '../domain/ids.ts';
import { isStorable, toInstant } from '../domain/text.ts';
import { readBody } from '../integrations/body.ts';
import type {
  Delivery,
  HookAnswer,
  HookRequest,
  ParsedRequest,
  Provider,
  Reading,
  Verdict,
} from '../integrations/provider.ts';
import type { Enqueue, InboxTable, NewDelivery } from './inboxTable.ts';
import type { Responder } from './responder.ts';
import { digestOf } from './tools.ts';

/**
 * What happens between a provider's request and its answer: whose address is it, did the provider send it, what is it, one
 * row with its job, the answer. Nothing here waits for the location, but for a sender that wants a thought-out answer.
 */
export type Received =
  | { readonly answer: HookAnswer }
  /** `unknown`: no such address. `unproved`: the provider did not send it. `method`: not in this way. */
  | { readonly refused: 'unknown' | 'unproved' | 'method' };

export type IntakeOutcome =
  | 'stored'
  | 'repeated'
  | 'ignored'
  | 'unreadable'
  | 'unproved'
  | 'unknown'
  | 'unconfigured';

export type Intake = (
  providerId: string,
  address: string,
  request: HookRequest,
  /** The query as it stands in the address, without `?`. */
  query: string,
) => Promise<Received>;

export type IntakeOptions = {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly links: Pick<ChannelLinks, 'find'>;
  readonly table: Pick<InboxTable, 'take'>;
  /** Puts the work in line; `afterMs`: not before so long. */
  readonly enqueue: (location: string, afterMs: number) => Enqueue;
  readonly responder: Responder;
  /** Another restaurant's link, when the delivery is for that one. */
  readonly forStore: (link: ChannelLink, store: string) => Promise<ChannelLink>;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly observe: (provider: string, outcome: IntakeOutcome, event?: string) => void;
};

const LONGEST_KEY = 200;
const LONGEST_EVENT = 80;
const LONGEST_REASON = 300;
/** The job of a delivery that is being answered begins this much after the answer's deadline: usually it finds it done. */
const AFTER_ANSWER_MS = 5_000;
/** What opens doors, or says who stands before which. */
const NOT_KEPT = /^(authorization|proxy-authorization|cookie|x-api-key|host|connection|content-length)$/;

export function createIntake(options: IntakeOptions): Intake {
  const { providers, links, table, responder, now, report, observe } = options;

  return async (providerId, address, request, query) => {
    const provider = providers.get(providerId);
    const knocked = provider === undefined ? null : await links.find(address);
    if (provider === undefined || knocked === null || knocked.provider !== providerId) {
      observe(provider?.id ?? 'unknown', 'unknown');
      return { refused: 'unknown' };
    }
    if (!(provider.methods ?? ['POST']).includes(request.method)) return { refused: 'method' };
    const { secrets } = knocked;
    if (provider.secrets.some(({ id, optional }) => optional !== true && (secrets[id] ?? '') === '')) {
      observe(provider.id, 'unconfigured');
      return { refused: 'unproved' };
    }
    const verdict = verify(provider, request, knocked, now());
    if (!verdict.ok) {
      observe(provider.id, 'unproved');
      report('a delivery was not proved to be of its provider', {
        location: knocked.location,
        channel: knocked.channel,
        why: verdict.why,
      });
      return { refused: 'unproved' };
    }

    const parsed: ParsedRequest = {
      ...request,
      body: readBody(request.headers['content-type'], request.raw),
    };
    const reading = readingOf(provider, parsed);
    const link =
      reading.store === undefined || reading.store === ''
        ? knocked
        : await options.forStore(knocked, reading.store);
    const receivedAt = toInstant(now());
    const row: NewDelivery = {
      location: link.location,
      id: randomUUID(),
      channel: link.channel,
      provider: provider.id,
      key: reading.key ?? digestOf(request.method, query, request.raw),
      event: reading.event,
      queue: reading.queue === undefined ? null : nameId('queue', link.location, link.channel, reading.queue),
      method: request.method,
      query: query.slice(0, 2_000),
      headers: keptHeaders(request.headers, secrets),
      raw: request.raw,
      receivedAt,
      // What its adapter cannot read is not thrown away: a better adapter can have it replayed.
      status: reading.broken !== undefined ? 'dead' : reading.ignore === true ? 'ignored' : 'waiting',
      reason: reading.broken ?? null,
    };
    const delivery = (id: string): Delivery => ({
      ...parsed,
      headers: row.headers,
      id,
      event: row.event,
      key: row.key,
      receivedAt,
      attempt: 0,
    });
    const waits = row.status === 'waiting' && wantsAnswer(provider, delivery(row.id));
    const afterMs = waits ? (provider.respond?.withinMs ?? 0) + AFTER_ANSWER_MS : 0;
    const { id, isNew, answer } = await table.take(
      row,
      row.status === 'waiting' ? options.enqueue(link.location, afterMs) : null,
    );
    observe(
      provider.id,
      !isNew
        ? 'repeated'
        : row.status === 'dead'
          ? 'unreadable'
          : row.status === 'ignored'
            ? 'ignored'
            : 'stored',
      row.event,
    );
    if (answer !== null) return { answer };
    if (waits) return { answer: await responder(provider, link, delivery(id), isNew) };
    return { answer: plainAnswer(provider, delivery(id), isNew ? 'stored' : 'repeated') };
  };

  function wantsAnswer(provider: Provider, delivery: Delivery): boolean {
    try {
      return provider.respond?.wanted(delivery) ?? false;
    } catch (error) {
      report('an adapter could not say whether a delivery waits', {
        provider: provider.id,
        error: String(error),
      });
      return false;
    }
  }
}

/** What the provider hears. An adapter that stumbles over its own answer must not have the delivery sent again for ever. */
export function plainAnswer(
  provider: Provider,
  delivery: Delivery,
  why: 'stored' | 'repeated' | 'late',
): HookAnswer {
  try {
    return provider.answer(delivery, why);
  } catch {
    return { status: 200 };
  }
}

function verify(
  provider: Provider,
  request: HookRequest,
  { secrets, environment, baseUrl }: ChannelLink,
  now: number,
): Verdict {
  try {
    return provider.verify(request, secrets, now, baseUrl === null ? environment : undefined);
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

type Read = Reading & { readonly broken?: string };

/** What the adapter made of it, in words that a table can hold. */
function readingOf(provider: Provider, parsed: ParsedRequest): Read {
  let reading: Reading;
  try {
    reading = provider.read(parsed);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { event: 'unreadable', broken: storable(words, LONGEST_REASON) || 'cannot be read' };
  }
  const { key, queue, store, ignore } = reading;
  return {
    event: storable(reading.event, LONGEST_EVENT).trim() || 'unknown',
    ...(key !== undefined && { key: isStorable(key) && key.length <= LONGEST_KEY ? key : digestOf(key) }),
    ...(queue !== undefined && { queue }),
    ...(store !== undefined && { store: storable(store, LONGEST_KEY) }),
    ...(ignore !== undefined && { ignore }),
  };
}

function storable(text: string, most: number): string {
  return text.slice(0, most).replaceAll('\0', '\uFFFD').toWellFormed();
}

/** By what name a header came and what it said, without what would let a reader of the table in. */
function keptHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const hidden = Object.values(secrets).filter((secret) => secret !== '');
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !NOT_KEPT.test(name))
      .map(([name, value]) => [name, hidden.some((secret) => value.includes(secret)) ? '…' : value]),
  );
}

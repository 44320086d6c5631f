import type { CanonicalCourier, CanonicalOrder } from '../domain/channel/canonical.ts';
import type { CourierState } from '../domain/channel/state.ts';
import { isWithinYears, toInstant, toMillis } from '../domain/text.ts';
import { instantOf, receivedOrder, shorten } from './platformOrder.ts';
import { type ProviderTools, TryLater, type WorkResult } from './provider.ts';

/**
 * What an adapter of a delivery platform says to the house, from `work`, `respond` or `look`. All of it may be said twice
 * and in any order: ids follow from what is said, and the rules know what is old.
 */

export type { CourierState };

/** An order that a platform offers. */
export type Offer = {
  readonly order: CanonicalOrder;
  /** How long the platform waits for our yes, from `placedAt`; null: it needs none. */
  readonly acceptWithinMs: number | null;
};

export type CourierWord = {
  readonly state: CourierState;
  /** By the platform's clock, RFC 3339. */
  readonly at: string;
  readonly courier: CanonicalCourier | null;
  /** When the courier is expected: at the restaurant, later at the guest's. */
  readonly eta?: string | null;
  /** Carries other orders as well. */
  readonly batched?: boolean;
};

/** The order's id in this house: within a channel one of theirs is one of ours. */
export function orderIdOf(tools: Pick<ProviderTools, 'idOf'>, externalId: string): string {
  return tools.idOf('order', externalId);
}

/**
 * Takes an order in, whatever our menu says to it. A scheduled one (`scheduledFor`) waits and fires so that it is ready by
 * `readyBy`.
 */
export async function takeOrder(tools: ProviderTools, offer: Offer): Promise<WorkResult> {
  const { order } = offer;
  const { externalId } = order;
  if (externalId.trim() === '') return { ignored: 'an order without an id' };
  if (order.items.length === 0) return { ignored: 'an order without items' };
  const id = orderIdOf(tools, externalId);
  const input = receivedOrder(order, offer, tools, { order: id, line: lineNames(tools, order) }, tools.now());
  return settled(await tools.submitInner(tools.idOf('receive', externalId), 'channel.receive', input));
}

/** The id in this house of a line that the platform names (`lineId`). */
export function lineIdOf(tools: Pick<ProviderTools, 'idOf'>, externalId: string, lineId: string): string {
  return tools.idOf('named line', externalId, lineId);
}

/** By the platform's name where it is the line's alone, else by its place in the order. */
function lineNames(tools: Pick<ProviderTools, 'idOf'>, { externalId, items }: CanonicalOrder) {
  const names = items.map(({ lineId = null }) => lineId);
  return (index: number): string => {
    const name = names[index] ?? null;
    return name === null || names.indexOf(name) !== index
      ? tools.idOf('line', externalId, String(index))
      : lineIdOf(tools, externalId, name);
  };
}

/** The order is not wanted any more. Tried again while it is not here: its cancellation may come first. */
export async function orderGone(
  tools: ProviderTools,
  externalId: string,
  why: { readonly by: 'platform' | 'guest' | 'clock' | 'house'; readonly words: string },
): Promise<WorkResult> {
  const order = await knownOrder(tools, externalId);
  if (order === null) return ANOTHER;
  const { by } = why;
  return settled(
    await tools.submitInner(tools.idOf('gone', externalId), 'channel.gone', {
      order,
      by,
      words: shorten(why.words, MOST_WORDS) ?? '',
      at: toInstant(tools.now()),
    }),
  );
}

/** Where the courier is. The position is a live word: it is on the guest's page and the floor for a moment, in no log. */
export async function courierSaid(
  tools: ProviderTools,
  externalId: string,
  news: CourierWord,
): Promise<WorkResult> {
  const order = await knownOrder(tools, externalId);
  if (order === null) return ANOTHER;
  const { state, courier, batched = false } = news;
  const at = timeOf(news.at, tools.now());
  const eta = instantOf(news.eta ?? null);
  const name = shorten(courier?.name ?? null, MOST_NAME) ?? '';
  sayWhere(tools, order, at, news);
  return settled(
    await tools.submitInner(
      tools.idOf('courier', externalId, state, at, name, eta ?? '', String(batched)),
      'channel.courier',
      {
        order,
        state,
        at,
        name: name === '' ? null : name,
        eta,
        batched,
      },
    ),
  );
}

/** What the platform says of the order itself: accepted on its own tablet, collected, delivered. */
export async function platformSaid(
  tools: ProviderTools,
  externalId: string,
  news: { readonly state: 'accepted' | 'denied' | 'collected' | 'delivered' | 'failed'; readonly at: string },
): Promise<WorkResult> {
  const order = await knownOrder(tools, externalId);
  if (order === null) return ANOTHER;
  const { state } = news;
  const at = timeOf(news.at, tools.now());
  return settled(
    await tools.submitInner(tools.idOf('said', externalId, state, at), 'channel.said', {
      order,
      state,
      at,
    }),
  );
}

/** The platform took the restaurant off or on by itself. */
export async function storeSaid(
  tools: ProviderTools,
  news: { readonly open: boolean; readonly reason: string; readonly at: string },
): Promise<WorkResult> {
  const { open } = news;
  const reason = shorten(news.reason, MOST_WORDS) ?? '';
  return settled(
    await tools.submitInner(
      tools.idOf('store', String(open), reason, timeOf(news.at, tools.now())),
      'channel.store',
      { channel: tools.channel.id, open, reason },
    ),
  );
}

const UUID_LENGTH = 36;
const MOST_WORDS = 140;
const MOST_NAME = 80;
const ANOTHER: WorkResult = { ignored: 'of a delivery that was given up for another' };

/**
 * Its id, once it is here: news of an order may come before the order. Of a courier service the delivery has our own id, and
 * null stands for one that was given up for another.
 */
async function knownOrder(tools: ProviderTools, externalId: string): Promise<string | null> {
  const id = orderIdOf(tools, externalId);
  const { orders } = await tools.state();
  if (orders.has(id)) return id;
  const own = orders.get(externalId.slice(0, UUID_LENGTH).toLowerCase());
  if (own?.platform?.channel !== tools.channel.id)
    throw new TryLater(`the order ${externalId} is not here yet`);
  return own.platform.externalId === externalId ? own.id : null;
}

function sayWhere(tools: ProviderTools, order: string, at: string, { courier, state }: CourierWord): void {
  const isOver = state === 'delivered' || state === 'returned' || state === 'cancelled';
  const place = courier?.location ?? null;
  if (place === null && !isOver) return;
  const data = isOver || place === null ? null : { lat: place.lat, lng: place.lng, at };
  for (const topic of [`order:${order}`, 'pos'])
    tools.live(topic, { kind: 'courier', id: order, data, order: toMillis(at) ?? 0 });
}

function timeOf(said: string, now: number): string {
  const millis = toMillis(said);
  return toInstant(millis !== null && isWithinYears(millis) ? millis : now);
}

function settled(outcome: Awaited<ReturnType<ProviderTools['submitInner']>>): WorkResult {
  if (outcome.ok) return 'done';
  if ('invalid' in outcome)
    return {
      ignored: `cannot be read: ${outcome.invalid[0]?.path ?? ''} ${outcome.invalid[0]?.message ?? ''}`,
    };
  return { ignored: 'refusal' in outcome ? outcome.refusal.detail : 'the id is taken' };
}

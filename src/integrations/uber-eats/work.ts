import { NotAllowed } from '../outgoing.ts';
import { storeSaid } from '../platform.ts';
import { type Delivery, type ProviderTools, TryLater, type WorkResult } from '../provider.ts';
import { numberAt, textAt } from '../wire.ts';
import { isoOf, pathId } from './api.ts';
import { ALREADY_HERE, courierSeen, orderFailed, orderOffered, platformOf } from './news.ts';
import { fetchOrder, standingOf } from './orders.ts';
import { statusAt, suspendSoldOut } from './store.ts';

/**
 * What Uber's webhooks ask for. They name an order and say nothing of it, come twice, late and in any order; so each of
 * them has the order looked at as it is now, and it is by that and not by the webhook that the house goes.
 */
type Work = (tools: ProviderTools, delivery: Delivery, order: Named) => Promise<WorkResult>;
type Named = { readonly id: string; readonly href: string | null };

/** Of an order; the others are of the store. */
const ORDER_KINDS: Readonly<Record<string, Work>> = {
  'orders.notification': offered,
  'orders.scheduled.notification': offered,
  'orders.release': released,
  'orders.failure': gone,
  'orders.cancel': gone,
  'delivery.state_changed': courierMoved,
};
const STORE_KINDS: Readonly<
  Record<string, (tools: ProviderTools, delivery: Delivery) => Promise<WorkResult>>
> = {
  'eats.store.status.notification': storeChanged,
  'store.status.changed': storeChanged,
  'store.provisioned': linked,
  'store.deprovisioned': unlinked,
  'store.menu_refresh_request': menuAsked,
};

export function isKnown(event: string): boolean {
  return Object.hasOwn(ORDER_KINDS, event) || Object.hasOwn(STORE_KINDS, event);
}

export async function workUber(delivery: Delivery, tools: ProviderTools): Promise<WorkResult> {
  const { event, body } = delivery;
  try {
    if (Object.hasOwn(STORE_KINDS, event)) return (await STORE_KINDS[event]?.(tools, delivery)) ?? 'done';
    const id = pathId(body, 'meta', 'resource_id');
    if (id === null) return { ignored: 'names no order' };
    const work = Object.hasOwn(ORDER_KINDS, event) ? ORDER_KINDS[event] : undefined;
    if (work === undefined) return { ignored: `"${event}" is no kind that this version knows` };
    return await work(tools, delivery, { id, href: textAt(body, 'resource_href') });
  } catch (error) {
    // Whoever signed it, the channel's token goes to Uber alone; another try would not change that.
    if (error instanceof NotAllowed)
      return { ignored: `names an address that is not Uber's: ${error.message}` };
    throw error;
  }
}

/** Uber may tell of an order a moment before it can show it, and the house of one a moment before it has it. */
const PATIENT_TRIES = 4;

function notThere({ attempt }: Delivery): WorkResult {
  if (attempt < PATIENT_TRIES) throw new TryLater('Uber Eats does not show the order yet');
  return { ignored: 'Uber Eats knows no such order' };
}

/** When it happened, by Uber's clock; without a time that can be one, when it came. */
function timeOf({ body, receivedAt }: Delivery): string {
  const seconds = numberAt(body, 'event_time');
  return seconds !== null && seconds > 0 && seconds < 8e12 ? isoOf(Math.round(seconds * 1_000)) : receivedAt;
}

async function offered(tools: ProviderTools, delivery: Delivery, order: Named): Promise<WorkResult> {
  const fetched = await fetchOrder(tools, order);
  return fetched === null ? notThere(delivery) : orderOffered(tools, fetched.body, timeOf(delivery));
}

/** The courier of an order is near. Uber may have held it back until now, and told of it before; it may be here since long. */
async function released(tools: ProviderTools, delivery: Delivery, order: Named): Promise<WorkResult> {
  const fetched = await fetchOrder(tools, order);
  if (fetched === null) return notThere(delivery);
  const taken = await orderOffered(tools, fetched.body, timeOf(delivery));
  if (taken !== 'done' && taken !== ALREADY_HERE) return taken;
  const seen = await courierSeen(tools, order.id, fetched.body, timeOf(delivery));
  return taken === 'done' ? taken : seen;
}

async function gone(tools: ProviderTools, delivery: Delivery, order: Named): Promise<WorkResult> {
  const fetched = await fetchOrder(tools, order);
  const isHere = (await platformOf(tools, order.id)) !== null;
  // It overtook its order, which will be found to be over when it comes; or the order was never ours.
  if (!isHere && (standingOf(fetched?.body) === 'failed' || delivery.attempt >= PATIENT_TRIES))
    return { ignored: 'the order never came into the house' };
  return orderFailed(tools, order.id, fetched?.body);
}

async function courierMoved(tools: ProviderTools, delivery: Delivery, order: Named): Promise<WorkResult> {
  const fetched = await fetchOrder(tools, order);
  if (fetched === null) return notThere(delivery);
  return courierSeen(tools, order.id, fetched.body, timeOf(delivery));
}

async function storeChanged(tools: ProviderTools, delivery: Delivery): Promise<WorkResult> {
  const status = await statusAt(tools, textAt(delivery.body, 'resource_href'));
  // As it is now: Uber's times are whole seconds, within which a store can close and open again.
  return storeSaid(tools, { ...status, at: isoOf(tools.now()) });
}

/** A store that is new to Uber has everything on sale, and is open or not as Uber says. */
async function linked(tools: ProviderTools): Promise<WorkResult> {
  await suspendSoldOut(tools);
  const status = await statusAt(tools, null);
  return storeSaid(tools, { ...status, at: isoOf(tools.now()) });
}

async function unlinked(tools: ProviderTools, delivery: Delivery): Promise<WorkResult> {
  const reason = 'Uber Eats is no longer connected to this restaurant';
  return storeSaid(tools, { open: false, reason, at: timeOf(delivery) });
}

/** The menu itself is kept at Uber Eats; what it cannot know is what is sold out. */
async function menuAsked(tools: ProviderTools): Promise<WorkResult> {
  const count = await suspendSoldOut(tools);
  return count > 0 ? 'done' : { ignored: 'nothing is sold out, and the menu itself is kept at Uber Eats' };
}

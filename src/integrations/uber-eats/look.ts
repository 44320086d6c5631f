import { has } from '../orderWords.ts';
import { platformSaid } from '../platform.ts';
import { ProviderRefused, type ProviderTools } from '../provider.ts';
import { listAt, textAt } from '../wire.ts';
import { isoOf, pathId, problemOf, uberCall } from './api.ts';
import { ALREADY_HERE, courierSeen, courierStateOf, orderFailed, orderOffered, platformOf } from './news.ts';
import { EXPAND, fetchLegacy, fetchOrder, inside, standingOf } from './orders.ts';
import { storeOf } from './store.ts';

/**
 * Looks for what no webhook told. Uber delivers seven times within a minute or two and then never again: what happened
 * while nobody listened is only found by asking.
 */
export async function lookAtUber(tools: ProviderTools): Promise<void> {
  // Nothing to ask about, and the channel's own alert says so as soon as it matters.
  if (tools.channel.store === undefined) return;
  const seen = new Set<string>();
  for (const body of await listed(tools)) {
    const id = pathId(inside(body), 'id');
    if (id === null) continue;
    seen.add(id);
    await apart(tools, async () => {
      const taken = await orderOffered(tools, await wholeOf(tools, id, body), null);
      if (taken === ALREADY_HERE && (await isElsewhere(tools, id, body)))
        await courierSeen(tools, id, body, isoOf(tools.now()));
    });
  }
  for (const id of await unseen(tools, seen)) await apart(tools, () => lookAt(tools, id));
}

/** A list may leave out what is in the bag; of an order that is here that does not matter any more. */
async function wholeOf(tools: ProviderTools, id: string, body: unknown): Promise<unknown> {
  const order = inside(body);
  if (has(order, 'carts', 0) || has(order, 'cart') || (await platformOf(tools, id)) !== null) return body;
  return (await fetchOrder(tools, { id }))?.body ?? body;
}

/** Did the courier move since the house heard of it? Most looks find nothing new, and nothing is to be written then. */
async function isElsewhere(tools: ProviderTools, id: string, body: unknown): Promise<boolean> {
  return courierStateOf(body) !== ((await platformOf(tools, id))?.courier?.state ?? 'requested');
}

/** What is wrong with one order must not keep the others from being looked at. */
async function apart(tools: ProviderTools, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tools.report('an order of Uber Eats could not be looked at', {
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

const MOST_PAGES = 5;
const PAGE = 50;

async function listed(tools: ProviderTools): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  let next: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({
      expand: EXPAND,
      state: 'OFFERED,ACCEPTED,HANDED_OFF',
      page_size: String(PAGE),
      ...(next !== null && { next_page_token: next }),
    });
    const answer = await uberCall(tools, 'eats.order', {
      method: 'GET',
      path: `/v1/delivery/store/${storeOf(tools)}/orders?${query.toString()}`,
    });
    if (answer.status === 403 || answer.status === 404) return listedByOlder(tools);
    if (answer.status >= 300) {
      const { code, words } = problemOf(answer);
      throw new ProviderRefused(`Uber Eats does not list the orders: ${words}`, code);
    }
    // The documents show both.
    found.push(...listAt(answer.json, 'data'), ...listAt(answer.json, 'orders'));
    next =
      textAt(answer.json, 'pagination_data', 'next_page_token') ?? textAt(answer.json, 'next_page_token');
    if (next === null) break;
  }
  return found;
}

/** The older API lists what waits for a yes, by id alone. */
async function listedByOlder(tools: ProviderTools): Promise<readonly unknown[]> {
  const answer = await uberCall(tools, 'eats.store.orders.read', {
    method: 'GET',
    path: `/v1/eats/stores/${storeOf(tools)}/created-orders?limit=${PAGE}`,
  });
  const found: unknown[] = [];
  for (const one of listAt(answer.json, 'orders')) {
    const id = pathId(one, 'id');
    const fetched = id === null ? null : await fetchLegacy(tools, id);
    if (fetched !== null) found.push(fetched.body);
  }
  return found;
}

/** At one look, the newest: Uber forgets orders of yesterday, and what it does not show must not stand in the others' way. */
const MOST_UNSEEN = 20;

/** Orders that live here and that Uber did not list: over, as far as Uber is concerned. */
async function unseen(tools: ProviderTools, seen: ReadonlySet<string>): Promise<string[]> {
  const { orders } = await tools.state();
  const found: string[] = [];
  for (const { platform } of orders.values()) {
    if (platform?.channel !== tools.channel.id || seen.has(platform.externalId)) continue;
    if (platform.ended === undefined && platform.delivered === undefined) found.push(platform.externalId);
  }
  return found.slice(-MOST_UNSEEN);
}

async function lookAt(tools: ProviderTools, id: string): Promise<void> {
  const fetched = await fetchOrder(tools, { id });
  if (fetched === null) return;
  const standing = standingOf(fetched.body);
  const at = isoOf(tools.now());
  if (standing === 'failed') await orderFailed(tools, id, fetched.body);
  else if (standing === 'over') await platformSaid(tools, id, { state: 'delivered', at });
  else await courierSeen(tools, id, fetched.body, at);
}

import type { OutgoingAnswer, ProviderTools } from '../provider.ts';
import { ProviderRefused } from '../provider.ts';
import { field, listAt, textAt } from '../wire.ts';
import { pathId, problemOf, uberCall } from './api.ts';

/** An order as Uber has it now, from either of its two APIs. */

export type UberApi = 'current' | 'legacy';
export type Fetched = { readonly body: unknown; readonly api: UberApi };

/** Carts and payment are only there when they are asked for. */
export const EXPAND = 'carts,deliveries,payment';

/** At the address that a delivery named, or by its id in one API and then the other. Null: Uber knows no such order. */
export async function fetchOrder(
  tools: ProviderTools,
  order: { readonly id: string; readonly href?: string | null },
): Promise<Fetched | null> {
  if (order.href !== undefined && order.href !== null) return fetchAt(tools, order.href);
  return (await fetchCurrent(tools, order.id)) ?? fetchLegacy(tools, order.id);
}

export async function fetchLegacy(tools: ProviderTools, id: string): Promise<Fetched | null> {
  return read(
    'legacy',
    await uberCall(tools, 'eats.store.orders.read', { method: 'GET', path: `/v2/eats/order/${id}` }),
  );
}

async function fetchCurrent(tools: ProviderTools, id: string): Promise<Fetched | null> {
  return read(
    'current',
    await uberCall(tools, 'eats.order', {
      method: 'GET',
      path: `/v1/delivery/order/${id}?expand=${EXPAND}`,
    }),
  );
}

/** `call` lets the address through only at Uber's own origins. */
async function fetchAt(tools: ProviderTools, href: string): Promise<Fetched | null> {
  const url = URL.canParse(href) ? new URL(href) : null;
  const isLegacy = url?.pathname.startsWith('/v2/') === true;
  if (!isLegacy) url?.searchParams.set('expand', EXPAND);
  return read(
    isLegacy ? 'legacy' : 'current',
    await uberCall(tools, isLegacy ? 'eats.store.orders.read' : 'eats.order', {
      method: 'GET',
      url: url?.href ?? href,
    }),
  );
}

function read(api: UberApi, answer: OutgoingAnswer): Fetched | null {
  if (answer.status === 404) return null;
  if (answer.status >= 300 || answer.json === undefined) {
    const { code, words } = problemOf(answer);
    throw new ProviderRefused(`Uber Eats does not show the order: ${words}`, code);
  }
  return { body: answer.json, api };
}

/** The order itself: the current API wraps it when it shows one alone. */
export function inside(body: unknown): unknown {
  return field(body, 'order') ?? body;
}

/** Where an order stands, in words that both APIs share. */
export type Standing = 'offered' | 'accepted' | 'handed_off' | 'over' | 'failed' | 'unknown';

export function standingOf(body: unknown): Standing {
  const order = inside(body);
  switch (textAt(order, 'state') ?? textAt(order, 'current_state')) {
    case 'CREATED':
    case 'OFFERED':
      return 'offered';
    case 'ACCEPTED':
      return 'accepted';
    case 'HANDED_OFF':
      return 'handed_off';
    case 'SUCCEEDED':
    case 'FINISHED':
      return 'over';
    case 'FAILED':
    case 'DENIED':
    case 'CANCELED':
    case 'CANCELLED':
      return 'failed';
    default:
      return 'unknown';
  }
}

export function isReadyThere(body: unknown): boolean {
  return textAt(inside(body), 'preparation_status') === 'READY_TO_HANDOFF';
}

/** Uber's own ids of the lines and options that the house knows by another name: `external_data` where there is one. */
export function linesNamed(
  body: unknown,
  externalIds: readonly string[],
): { readonly id: string; readonly externalId: string }[] {
  const order = inside(body);
  const carts = [...listAt(order, 'carts'), field(order, 'cart')];
  const todo = carts.flatMap((cart) => listAt(cart, 'items'));
  const found = new Map<string, string>();
  for (let item = todo.shift(); item !== undefined; item = todo.shift()) {
    const id = pathId(item, 'id');
    const name = textAt(item, 'external_data') ?? id;
    if (id !== null && name !== null && !found.has(name)) found.set(name, id);
    for (const group of listAt(item, 'selected_modifier_groups'))
      todo.push(...listAt(group, 'selected_items'));
  }
  return externalIds.map((externalId) => ({ id: found.get(externalId) ?? externalId, externalId }));
}

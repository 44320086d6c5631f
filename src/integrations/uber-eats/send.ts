import { denyReasons, type DenyReason } from '../../domain/channel/commands.ts';
import { placeWords } from '../placeWords.ts';
import { type ChannelRequest, ProviderRefused, type ProviderTools } from '../provider.ts';
import { listAt, textAt } from '../wire.ts';
import { pathId, problemOf, uberCall } from './api.ts';
import {
  type Fetched,
  fetchLegacy,
  fetchOrder,
  isReadyThere,
  linesNamed,
  type Standing,
  standingOf,
} from './orders.ts';
import { sendToStore } from './store.ts';

/**
 * What the house tells Uber Eats. Each step is tried by the current API and, for an order that only the older one knows,
 * by that; a refusal counts as told when the order turns out to be where it was to be brought.
 */
export async function sendToUber(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const step = await stepOf(request, tools);
  if (step === null) return sendToStore(request, tools);
  const id = pathId(request, 'externalId');
  if (id === null) throw new ProviderRefused('the order has no id that Uber Eats could know', 'no_order');
  await take(tools, id, step);
}

/** Says yes, without a request of the house: a scheduled order is accepted a second time when its hour comes. */
export async function acceptAgain(
  tools: ProviderTools,
  id: string,
  order: string,
  readyAt: string | null,
): Promise<void> {
  await take(tools, id, acceptStep(order, readyAt));
}

type Step = {
  readonly verb: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Null: the older API has no such thing, and needs none. */
  readonly legacy: { readonly verb: string; readonly body: Readonly<Record<string, unknown>> } | null;
  /** Is the order, as it is there, what this step would make of it? */
  isSo(standing: Standing, body: unknown): boolean;
};

async function stepOf(request: ChannelRequest, tools: ProviderTools): Promise<Step | null> {
  const readyAt = textAt(request, 'readyAt');
  switch (request.act) {
    case 'accept':
      return acceptStep(textAt(request, 'order'), readyAt);
    case 'deny':
      return denyStep(request, tools);
    case 'cancel':
      return cancelStep(request, tools);
    case 'ready':
      return { verb: 'ready', body: {}, legacy: null, isSo: isPastCooking };
    case 'delay':
      return {
        verb: 'update-ready-time',
        body: { ready_for_pickup_time: readyAt },
        legacy: null,
        isSo: isPastCooking,
      };
    default:
      return null;
  }
}

function isPastCooking(standing: Standing, body: unknown): boolean {
  return standing === 'handed_off' || standing === 'over' || isReadyThere(body);
}

function acceptStep(order: string | null, readyAt: string | null): Step {
  const reference = order === null ? {} : { external_reference_id: order };
  const at = readyAt === null ? Number.NaN : Date.parse(readyAt);
  return {
    verb: 'accept',
    body: {
      ...(readyAt !== null && { ready_for_pickup_time: readyAt }),
      ...reference,
      accepted_by: 'Heard',
    },
    legacy: {
      verb: 'accept_pos_order',
      body: {
        reason: 'accepted',
        ...(Number.isFinite(at) && { pickup_time: Math.round(at / 1_000) }),
        ...reference,
        // Tickets carry what guests wrote and what they must not eat; of promotions they say nothing.
        fields_relayed: {
          order_special_instructions: true,
          item_special_instructions: true,
          item_special_requests: true,
          promotions: false,
        },
      },
    },
    isSo: (standing) => standing === 'accepted' || standing === 'handed_off' || standing === 'over',
  };
}

/** Uber's codes, of the current API and of the older one. */
type Why = { readonly current: string; readonly legacy: string };

const DENIALS: Readonly<Record<DenyReason, Why>> = {
  item_out_of_stock: { current: 'ITEM_ISSUE', legacy: 'ITEM_AVAILABILITY' },
  kitchen_busy: { current: 'RESTAURANT_TOO_BUSY', legacy: 'CAPACITY' },
  closed: { current: 'STORE_CLOSED', legacy: 'STORE_CLOSED' },
  cannot_read: { current: 'ORDER_VALIDATION', legacy: 'MISSING_INFO' },
  address: { current: 'ADDRESS', legacy: 'ADDRESS' },
  technical: { current: 'TECHNICAL_FAILURE', legacy: 'POS_NOT_READY' },
  other: { current: 'OTHER', legacy: 'OTHER' },
};

async function denyStep(request: ChannelRequest, tools: ProviderTools): Promise<Step> {
  const reason = textAt(request, 'reason') ?? '';
  const known = denyReasons.find((one) => one === reason) ?? 'other';
  const why = DENIALS[known];
  const info = textAt(request, 'note') ?? placeWords(tools.config)[known];
  const named = listAt(request, 'items').flatMap((one) => textAt(one) ?? []);
  const id = pathId(request, 'externalId');
  const there = named.length === 0 || id === null ? null : await fetchOrder(tools, { id });
  const lines = linesNamed(there?.body, named);
  return {
    verb: 'deny',
    body: {
      deny_reason: {
        type: why.current,
        info,
        client_error_code: reason,
        ...(lines.length > 0 && {
          item_metadata: {
            invalid_item: lines.map((line) => ({
              id: line.id,
              type: 'OUT_OF_ITEM',
              client_error_code: reason,
              info,
              external_id: line.externalId,
            })),
          },
        }),
      },
    },
    legacy: {
      verb: 'deny_pos_order',
      body: {
        reason: {
          explanation: info,
          code: why.legacy,
          ...(lines.length > 0 && { out_of_stock_items: lines.map((line) => line.id) }),
        },
      },
    },
    isSo: (standing) => standing === 'failed',
  };
}

/** By the request's `kind`. */
const CANCELLATIONS = {
  item_out_of_stock: { current: 'ITEM_ISSUE', legacy: 'OUT_OF_ITEMS' },
  kitchen_busy: { current: 'RESTAURANT_TOO_BUSY', legacy: 'RESTAURANT_TOO_BUSY' },
  closed: { current: 'KITCHEN_CLOSED', legacy: 'KITCHEN_CLOSED' },
  other: { current: 'OTHER', legacy: 'OTHER' },
} as const satisfies Partial<Record<DenyReason, Why>>;

function cancelStep(request: ChannelRequest, tools: ProviderTools): Step {
  const kind = textAt(request, 'kind') ?? 'other';
  const known = isCancellation(kind) ? kind : 'other';
  const why = CANCELLATIONS[known];
  const info = textAt(request, 'reason') ?? placeWords(tools.config)[known];
  return {
    verb: 'cancel',
    body: { type: why.current, info, client_error_code: kind },
    legacy: {
      verb: 'cancel',
      body: { reason: why.legacy, details: info, cancelling_party: 'MERCHANT' },
    },
    isSo: (standing) => standing === 'failed',
  };
}

function isCancellation(kind: string): kind is keyof typeof CANCELLATIONS {
  return Object.hasOwn(CANCELLATIONS, kind);
}

async function take(tools: ProviderTools, id: string, step: Step): Promise<void> {
  const post = (path: string, body: Step['body']) =>
    uberCall(tools, 'eats.order', { method: 'POST', path, body });
  let answer = await post(`/v1/delivery/order/${id}/${step.verb}`, step.body);
  if (answer.status < 300) return;
  // An order of a store that is on the older API is unknown to the new one, or not its to touch.
  if (answer.status === 404 || answer.status === 403) {
    if (step.legacy === null) {
      if ((await fetchLegacy(tools, id)) !== null) return;
    } else {
      const older = await post(`/v1/eats/orders/${id}/${step.legacy.verb}`, step.legacy.body);
      if (older.status < 300) return;
      if (older.status !== 404) answer = older;
    }
  }
  const there = await whatIsThere(tools, id);
  if (there !== null && step.isSo(standingOf(there.body), there.body)) return;
  const { code, words } = problemOf(answer);
  throw new ProviderRefused(`Uber Eats refused "${step.verb}": ${words}`, code);
}

/** Why the order is not shown is not what anybody asked. */
async function whatIsThere(tools: ProviderTools, id: string): Promise<Fetched | null> {
  try {
    return await fetchOrder(tools, { id });
  } catch (error) {
    if (error instanceof ProviderRefused) return null;
    throw error;
  }
}

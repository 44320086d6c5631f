import { denyReasons, type DenyReason } from '../../domain/channel/commands.ts';
import { toInstant, toMillis } from '../../domain/text.ts';
import { has } from '../orderWords.ts';
import { placeWords } from '../placeWords.ts';
import type { ChannelRequest, OutgoingAnswer, ProviderTools } from '../provider.ts';
import { ProviderRefused } from '../provider.ts';
import { listAt, numberAt, textAt } from '../wire.ts';
import { type Judge, askDoordash, pathPart, wordsOf } from './api.ts';

/** What DoorDash Marketplace is told. */

const LONGEST_NOTE = 250;

export async function tellDoordash(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  switch (request.act) {
    case 'accept':
      return accept(request, tools);
    case 'deny':
      return deny(request, tools);
    case 'ready':
      return ready(request, tools);
    case 'cancel':
      return cancel(request, tools);
    case 'adjust':
      return adjust(request, tools);
    case 'itemOut':
      return items(request, tools, false);
    case 'itemBack':
      return items(request, tools, true);
    case 'pause':
      return pause(request, tools);
    case 'resume':
      await toStore(tools, '/status', { is_active: true });
      return;
    // The next confirmations promise the later time: there is nothing of the whole store to be told.
    case 'busy':
      return;
    case 'delay':
      throw new ProviderRefused(
        'DoorDash takes no later time once an order is confirmed: the Dasher waits, or somebody calls DoorDash.',
        'no_delay',
      );
    default:
      throw new ProviderRefused(`DoorDash cannot be told "${request.act}".`, 'no_act');
  }
}

/** Their answer to a second confirmation names both causes in one sentence; only one of them alone is good news. */
const isProcessed: Judge = (answer) =>
  answer.status === 400 && /already/i.test(wordsOf(answer)) && !/expired/i.test(wordsOf(answer));
const isRefusedState: Judge = ({ status }) => status === 400;

async function accept(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const readyAt = toMillis(textAt(request, 'readyAt') ?? '');
  await patchOrder(
    tools,
    request,
    '',
    {
      merchant_supplied_id: textAt(request, 'order'),
      order_status: 'success',
      ...(readyAt !== null && { prep_time: toInstant(readyAt) }),
    },
    isProcessed,
  );
}

async function deny(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const answer = await patchOrder(tools, request, '', refusalOf(request, tools), isRefusedState);
  if (answer.status < 300) return;
  // It is confirmed already, or its time is over: the cancellation ends the one and finds the other ended.
  await patchOrder(tools, request, '/cancellation', cancellationOf(request, tools), isRefusedState);
}

async function cancel(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const answer = await patchOrder(
    tools,
    request,
    '/cancellation',
    cancellationOf(request, tools),
    isRefusedState,
  );
  if (answer.status < 300) return;
  // It is cancelled already, or was never confirmed: what was not confirmed is refused.
  await patchOrder(tools, request, '', refusalOf(request, tools), isRefusedState);
}

async function ready(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const answer = await patchOrder(
    tools,
    request,
    '/events/order_ready_for_pickup',
    { merchant_supplied_id: textAt(request, 'order') },
    isRefusedState,
  );
  // Over at DoorDash: nobody waits for it there, and nobody here can do anything about it.
  if (answer.status >= 300)
    tools.report('DoorDash takes no more news of an order', { said: wordsOf(answer) });
}

/** `items`: by DoorDash's id of the line, with the quantity that is left. */
async function adjust(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const lines = listAt(request, 'items').map((item) => {
    const quantity = numberAt(item, 'quantity') ?? 0;
    return {
      line_item_id: textAt(item, 'line'),
      adjustment_type: quantity > 0 ? 'ITEM_UPDATE' : 'ITEM_REMOVE',
      quantity,
    };
  });
  await patchOrder(tools, request, '/adjustment', { items: lines });
}

function patchOrder(
  tools: ProviderTools,
  request: ChannelRequest,
  below: string,
  body: Readonly<Record<string, unknown>>,
  isSo?: Judge,
): Promise<OutgoingAnswer> {
  const path = `/marketplace/api/v1/orders/${pathPart(request['externalId'])}${below}`;
  return askDoordash(tools, { method: 'PATCH', path, headers: headersOf(tools), body }, isSo);
}

function headersOf({ secrets }: ProviderTools): Record<string, string> {
  return { 'auth-version': 'v2', 'user-agent': `${secrets['providerType'] ?? ''}/1.0` };
}

/** DoorDash's codes of a failed order. Each has to name what it is about: an item, or else the order. */
const CODES: Readonly<Record<DenyReason, string>> = {
  item_out_of_stock: 'ITEM_OUT_OF_STOCK',
  kitchen_busy: 'CAPACITY_THROTTLING',
  closed: 'STORE_CLOSED',
  cannot_read: 'INVALID_ORDER',
  address: 'INVALID_ADDRESS',
  technical: 'INTERNAL_ERROR',
  other: 'OTHER',
};

function refusalOf(request: ChannelRequest, tools: ProviderTools): Record<string, unknown> {
  const reason = denyReasons.find((one) => one === textAt(request, 'reason')) ?? 'other';
  const out = (reason === 'item_out_of_stock' ? listAt(request, 'items') : []).filter(
    (id): id is string => typeof id === 'string',
  );
  const nameOf = (id: string) => tools.config.menu.items.find((item) => item.id === id)?.name ?? id;
  const [first] = out;
  const order = textAt(request, 'order');
  const words = placeWords(tools.config);
  const said = textAt(request, 'note') ?? words[reason];
  const errors =
    first === undefined
      ? [{ code: CODES[reason], merchant_supplied_id: order, message: said }]
      : out.map((id) => ({
          code: CODES[reason],
          merchant_supplied_id: id,
          message: words.itemSoldOut(nameOf(id)),
        }));
  return {
    merchant_supplied_id: order,
    order_status: 'fail',
    // The one text whose form DoorDash publishes, which is no sentence to be translated; the others are words.
    failure_reason:
      first === undefined ? said : `Item Unavailable - ${nameOf(first)} - ${first} - Out of stock`,
    errors,
  };
}

/** Two of DoorDash's reasons switch the whole store off (for 15 minutes, for 12 hours). Pausing is an act of its own here. */
function cancellationOf(request: ChannelRequest, tools: ProviderTools): Record<string, unknown> {
  const said = textAt(request, 'reason');
  // A refusal names one of our reasons, a cancellation says it in words.
  const reason = denyReasons.find((one) => one === said);
  const isOut = (textAt(request, 'kind') ?? reason) === 'item_out_of_stock';
  const details = textAt(request, 'note') ?? (reason === undefined ? said : placeWords(tools.config)[reason]);
  return {
    cancel_reason: isOut ? 'ITEM_OUT_OF_STOCK' : 'OTHER',
    ...(details !== null && { cancel_details: details.slice(0, LONGEST_NOTE) }),
  };
}

async function items(request: ChannelRequest, tools: ProviderTools, isActive: boolean): Promise<void> {
  const named = listAt(request, 'externalIds').filter((id): id is string => typeof id === 'string');
  const own = textAt(request, 'item');
  const ids = named.length > 0 ? named : own === null ? [] : [own];
  const change = (some: readonly string[], isSo: Judge) =>
    toStore(
      tools,
      request['isOption'] === true ? '/item_options/status' : '/items/status',
      some.map((id) => ({ merchant_supplied_id: id, is_active: isActive })),
      isSo,
    );
  // What is not on DoorDash's menu is not sold there.
  const isNotListed: Judge = (answer) => answer.status === 404 && /item/i.test(wordsOf(answer));
  if (ids.length === 0) return;
  const all = await change(ids, (answer) => isNotListed(answer) || (ids.length > 1 && answer.status === 400));
  if (all.status !== 400) return;
  // One bad one spoils them all.
  for (const id of ids) await change([id], isNotListed);
}

async function pause(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const until = toMillis(textAt(request, 'until') ?? '');
  const notes = textAt(request, 'reason');
  await toStore(tools, '/status', {
    is_active: false,
    reason: 'operational_issues',
    ...(notes !== null && { notes: notes.slice(0, LONGEST_NOTE) }),
    // Without fractions of a second, and with the offset spelled out: so their reference writes it.
    ...(until !== null && { end_time: toInstant(until).replace(/(?:\.\d+)?Z$/, '+00:00') }),
  });
}

/** Does DoorDash sell for us now? `unknown`: it does not say, or does not let us ask. */
export async function readStore(tools: ProviderTools): Promise<'on' | 'off' | 'unknown'> {
  const { store } = tools.channel;
  if (store === undefined) return 'unknown';
  const path = `/marketplace/api/v1/stores/${pathPart(store)}/store_details`;
  const { status, json } = await askDoordash(
    tools,
    { method: 'GET', path, headers: headersOf(tools) },
    () => true,
  );
  if (status >= 300 || !has(json, 'current_deactivations')) return 'unknown';
  return listAt(json, 'current_deactivations').length === 0 ? 'on' : 'off';
}

function toStore(
  tools: ProviderTools,
  below: string,
  body: Readonly<Record<string, unknown>> | readonly unknown[],
  isSo?: Judge,
): Promise<OutgoingAnswer> {
  const { store } = tools.channel;
  if (store === undefined)
    throw new ProviderRefused(
      'The channel has no store: set `store` to the id under which DoorDash knows this restaurant.',
      'no_store',
    );
  const path = `/marketplace/api/v1/stores/${pathPart(store)}${below}`;
  return askDoordash(tools, { method: 'PUT', path, headers: headersOf(tools), body }, isSo);
}

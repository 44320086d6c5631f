import { isLive, liveQty } from '../../domain/item.ts';
import type { Order } from '../../domain/order.ts';
import { toInstant, toMillis } from '../../domain/text.ts';
import { type Judge, askDoordash, pathPart, wordsOf } from '../doordash/api.ts';
import type { ChannelRequest, OutgoingAnswer, ProviderTools } from '../provider.ts';
import { ProviderRefused } from '../provider.ts';
import { field, moneyAt, textAt } from '../wire.ts';

/** What DoorDash Drive is asked: a courier for an order, and to forget about it. */

export async function askDrive(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  switch (request.act) {
    case 'courier.request':
      return callCourier(request, tools);
    case 'courier.cancel':
      return cancelCourier(request, tools);
    default:
      throw new ProviderRefused(`DoorDash Drive cannot be asked to "${request.act}".`, 'no_act');
  }
}

/** A delivery of that id is there: an answer of ours to the same question got lost. */
const isThere: Judge = ({ status, json }) =>
  status === 409 && textAt(json, 'code') === 'duplicate_delivery_id';

async function callCourier(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const order = (await tools.state()).orders.get(textAt(request, 'order') ?? '');
  const body = deliveryOf(request, order, tools);
  const limit = feeLimit(tools);
  if (limit !== null) return callFor(limit, body, tools);
  const answer = await askDoordash(tools, { method: 'POST', path: '/drive/v2/deliveries', body }, isThere);
  if (answer.status === 409) mustBeAlive(await readDelivery(tools, body.external_delivery_id));
}

/** Asks for the price first, and calls the courier only when it is within the owner's limit. */
async function callFor(limit: number, body: DeliveryWish, tools: ProviderTools): Promise<void> {
  const id = body.external_delivery_id;
  const asked = await askDoordash(tools, { method: 'POST', path: '/drive/v2/quotes', body }, isThere);
  const quote = asked.status === 409 ? await readDelivery(tools, id) : asked.json;
  if (asked.status === 409 && textAt(quote, 'delivery_status') !== 'quote') return mustBeAlive(quote);
  const fee = moneyAt(quote, 'fee') ?? 0;
  if (fee > limit)
    throw new ProviderRefused(
      `DoorDash Drive asks ${money(fee)} for this delivery, and the limit is ${money(limit)}.`,
      'fee_too_high',
    );
  await askDoordash(
    tools,
    { method: 'POST', path: `/drive/v2/quotes/${pathPart(id)}/accept`, body: {} },
    isThere,
  );
}

async function cancelCourier(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const id = idOf(request);
  // Nobody there knows of it, so nobody comes.
  const isUnknown: Judge = ({ status }) => status === 404;
  const isNotAllowed: Judge = ({ status }) => status === 409;
  const answer = await askDoordash(
    tools,
    { method: 'PUT', path: `/drive/v2/deliveries/${pathPart(id)}/cancel` },
    (one) => isUnknown(one) || isNotAllowed(one),
  );
  if (answer.status !== 409) return;
  if (textAt(await readDelivery(tools, id), 'delivery_status') === 'cancelled') return;
  throw new ProviderRefused(
    `DoorDash Drive does not take the courier back: ${wordsOf(answer)}.`,
    'cancel_not_allowed',
  );
}

/** The delivery as DoorDash has it, whatever a webhook says. Null: it knows none of that id. */
export async function readDelivery(tools: ProviderTools, id: string): Promise<unknown> {
  const answer: OutgoingAnswer = await askDoordash(
    tools,
    { method: 'GET', path: `/drive/v2/deliveries/${pathPart(id)}` },
    ({ status }) => status === 404,
  );
  return answer.status === 404 ? null : answer.json;
}

function mustBeAlive(delivery: unknown): void {
  if (textAt(delivery, 'delivery_status') === 'cancelled')
    throw new ProviderRefused(
      'DoorDash Drive has this delivery as cancelled: call a courier anew.',
      'delivery_cancelled',
    );
}

type DeliveryWish = { readonly external_delivery_id: string; readonly [name: string]: unknown };

function deliveryOf(
  request: ChannelRequest,
  order: Order | undefined,
  { config, channel, secrets }: ProviderTools,
): DeliveryWish {
  const address = textAt(secrets, 'pickupAddress') ?? config.address;
  const phone = textAt(secrets, 'pickupPhone') ?? config.phone;
  if (address === undefined || phone === undefined)
    throw new ProviderRefused(
      `A courier needs to know where to come: set the location's \`${address === undefined ? 'address' : 'phone'}\`.`,
      'no_address',
    );
  const dropoff = field(request, 'dropoff');
  const to = textAt(dropoff, 'address');
  const guestPhone = textAt(dropoff, 'phone');
  if (to === null || guestPhone === null)
    throw new ProviderRefused(
      `A courier needs the guest's ${to === null ? 'address' : 'telephone number'}.`,
      'no_dropoff',
    );
  const [given = null, ...family] = (textAt(dropoff, 'name') ?? '')
    .split(/\s+/)
    .filter((part) => part !== '');
  const pickupAt = toMillis(textAt(request, 'pickupAt') ?? '');
  const optional = {
    pickup_instructions: textAt(secrets, 'pickupInstructions'),
    pickup_reference_tag: order === undefined ? null : `Order #${order.displayId ?? order.number}`,
    dropoff_contact_given_name: given,
    dropoff_contact_family_name: family.length === 0 ? null : family.join(' '),
    dropoff_instructions: textAt(dropoff, 'instructions'),
    order_value: moneyAt(request, 'value', 'amount'),
    pickup_time: pickupAt === null ? null : toInstant(pickupAt),
  };
  return {
    external_delivery_id: idOf(request),
    pickup_address: address,
    pickup_business_name: config.name,
    pickup_phone_number: callable(phone, config.currency),
    dropoff_address: to,
    dropoff_phone_number: callable(guestPhone, config.currency),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
    ...(channel.store !== undefined && {
      pickup_external_business_id: textAt(secrets, 'businessId') ?? 'default',
      pickup_external_store_id: channel.store,
    }),
    items: (order?.items ?? []).filter(isLive).map((item) => ({ name: item.name, quantity: liveQty(item) })),
  };
}

/** Of one delivery over all tries: by it DoorDash knows a repeated question. */
function idOf(request: ChannelRequest): string {
  const id = textAt(request, 'externalId');
  if (id === null) throw new ProviderRefused('There is no order to bring.', 'no_id');
  return id;
}

/** DoorDash takes `+12125550142` alone; where people leave out their country, it is the one of the house's money. */
function callable(phone: string, currency: string): string {
  const digits = phone.replaceAll(/\D/g, '');
  if (phone.trim().startsWith('+')) return `+${digits}`;
  if (digits.length === 10 && (currency === 'USD' || currency === 'CAD')) return `+1${digits}`;
  return `+${digits}`;
}

function feeLimit({ secrets }: ProviderTools): number | null {
  const said = textAt(secrets, 'mostFee');
  if (said === null) return null;
  const limit = Number(said);
  if (!Number.isFinite(limit) || limit < 0)
    throw new ProviderRefused(`The highest fee "${said}" is no amount of money such as 9.50.`, 'no_limit');
  return Math.round(limit * 100);
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

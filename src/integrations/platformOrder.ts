import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../domain/channel/canonical.ts';
import type { ReceivedLine, ReceivedModifier, ReceivedOrder } from '../domain/channel/commands.ts';
import type { ChannelConfig } from '../domain/channel/config.ts';
import type { LocationConfig } from '../domain/config.ts';
import { isWithinYears, toInstant, toMillis } from '../domain/text.ts';
import { joined } from './orderWords.ts';

/**
 * A platform's order in the words of this house's menu. An item is known by our own id, by the channel's mapping, or by its
 * exact name where only one has it; what is not known keeps the platform's name. Nothing here refuses, and whatever an adapter
 * made of a stranger's words and numbers, what comes out is something that the log can hold.
 */

/** What the log keeps of a stranger's words. */
const MOST = {
  name: 80,
  note: 280,
  allergy: 60,
  allergens: 20,
  display: 32,
  address: 200,
  id: 128,
  lines: 200,
  modifiers: 100,
};
/** A platform's clock that is further off than this is not believed. */
const CLOCK_MS = 24 * 3_600_000;
const MOST_QTY = 999;
const MOST_NUMBER = 100_000_000;
/** Options of options of options: no menu has more. */
const DEEPEST = 9;
/** In remarks, of all languages of the house: a person decides what it means. */
const ALLERGY = /allerg|al[ée]rgi|al[èe]rgi|anaphyla|anafil|coeliac|celiac|cel[ií]ac|حساسية/iu;

export function receivedOrder(
  order: CanonicalOrder,
  offer: { readonly acceptWithinMs: number | null },
  house: { readonly channel: ChannelConfig; readonly config: LocationConfig },
  ids: { readonly order: string; line(index: number): string },
  now: number,
): ReceivedOrder {
  const { channel, config } = house;
  const { customer, cutlery, total } = order;
  const displayId = shorten(order.displayId, MOST.display);
  const name = shorten(customer.name, MOST.name);
  const phone = shorten(joined(' / ', customer.phone, customer.phoneCode), 40);
  const notes = shorten(order.notes, MOST.note);
  const address = shorten(order.dropoff?.address ?? null, MOST.address);
  const instructions = shorten(order.dropoff?.instructions ?? null, MOST.note);
  const readyBy = instantOf(order.readyBy);
  const scheduledFor = instantOf(order.scheduledFor);
  const platformState = shorten(order.platformState, 60);
  return {
    channel: channel.id,
    provider: channel.provider,
    source: order.source.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 64) || channel.provider,
    externalId: shorten(order.externalId, MOST.id) ?? '?',
    order: {
      id: ids.order,
      type: order.type === 'delivery' ? 'delivery' : order.type === 'dine_in' ? 'dine_in' : 'takeout',
      ...(name !== null && { guest: { name, ...(phone !== null && { phone }) } }),
      // Where another brings it, nobody here needs to know where to.
      ...(address !== null &&
        order.type === 'delivery' &&
        order.fulfilment === 'own_courier' && {
          dropoff: { address, ...(instructions !== null && { instructions }) },
        }),
      ...(notes !== null && { notes }),
      allergies: notes !== null && ALLERGY.test(notes) ? [notes.slice(0, MOST.allergy)] : [],
      ...(displayId !== null && { displayId }),
    },
    lines: order.items.slice(0, MOST.lines).map((item, index) => lineOf(item, house, ids.line(index))),
    fulfilment: order.fulfilment,
    ...(platformState !== null && { platformState }),
    since: sinceOf(order.placedAt, now),
    ...(offer.acceptWithinMs !== null && { withinMs: Math.max(0, whole(offer.acceptWithinMs)) }),
    ...(readyBy !== null && { readyBy }),
    ...(scheduledFor !== null && { scheduledFor }),
    ...(cutlery !== null && { cutlery }),
    ...(total !== null && {
      total: { amount: whole(total.amount), currency: shorten(total.currency, 8) ?? config.currency },
    }),
  };
}

function lineOf(
  item: CanonicalItem,
  { channel, config }: { channel: ChannelConfig; config: LocationConfig },
  id: string,
): ReceivedLine {
  const said = item.modifiers.slice(0, MOST.modifiers);
  const per = piecesOf(said);
  const modifiers = said.map((one, index) => modifierOf(one, per[index] ?? 1, channel, config));
  // A removal that was only guessed from words is shown with them.
  const guessed = said.flatMap(({ said: words }, index) =>
    words !== undefined && modifiers[index]?.option === null ? [`“${words}”`] : [],
  );
  const notes = shorten(
    joined(' · ', item.forPerson ?? null, item.specialInstructions, item.allergy?.note ?? null, ...guessed),
    MOST.note,
  );
  const remarks = [item.specialInstructions].filter((text) => text !== null && ALLERGY.test(text));
  const allergies = [...(item.allergy?.allergens ?? []), ...remarks]
    .flatMap((text) => shorten(text, MOST.allergy) ?? [])
    .slice(0, MOST.allergens);
  return {
    id,
    menuItem: menuItemOf(item, channel, config),
    externalId: shorten(item.externalId, MOST.id),
    name: shorten(item.name, MOST.name) ?? '?',
    qty: piecesWithin(item.qty),
    price: whole(item.price),
    modifiers,
    ...(notes !== null && { notes }),
    allergies: [...new Set(allergies)],
  };
}

/** Ours: by our id, by the mapping, by a name that only one item has. */
function menuItemOf(
  { externalId, name }: Pick<CanonicalItem, 'externalId' | 'name'>,
  channel: ChannelConfig,
  { menu }: LocationConfig,
): string | null {
  const mapped = channel.items.find(({ external }) => external === externalId)?.item;
  if (mapped !== undefined && menu.items.some(({ id }) => id === mapped)) return mapped;
  const own = menu.items.find(({ id }) => id === externalId);
  if (own) return own.id;
  const [first, ...others] = menu.items.filter(
    (one) => isNamed(one.name, name) || (one.kitchenName !== undefined && isNamed(one.kitchenName, name)),
  );
  return first && others.length === 0 ? first.id : null;
}

function modifierOf(
  modifier: CanonicalModifier,
  qty: number,
  channel: ChannelConfig,
  config: LocationConfig,
): ReceivedModifier {
  const mapped = channel.options.find(({ external }) => external === modifier.externalId);
  const options = config.menu.groups.flatMap((group) => group.options);
  const byId =
    options.find(({ id }) => id === mapped?.option) ?? options.find(({ id }) => id === modifier.externalId);
  const named = new Set(
    options.flatMap((one) => (isNamed(one.name, modifier.said ?? modifier.name) ? [one.id] : [])),
  );
  const [onlyNamed] = named;
  const option = byId?.id ?? (named.size === 1 ? (onlyNamed ?? null) : null);
  return {
    option,
    action: mapped?.removal === true ? 'remove' : modifier.action,
    name: shorten(modifier.name, MOST.name) ?? '?',
    qty: piecesWithin(modifier.qty),
    price: whole(modifier.price ?? 0) * qty,
  };
}

/** How many of each modifier there are on one piece of the item: a nested one counts for each of its parent. */
function piecesOf(modifiers: readonly CanonicalModifier[]): number[] {
  const above: number[] = [];
  return modifiers.map(({ depth, qty }) => {
    const level = Math.min(DEEPEST, Math.max(0, whole(depth)));
    const pieces = piecesWithin(piecesWithin(qty) * (level > 0 ? (above[level - 1] ?? 1) : 1));
    above[level] = pieces;
    above.length = level + 1;
    return pieces;
  });
}

function isNamed(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

function piecesWithin(qty: number): number {
  return Math.min(MOST_QTY, Math.max(1, whole(qty)));
}

/** Minor units, pieces, milliseconds: whole, and of a size that sums can bear. */
function whole(number: number): number {
  return Number.isFinite(number) ? Math.min(MOST_NUMBER, Math.max(-MOST_NUMBER, Math.round(number))) : 0;
}

/** Since when the platform waits: since the guest ordered, if its clock can be believed. */
function sinceOf(placedAt: string, now: number): string {
  const placed = toMillis(placedAt);
  return toInstant(placed === null || placed > now || placed < now - CLOCK_MS ? now : placed);
}

/** Null: none, or none that exists. */
export function instantOf(said: string | null): string | null {
  const millis = said === null ? null : toMillis(said);
  return millis === null || !isWithinYears(millis) ? null : toInstant(millis);
}

/** Null: it says nothing. */
export function shorten(text: string | null, most: number): string | null {
  if (text === null) return null;
  const clean = text.replaceAll('\u0000', '').toWellFormed().trim();
  return clean === '' ? null : clean.slice(0, most).toWellFormed();
}

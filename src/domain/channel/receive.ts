import type { Context } from '../commands.ts';
import { nextNumber, send } from '../decideOrder.ts';
import { type EventBody, type ItemFact, type ModifierFact, type OrderFact, fact } from '../events.ts';
import { externalKey } from '../evolve.ts';
import { nameId } from '../ids.ts';
import type { LocationConfig, OptionConfig } from '../config.ts';
import { findMenuItem, route } from '../menu.ts';
import { UNROUTED } from '../place.ts';
import type { LocationState } from '../state.ts';
import { noteShort } from '../stock/selling.ts';
import { toInstant, toMillis } from '../text.ts';
import type { ReceivedLine, ReceivedModifier, ReceivedOrder } from './commands.ts';

/**
 * An order that was sold and paid elsewhere. Nothing of it is refused: what our menu does not know is cooked under its own
 * name, a choice that our menu would not allow stands, and what is sold out is taken and said to be short.
 */

/** A scheduled order whose time to fire is nearer than this fires now. */
const SOON_MS = 60_000;
const MINUTE_MS = 60_000;
const USUAL_MINUTES = 20;

export function receive(
  state: LocationState,
  command: { id: string; input: ReceivedOrder },
  context: Context,
): EventBody[] {
  const { input } = command;
  const { order, source, externalId } = input;
  const known = state.orders.has(order.id) || state.external.has(externalKey({ source, externalId }) ?? '');
  if (known) return [];
  const channel = state.config?.channels.find(({ id }) => id === input.channel);
  const minutes = channel?.prepMinutes ?? USUAL_MINUTES;
  const fireAt = fireTime(input, minutes, context.at);
  const items = noteShort(
    state,
    input.lines.map((line) => ({ ...resolve(state.config, line), held: fireAt !== null })),
  );
  const promisedAt = input.scheduledFor ?? input.readyBy;
  const placed: OrderFact = {
    id: order.id,
    number: nextNumber(state, context),
    day: context.day,
    type: order.type,
    source,
    ...(order.guest && { guest: order.guest }),
    ...(order.dropoff && { dropoff: order.dropoff }),
    ...(order.notes !== undefined && { notes: order.notes }),
    allergies: order.allergies,
    ...(promisedAt !== undefined && { promisedAt }),
    externalId,
    ...(order.displayId !== undefined && { displayId: order.displayId }),
    fingerprint: nameId(JSON.stringify(input)),
  };
  const { fulfilment, platformState, since, withinMs, readyBy, scheduledFor, cutlery, total } = input;
  return [
    fact('order.placed', { order: placed, items }),
    fact('channel.received', {
      order: order.id,
      channel: input.channel,
      provider: input.provider,
      name: channel?.name ?? input.provider,
      externalId,
      fulfilment,
      ...(platformState !== undefined && { platformState }),
      since,
      ...(withinMs !== undefined && { withinMs }),
      ...(readyBy !== undefined && { readyBy }),
      ...(scheduledFor !== undefined && { scheduledFor }),
      minutes,
      auto: channel?.autoAccept ?? true,
      ...(cutlery !== undefined && { cutlery }),
      items: Object.fromEntries(
        input.lines.flatMap(({ id, externalId: theirs }) => (theirs === null ? [] : [[id, theirs]])),
      ),
      ...(total !== undefined && { total }),
    }),
    ...send(order.id, items, command.id, false).map((event): EventBody =>
      event.type === 'ticket.held' && fireAt !== null
        ? fact('ticket.held', { ...event.data, fireAt })
        : event,
    ),
  ];
}

/** When a scheduled order goes to the kitchen; null: now. */
function fireTime(input: ReceivedOrder, minutes: number, at: string): string | null {
  if (input.scheduledFor === undefined) return null;
  const readyBy = toMillis(input.readyBy ?? input.scheduledFor);
  const now = toMillis(at) ?? 0;
  if (readyBy === null) return null;
  const fire = readyBy - minutes * MINUTE_MS;
  return fire > now + SOON_MS ? toInstant(fire) : null;
}

function resolve(config: LocationConfig | null, line: ReceivedLine): Omit<ItemFact, 'held'> {
  const item = line.menuItem === null ? undefined : findMenuItem(config, line.menuItem);
  const picked = line.modifiers.map((modifier) => ({
    modifier,
    known: item && findOption(config, modifier),
  }));
  const modifiers = picked.map(({ modifier, known }) => modifierFact(modifier, known));
  const shared = {
    id: line.id,
    qty: line.qty,
    unitPrice: modifiers.reduce((sum, { price }) => sum + price, line.price),
    modifiers,
    ...(line.notes !== undefined && { notes: line.notes }),
    allergies: line.allergies,
  };
  if (item === undefined)
    return {
      ...shared,
      name: line.name,
      kitchenName: line.name,
      stations: [config?.defaultStation ?? UNROUTED],
    };
  return {
    ...shared,
    menuItem: item.id,
    name: item.name,
    kitchenName: item.kitchenName ?? item.name,
    stations: route(
      config,
      item,
      // What is taken off sends a dish nowhere.
      picked.flatMap(({ modifier, known }) => (known && modifier.action === 'add' ? [known.option] : [])),
    ),
  };
}

type Known = { group: string; kind: ModifierFact['action']; option: OptionConfig };

function findOption(config: LocationConfig | null, { option: id }: ReceivedModifier): Known | undefined {
  if (id === null) return undefined;
  for (const group of config?.menu.groups ?? []) {
    const option = group.options.find((one) => one.id === id);
    if (option) return { group: group.id, kind: option.kind ?? group.kind, option };
  }
  return undefined;
}

function modifierFact(modifier: ReceivedModifier, known: Known | undefined): ModifierFact {
  const { action, name, qty, price } = modifier;
  if (known === undefined) return { action, name, qty, price };
  return {
    group: known.group,
    option: known.option.id,
    action: action === 'remove' ? 'remove' : known.kind,
    name: known.option.name,
    qty,
    price,
  };
}

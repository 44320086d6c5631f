import { z } from 'zod';
import { type BookingInner, bookingInputs } from './booking/commands.ts';
import { type CallInner, callInputs } from './call/commands.ts';
import { type ChannelInner, channelInputs } from './channel/commands.ts';
import { locationConfig, soldOutUntil } from './config.ts';
import type { RedactionCause } from './retention.ts';
import { type StockInner, stockInputs } from './stock/commands.ts';
import { allergies, instant, money, paintedVersion, quantity, slug, text, uuid, words } from './text.ts';

/**
 * Everything that anybody may ask a location to do: the vocabulary of the outside contract.
 * Unknown fields are refused, so that a typing mistake is not silently ignored.
 */

const modifierChoice = z.strictObject({ group: slug, option: slug, qty: quantity.optional() });

const menuLine = z.strictObject({
  id: uuid,
  menuItem: slug,
  qty: quantity,
  modifiers: z.array(modifierChoice).max(100).default([]),
  notes: text(140).optional().meta({ pii: true }),
  allergies,
  seat: z.int().min(1).max(999).optional(),
  course: z.int().min(1).max(9).optional(),
  hold: z.boolean().default(false),
});

/** An item that is not on the menu: a platform's own words, or something cooked as a favour. */
const openLine = z.strictObject({
  id: uuid,
  name: words(80),
  price: money,
  qty: quantity,
  station: slug.optional(),
  modifiers: z
    .array(
      z.strictObject({
        action: z.enum(['add', 'remove']),
        name: words(80),
        price: money.optional(),
        qty: quantity.optional(),
      }),
    )
    .max(100)
    .default([]),
  notes: text(140).optional().meta({ pii: true }),
  allergies,
  seat: z.int().min(1).max(999).optional(),
  course: z.int().min(1).max(9).optional(),
  hold: z.boolean().default(false),
});

/** Told apart by `menuItem`. */
export type Line = MenuLine | OpenLine;
export type MenuLine = z.infer<typeof menuLine>;
export type OpenLine = z.infer<typeof openLine>;

const lines = z
  .array(z.union([menuLine, openLine]))
  .min(1, 'must have at least one item')
  .max(200);

const guest = z.strictObject({
  name: words(80).meta({ pii: true }),
  phone: text(40).optional().meta({ pii: true }),
});

/** Where a courier of the house's own brings it. */
const dropoff = z.strictObject({
  address: words(200).meta({ pii: true }),
  instructions: text(140).optional().meta({ pii: true }),
});

const newOrder = z.strictObject({
  id: uuid,
  type: z.enum(['dine_in', 'takeout', 'delivery', 'counter']),
  table: slug.optional(),
  guest: guest.optional(),
  covers: z.int().min(1).max(999).optional(),
  notes: text(140).optional().meta({ pii: true }),
  allergies,
  promisedAt: instant.optional(),
  source: slug.optional(),
  externalId: words(128).optional(),
  displayId: words(32).optional(),
  /** The telephone call in which it was ordered. */
  call: uuid.optional(),
  /** Of a delivery: where to. A courier service, where the house has one, is asked once the kitchen has heard the order. */
  dropoff: dropoff.optional(),
  items: lines,
});
export type NewOrder = z.infer<typeof newOrder>;

const order = uuid;
const item = uuid;
const ticket = z.strictObject({ ticket: uuid, version: paintedVersion });
const reason = words(140).meta({ pii: true });
const orderItems = z.array(uuid).min(1).max(200).optional();

const sellable = z
  .strictObject({ item: slug.optional(), option: slug.optional() })
  .refine((value) => (value.item === undefined) !== (value.option === undefined), {
    message: 'name either item or option',
    path: ['item'],
  });

export const commandInputs = {
  'order.place': z.strictObject({ order: newOrder }),
  'order.add': z.strictObject({ order, items: lines, version: paintedVersion }),
  'order.fire': z.strictObject({
    order,
    course: z.int().min(1).max(9).optional(),
    items: orderItems,
    version: paintedVersion,
  }),
  'order.hold': z.strictObject({
    order,
    course: z.int().min(1).max(9).optional(),
    items: orderItems,
    at: instant.optional(),
    version: paintedVersion,
  }),
  'order.transfer': z.strictObject({ order, table: slug, version: paintedVersion }),
  'order.serve': z.strictObject({ order, items: orderItems, version: paintedVersion }),
  'order.cancel': z.strictObject({ order, reason, version: paintedVersion }),
  'item.amend': z.strictObject({
    order,
    item,
    qty: quantity.optional(),
    modifiers: z.union([menuLine.shape.modifiers.unwrap(), openLine.shape.modifiers.unwrap()]).optional(),
    notes: text(140).nullable().optional().meta({ pii: true }),
    allergies: z.array(words(60)).max(20).optional().meta({ pii: true }),
    seat: z.int().min(1).max(999).nullable().optional(),
    course: z.int().min(1).max(9).nullable().optional(),
    /** Makes it there from now on: how the pass takes a line out of the UNROUTED lane. */
    station: slug.optional(),
    version: paintedVersion,
  }),
  /** `station` narrows it to one of the stations that make the item; without it, all of them. */
  'item.ready': z.strictObject({
    order,
    item,
    qty: quantity.optional(),
    station: slug.optional(),
    version: paintedVersion,
  }),
  'item.unready': z.strictObject({
    order,
    item,
    qty: quantity.optional(),
    station: slug.optional(),
    version: paintedVersion,
  }),
  'item.void': z.strictObject({
    order,
    item,
    qty: quantity.optional(),
    reason,
    made: z.boolean(),
    version: paintedVersion,
  }),
  'item.refire': z.strictObject({ order, item, reason, version: paintedVersion }),
  'ticket.start': ticket,
  'ticket.bump': ticket,
  'ticket.recall': ticket,
  /** `rush: false` takes it back. */
  'ticket.rush': z.strictObject({ ticket: uuid, rush: z.boolean().default(true), version: paintedVersion }),
  'ticket.acknowledge': ticket,
  /** On paper, now. Again: marked as a reprint. Without `printer`: the station's, or the only one in the house. */
  'ticket.print': z.strictObject({ ticket: uuid, printer: slug.optional(), version: paintedVersion }),
  'menu.soldOut': sellable.safeExtend({ until: soldOutUntil, version: paintedVersion }),
  'menu.restore': sellable.safeExtend({ version: paintedVersion }),
  'table.seat': z.strictObject({ table: slug, covers: z.int().min(1).max(999), version: paintedVersion }),
  'table.clear': z.strictObject({ table: slug, version: paintedVersion }),
  'table.block': z.strictObject({ table: slug, reason, version: paintedVersion }),
  /** `version`: the configuration that this one was made from; somebody else's in between is not written over. */
  'location.configure': z.strictObject({ config: locationConfig, version: paintedVersion }),
  ...bookingInputs,
  ...callInputs,
  ...channelInputs,
  ...stockInputs,
} as const;

export type CommandName = keyof typeof commandInputs;
export type CommandInput<N extends CommandName = CommandName> = z.infer<(typeof commandInputs)[N]>;
/** What a caller may send: before defaults are filled in. */
export type CommandRequest<N extends CommandName = CommandName> = z.input<(typeof commandInputs)[N]>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandInputs, name);
}

/**
 * What only the house itself does: receipts and policies. Clients cannot name these, and their ids
 * live in a key space of their own, so nobody can take a policy's id beforehand and silence it.
 */
export type InnerInputs = BookingInner & CallInner & ChannelInner & StockInner & OrderInner;
type OrderInner = {
  /** A screen painted the ticket, and it counts. */
  'ticket.hear': { ticket: string; screen?: string };
  /** Nobody heard it in time: the next rung. Comes to nothing when somebody has, meanwhile. */
  'ticket.escalate': {
    ticket: string;
    episode: number;
    rung: Rung;
    deaf?: boolean;
    to?: string;
    printer?: string;
  };
  /** Nobody tapped its changes in time. */
  'change.escalate': { ticket: string; upTo: number };
  /** It came out of a printer. */
  'ticket.printed': { ticket: string; job: string; printer: string; copy: number };
  'print.fail': { ticket: string; job: string; printer: string; reason: string; next?: string };
  /** The canary of a station that has a live screen. */
  'station.prove': { station: string; minute: number };
  /** A policy's command (its id) was refused: not before `next` again. */
  'policy.refuse': { policy: string; next: string };
  /** A hold whose time has come. */
  'order.release': { order: string; items: string[] };
  /** Nothing is left to do: leave the open lists. */
  'order.close': { order: string };
  /** Closed long enough: leave memory. History answers from the projection. */
  'order.archive': { order: string };
  /** A sold-out whose time has passed. */
  'menu.expire': { item?: string; option?: string };
  /** The words of people in these orders, bookings and calls are to be forgotten. */
  'person.redact': { subjects: string[]; why: RedactionCause };
};
export type InnerName = keyof InnerInputs;

/** 1 nudge, 2 backup station, 3 paper, 4 the pass, 5 the manager, 6 call or message. */
export type Rung = 1 | 2 | 3 | 4 | 5 | 6;

/** Who asks. `id` scopes idempotency keys: `staff:maya`, `device:…`, `policy:release`. */
export type Actor = {
  id: string;
  role: Role | 'policy';
  name?: string;
  device?: string;
  approvedBy?: string;
};
export const roles = [
  'owner',
  'manager',
  'expo',
  'kitchen',
  'waiter',
  'host',
  'phone',
  'display',
  'guest',
  'partner',
] as const;
export type Role = (typeof roles)[number];

export type Command =
  | { [N in CommandName]: { id: string; name: N; input: CommandInput<N> } }[CommandName]
  | { [N in InnerName]: { id: string; name: N; input: InnerInputs[N] } }[InnerName];

/** What is true around a command: the time (RFC 3339), who asks, the location's business day (`2026-01-31`), and when that ends. */
export type Context = { at: string; by: Actor; day: string; dayEnds: string };

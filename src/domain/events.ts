import { z } from 'zod';
import { bookingFacts } from './booking/events.ts';
import { callFacts } from './call/events.ts';
import { channelFacts } from './channel/events.ts';
import type { Actor } from './commands.ts';
import { locationConfig } from './config.ts';
import { redactionCauses } from './retention.ts';
import { stockFacts } from './stock/events.ts';

/**
 * What happened: the log's whole vocabulary. An event is a fact in the past tense, decided once and never again.
 *
 * Each type has a version. A changed meaning is a new version with an upcaster in `readEvent`; old rows stay as they are.
 * Paths marked `pii` may be overwritten by `redact`; no rule reads what stands there.
 */

const id = z.string();
const at = z.string();
const qty = z.int();
const pii = { pii: true };

const modifierFact = z.object({
  group: z.string().optional(),
  option: z.string().optional(),
  action: z.enum(['add', 'remove', 'choice']),
  name: z.string(),
  qty,
  /** For one piece of the line, in minor units. */
  price: z.int(),
});

const itemFact = z.object({
  id,
  menuItem: z.string().optional(),
  name: z.string(),
  kitchenName: z.string(),
  qty,
  /** One piece with its modifiers, in minor units. */
  unitPrice: z.int(),
  modifiers: z.array(modifierFact),
  notes: z.string().optional().meta(pii),
  allergies: z.array(z.string()).meta(pii),
  seat: z.int().optional(),
  course: z.int().optional(),
  stations: z.array(z.string()),
  held: z.boolean(),
  refireOf: id.optional(),
  /** Ordered and paid elsewhere though it was sold out: so many pieces more than were left. */
  short: qty.optional(),
});

const orderFact = z.object({
  id,
  number: z.int(),
  day: z.string(),
  type: z.enum(['dine_in', 'takeout', 'delivery', 'counter']),
  source: z.string(),
  table: z.string().optional(),
  guest: z.object({ name: z.string().meta(pii), phone: z.string().optional().meta(pii) }).optional(),
  covers: z.int().optional(),
  notes: z.string().optional().meta(pii),
  allergies: z.array(z.string()).meta(pii),
  promisedAt: at.optional(),
  externalId: z.string().optional(),
  displayId: z.string().optional(),
  server: z.string().optional(),
  /** The telephone call in which it was ordered. */
  call: id.optional(),
  dropoff: z
    .object({ address: z.string().meta(pii), instructions: z.string().optional().meta(pii) })
    .optional(),
  /** Of the whole request: the same order id with the same content is the same order. */
  fingerprint: z.string().meta(pii),
});

const orderOnly = z.object({ order: id });
const ticketOnly = z.object({ order: id, ticket: id });
const group = z.object({
  order: id,
  ticket: id,
  station: z.string(),
  items: z.array(id),
  course: z.int().optional(),
});
const pieces = z.object({ order: id, item: id, station: z.string(), readyQty: qty });
const sellable = z.object({ item: z.string().optional(), option: z.string().optional() });
/** Nobody said it: the last portion was sold, or an ingredient is missing. */
const soldOutWhy = z.enum(['portions', 'stock']).optional();

export const eventData = {
  'location.configured': z.object({ config: locationConfig }),
  'order.placed': z.object({ order: orderFact, items: z.array(itemFact) }),
  'order.added': z.object({ order: id, items: z.array(itemFact) }),
  'order.transferred': z.object({ order: id, from: z.string().optional(), to: z.string() }),
  'order.served': z.object({ order: id, items: z.array(id) }),
  'order.cancelled': z.object({ order: id, reason: z.string().meta(pii) }),
  'order.closed': z.object({ order: id, how: z.enum(['completed', 'table', 'swept']) }),
  'order.archived': orderOnly,
  /** The items' work at this station goes to this ticket, now. */
  'ticket.fired': group.extend({ addOn: z.boolean(), rush: z.boolean() }),
  /** The same, but waiting: greyed on the board. */
  'ticket.held': group.extend({ fireAt: at.optional() }),
  'ticket.heard': ticketOnly.extend({ screen: z.string().optional() }),
  'ticket.started': ticketOnly,
  'ticket.bumped': ticketOnly,
  'ticket.recalled': ticketOnly,
  'ticket.rushed': ticketOnly.extend({ rush: z.boolean() }),
  /** Changes up to this position were seen. */
  'ticket.acknowledged': ticketOnly.extend({ upTo: z.int() }),
  /**
   * Nobody heard it in time: one rung of the ladder (1 nudge, 2 backup station, 3 paper, 4 pass, 5 manager, 6 message).
   * `to`: the station that shows it as well. `printer`, `job`, `copy`: what the third rung asks of paper.
   */
  'ticket.unheard': ticketOnly.extend({
    station: z.string(),
    episode: z.int(),
    rung: z.int().min(1).max(6),
    deaf: z.boolean(),
    to: z.string().optional(),
    printer: z.string().optional(),
    job: id.optional(),
    copy: z.int().optional(),
  }),
  /** Changes up to this position waited too long for a tap. */
  'ticket.unseen': ticketOnly.extend({ upTo: z.int() }),
  /** Somebody wants it on paper; without `printer`: the station's. */
  'print.asked': ticketOnly.extend({ job: id, printer: z.string().optional(), copy: z.int() }),
  'ticket.printed': ticketOnly.extend({ job: id, printer: z.string(), copy: z.int() }),
  /** The printer did not do it. `next`: the printer that is tried instead. */
  'print.failed': ticketOnly.extend({
    job: id,
    printer: z.string(),
    reason: z.string(),
    next: z.string().optional(),
  }),
  /** The canary: a change that every screen of the station must paint. `minute` counts from 1970. */
  'station.proved': z.object({ station: z.string(), minute: z.int() }),
  /** What time asked for was refused: not before `next` again. `policy` is the refused command's id. */
  'policy.refused': z.object({ policy: z.string(), next: at }),
  'item.readied': pieces,
  'item.unreadied': pieces,
  'item.amended': z.object({
    order: id,
    item: id,
    qty: qty.optional(),
    modifiers: z.array(modifierFact).optional(),
    unitPrice: z.int().optional(),
    notes: z.string().nullable().optional().meta(pii),
    allergies: z.array(z.string()).optional().meta(pii),
    seat: z.int().nullable().optional(),
    course: z.int().nullable().optional(),
    /** Where it is made from now on, when the change moved it. */
    stations: z.array(z.string()).optional(),
  }),
  'item.voided': z.object({ order: id, item: id, qty, reason: z.string().meta(pii), made: z.boolean() }),
  'item.refired': z.object({ order: id, item: id, again: itemFact, reason: z.string().meta(pii) }),
  'menu.soldOut': sellable.extend({ until: at.optional(), why: soldOutWhy }),
  'menu.restored': sellable,
  /** `reservation`, `entry`: whose they are; `joined`: pushed to that table, where they are counted. */
  'table.seated': z.object({
    table: z.string(),
    covers: z.int(),
    reservation: id.optional(),
    entry: id.optional(),
    joined: z.string().optional(),
  }),
  'table.cleared': z.object({ table: z.string(), to: z.enum(['free', 'dirty']) }),
  'table.blocked': z.object({ table: z.string(), reason: z.string().meta(pii) }),
  /** What people said of themselves in these orders, bookings and calls is no longer in this log. */
  'person.redacted': z.object({ subjects: z.array(z.string()), why: z.enum(redactionCauses) }),
  ...bookingFacts,
  ...callFacts,
  ...channelFacts,
  ...stockFacts,
} as const;

export type EventType = keyof typeof eventData;
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>;
export type EventBody = { [T in EventType]: { type: T; v: 1; data: EventData<T> } }[EventType];
export type LoggedEvent = EventBody & { seq: number; at: string; by: Actor; command: string };
export type ItemFact = z.infer<typeof itemFact>;
export type ModifierFact = z.infer<typeof modifierFact>;
export type OrderFact = z.infer<typeof orderFact>;

/** A fact of this version of the rules. */
export function fact<T extends EventType>(
  type: T,
  data: EventData<T>,
): { type: T; v: 1; data: EventData<T> } {
  return { type, v: 1, data };
}

export type StoredFact = {
  seq: number;
  at: string;
  by: unknown;
  command: string;
  type: string;
  v: number;
  data: unknown;
};

const actor = z.object({
  id: z.string(),
  role: z.enum([
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
    'policy',
  ]),
  name: z.string().optional(),
  device: z.string().optional(),
  approvedBy: z.string().optional(),
});

/**
 * A row of the log as an event of today's rules, upcast where it is older.
 * Null: a type, version or shape that this code does not know; the node must not serve the location by guessing.
 */
export function readEvent(stored: StoredFact): LoggedEvent | null {
  if (!Object.hasOwn(eventData, stored.type) || stored.v !== 1) return null;
  const body = eventBody.safeParse({ type: stored.type, v: stored.v, data: stored.data });
  const by = actor.safeParse(stored.by);
  if (!body.success || !by.success) return null;
  const { id: actorId, role, name, device, approvedBy } = by.data;
  return {
    ...body.data,
    seq: stored.seq,
    at: stored.at,
    command: stored.command,
    by: {
      id: actorId,
      role,
      ...(name !== undefined && { name }),
      ...(device !== undefined && { device }),
      ...(approvedBy !== undefined && { approvedBy }),
    },
  };
}

function of<T extends EventType>(type: T) {
  return z.object({ type: z.literal(type), v: z.literal(1), data: eventData[type] });
}

export const eventBody = z.discriminatedUnion('type', [
  of('location.configured'),
  of('order.placed'),
  of('order.added'),
  of('order.transferred'),
  of('order.served'),
  of('order.cancelled'),
  of('order.closed'),
  of('order.archived'),
  of('ticket.fired'),
  of('ticket.held'),
  of('ticket.heard'),
  of('ticket.started'),
  of('ticket.bumped'),
  of('ticket.recalled'),
  of('ticket.rushed'),
  of('ticket.acknowledged'),
  of('ticket.unheard'),
  of('ticket.unseen'),
  of('print.asked'),
  of('ticket.printed'),
  of('print.failed'),
  of('station.proved'),
  of('policy.refused'),
  of('item.readied'),
  of('item.unreadied'),
  of('item.amended'),
  of('item.voided'),
  of('item.refired'),
  of('menu.soldOut'),
  of('menu.restored'),
  of('table.seated'),
  of('table.cleared'),
  of('table.blocked'),
  of('person.redacted'),
  of('reservation.held'),
  of('reservation.booked'),
  of('reservation.expired'),
  of('reservation.requested'),
  of('reservation.confirmed'),
  of('reservation.declined'),
  of('reservation.changed'),
  of('reservation.cancelled'),
  of('reservation.arrived'),
  of('reservation.seated'),
  of('reservation.finished'),
  of('reservation.noShow'),
  of('reservation.left'),
  of('reservation.corrected'),
  of('reservation.announced'),
  of('reservation.archived'),
  of('waitlist.added'),
  of('waitlist.notified'),
  of('waitlist.checkedIn'),
  of('waitlist.seated'),
  of('waitlist.cancelled'),
  of('waitlist.noShow'),
  of('waitlist.lapsed'),
  of('waitlist.archived'),
  of('call.started'),
  of('call.answered'),
  of('call.transferStarted'),
  of('call.transferEnded'),
  of('call.takenOver'),
  of('call.heard'),
  of('call.fellSilent'),
  of('call.ended'),
  of('call.failed'),
  of('call.transcribed'),
  of('call.recorded'),
  of('call.recordingErased'),
  of('call.analysed'),
  of('call.unanalysed'),
  of('call.linked'),
  of('call.closed'),
  of('call.followUpAsked'),
  of('call.ringBackAsked'),
  of('call.taskClaimed'),
  of('call.taskDone'),
  of('call.taskExpired'),
  of('call.taskArchived'),
  of('call.archived'),
  of('message.taken'),
  of('channel.received'),
  of('channel.accepted'),
  of('channel.warned'),
  of('channel.ended'),
  of('channel.moved'),
  of('channel.courierMoved'),
  of('channel.asked'),
  of('channel.told'),
  of('channel.refused'),
  of('channel.paused'),
  of('channel.resumed'),
  of('channel.busied'),
  of('channel.storeAsked'),
  of('channel.storeTold'),
  of('channel.storeRefused'),
  of('stock.portioned'),
  of('stock.counted'),
  of('stock.received'),
  of('stock.wasted'),
  of('stock.scrapped'),
  of('stock.noticed'),
]);

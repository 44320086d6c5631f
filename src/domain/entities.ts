import { z } from 'zod';
import { bookView, reservationView, waitlistView } from './booking/entities.ts';
import { callView, taskView } from './call/entities.ts';
import { channelView, courierView, platformBadge, platformView } from './channel/entities.ts';
import { stockView, wasteView } from './stock/entities.ts';

/**
 * What a reader sees: whole entities, each with the version at which what this topic shows of it last changed.
 * These shapes are the outside contract; a reader ignores fields it does not know.
 */

const instant = z.string();
const version = z.int().min(0);

export const modifierView = z.object({
  action: z.enum(['add', 'remove', 'choice']),
  name: z.string(),
  qty: z.int(),
});

/** What changed on a line after the kitchen had it: `2 → 1`, or words. `fields` names all that changed. */
export const changeView = z.object({
  from: z.union([z.string(), z.number()]),
  to: z.union([z.string(), z.number()]),
  fields: z.array(z.enum(['qty', 'modifiers', 'allergies', 'notes', 'seat', 'course', 'station', 'void'])),
});

export const itemStatus = z.enum(['held', 'fired', 'started', 'ready', 'served', 'voided', 'refired']);
export const ticketStatus = z.enum([
  'held',
  'new',
  'cooking',
  'ready',
  'passed',
  'done',
  'voided',
  'auto_closed',
]);
export const orderStatus = z.enum([
  'scheduled',
  'placed',
  'in_progress',
  'ready',
  'completed',
  'closed',
  'cancelled',
]);
export const tableStatus = z.enum(['free', 'seated', 'ordered', 'served', 'paying', 'dirty', 'blocked']);
export const orderType = z.enum(['dine_in', 'takeout', 'delivery', 'counter']);

export const deliveryView = z.object({
  state: z.enum(['queued', 'heard', 'printed', 'unheard', 'rerouted']),
  heardAt: instant.optional(),
  /** The highest rung of the ladder that this episode reached: 1 nudge, 2 backup, 3 paper, 4 pass, 5 manager, 6 message. */
  rung: z.int().optional(),
  /** When it last came out of a printer. Stays when a screen hears it later: the food may be cooking from paper. */
  printedAt: instant.optional(),
  printer: z.string().optional(),
  /** Since when the present episode asks to be heard: the fire, the recall, the last change. */
  askedAt: instant.optional(),
  /** The backup station that shows it as well. */
  to: z.string().optional(),
});

/** Who tapped a change away, and when. */
export const seenView = z.object({ by: z.string(), at: instant });

export const lineView = z.object({
  item: z.string(),
  menuItem: z.string().optional(),
  /** The kitchen's name on a ticket. */
  name: z.string(),
  qty: z.int(),
  readyQty: z.int(),
  voidQty: z.int(),
  status: itemStatus,
  /** `option`: its name on the menu, so that a card can say that it ran out. */
  modifiers: z.array(modifierView.extend({ option: z.string().optional() })),
  notes: z.string().optional(),
  allergies: z.array(z.string()),
  seat: z.int().optional(),
  changed: changeView.optional(),
  /** The line is made at another station now; struck through until acknowledged. */
  movedTo: z.string().optional(),
  refireOf: z.string().optional(),
  /** Not on the menu: somebody else's words. */
  open: z.boolean().optional(),
});

export const guestView = z.object({ name: z.string(), phone: z.string().optional() });

export const ticketView = z.object({
  kind: z.literal('ticket'),
  id: z.string(),
  version,
  order: z.string(),
  number: z.int(),
  displayId: z.string().optional(),
  station: z.string(),
  type: orderType,
  source: z.string(),
  /** The delivery platform that it came from. */
  platform: platformBadge.optional(),
  table: z.string().optional(),
  movedFrom: z.string().optional(),
  guest: guestView.optional(),
  /** Who serves it: the name of whoever placed the order. */
  server: z.string().optional(),
  covers: z.int().optional(),
  course: z.int().optional(),
  promisedAt: instant.optional(),
  allergies: z.array(z.string()),
  notes: z.string().optional(),
  status: ticketStatus,
  delivery: deliveryView,
  /** Null while held. */
  firedAt: instant.nullable(),
  /** A held ticket's time to fire, where one is set. */
  fireAt: instant.optional(),
  startedAt: instant.optional(),
  readyAt: instant.optional(),
  recalls: z.int(),
  recalledAt: instant.optional(),
  rush: z.boolean(),
  rushedBy: z.string().optional(),
  ackRequired: z.boolean(),
  /** Since when a change waits for a tap: after 30 s the screen is louder, after 60 s the pass is told. */
  ackSince: instant.optional(),
  /** The pass was told that nobody tapped. */
  unseen: z.boolean().optional(),
  seen: seenView.optional(),
  /** In a backup's topic: the station whose ticket it is. */
  backup: z.string().optional(),
  /** How often it was asked for on paper. */
  copies: z.int().optional(),
  addOn: z.boolean(),
  lines: z.array(lineView),
  /** The order's other stations. */
  also: z.array(z.string()),
  /** `n of m`: live lines here and in the whole order. */
  ofItems: z.int(),
});

export const itemView = z.object({
  id: z.string(),
  menuItem: z.string().optional(),
  name: z.string(),
  qty: z.int(),
  readyQty: z.int(),
  voidQty: z.int(),
  status: itemStatus,
  modifiers: z.array(
    modifierView.extend({ group: z.string().optional(), option: z.string().optional(), price: z.int() }),
  ),
  notes: z.string().optional(),
  allergies: z.array(z.string()),
  seat: z.int().optional(),
  course: z.int().optional(),
  stations: z.array(z.string()),
  /** For all live pieces, modifiers included, in minor units. */
  price: z.int(),
  refireOf: z.string().optional(),
  changed: z.boolean().optional(),
});

export const orderView = z.object({
  kind: z.literal('order'),
  id: z.string(),
  version,
  number: z.int(),
  type: orderType,
  source: z.string(),
  externalId: z.string().optional(),
  displayId: z.string().optional(),
  /** How it stands with the delivery platform that it came from. */
  platform: platformView.optional(),
  table: z.string().optional(),
  guest: guestView.optional(),
  /** Where a courier brings it. */
  dropoff: z.object({ address: z.string(), instructions: z.string().optional() }).optional(),
  covers: z.int().optional(),
  server: z.string().optional(),
  /** The telephone call in which it was ordered. */
  call: z.string().optional(),
  notes: z.string().optional(),
  allergies: z.array(z.string()),
  status: orderStatus,
  paymentStatus: z.enum(['none', 'partial', 'paid', 'refunded']),
  /** Left out of the kitchen's copy: the tickets there have the lines. */
  items: z.array(itemView).optional(),
  tickets: z.array(
    z.object({
      id: z.string(),
      station: z.string(),
      status: ticketStatus,
      delivery: deliveryView,
      firedAt: instant.nullable(),
      startedAt: instant.optional(),
      readyAt: instant.optional(),
      ackRequired: z.boolean(),
      ackSince: instant.optional(),
      unseen: z.boolean().optional(),
      seen: seenView.optional(),
      items: z.array(z.string()),
    }),
  ),
  /** `4/6 ready`, counted in live lines. */
  readyItems: z.int(),
  liveItems: z.int(),
  placedAt: instant,
  promisedAt: instant.optional(),
  completedAt: instant.optional(),
  total: z.int(),
});

export const tableView = z.object({
  kind: z.literal('table'),
  id: z.string(),
  version,
  name: z.string(),
  section: z.string().optional(),
  seats: z.int(),
  shape: z.enum(['table', 'bar']),
  status: tableStatus,
  covers: z.int().optional(),
  /** Since when it is in this state. */
  since: instant.optional(),
  reason: z.string().optional(),
  /** Open orders at it. */
  orders: z.array(z.string()),
  /** The reservation that comes to it next: within half an hour of it, whoever seats somebody else here is asked. */
  reserved: z.object({ reservation: z.string(), at: instant, party: z.int(), name: z.string() }).optional(),
  /** Whose party sits here, where the book or the waitlist knows. */
  reservation: z.string().optional(),
  entry: z.string().optional(),
  /** Pushed to this table, whose guests are counted there. */
  joined: z.string().optional(),
});

export const stationView = z.object({
  kind: z.literal('station'),
  id: z.string(),
  version,
  name: z.string(),
  warn: z.int(),
  late: z.int(),
  backup: z.string().optional(),
  expo: z.enum(['send', 'only', 'skip']),
  skipStart: z.boolean(),
  /** Where its tickets are printed, when there is a printer for them. */
  printer: z.string().optional(),
  /** The canary's last minute: who paints this version is alive. */
  provedAt: instant.optional(),
  /** The location's own words and money, so that a screen needs no other call. */
  location: z.object({
    id: z.string(),
    name: z.string(),
    currency: z.string(),
    timezone: z.string(),
    language: z.string(),
    expo: z.string(),
    /** `station:<expoId>` is the pass's own board: of what it stands in for. */
    expoId: z.string().optional(),
  }),
});

const optionView = z.object({
  id: z.string(),
  name: z.string(),
  price: z.int(),
  kind: z.enum(['add', 'remove', 'choice']),
  allergens: z.array(z.string()),
  groups: z.array(z.string()),
  soldOut: z.boolean(),
});

const groupView = z.object({
  id: z.string(),
  name: z.string(),
  min: z.int(),
  max: z.int(),
  free: z.int(),
  default: z.string().optional(),
  options: z.array(optionView),
});

/** One category of the menu, whole: its items and every group they open. */
export const menuView = z.object({
  kind: z.literal('menu'),
  id: z.string(),
  version,
  name: z.string(),
  position: z.int(),
  currency: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kitchenName: z.string(),
      price: z.int(),
      prep: z.int().optional(),
      course: z.int().optional(),
      allergens: z.array(z.string()),
      stations: z.array(z.string()),
      groups: z.array(z.string()),
      /** Also when a count has come to 0. */
      soldOut: z.boolean(),
      soldOutUntil: instant.optional(),
      /** Portions left to sell, where somebody counts them. */
      left: z.int().optional(),
    }),
  ),
  groups: z.array(groupView),
});

/**
 * Something that somebody must take care of; it leaves when that is done.
 *
 * - `unrouted`: lines that no rule sends to a station. Ends when they are sent, or off the board.
 * - `unheard`: from rung 4 (30 s) on. Ends when a screen hears it, it is printed, started, or off the board.
 * - `unseen`: a change that nobody tapped within 60 s. Ends with the tap.
 * - `printer`: a print that failed. Ends when it is printed after all, or off the board.
 * - `short`: ordered and paid elsewhere though it was sold out. Ends when it is cooked, voided, or off the board.
 * - `accept`: a platform waits for our yes, and a part of its time is over. Ends with a yes or a no.
 * - `refused`: a platform would not take what it was told. Ends with the order, or when it takes it after all.
 * - `courier`: a courier stands here and the food is not ready. Ends when it is.
 * - `unmapped`: a platform's items that are not on the menu. Ends when they are cooked, voided, or off the board.
 *
 * `id` is `<type>:<ticket>`: one of each type a ticket. In kitchen, pos, floor and manager.
 */
export const alertView = z.object({
  kind: z.literal('alert'),
  id: z.string(),
  version,
  type: z.enum([
    'unrouted',
    'unheard',
    'unseen',
    'printer',
    'short',
    'accept',
    'refused',
    'courier',
    'unmapped',
  ]),
  order: z.string(),
  ticket: z.string(),
  number: z.int(),
  displayId: z.string().optional(),
  station: z.string(),
  table: z.string().optional(),
  /** Since when it is so: the fire, the first change without a tap, the failed print. */
  at: instant,
  /** `unheard`: 4 the pass was told, 5 the manager, 6 called or written to. */
  rung: z.int().optional(),
  /** `unheard`: no screen of the station was live. */
  deaf: z.boolean().optional(),
  /** `printer`: which, why, and the one that is tried instead. */
  printer: z.string().optional(),
  reason: z.string().optional(),
  next: z.string().optional(),
  /** The platform's name; `accept`: 1 the pass is told, 2 the manager. `refused`: `reason` has the platform's words. */
  platform: z.string().optional(),
  level: z.int().optional(),
  /** What the lane holds, in the order's own words; `short`: what there is too little of, and how many pieces. */
  items: z.array(z.object({ name: z.string(), qty: z.int() })),
});

const trackingStep = z.enum(['received', 'confirmed', 'preparing', 'ready', 'handed_over']);

/** One order as its guest may see it. `version` counts this order's own changes; nothing here is a position in the log. */
export const trackingView = z.object({
  kind: z.literal('tracking'),
  id: z.string(),
  version,
  number: z.int(),
  displayId: z.string().optional(),
  type: orderType,
  /** The furthest that was ever told; it never goes back. */
  step: trackingStep,
  steps: z.array(
    z.object({
      step: trackingStep,
      state: z.enum(['done', 'active', 'pending']),
      at: instant.optional(),
    }),
  ),
  /** `2 of 6 things are ready`, in pieces. */
  ready: z.int(),
  things: z.int(),
  /** Ready between these; `why` it was put off, where it was. */
  eta: z
    .object({ from: instant, to: instant, why: z.enum(['added', 'changed', 'mending']).optional() })
    .optional(),
  /** Something that was told as ready is not: made again by us, or changed by the guest. */
  trouble: z.object({ kind: z.enum(['mending', 'changed']), since: instant }).optional(),
  /** Who brings it, where a courier does. */
  courier: courierView.optional(),
  cancelled: z.object({ at: instant, reason: z.string().optional() }).optional(),
  ended: z.enum(['handed_over', 'cancelled', 'closed']).optional(),
  items: z.array(z.object({ name: z.string(), qty: z.int(), modifiers: z.array(modifierView) })),
  location: z.object({
    name: z.string(),
    timezone: z.string(),
    language: z.string(),
    address: z.string().optional(),
    phone: z.string().optional(),
  }),
});

export const entity = z.discriminatedUnion('kind', [
  ticketView,
  orderView,
  tableView,
  stationView,
  menuView,
  alertView,
  trackingView,
  reservationView,
  waitlistView,
  bookView,
  callView,
  taskView,
  channelView,
  stockView,
  wasteView,
]);

export type Entity = z.infer<typeof entity>;
export type EntityKind = Entity['kind'];
export type TicketView = z.infer<typeof ticketView>;
export type OrderView = z.infer<typeof orderView>;
export type ItemView = z.infer<typeof itemView>;
export type LineView = z.infer<typeof lineView>;
export type TableView = z.infer<typeof tableView>;
export type StationView = z.infer<typeof stationView>;
export type MenuView = z.infer<typeof menuView>;
export type AlertView = z.infer<typeof alertView>;
export type TrackingView = z.infer<typeof trackingView>;
export type ModifierView = z.infer<typeof modifierView>;
export type ItemStatus = z.infer<typeof itemStatus>;
export type TicketStatus = z.infer<typeof ticketStatus>;
export type OrderStatus = z.infer<typeof orderStatus>;
export type TableStatus = z.infer<typeof tableStatus>;
export type OrderType = z.infer<typeof orderType>;

/** Why an entity left a topic. */
export type Gone = {
  kind: EntityKind;
  id: string;
  version: number;
  why: 'moved' | 'closed' | 'void' | 'access';
};

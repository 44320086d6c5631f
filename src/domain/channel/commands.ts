import { z } from 'zod';
import type { CanonicalOrder } from './canonical.ts';
import type { CourierState } from './state.ts';
import { instant, paintedVersion, slug, uuid, words } from '../text.ts';

/** What staff may ask of the doors through which orders come from outside. */

const order = uuid;
const channel = slug;
const version = paintedVersion;

/** Why an order from outside is not taken; each platform's own words follow from these. */
export const denyReasons = [
  'item_out_of_stock',
  'kitchen_busy',
  'closed',
  'cannot_read',
  'address',
  'technical',
  'other',
] as const;

export const channelInputs = {
  /** Says yes to the platform; `minutes` until the food is ready. */
  'channel.accept': z.strictObject({ order, minutes: z.int().min(1).max(240).optional(), version }),
  'channel.deny': z.strictObject({
    order,
    reason: z.enum(denyReasons),
    /** With `item_out_of_stock`: the menu's items, which are then sold out as well. */
    items: z.array(slug).max(50).optional(),
    note: words(140).optional().meta({ pii: true }),
    version,
  }),
  /** No orders from there until then; without `until`: until somebody resumes. */
  'channel.pause': z.strictObject({
    channel,
    until: instant.optional(),
    reason: words(140).optional(),
    version,
  }),
  'channel.resume': z.strictObject({ channel, version }),
  /** Adds so many minutes to what is promised; 0 ends it. */
  'channel.busy': z.strictObject({ channel, minutes: z.int().min(0).max(120), version }),
} as const;

export type DenyReason = (typeof denyReasons)[number];

/** What a platform's adapter says, and what time alone asks. */
export type ChannelInner = {
  /** An order from outside, whatever the menu allows: it was sold and paid elsewhere. */
  'channel.receive': ReceivedOrder;
  /** The platform, its guest or its clock took the order back. */
  'channel.gone': { order: string; by: 'platform' | 'guest' | 'clock' | 'house'; words: string; at: string };
  'channel.courier': {
    order: string;
    state: CourierState;
    at: string;
    name: string | null;
    eta: string | null;
    batched: boolean;
  };
  'channel.said': {
    order: string;
    state: 'accepted' | 'denied' | 'collected' | 'delivered' | 'failed';
    at: string;
  };
  /** The platform itself closed or opened the door. */
  'channel.store': { channel: string; open: boolean; reason: string };
  /** Who hears of this channel for the first time hears what is not as usual. */
  'channel.retell': { channel: string };
  /** How a call outside ended; `ask` is where in the log it was asked for. */
  'channel.note': {
    channel: string;
    order?: string;
    ask: number;
    act: string;
    refused?: { words: string; code?: string };
  };
  'channel.warn': { order: string; level: 1 | 2 };
  /** Nobody said yes in time: we say no before the platform's clock does. */
  'channel.lapse': { order: string };
  /** What became true of an order that its platform must be told. */
  'channel.follow': { order: string };
  /** A pause whose time has passed. */
  'channel.reopen': { channel: string };
};

/** An order of a platform with the menu's own ids, as far as they are known. */
export type ReceivedOrder = {
  channel: string;
  provider: string;
  source: string;
  externalId: string;
  order: {
    id: string;
    type: 'dine_in' | 'takeout' | 'delivery';
    guest?: { name: string; phone?: string };
    dropoff?: { address: string; instructions?: string };
    notes?: string;
    allergies: string[];
    displayId?: string;
  };
  lines: ReceivedLine[];
  fulfilment: CanonicalOrder['fulfilment'];
  platformState?: string;
  since: string;
  withinMs?: number;
  readyBy?: string;
  scheduledFor?: string;
  cutlery?: boolean;
  total?: { amount: number; currency: string };
};

export type ReceivedLine = {
  id: string;
  /** Null: it is on the menu under no name that we know. */
  menuItem: string | null;
  externalId: string | null;
  name: string;
  qty: number;
  /** One piece, without its modifiers. */
  price: number;
  modifiers: ReceivedModifier[];
  notes?: string;
  allergies: string[];
};

export type ReceivedModifier = {
  option: string | null;
  action: 'add' | 'remove';
  name: string;
  /** For one piece of the line. */
  qty: number;
  /** For all of these on one piece. */
  price: number;
};

import { z } from 'zod';
import { COURIER_STATES, PLATFORM_ENDS } from './state.ts';

/** What staff see of a delivery platform, and of an order that came from one. */

const instant = z.string();

export const channelView = z.object({
  kind: z.literal('channel'),
  id: z.string(),
  version: z.int().min(0),
  provider: z.string(),
  name: z.string(),
  /** `auto_paused`: the platform itself took the restaurant off. */
  mode: z.enum(['open', 'busy', 'paused', 'auto_paused']),
  /** Of a pause: when it ends by itself. */
  until: instant.nullable(),
  /** Added to what is promised; 0: nothing. */
  busyMinutes: z.int(),
  reason: z.string().nullable(),
  /** Orders that wait for a yes. */
  waiting: z.int(),
  /** What the platform last refused, in its words. */
  trouble: z.string().nullable(),
});
export type ChannelView = z.infer<typeof channelView>;

const platformState = z.enum([
  'awaiting_accept',
  'accepted',
  'in_kitchen',
  'ready_for_pickup',
  'collected',
  'delivered',
  ...PLATFORM_ENDS,
]);

const courierState = z.enum(COURIER_STATES);

export const courierView = z.object({
  state: courierState,
  /** Since when. */
  at: instant,
  name: z.string().nullable(),
  /** When the courier is expected: at the restaurant, or after `picked_up` at the guest's. */
  eta: instant.nullable(),
  /** Carries other orders as well. */
  batched: z.boolean(),
});
export type CourierView = z.infer<typeof courierView>;

/** Between the house and the platform that an order came from. */
export const platformView = z.object({
  channel: z.string(),
  provider: z.string(),
  /** `Uber Eats`. */
  name: z.string(),
  /** What courier and kitchen shout. */
  number: z.string(),
  state: platformState,
  /** Until when the platform waits for our yes; null: it waits for none, or has it. */
  acceptBy: instant.nullable(),
  /** 1: a quarter of that time is over, 2: half of it. */
  level: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  readyBy: instant.nullable(),
  /** What we promised. */
  readyAt: instant.nullable(),
  courier: courierView.nullable(),
  /** The last thing that we owed the platform. */
  told: z.enum(['waiting', 'told', 'refused']).nullable(),
  /** What it refused, in its words. */
  trouble: z.string().nullable(),
  /** Does the guest want cutlery? */
  cutlery: z.boolean().optional(),
});
export type PlatformView = z.infer<typeof platformView>;

/** The same on a card. */
export const platformBadge = z.object({
  provider: z.string(),
  name: z.string(),
  number: z.string(),
  courier: courierState.optional(),
  cutlery: z.boolean().optional(),
});

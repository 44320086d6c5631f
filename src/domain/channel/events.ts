import { z } from 'zod';
import { COURIER_STATES, ORDER_ACTS, PLATFORM_ENDS } from './state.ts';

/**
 * What happened between the house and a platform. What is asked of a platform is a fact of its own (`channel.asked`): the
 * call outside follows from it, and what the platform said to it is noted after.
 */

const id = z.string();
const at = z.string();
const pii = { pii: true };

const storeActs = ['itemOut', 'itemBack', 'pause', 'resume', 'busy'] as const;

const noted = z.object({
  channel: z.string(),
  /** Position of the asking. */
  ask: z.int(),
  act: z.string(),
});
const code = z.string().optional();

export const channelFacts = {
  /** Comes after `order.placed`, before its tickets. */
  'channel.received': z.object({
    order: id,
    channel: z.string(),
    provider: z.string(),
    name: z.string(),
    externalId: z.string(),
    fulfilment: z.enum(['platform_courier', 'own_courier', 'customer', 'table', 'unknown']),
    platformState: z.string().optional(),
    since: at,
    withinMs: z.int().optional(),
    readyBy: at.optional(),
    scheduledFor: at.optional(),
    minutes: z.int(),
    auto: z.boolean(),
    cutlery: z.boolean().optional(),
    /** Our item -> what the platform calls it. */
    items: z.record(z.string(), z.string()),
    total: z.object({ amount: z.int(), currency: z.string() }).optional(),
  }),
  'channel.accepted': z.object({
    order: id,
    by: z.enum(['auto', 'staff', 'platform']),
    minutes: z.int(),
    readyAt: at,
  }),
  'channel.warned': z.object({ order: id, level: z.int() }),
  /** Between the platform and us it is over, without food for anybody. */
  'channel.ended': z.object({ order: id, how: z.enum(PLATFORM_ENDS), at }),
  'channel.moved': z.object({ order: id, to: z.enum(['collected', 'delivered']), at }),
  'channel.courierMoved': z.object({
    order: id,
    state: z.enum(COURIER_STATES),
    at,
    name: z.string().optional().meta(pii),
    eta: at.optional(),
    batched: z.boolean().optional(),
  }),
  /** The platform is to be told. */
  'channel.asked': z.object({
    order: id,
    channel: z.string(),
    act: z.enum(ORDER_ACTS),
    externalId: z.string(),
    readyAt: at.optional(),
    minutes: z.int().optional(),
    /** Of `deny` one of the reasons, of `cancel` words. */
    reason: z.string().optional().meta(pii),
    kind: z.enum(['item_out_of_stock', 'kitchen_busy', 'closed', 'other']).optional(),
    items: z.array(z.string()).optional(),
    note: z.string().optional().meta(pii),
    dropoff: z
      .object({
        name: z.string().meta(pii),
        phone: z.string().meta(pii),
        address: z.string().meta(pii),
        instructions: z.string().optional().meta(pii),
      })
      .optional(),
    pickupAt: at.optional(),
    value: z.object({ amount: z.int(), currency: z.string() }).optional(),
  }),
  'channel.told': noted.extend({ order: id }),
  /** In the platform's words, which may name the guest. */
  'channel.refused': noted.extend({ order: id, words: z.string().meta(pii), code }),
  'channel.paused': z.object({
    channel: z.string(),
    until: at.optional(),
    reason: z.string().optional(),
    /** Without it: by the house. */
    by: z.enum(['house', 'platform']).optional(),
  }),
  'channel.resumed': z.object({ channel: z.string() }),
  'channel.busied': z.object({ channel: z.string(), minutes: z.int() }),
  /** The platform is to be told something of the whole channel. */
  'channel.storeAsked': z.object({
    channel: z.string(),
    act: z.enum(storeActs),
    item: z.string().optional(),
    /** `item` is an option of the menu. */
    isOption: z.boolean().optional(),
    externalIds: z.array(z.string()).optional(),
    until: at.optional(),
    reason: z.string().optional(),
    minutes: z.int().optional(),
  }),
  'channel.storeTold': noted,
  'channel.storeRefused': noted.extend({ words: z.string(), code }),
} as const;

import type { CanonicalOrder } from './canonical.ts';

/**
 * How each door to the outside stands, and what an order knows of the platform that it came from. Of a door only what is
 * not as it was configured is kept: the others are open.
 */
export type Channels = {
  /** By the channel's id in the configuration. */
  readonly doors: Readonly<Record<string, Door>>;
};

export type DoorMode = 'open' | 'busy' | 'paused' | 'auto_paused';

export type Door = {
  readonly id: string;
  readonly version: number;
  /** `auto_paused`: the platform did it. */
  readonly paused?: { readonly by: 'house' | 'platform'; readonly until?: string; readonly reason?: string };
  readonly busyMinutes: number;
  /** Orders that wait for our yes. */
  readonly waiting: readonly string[];
  /** What the platform last refused of what was asked of the whole channel. */
  readonly trouble?: { readonly act: string; readonly words: string; readonly at: string };
};

export const NO_CHANNELS: Channels = { doors: {} };

/** How it came to an end between the platform and us; none of them is left again. */
export const PLATFORM_ENDS = [
  'denied',
  'auto_cancelled',
  'cancelled_by_platform',
  'cancelled_by_house',
  'failed',
] as const;
export type PlatformEnd = (typeof PLATFORM_ENDS)[number];

export type PlatformState =
  | 'awaiting_accept'
  | 'accepted'
  | 'in_kitchen'
  | 'ready_for_pickup'
  | 'collected'
  | 'delivered'
  | PlatformEnd;

/** What an order knows of the platform that it came from. */
export type Platform = {
  readonly channel: string;
  readonly provider: string;
  readonly name: string;
  /** As the platform spells it. */
  readonly externalId: string;
  readonly fulfilment: CanonicalOrder['fulfilment'];
  /** When it came into the log. */
  readonly receivedAt: string;
  /** Since when the platform waits for our yes, and for how long; without a limit it waits for none. */
  readonly since: string;
  readonly withinMs?: number;
  readonly readyBy?: string;
  /** Minutes that it takes from the fire, when nobody says otherwise. */
  readonly minutes: number;
  readonly auto: boolean;
  readonly cutlery?: boolean;
  /** Our item -> what the platform calls it. */
  readonly items: Readonly<Record<string, string>>;
  readonly accepted?: {
    readonly at: string;
    readonly by: 'auto' | 'staff' | 'platform';
    readonly readyAt: string;
  };
  readonly level: 0 | 1 | 2;
  /** By the platform's clock. */
  readonly collected?: string;
  readonly delivered?: string;
  readonly ended?: { readonly how: PlatformEnd; readonly at: string };
  readonly courier?: Courier;
  /** What was asked of the platform, oldest first: of each act the last time. */
  readonly asks: readonly Ask[];
};

export const ORDER_ACTS = [
  'accept',
  'deny',
  'ready',
  'cancel',
  'delay',
  'courier.request',
  'courier.cancel',
] as const;
export type OrderAct = (typeof ORDER_ACTS)[number];

export type Ask = {
  /** Where in the log it was asked. */
  readonly seq: number;
  readonly act: OrderAct;
  readonly told: 'waiting' | 'told' | 'refused';
  /** The platform's words, where it refused. */
  readonly words?: string;
  readonly at: string;
};

export const COURIER_STATES = [
  'requested',
  'assigned',
  'to_pickup',
  'at_pickup',
  'picked_up',
  'to_dropoff',
  'at_dropoff',
  'delivered',
  'return_started',
  'return_arrived',
  'returned',
  'cancelled',
] as const;
export type CourierState = (typeof COURIER_STATES)[number];

export type Courier = {
  readonly state: CourierState;
  /** By the platform's clock: since when it is in this state. */
  readonly at: string;
  readonly name?: string;
  readonly nameAt?: string;
  readonly eta?: string;
  readonly etaAt?: string;
  /** Carries other orders as well. */
  readonly batched: boolean;
  /** All that was heard, by the platform's clock: news that comes late finds its place in it. */
  readonly news: readonly CourierNews[];
};
export type CourierNews = { readonly state: CourierState; readonly at: string; readonly name?: string };

import { z } from 'zod';
import { entity } from '../domain/entities.ts';
import { problem } from './problems.ts';

/**
 * What the server says, the same on every transport.
 *
 * Every `chg` is an interval claim: these are all the changes of the topic in (from, to]. A reader at `pos` skips it
 * when `to ≤ pos`, applies all of it when `from ≤ pos < to` (entities are whole and versioned, overlap is harmless),
 * and subscribes again from its own cursor when `from > pos`. A `snap` may come in parts, `part` 0, 1, 2 … until
 * `last`; nothing else of that topic comes between; the reader replaces its copy when the last part is in.
 */

const pos = z.int().min(0);
const hash = z.int().min(0);

export const ready = z.object({
  t: z.literal('ready'),
  session: z.string(),
  now: z.string(),
  /** Hash of the rules; a browser with other rules does not predict. */
  rules: z.string(),
  ping: z.int(),
  retry: z.object({ min: z.int(), max: z.int() }),
  expiresIn: z.int().optional(),
});

export const snap = z.object({
  t: z.literal('snap'),
  topic: z.string(),
  pos,
  cursor: z.string(),
  hash,
  entities: z.array(entity),
  part: z.int(),
  last: z.boolean(),
  /** Present when the server answers a cursor that it cannot honour: forget what you have. */
  reset: z.boolean().optional(),
  reason: z.string().optional(),
  /** Instead of entities: where to fetch the same snapshot, compressed. */
  href: z.string().optional(),
});

export const cause = z.object({
  type: z.string(),
  seq: z.int(),
  at: z.string(),
  by: z.object({
    id: z.string(),
    role: z.string(),
    name: z.string().optional(),
    device: z.string().optional(),
  }),
  command: z.string(),
});

export const gone = z.object({
  kind: z.enum([
    'ticket',
    'order',
    'table',
    'station',
    'menu',
    'alert',
    'tracking',
    'reservation',
    'waitlist',
    'book',
    'call',
    'task',
    'channel',
    'stock',
    'waste',
  ]),
  id: z.string(),
  version: z.int(),
  why: z.enum(['moved', 'closed', 'void', 'access']),
});

export const chg = z.object({
  t: z.literal('chg'),
  topic: z.string(),
  from: pos,
  to: pos,
  cursor: z.string(),
  at: z.string(),
  events: z.array(cause),
  put: z.array(entity),
  gone: z.array(gone),
});

/** Never in the log: screen counts, nudges, presence. Latest wins. */
export const live = z.object({
  t: z.literal('live'),
  topic: z.string(),
  kind: z.string(),
  id: z.string(),
  data: z.unknown(),
});

export const ping = z.object({
  t: z.literal('ping'),
  n: z.int(),
  now: z.string(),
  topics: z.record(z.string(), z.tuple([pos, hash])),
});
export const authDown = z.object({ t: z.literal('auth'), expiresIn: z.int() });
export const bye = z.object({
  t: z.literal('bye'),
  code: z.int(),
  reason: z.string(),
  retryAfter: z.int().optional(),
});
export const problemFrame = problem.extend({ t: z.literal('problem'), topic: z.string().optional() });

export const down = z.discriminatedUnion('t', [ready, snap, chg, live, ping, authDown, bye, problemFrame]);
export type Down = z.infer<typeof down>;
export type Ready = z.infer<typeof ready>;
export type Snap = z.infer<typeof snap>;
export type Chg = z.infer<typeof chg>;
export type Live = z.infer<typeof live>;
export type Ping = z.infer<typeof ping>;
export type Cause = z.infer<typeof cause>;

/** Close codes, also in `bye`. 40xx do not come back unchanged, 41xx with backoff, 42xx at once. */
export const CLOSE = {
  tokenRefused: 4001,
  revoked: 4003,
  noSuchTopic: 4004,
  version: 4005,
  badFrames: 4010,
  overloaded: 4100,
  tooSlow: 4101,
  notReady: 4104,
  heartbeat: 4108,
  drain: 4200,
  tokenExpired: 4201,
  resync: 4202,
  maxAge: 4203,
} as const;

import { z } from 'zod';
import { instant, uuid, words } from '../domain/text.ts';

/**
 * What a screen tells of its own line, when it has one again: the body of `POST …/connections`. An id is minted once, so
 * a line that is sent twice is there once. Times are the server's, as far as the screen knows them.
 */

const short = words(80);
const count = z.int().min(0).max(1_000_000_000);

export const connectionTransition = z.strictObject({
  id: uuid,
  kind: z.literal('screen').optional(),
  at: instant,
  screen: short.optional(),
  topic: short.optional(),
  from: short,
  to: short,
  /** Why: `cut`, `silent`, `sleep`, `offline`, `drain`, `repair` … */
  cause: short,
  /** How long the state before had lasted. */
  durationMs: count.optional(),
  /** Positions that were missing when it came back, and changes that were told then. */
  gap: count.optional(),
  replayed: count.optional(),
  transport: words(20).optional(),
  code: z.int().min(0).max(9_999).optional(),
});

/** How many commands wait on the screen, and for how long the oldest has. */
export const connectionOutbox = z.strictObject({
  id: uuid,
  kind: z.literal('outbox'),
  at: instant.optional(),
  screen: short.optional(),
  depth: count,
  oldestMs: count,
});

export const connectionUpload = z
  .array(z.union([connectionOutbox, connectionTransition]))
  .min(1)
  .max(200);
export type ConnectionUpload = z.infer<typeof connectionUpload>;

/** A line of the connection log as `GET …/connections` answers it. */
export const connectionRow = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.enum(['stream', 'screen', 'station', 'outbox', 'canary', 'drill', 'node']),
  node: z.string(),
  client: z.string().optional(),
  screen: z.string().optional(),
  by: z.string().optional(),
  topic: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  cause: z.string().optional(),
  code: z.int().optional(),
  durationMs: z.int().optional(),
  gap: z.int().optional(),
  replayed: z.int().optional(),
  transport: z.string().optional(),
  detail: z.unknown().optional(),
});

export const connectionsAnswer = z.object({
  connections: z.array(connectionRow),
  next: z.string().nullable(),
});

const values = z.record(z.string(), z.union([z.string(), z.number()]));

export const storyAnswer = z.object({
  at: z.string(),
  from: z.string(),
  to: z.string(),
  text: z.string(),
  sentences: z.array(z.object({ say: z.string(), values })),
  list: z.array(z.object({ at: z.string(), what: z.string(), values, bad: z.boolean() })),
});

export const drillWish = z.strictObject({
  id: uuid,
  step: z.enum(['screen', 'printer', 'server']),
  station: short.optional(),
  printer: short.optional(),
});

export const drillAnswer = z.object({
  id: z.string(),
  step: z.enum(['screen', 'printer', 'server']),
  station: z.string().nullable(),
  printer: z.string().nullable(),
  order: z.string(),
  by: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  checks: z.array(
    z.object({
      check: z.string(),
      state: z.enum(['waiting', 'passed', 'failed', 'skipped']),
      ms: z.number().nullable(),
      limitMs: z.number().nullable(),
      values,
    }),
  ),
  passed: z.int(),
  of: z.int(),
  isComplete: z.boolean(),
});

export const pulseAnswer = z.object({
  now: z.string(),
  node: z.string(),
  /** The last hour in steps of ten seconds, as columns; null where nothing was measured. */
  pulse: z.record(z.string(), z.array(z.number().nullable())).nullable(),
  screens: z.array(z.record(z.string(), z.unknown())),
  stations: z.array(z.record(z.string(), z.unknown())),
  /** Screens that lost their line and have not come back. */
  gone: z.array(z.record(z.string(), z.unknown())),
  printers: z.array(z.string()),
  outboxes: z.array(z.record(z.string(), z.unknown())),
});

import { z } from 'zod';
import { entity } from '../domain/entities.ts';
import { words } from '../domain/text.ts';
import { cause, chg } from './down.ts';
import { problem } from './problems.ts';

/** The bodies of the HTTP calls, beside the commands' own inputs. */

export const commandAnswer = z.object({
  id: z.string(),
  name: z.string(),
  /** The log's position after it. */
  seq: z.int(),
  replayed: z.boolean(),
  result: z.record(z.string(), z.unknown()),
});
export type CommandAnswer = z.infer<typeof commandAnswer>;

/** `POST /commands`: each judged alone, in order; after a 503 the rest is not tried. */
export const commandBatch = z
  .array(z.strictObject({ id: words(64), name: words(64), input: z.unknown() }))
  .min(1)
  .max(100);
export const commandBatchAnswer = z.array(z.union([commandAnswer, problem]));

export const snapshotAnswer = z.object({
  topic: z.string(),
  pos: z.int(),
  cursor: z.string(),
  hash: z.int(),
  entities: z.array(entity),
});
export type SnapshotAnswer = z.infer<typeof snapshotAnswer>;

/** The server's time and the hash of its rules: what a socket learns from `ready` and `ping`. */
const told = { now: z.string(), rules: z.string() };
/** `hash`: of the whole topic at `pos`. */
export const changesAnswer = z.union([
  z.object({ pos: z.int(), cursor: z.string(), hash: z.int(), ...told, frames: z.array(chg) }),
  z.object({ reset: z.literal(true), reason: z.string(), ...told }),
]);

export const logAnswer = z.object({
  events: z.array(cause.omit({ by: true }).extend({ by: z.unknown(), v: z.int(), data: z.unknown() })),
  head: z.int(),
});

import type { Refusal } from '../domain/refusals.ts';
import type { Json } from '../log/types.ts';

/**
 * What became of a command.
 *
 * - `ok`: it is in the log; `replayed` when it was there before, `result` is then the stored one.
 * - `refusal`: a rule said no. Nothing is stored; the same command may succeed later.
 * - `reused`: the id belongs to another command, input or actor.
 * - `unavailable`: whether it was carried out is not known or it could not be tried; send the same id again after
 *   `retryAfter` seconds.
 */
export type Outcome =
  | { ok: true; id: string; name: string; seq: number; replayed: boolean; result: Record<string, Json> }
  | { ok: false; refusal: Refusal }
  | { ok: false; reused: true }
  | { ok: false; unavailable: true; retryAfter: number };

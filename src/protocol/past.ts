import { z } from 'zod';
import { entity } from '../domain/entities.ts';

/** A topic as it was: what `GET …/state` answers. */
export const stateAnswer = z.object({
  topic: z.string(),
  /** The time that was asked for, or that of the event. */
  at: z.string(),
  /** The last event at or before it. */
  pos: z.int(),
  /** When that event happened; null before the first. */
  since: z.string().nullable(),
  /** When the next one happened: until then nothing in the location changed. Null: this is how it is now. */
  until: z.string().nullable(),
  hash: z.int(),
  entities: z.array(entity),
});

const values = () => z.record(z.string(), z.union([z.string(), z.number()]));

/** Why a ticket took as long as it did. */
export const causeAnswer = z.object({
  ticket: z.string(),
  order: z.string(),
  number: z.int(),
  station: z.string(),
  firedAt: z.string(),
  /** Of the station when it was fired, in seconds. */
  late: z.int().nullable(),
  text: z.string(),
  sentences: z.array(z.object({ say: z.string(), values: values() })),
  steps: z.array(z.object({ at: z.string(), what: z.string(), by: z.string(), values: values() })),
});

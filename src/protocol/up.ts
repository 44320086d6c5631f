import { z } from 'zod';
import { uuid, words } from '../domain/text.ts';

/**
 * What a reader says on a socket: who it is, what it wants to see, what it has painted.
 * Commands never travel here: they go over HTTP, one path, retried safely, whatever the downlink is.
 *
 * The first frame is `hello`, within 5 s. Anything else first, an unknown frame or field: close 4010.
 * An `ack` speaks of a cursor that the server sent; one beyond that is a protocol error (4010).
 */

const topic = words(80);
const cursor = words(400);

export const subscription = z.strictObject({ topic, after: cursor.nullable().default(null) });

export const hello = z.strictObject({
  t: z.literal('hello'),
  v: z.int(),
  token: words(8192),
  client: z.strictObject({ id: words(80), app: words(80).optional(), screen: words(80).optional() }),
  subs: z.array(subscription).max(32).default([]),
});

export const sub = z.strictObject({ t: z.literal('sub'), topic, after: cursor.nullable().default(null) });
export const unsub = z.strictObject({ t: z.literal('unsub'), topic });

/** `painted`: the frame is on the page; `visible`: the page is in front; `audio`: its AudioContext's state. */
export const acknowledgement = z.strictObject({
  topic,
  cursor,
  painted: z.boolean(),
  visible: z.boolean(),
  audio: z.enum(['running', 'suspended', 'closed', 'interrupted', 'none', 'flashed']).default('none'),
  /** Tickets that only stand behind `+n more`; they count as heard while audio runs or the edge flashed. */
  behind: z.array(uuid).max(500).optional(),
});

export const ack = acknowledgement.safeExtend({ t: z.literal('ack') });
export const auth = z.strictObject({ t: z.literal('auth'), token: words(8192) });
export const pong = z.strictObject({ t: z.literal('pong'), n: z.int() });

export const up = z.discriminatedUnion('t', [hello, sub, unsub, ack, auth, pong]);
export type Up = z.infer<typeof up>;
export type Hello = z.infer<typeof hello>;
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** The body of `POST /acks`: how a screen without a socket says the same. */
export const acks = z.array(acknowledgement).min(1).max(32);

import { z } from 'zod';
import { callOutcome } from './commands.ts';

/** What the stand sees of the telephone. */

const instant = z.string();
const version = z.int().min(0);

export const callStatus = z.enum([
  'ringing',
  'ai_active',
  'transferring',
  'staff_takeover',
  'staff_active',
  'stale',
  'wrap_up',
  'completed',
  'missed',
  'dropped',
  'failed',
]);

export const callView = z.object({
  kind: z.literal('call'),
  id: z.string(),
  version,
  status: callStatus,
  /** Since when it is in this state. */
  since: instant,
  direction: z.enum(['inbound', 'outbound']),
  channel: z.string(),
  /** The channel's name. */
  line: z.string(),
  provider: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  /** Whose number it is, as far as the house knew when it rang. */
  guest: z.object({ name: z.string(), visits: z.int(), allergies: z.array(z.string()) }).optional(),
  /** Of a silent one: when something was last heard of it. */
  heardAt: instant.optional(),
  startedAt: instant,
  answeredAt: instant.optional(),
  /** Its provider says nothing between its beginning and its end: no words come while they are spoken. */
  quiet: z.boolean().optional(),
  endedAt: instant.optional(),
  reason: z.string().optional(),
  transferTo: z.string().optional(),
  /** It rings at the stand because somebody asked for that: until when, then the caller stays with the machine. */
  ringsUntil: instant.optional(),
  /** Who of the house speaks or spoke. */
  by: z.string().optional(),
  /** `none`: it is not over. */
  analysis: z.enum(['none', 'pending', 'ready', 'failed']),
  summary: z.string().optional(),
  sentiment: z.string().optional(),
  /** The words on record, once the provider has written them down; while they are spoken they are live words `call`. */
  turns: z
    .array(
      z.object({ who: z.enum(['agent', 'caller', 'staff']), text: z.string(), at: z.number().optional() }),
    )
    .optional(),
  cut: z.boolean().optional(),
  recording: z.string().optional(),
  /** Somebody deleted the recording. */
  erased: z.boolean().optional(),
  outcome: callOutcome.optional(),
  links: z.array(
    z.object({
      did: z.enum(['made', 'changed', 'cancelled']),
      what: z.enum(['reservation', 'order', 'entry', 'message']),
      id: z.string(),
    }),
  ),
});
export type CallView = z.infer<typeof callView>;

/** Something to do after a call, or a message: open until somebody did it, or its time has passed. */
export const taskView = z.object({
  kind: z.literal('task'),
  id: z.string(),
  version,
  what: z.enum(['follow_up', 'ring_back', 'message']),
  status: z.enum(['open', 'claimed', 'done', 'expired']),
  call: z.string().optional(),
  text: z.string().optional(),
  from: z.string().optional(),
  phone: z.string().optional(),
  for: z.string().optional(),
  at: instant,
  by: z.string().optional(),
  dueAt: instant.optional(),
  claimedBy: z.string().optional(),
  endedAt: instant.optional(),
});
export type TaskView = z.infer<typeof taskView>;

import { z } from 'zod';
import { callOutcome } from './commands.ts';

/** What happened on the telephone. */

const id = z.string();
const at = z.string();
const pii = { pii: true };
const only = z.object({ call: id });
/** The channel on which it is, and the provider's own name for it. */
const line = { channel: z.string().optional(), externalId: z.string().optional() };
const taskOnly = z.object({ task: id, call: id.optional() });

export const callFacts = {
  'call.started': z.object({
    call: id,
    /** The link through which it came, and the provider's own name for the call. */
    channel: z.string(),
    provider: z.string(),
    externalId: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    from: z.string().optional().meta(pii),
    to: z.string().optional().meta(pii),
    startedAt: at,
    /** The provider says nothing between its beginning and its end. */
    quiet: z.boolean().optional(),
    /** Whose number it is, as far as the book and the open orders knew then; `visits`: how often they were found there. */
    guest: z
      .object({
        name: z.string().meta(pii),
        visits: z.int(),
        allergies: z.array(z.string()).meta(pii),
      })
      .optional(),
  }),
  'call.answered': only.extend({ at }),
  /** `asked`: by somebody of the house, not by the machine. Then with where the call is, so that its provider can be asked. */
  'call.transferStarted': only.extend({
    at,
    to: z.string().optional().meta(pii),
    asked: z.boolean(),
    ...line,
  }),
  /** Somebody of the house is on the line, or the caller is with the machine again. */
  'call.transferEnded': only.extend({ at, with: z.enum(['staff', 'ai']) }),
  /** Whoever gave the command speaks from now on. */
  'call.takenOver': only.extend(line),
  /** It still goes on. */
  'call.heard': only,
  'call.fellSilent': only,
  'call.ended': only.extend({ at, reason: z.string().optional() }),
  'call.failed': only.extend({
    as: z.enum(['missed', 'dropped', 'failed']),
    at,
    reason: z.string().optional(),
  }),
  /** Every word of it, as the provider wrote it down; `cut`: there was more than is kept. */
  'call.transcribed': only.extend({
    turns: z.array(
      z.object({
        who: z.enum(['agent', 'caller', 'staff']),
        text: z.string().meta(pii),
        at: z.number().optional(),
      }),
    ),
    cut: z.boolean().optional(),
  }),
  /** Where it can be heard. */
  'call.recorded': only.extend({ recording: z.string().meta(pii) }),
  'call.recordingErased': only,
  'call.analysed': only.extend({
    summary: z.string().optional().meta(pii),
    sentiment: z.string().optional(),
  }),
  /** No summary came in time. */
  'call.unanalysed': only,
  'call.linked': only.extend({
    did: z.enum(['made', 'changed', 'cancelled']),
    reservation: id.optional(),
    order: id.optional(),
    entry: id.optional(),
  }),
  /** Over for the house: somebody said what came of it, there is nothing to add, or the time for it has passed. */
  'call.closed': only.extend({
    how: z.enum(['person', 'analysed', 'time']),
    outcome: callOutcome.optional(),
  }),
  'call.followUpAsked': only.extend({
    task: z.object({ id, text: z.string().meta(pii), dueAt: at }),
  }),
  /** A call that broke off or that nobody answered. */
  'call.ringBackAsked': only.extend({ task: z.object({ id, dueAt: at }) }),
  'call.taskClaimed': taskOnly,
  'call.taskDone': taskOnly,
  'call.taskExpired': taskOnly,
  'call.taskArchived': taskOnly,
  'call.archived': only,
  'message.taken': z.object({
    message: z.object({
      id,
      text: z.string().meta(pii),
      from: z.string().optional().meta(pii),
      phone: z.string().optional().meta(pii),
      call: id.optional(),
      for: z.string().optional(),
    }),
  }),
} as const;

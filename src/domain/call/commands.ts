import { z } from 'zod';
import { CALL_OUTCOMES } from './outcomes.ts';
import { instant, paintedVersion, slug, text, uuid, words } from '../text.ts';

/** What staff may do with a telephone call. What the provider says of it comes as an inner command. */

const call = uuid;
const task = uuid;
const version = paintedVersion;

export const callOutcome = z.enum(CALL_OUTCOMES);

export const callInputs = {
  /** Somebody of the house speaks instead of the machine. */
  'call.takeOver': z.strictObject({ call, version }),
  /** It rings at the host's stand; when nobody answers there within 20 s the caller stays with the machine and is rung back. */
  'call.transfer': z.strictObject({ call, version }),
  /** What came of it, once it is over; said again, it corrects what was said before. */
  'call.close': z.strictObject({ call, outcome: callOutcome, version }),
  /** Something that must be done after the call, by when. */
  'call.followUp': z.strictObject({
    call,
    task: z.strictObject({ id: uuid, text: words(280).meta({ pii: true }), dueAt: instant }),
  }),
  /** A message that came without a call has no `call`. */
  'call.claim': z.strictObject({ call: call.optional(), task, version }),
  'call.done': z.strictObject({ call: call.optional(), task, version }),
  'call.eraseRecording': z.strictObject({ call, version }),
  'message.take': z.strictObject({
    message: z.strictObject({
      id: uuid,
      text: words(500).meta({ pii: true }),
      from: text(80).optional().meta({ pii: true }),
      phone: text(40).optional().meta({ pii: true }),
      call: uuid.optional(),
      for: slug.optional(),
    }),
  }),
} as const;

/** What every report says of the call that it is about: whichever comes first makes it known. */
export type CallInfo = {
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  /** The provider's own name for it. */
  readonly externalId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly startedAt: string;
  /** Nothing comes between its beginning and its end: silence says nothing. */
  readonly quiet?: boolean | undefined;
};

export type Turn = {
  readonly who: 'agent' | 'caller' | 'staff';
  readonly text: string;
  /** Seconds from the beginning of the call. */
  readonly at?: number | undefined;
};

/** What a provider can say of a call, in the house's words. Times are the provider's. */
export type CallNews =
  | { readonly news: 'started' }
  | { readonly news: 'answered'; readonly at: string }
  /** It goes on: somebody spoke. */
  | { readonly news: 'heard' }
  | {
      readonly news: 'transfer';
      readonly step: 'started' | 'bridged' | 'cancelled';
      readonly at: string;
      readonly to?: string | undefined;
    }
  | { readonly news: 'ended'; readonly at: string; readonly reason?: string | undefined }
  | {
      readonly news: 'failed';
      readonly as: 'missed' | 'dropped' | 'failed';
      readonly at: string;
      readonly reason?: string | undefined;
    }
  /** What is on record of it so far. */
  | {
      readonly news: 'record';
      readonly turns?: readonly Turn[] | undefined;
      readonly recording?: string | undefined;
    }
  /** The last word: what it was about, where it can be heard. */
  | {
      readonly news: 'completed';
      readonly summary?: string | undefined;
      readonly sentiment?: string | undefined;
      readonly recording?: string | undefined;
    };

/** What the provider's adapter says, and what time alone asks. */
export type CallInner = {
  'call.report': { call: CallInfo; news: readonly CallNews[] };
  /** What was done with the book, the waitlist or an order in the call, beside what says so itself. */
  'call.link': {
    call: string;
    did: 'made' | 'changed' | 'cancelled';
    reservation?: string;
    order?: string;
    entry?: string;
  };
  /** Nothing was heard of it for too long. */
  'call.fallSilent': { call: string };
  /** Nobody answered at the stand. */
  'call.ringOut': { call: string };
  /** Over for 10 minutes: closed with what there is. */
  'call.finish': { call: string };
  /** Silent for so long that it cannot be going on. */
  'call.giveUp': { call: string };
  'call.archive': { call: string };
  /** Not done by when it was due. */
  'call.expire': { task: string };
  'call.archiveTask': { task: string };
};

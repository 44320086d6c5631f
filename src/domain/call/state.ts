import type { Turn } from './commands.ts';
import type { CallOutcome } from './outcomes.ts';

/** The calls that are going on or were lately, and what is still to be done after them. */

export type Calls = {
  readonly calls: Readonly<Record<string, Call>>;
  readonly tasks: Readonly<Record<string, Task>>;
  /** Calls that left memory, newest last: what is said of them now comes too late. */
  readonly over: readonly string[];
  /** When a policy next looks at them (RFC 3339). */
  readonly deadline: string | null;
};

export type CallStatus =
  | 'ringing'
  | 'ai_active'
  | 'transferring'
  | 'staff_takeover'
  | 'staff_active'
  | 'stale'
  | 'wrap_up'
  | 'completed'
  | 'missed'
  | 'dropped'
  | 'failed';

export type Call = {
  readonly id: string;
  readonly version: number;
  readonly channel: string;
  readonly provider: string;
  readonly externalId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly guest?:
    | { readonly name: string; readonly visits: number; readonly allergies: readonly string[] }
    | undefined;
  readonly quiet?: boolean | undefined;
  readonly status: CallStatus;
  /** By the log's clock: when it came into this state, and when something was last heard of it. */
  readonly since: string;
  readonly heardAt: string;
  /** Of a silent one: what it was before. */
  readonly was?: CallStatus | undefined;
  /** By the provider's clock. */
  readonly startedAt: string;
  readonly answeredAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** Of the last step of a transfer: an older one that comes later moves nothing. */
  readonly movedAt?: string | undefined;
  /** Why it ended, in the provider's word. */
  readonly reason?: string | undefined;
  /** Somebody of the house asked for the transfer that is going on. */
  readonly asked?: boolean | undefined;
  readonly transferTo?: string | undefined;
  /** Somebody of the house spoke, and who. */
  readonly staffed?: boolean | undefined;
  readonly by?: string | undefined;
  /** Where it came to an end in the log. */
  readonly overAt?: string | undefined;
  readonly analysis: 'none' | 'pending' | 'ready' | 'failed';
  readonly summary?: string | undefined;
  readonly sentiment?: string | undefined;
  readonly turns?: readonly Turn[] | undefined;
  readonly cut?: boolean | undefined;
  readonly recording?: string | undefined;
  readonly erased?: boolean | undefined;
  /** What was said in it was overwritten. */
  readonly forgotten?: boolean | undefined;
  readonly outcome?: CallOutcome | undefined;
  readonly links: readonly Link[];
};

export type Link = {
  readonly did: 'made' | 'changed' | 'cancelled';
  readonly what: 'reservation' | 'order' | 'entry' | 'message';
  readonly id: string;
};

export type TaskStatus = 'open' | 'claimed' | 'done' | 'expired';

export type Task = {
  readonly id: string;
  readonly version: number;
  readonly what: 'follow_up' | 'ring_back' | 'message';
  readonly status: TaskStatus;
  readonly call?: string | undefined;
  readonly text?: string | undefined;
  readonly from?: string | undefined;
  readonly phone?: string | undefined;
  readonly for?: string | undefined;
  readonly at: string;
  readonly by?: string | undefined;
  readonly dueAt?: string | undefined;
  readonly claimedBy?: string | undefined;
  readonly endedAt?: string | undefined;
};

export const NO_CALLS: Calls = { calls: {}, tasks: {}, over: [], deadline: null };

const LIVE: ReadonlySet<CallStatus> = new Set([
  'ringing',
  'ai_active',
  'transferring',
  'staff_takeover',
  'staff_active',
  'stale',
]);
const TERMINAL: ReadonlySet<CallStatus> = new Set(['completed', 'missed', 'dropped', 'failed']);

/** Somebody is, or may be, on the line. */
export function isLive({ status }: Pick<Call, 'status'>): boolean {
  return LIVE.has(status);
}

/** Nothing moves it any more; facts may still be added. */
export function isTerminal({ status }: Pick<Call, 'status'>): boolean {
  return TERMINAL.has(status);
}

export function isUndone({ status }: Pick<Task, 'status'>): boolean {
  return status === 'open' || status === 'claimed';
}

import type { Turn } from '../../domain/call/commands.ts';

/**
 * What any telephone agent says of a call, in one set of words: every adapter makes these of what it was sent, and the
 * rest of the house knows no other. A reservation or an order never follows from words or a summary, only from a tool that
 * the agent called (`call.tool`): that is what the caller heard confirmed.
 */
export type CanonicalCall = {
  /** The provider's own name for it. */
  readonly externalId: string;
  readonly direction: 'inbound' | 'outbound';
  /** Null where it is withheld. */
  readonly from: string | null;
  readonly to: string | null;
  /** RFC 3339; null where the delivery does not say. */
  readonly startedAt: string | null;
  /** The provider says nothing between beginning and end. */
  readonly quiet?: boolean;
  /** Says too little of the call to make it known: it waits until another delivery does. */
  readonly slight?: boolean;
};

export type CanonicalCallEvent =
  /** `answered`: the agent, or whoever else it rang for, speaks. */
  | { readonly event: 'call.started'; readonly at: string; readonly answered: boolean }
  /** What was spoken so far (`whole`), or what was spoken last. */
  | {
      readonly event: 'call.transcript';
      readonly lines: readonly SpokenLine[];
      readonly whole: boolean;
      /** Tells which of two is the later one, where the times of arrival do not. */
      readonly order?: number;
    }
  | { readonly event: 'call.tool'; readonly tool: ToolCall }
  | {
      readonly event: 'call.transfer';
      readonly step: 'started' | 'bridged' | 'cancelled';
      readonly at: string;
      readonly to?: string;
    }
  | ({ readonly event: 'call.ended'; readonly at: string; readonly reason?: string } & OnRecord)
  /** It never connected, or broke off. */
  | ({
      readonly event: 'call.failed';
      readonly as: 'missed' | 'dropped' | 'failed';
      readonly at: string;
      readonly reason?: string;
    } & OnRecord)
  /** Summary, recording or both are there. */
  | ({
      readonly event: 'call.completed';
      readonly summary?: string;
      readonly sentiment?: string;
    } & OnRecord);

type OnRecord = { readonly turns?: readonly Turn[]; readonly recording?: string };

/** `at`: seconds from the beginning of the call. `final`: it will not be heard differently any more. */
export type SpokenLine = {
  readonly who: Turn['who'];
  readonly text: string;
  readonly at: number | null;
  readonly final: boolean;
};

/** Something that the agent asks the house for while the caller waits. */
export type ToolCall = {
  /** The provider's own name for this asking; null where it has none. */
  readonly id: string | null;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
};

/** One delivery, understood. */
export type Heard = {
  readonly call: CanonicalCall;
  readonly events: readonly CanonicalCallEvent[];
  /** When it was said, ms since 1970: what "tomorrow" counts from. Null: when it arrived. */
  readonly saidAt: number | null;
  /** What the caller speaks, where the delivery says so. */
  readonly language: string | null;
};

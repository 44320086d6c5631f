import type { BlockedReason, TokenReason } from './shapes.ts';

/** The words of the connection's machine; its drawing stands in `machine.ts`. */

export const SILENCE_MS = 20_000;
export const HANDSHAKE_MS = 5_000;
/** Hidden for longer than this, a page cannot trust its connection. */
export const HIDDEN_MS = 15_000;

type Next =
  | { phase: 'waiting'; until: number }
  | { phase: 'connecting' | 'handshaking'; attempt: number; until: number };

export type State =
  | { name: 'idle' }
  | { name: 'waiting'; until: number }
  | { name: 'connecting'; attempt: number; until: number }
  | { name: 'handshaking'; attempt: number; until: number }
  | { name: 'live'; attempt: number; since: number; heardAt: number }
  | { name: 'suspect'; attempt: number; since: number; heardAt: number; next: Next }
  | { name: 'offline'; until: number }
  | { name: 'blocked'; reason: BlockedReason }
  | { name: 'closed' };

export type Event =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'online' }
  | { type: 'offline' }
  | { type: 'visible'; hiddenFor: number }
  /** The clock was set, or the page was frozen. */
  | { type: 'jump' }
  | { type: 'timer' }
  | { type: 'opened'; attempt: number }
  | { type: 'ready'; attempt: number; pace?: Pace }
  | { type: 'frame'; attempt: number }
  /** `hint`: milliseconds that the server asks for at least. */
  | { type: 'bye'; attempt: number; code: number; hint: number }
  | { type: 'gone'; attempt: number; code: number }
  /** The token provider says that no token will come. */
  | { type: 'untrusted'; attempt: number; reason: 'pair' | 'revoked' };

/** The first back-off window and the widest one, in milliseconds. */
export type Pace = { base: number; cap: number };

export type Memory = {
  attempt: number;
  /** In a row; forgotten after 30 s of a stable connection. */
  failures: number;
  failingSince: number | null;
  online: boolean;
  /** Tokens refused in a row. */
  refusals: number;
  /** What the token provider is told at the next attempt. */
  reason: TokenReason;
  pace: Pace;
};

export type Action =
  | { do: 'connect'; attempt: number; reason: TokenReason }
  | { do: 'drop'; attempt: number };
export type Machine = { state: State; memory: Memory };
export type Step = Machine & { actions: readonly Action[] };
/** `now`: milliseconds of this device's clock; `random`: in [0, 1). */
export type At = { now: number; random: number };

export type StateName = State['name'];
export type EventName = Event['type'];
export type StateOf<S extends StateName> = Extract<State, { name: S }>;
export type EventOf<E extends EventName> = Extract<Event, { type: E }>;

export const START: Machine = {
  state: { name: 'idle' },
  memory: {
    attempt: 0,
    failures: 0,
    failingSince: null,
    online: true,
    refusals: 0,
    reason: 'connect',
    pace: { base: 1000, cap: 8000 },
  },
};

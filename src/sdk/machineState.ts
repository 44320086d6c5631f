import { TOP } from './ladder.ts';
import type { Rung, Via } from './ladder.ts';
import type { BlockedReason, TokenReason } from './shapes.ts';

/** The words of the connection's machine; its drawing stands in `machine.ts`. */

/** Hidden for longer than this, a page cannot trust its connection. */
export const HIDDEN_MS = 15_000;

/** `called`: the token is here and the carrier was told to open; before that nothing is its fault. */
type Making = { attempt: number; via: Via; until: number; called: boolean };
type Next =
  | { phase: 'waiting'; until: number }
  /** `probe`: a look at a better transport while nothing is wrong with the one in use. */
  | ({ phase: 'connecting' | 'handshaking'; probe: boolean } & Making);
type Standing = { attempt: number; via: Via; since: number; heardAt: number };

export type State =
  | { name: 'idle' }
  | { name: 'waiting'; until: number }
  | ({ name: 'connecting' } & Making)
  | ({ name: 'handshaking' } & Making)
  /** `probeAt`: when to look for a better transport; null on the best. */
  | ({ name: 'live'; probeAt: number | null } & Standing)
  | ({ name: 'suspect'; next: Next } & Standing)
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
  /** Plain HTTP answered, whatever it said. */
  | { type: 'answered' }
  /** Another page of this browser has the connection (`follows`), or has a new one; or this page is on its own. */
  | { type: 'role'; follows: boolean }
  /** The token is here, and the carrier was told to open. */
  | { type: 'calling'; attempt: number }
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

export type Memory = Rung & {
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
  follows: boolean;
};

export type Action =
  | { do: 'connect'; attempt: number; reason: TokenReason; via: Via }
  | { do: 'drop'; attempt: number }
  /** Find out whether plain HTTP answers. */
  | { do: 'ask' };
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
    rung: TOP,
    strikes: 0,
    proven: false,
    probes: 0,
    follows: false,
  },
};

import type { BlockedReason, TokenReason } from './shapes.ts';

/**
 * The connection, as a pure machine: no socket, no timer, no clock; `now` and `random` come in with each event.
 *
 *            start                 opened                 ready
 *    idle ──────────▶ connecting ──────────▶ handshaking ──────────▶ live ◀───────────┐
 *                      ▲  ▲   │ failed            │ failed             │  │            │ ready (the new one:
 *         online,      │  │   ▼                   ▼          silent,   │  │ online,    │  drop the old one)
 *         visible,     │  └─ waiting ◀────────────┴──────── closed ────┘  │ visible,   │
 *         jump, timer  │      ▲ │ offline                                 │ jump, 42xx │
 *                      └──────┼─▼──── offline                             └──────▶ suspect
 *                             └───────────────────────── both lost ─────────────────┘
 *
 *    40xx, or a token refused twice: from anywhere ─▶ blocked ── start ─▶ connecting.   stop: from anywhere ─▶ closed
 *
 * `suspect` is make-before-break: the old connection still shows what it gets while a new one is made.
 * Every connection has an attempt number; what is said by any other attempt is ignored.
 */

export const SILENCE_MS = 20_000;
const CONNECT_MS = 8_000;
const HANDSHAKE_MS = 5_000;
const STABLE_MS = 30_000;
const LONG_FAILURE_MS = 120_000;
const LONG_CAP_MS = 30_000;
const HIDDEN_MS = 15_000;
const PROBE_MS = 30_000;

type Next = { phase: 'waiting'; until: number } | { phase: 'connecting' | 'handshaking'; attempt: number; until: number };

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

export type Action = { do: 'connect'; attempt: number; reason: TokenReason } | { do: 'drop'; attempt: number };
export type Machine = { state: State; memory: Memory };
export type Step = Machine & { actions: readonly Action[] };
/** `now`: milliseconds of this device's clock; `random`: in [0, 1). */
export type At = { now: number; random: number };

export type StateName = State['name'];
export type EventName = Event['type'];
type StateOf<S extends StateName> = Extract<State, { name: S }>;
type EventOf<E extends EventName> = Extract<Event, { type: E }>;
type Cell<S extends StateName, E extends EventName> = (state: StateOf<S>, event: EventOf<E>, memory: Memory, at: At) => Step;

export const START: Machine = {
  state: { name: 'idle' },
  memory: { attempt: 0, failures: 0, failingSince: null, online: true, refusals: 0, reason: 'connect', pace: { base: 1000, cap: 8000 } },
};

/** What happens in each state on each event; total, so that nobody can forget a cell. */
export const TABLE: { readonly [S in StateName]: { readonly [E in EventName]: Cell<S, E> } } = {
  idle: {
    start: (_, _event, memory, at) => connect(memory, at),
    stop: close,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: keep,
    timer: keep,
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
  waiting: {
    start: keep,
    stop: close,
    online: (_, _event, memory, at) => connect({ ...memory, online: true }, at),
    offline: (_, _event, memory, at) => goOffline({ ...memory, online: false }, at, []),
    visible: (state, event, memory, at) => (event.hiddenFor > HIDDEN_MS ? connect(memory, at) : keep(state, event, memory)),
    jump: (_, _event, memory, at) => connect(memory, at),
    timer: (state, event, memory, at) => (at.now >= state.until ? connect(memory, at) : keep(state, event, memory)),
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
  connecting: {
    start: keep,
    stop: dropAndClose,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: restart,
    timer: giveUpLate,
    opened: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? { state: { name: 'handshaking', attempt: state.attempt, until: at.now + HANDSHAKE_MS }, memory, actions: [] }
        : stray(state, event, memory),
    ready: becomeLive,
    frame: keep,
    bye: (state, event, memory, at) => (event.attempt === state.attempt ? fail(memory, at, event.code, event.hint, [drop(state)]) : stray(state, event, memory)),
    gone: (state, event, memory, at) => (event.attempt === state.attempt ? fail(memory, at, event.code, 0, []) : keep(state, event, memory)),
    untrusted: (state, event, memory) => (event.attempt === state.attempt ? block(memory, event.reason, []) : keep(state, event, memory)),
  },
  handshaking: {
    start: keep,
    stop: dropAndClose,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: restart,
    timer: giveUpLate,
    opened: straySave,
    ready: becomeLive,
    frame: keep,
    bye: (state, event, memory, at) => (event.attempt === state.attempt ? fail(memory, at, event.code, event.hint, [drop(state)]) : stray(state, event, memory)),
    gone: (state, event, memory, at) => (event.attempt === state.attempt ? fail(memory, at, event.code, 0, []) : keep(state, event, memory)),
    untrusted: keep,
  },
  live: {
    start: keep,
    stop: dropAndClose,
    online: (state, _event, memory, at) => suspect(state, { ...memory, online: true }, at),
    offline: keepOffline,
    visible: (state, event, memory, at) => (event.hiddenFor > HIDDEN_MS ? suspect(state, memory, at) : keep(state, event, memory)),
    jump: (state, _event, memory, at) => suspect(state, memory, at),
    timer: (state, event, memory, at) =>
      at.now - state.heardAt >= SILENCE_MS ? fail(settle(memory, state, at), at, 1006, 0, [drop(state)]) : keep(state, event, memory),
    opened: straySave,
    ready: heard,
    frame: heard,
    bye: (state, event, memory, at) => {
      if (event.attempt !== state.attempt) return stray(state, event, memory);
      const settled = settle(memory, state, at);
      if (!comesBackAtOnce(event.code)) return fail(settled, at, event.code, event.hint, [drop(state)]);
      // The server says when; until the new connection is ready the old one still shows what it gets.
      const wait = event.hint + (settled.failures > 0 || event.hint > 0 ? at.random * windowOf(settled, at) : 0);
      const counted = { ...countFailure(settled, at), reason: reasonOf(event.code) };
      if (wait === 0) return suspect(state, counted, at);
      return { state: { ...state, name: 'suspect', next: { phase: 'waiting', until: at.now + wait } }, memory: counted, actions: [] };
    },
    gone: (state, event, memory, at) => (event.attempt === state.attempt ? fail(settle(memory, state, at), at, event.code, 0, []) : keep(state, event, memory)),
    untrusted: keep,
  },
  suspect: {
    start: keep,
    stop: dropAndClose,
    online: (state, _event, memory, at) => hurry(state, { ...memory, online: true }, at),
    offline: keepOffline,
    visible: (state, event, memory, at) => (event.hiddenFor > HIDDEN_MS ? hurry(state, memory, at) : keep(state, event, memory)),
    jump: (state, _event, memory, at) => hurry({ ...state, heardAt: Math.min(state.heardAt, at.now) }, memory, at),
    timer: (state, event, memory, at) => {
      if (at.now - state.heardAt >= SILENCE_MS) return withoutOld(state, memory, [drop(state)]);
      if (at.now < state.next.until) return keep(state, event, memory);
      if (state.next.phase === 'waiting') return hurry(state, memory, at);
      return retryBeside(state, memory, at, 1006, 0, [drop(state.next)]);
    },
    opened: (state, event, memory, at) =>
      state.next.phase === 'connecting' && event.attempt === state.next.attempt
        ? { state: { ...state, next: { ...state.next, phase: 'handshaking', until: at.now + HANDSHAKE_MS } }, memory, actions: [] }
        : straySave(state, event, memory),
    ready: (state, event, memory, at) => {
      if (state.next.phase === 'waiting' || event.attempt !== state.next.attempt) return heard(state, event, memory, at);
      const live = becomeLive({ ...state.next, name: 'handshaking' }, event, memory, at);
      return { ...live, actions: [...live.actions, drop(state)] };
    },
    frame: heard,
    bye: (state, event, memory, at) => {
      if (state.next.phase !== 'waiting' && event.attempt === state.next.attempt) return retryBeside(state, memory, at, event.code, event.hint, [drop(state.next)]);
      if (event.attempt !== state.attempt) return stray(state, event, memory);
      if (comesBackAtOnce(event.code)) return keep(state, event, memory);
      return isFinal(event.code) && event.code !== 4001 ? fail(memory, at, event.code, 0, dropAll(state)) : withoutOld(state, memory, [drop(state)]);
    },
    gone: (state, event, memory, at) => {
      if (state.next.phase !== 'waiting' && event.attempt === state.next.attempt) return retryBeside(state, memory, at, event.code, 0, []);
      if (event.attempt !== state.attempt) return keep(state, event, memory);
      return isFinal(event.code) && event.code !== 4001 ? fail(memory, at, event.code, 0, dropAll(state)) : withoutOld(state, memory, []);
    },
    untrusted: (state, event, memory) =>
      state.next.phase !== 'waiting' && event.attempt === state.next.attempt ? block(memory, event.reason, [drop(state)]) : keep(state, event, memory),
  },
  offline: {
    start: keep,
    stop: close,
    online: (_, _event, memory, at) => connect({ ...memory, online: true }, at),
    offline: keepOffline,
    visible: (state, event, memory, at) => (event.hiddenFor > HIDDEN_MS ? connect(memory, at) : keep(state, event, memory)),
    jump: (_, _event, memory, at) => connect(memory, at),
    // A device that says "offline" may be wrong: look now and then.
    timer: (state, event, memory, at) => (at.now >= state.until ? connect(memory, at) : keep(state, event, memory)),
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
  blocked: {
    start: (_, _event, memory, at) => connect({ ...memory, refusals: 0, failures: 0, failingSince: null, reason: 'refused' }, at),
    stop: close,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: keep,
    timer: keep,
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
  closed: {
    start: keep,
    stop: keep,
    online: keep,
    offline: keep,
    visible: keep,
    jump: keep,
    timer: keep,
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
};

/** The machine after the event, and what to do about it. */
export function step(machine: Machine, event: Event, at: At): Step {
  // Each cell takes the very state and event whose names index it; the compiler cannot pair two unions by their tags.
  const cell = TABLE[machine.state.name][event.type] as (state: State, event: Event, memory: Memory, at: At) => Step;
  return cell(machine.state, event, machine.memory, at);
}

/** When the machine wants a `timer` event; null: never. */
export function deadline(state: State): number | null {
  if (state.name === 'live') return state.heardAt + SILENCE_MS;
  if (state.name === 'suspect') return Math.min(state.heardAt + SILENCE_MS, state.next.until);
  return 'until' in state ? state.until : null;
}

/** Codes of 40xx: coming back unchanged is of no use. */
function isFinal(code: number): boolean {
  return code >= 4000 && code < 4100;
}

function comesBackAtOnce(code: number): boolean {
  return code >= 4200 && code < 4300;
}

function reasonOf(code: number): TokenReason {
  return code === 4201 ? 'expired' : 'connect';
}

function keep(state: State, _event: Event, memory: Memory): Step {
  return { state, memory, actions: [] };
}

/** A connection that nobody waits for any more has come up, or speaks: hang up. */
function stray(state: State, event: Event & { attempt: number }, memory: Memory): Step {
  return { state, memory, actions: [drop(event)] };
}

/** As `stray`, but the connections in use may say it twice. */
function straySave(state: StateOf<'handshaking' | 'live' | 'suspect'>, event: EventOf<'opened'>, memory: Memory): Step {
  const own = event.attempt === state.attempt || (state.name === 'suspect' && state.next.phase !== 'waiting' && event.attempt === state.next.attempt);
  return own ? keep(state, event, memory) : stray(state, event, memory);
}

function keepOnline(state: State, _event: Event, memory: Memory): Step {
  return { state, memory: { ...memory, online: true }, actions: [] };
}

function keepOffline(state: State, _event: Event, memory: Memory): Step {
  return { state, memory: { ...memory, online: false }, actions: [] };
}

function drop({ attempt }: { attempt: number }): Action {
  return { do: 'drop', attempt };
}

function dropAll(state: StateOf<'connecting' | 'handshaking' | 'live' | 'suspect'>): Action[] {
  return state.name === 'suspect' && state.next.phase !== 'waiting' ? [drop(state), drop(state.next)] : [drop(state)];
}

function close(_: State, _event: Event, memory: Memory): Step {
  return { state: { name: 'closed' }, memory, actions: [] };
}

function dropAndClose(state: StateOf<'connecting' | 'handshaking' | 'live' | 'suspect'>, _event: Event, memory: Memory): Step {
  return { state: { name: 'closed' }, memory, actions: dropAll(state) };
}

function block(memory: Memory, reason: BlockedReason, actions: Action[]): Step {
  return { state: { name: 'blocked', reason }, memory, actions };
}

function connect(memory: Memory, at: At, before: readonly Action[] = []): Step {
  const attempt = memory.attempt + 1;
  return {
    state: { name: 'connecting', attempt, until: at.now + CONNECT_MS },
    memory: { ...memory, attempt },
    actions: [...before, { do: 'connect', attempt, reason: memory.reason }],
  };
}

/** The page slept while a connection was made: whatever it was waiting for is too old. */
function restart(state: StateOf<'connecting' | 'handshaking'>, _event: Event, memory: Memory, at: At): Step {
  return connect(memory, at, [drop(state)]);
}

function giveUpLate(state: StateOf<'connecting' | 'handshaking'>, event: Event, memory: Memory, at: At): Step {
  return at.now >= state.until ? fail(memory, at, 1006, 0, [drop(state)]) : keep(state, event, memory);
}

function becomeLive(state: StateOf<'connecting' | 'handshaking'>, event: EventOf<'ready'>, memory: Memory, at: At): Step {
  if (event.attempt !== state.attempt) return stray(state, event, memory);
  return {
    state: { name: 'live', attempt: state.attempt, since: at.now, heardAt: at.now },
    memory: { ...memory, refusals: 0, reason: 'connect', pace: event.pace ?? memory.pace },
    actions: [],
  };
}

function heard(state: StateOf<'live' | 'suspect'>, event: EventOf<'frame' | 'ready'>, memory: Memory, at: At): Step {
  if (event.attempt === state.attempt) return { state: { ...state, heardAt: Math.max(state.heardAt, at.now) }, memory, actions: [] };
  return keep(state, event, memory);
}

/** Make before break: a second connection at once. */
function suspect(state: StateOf<'live'>, memory: Memory, at: At): Step {
  const attempt = memory.attempt + 1;
  return {
    state: { ...state, name: 'suspect', heardAt: Math.min(state.heardAt, at.now), next: { phase: 'connecting', attempt, until: at.now + CONNECT_MS } },
    memory: { ...memory, attempt },
    actions: [{ do: 'connect', attempt, reason: memory.reason }],
  };
}

function hurry(state: StateOf<'suspect'>, memory: Memory, at: At): Step {
  if (state.next.phase !== 'waiting') return { state, memory, actions: [] };
  return suspect({ name: 'live', attempt: state.attempt, since: state.since, heardAt: state.heardAt }, memory, at);
}

/** The old connection is gone; the new one goes on alone. */
function withoutOld(state: StateOf<'suspect'>, memory: Memory, actions: Action[]): Step {
  const { next } = state;
  if (next.phase === 'waiting') return { state: { name: 'waiting', until: next.until }, memory, actions };
  return { state: { name: next.phase, attempt: next.attempt, until: next.until }, memory, actions };
}

/** The new connection failed while the old one still stands. */
function retryBeside(state: StateOf<'suspect'>, memory: Memory, at: At, code: number, hint: number, actions: Action[]): Step {
  if (isFinal(code) && !(code === 4001 && memory.refusals === 0)) return fail(memory, at, code, hint, [...actions, drop(state)]);
  const old: StateOf<'live'> = { name: 'live', attempt: state.attempt, since: state.since, heardAt: state.heardAt };
  if (code === 4001) {
    const again = suspect(old, { ...memory, refusals: 1, reason: 'refused' }, at);
    return { ...again, actions: [...actions, ...again.actions] };
  }
  const until = at.now + hint + at.random * windowOf(memory, at);
  return { state: { ...old, name: 'suspect', next: { phase: 'waiting', until } }, memory: { ...countFailure(memory, at), reason: reasonOf(code) }, actions };
}

/** A connection ended: block, come back at once, or wait, as its code says. */
function fail(memory: Memory, at: At, code: number, hint: number, actions: Action[]): Step {
  if (code === 4001) {
    if (memory.refusals === 0) return connect({ ...memory, refusals: 1, reason: 'refused' }, at, actions);
    return block(memory, 'pair', actions);
  }
  if (isFinal(code)) return block(memory, FINAL[code] ?? 'refused', actions);
  const counted = { ...countFailure(memory, at), reason: reasonOf(code) };
  // At once, but only if that is not a loop: the second time within 30 s waits like everything else.
  if (comesBackAtOnce(code) && memory.failures === 0 && hint === 0) return connect(counted, at, actions);
  if (!memory.online) return goOffline(counted, at, actions);
  const floor = Math.max(hint, code === 4101 ? 2000 : 0);
  return { state: { name: 'waiting', until: at.now + floor + at.random * windowOf(memory, at) }, memory: counted, actions };
}

const FINAL: Readonly<Record<number, BlockedReason>> = { 4001: 'pair', 4003: 'revoked', 4004: 'no_such_place', 4005: 'version', 4010: 'bad_frames' };

function goOffline(memory: Memory, at: At, actions: Action[]): Step {
  return { state: { name: 'offline', until: at.now + PROBE_MS / 2 + (at.random * PROBE_MS) / 2 }, memory, actions };
}

/** Full jitter is drawn from this window, from the very first attempt on: a whole house loses its server at one moment. */
function windowOf(memory: Memory, at: At): number {
  const long = memory.failingSince !== null && at.now - memory.failingSince > LONG_FAILURE_MS;
  const cap = long ? Math.max(LONG_CAP_MS, memory.pace.cap) : memory.pace.cap;
  return Math.min(cap, memory.pace.base * 2 ** Math.min(memory.failures, 16));
}

function countFailure(memory: Memory, at: At): Memory {
  return { ...memory, failures: memory.failures + 1, failingSince: memory.failingSince ?? at.now };
}

/** After 30 s of a stable connection the failures before it are forgotten. */
function settle(memory: Memory, state: StateOf<'live'>, at: At): Memory {
  return at.now - state.since >= STABLE_MS ? { ...memory, failures: 0, failingSince: null } : memory;
}

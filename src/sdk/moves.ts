import type { Action, At, Event, EventOf, Memory, State, StateOf, Step } from './machineState.ts';
import type { BlockedReason, TokenReason } from './shapes.ts';

/** The moves that the cells of the machine's table are made of: each answers the next state and what to do. */

const CONNECT_MS = 8_000;
const STABLE_MS = 30_000;
const LONG_FAILURE_MS = 120_000;
const LONG_CAP_MS = 30_000;
const PROBE_MS = 30_000;

/** Codes of 40xx: coming back unchanged is of no use. */
export function isFinal(code: number): boolean {
  return code >= 4000 && code < 4100;
}

export function comesBackAtOnce(code: number): boolean {
  return code >= 4200 && code < 4300;
}

export function reasonOf(code: number): TokenReason {
  return code === 4201 ? 'expired' : 'connect';
}

export function keep(state: State, _event: Event, memory: Memory): Step {
  return { state, memory, actions: [] };
}

/** A connection that nobody waits for any more has come up, or speaks: hang up. */
export function stray(state: State, event: Event & { attempt: number }, memory: Memory): Step {
  return { state, memory, actions: [drop(event)] };
}

/** As `stray`, but the connections in use may say it twice. */
export function straySave(
  state: StateOf<'handshaking' | 'live' | 'suspect'>,
  event: EventOf<'opened'>,
  memory: Memory,
): Step {
  const own =
    event.attempt === state.attempt ||
    (state.name === 'suspect' && state.next.phase !== 'waiting' && event.attempt === state.next.attempt);
  return own ? keep(state, event, memory) : stray(state, event, memory);
}

export function keepOnline(state: State, _event: Event, memory: Memory): Step {
  return { state, memory: { ...memory, online: true }, actions: [] };
}

export function keepOffline(state: State, _event: Event, memory: Memory): Step {
  return { state, memory: { ...memory, online: false }, actions: [] };
}

export function drop({ attempt }: { attempt: number }): Action {
  return { do: 'drop', attempt };
}

export function dropAll(state: StateOf<'connecting' | 'handshaking' | 'live' | 'suspect'>): Action[] {
  return state.name === 'suspect' && state.next.phase !== 'waiting'
    ? [drop(state), drop(state.next)]
    : [drop(state)];
}

export function close(_: State, _event: Event, memory: Memory): Step {
  return { state: { name: 'closed' }, memory, actions: [] };
}

export function dropAndClose(
  state: StateOf<'connecting' | 'handshaking' | 'live' | 'suspect'>,
  _event: Event,
  memory: Memory,
): Step {
  return { state: { name: 'closed' }, memory, actions: dropAll(state) };
}

export function block(memory: Memory, reason: BlockedReason, actions: Action[]): Step {
  return { state: { name: 'blocked', reason }, memory, actions };
}

export function connect(memory: Memory, at: At, before: readonly Action[] = []): Step {
  const attempt = memory.attempt + 1;
  return {
    state: { name: 'connecting', attempt, until: at.now + CONNECT_MS },
    memory: { ...memory, attempt },
    actions: [...before, { do: 'connect', attempt, reason: memory.reason }],
  };
}

/** The page slept while a connection was made: whatever it was waiting for is too old. */
export function restart(
  state: StateOf<'connecting' | 'handshaking'>,
  _event: Event,
  memory: Memory,
  at: At,
): Step {
  return connect(memory, at, [drop(state)]);
}

export function giveUpLate(
  state: StateOf<'connecting' | 'handshaking'>,
  event: Event,
  memory: Memory,
  at: At,
): Step {
  return at.now >= state.until ? fail(memory, at, 1006, 0, [drop(state)]) : keep(state, event, memory);
}

export function becomeLive(
  state: StateOf<'connecting' | 'handshaking'>,
  event: EventOf<'ready'>,
  memory: Memory,
  at: At,
): Step {
  if (event.attempt !== state.attempt) return stray(state, event, memory);
  return {
    state: { name: 'live', attempt: state.attempt, since: at.now, heardAt: at.now },
    memory: { ...memory, refusals: 0, reason: 'connect', pace: event.pace ?? memory.pace },
    actions: [],
  };
}

export function heard(
  state: StateOf<'live' | 'suspect'>,
  event: EventOf<'frame' | 'ready'>,
  memory: Memory,
  at: At,
): Step {
  if (event.attempt === state.attempt)
    return { state: { ...state, heardAt: Math.max(state.heardAt, at.now) }, memory, actions: [] };
  return keep(state, event, memory);
}

/** Make before break: a second connection at once. */
export function suspect(state: StateOf<'live'>, memory: Memory, at: At): Step {
  const attempt = memory.attempt + 1;
  return {
    state: {
      ...state,
      name: 'suspect',
      heardAt: Math.min(state.heardAt, at.now),
      next: { phase: 'connecting', attempt, until: at.now + CONNECT_MS },
    },
    memory: { ...memory, attempt },
    actions: [{ do: 'connect', attempt, reason: memory.reason }],
  };
}

export function hurry(state: StateOf<'suspect'>, memory: Memory, at: At): Step {
  if (state.next.phase !== 'waiting') return { state, memory, actions: [] };
  return suspect(
    { name: 'live', attempt: state.attempt, since: state.since, heardAt: state.heardAt },
    memory,
    at,
  );
}

/** The old connection is gone; the new one goes on alone. */
export function withoutOld(state: StateOf<'suspect'>, memory: Memory, actions: Action[]): Step {
  const { next } = state;
  if (next.phase === 'waiting') return { state: { name: 'waiting', until: next.until }, memory, actions };
  return { state: { name: next.phase, attempt: next.attempt, until: next.until }, memory, actions };
}

/** The new connection failed while the old one still stands. */
export function retryBeside(
  state: StateOf<'suspect'>,
  memory: Memory,
  at: At,
  code: number,
  hint: number,
  actions: Action[],
): Step {
  if (isFinal(code) && !(code === 4001 && memory.refusals === 0))
    return fail(memory, at, code, hint, [...actions, drop(state)]);
  const old: StateOf<'live'> = {
    name: 'live',
    attempt: state.attempt,
    since: state.since,
    heardAt: state.heardAt,
  };
  if (code === 4001) {
    const again = suspect(old, { ...memory, refusals: 1, reason: 'refused' }, at);
    return { ...again, actions: [...actions, ...again.actions] };
  }
  const until = at.now + hint + at.random * windowOf(memory, at);
  return {
    state: { ...old, name: 'suspect', next: { phase: 'waiting', until } },
    memory: { ...countFailure(memory, at), reason: reasonOf(code) },
    actions,
  };
}

/** A connection ended: block, come back at once, or wait, as its code says. */
export function fail(memory: Memory, at: At, code: number, hint: number, actions: Action[]): Step {
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
  return {
    state: { name: 'waiting', until: at.now + floor + at.random * windowOf(memory, at) },
    memory: counted,
    actions,
  };
}

const FINAL: Readonly<Record<number, BlockedReason>> = {
  4001: 'pair',
  4003: 'revoked',
  4004: 'no_such_place',
  4005: 'version',
  4010: 'bad_frames',
};

export function goOffline(memory: Memory, at: At, actions: Action[]): Step {
  return {
    state: { name: 'offline', until: at.now + PROBE_MS / 2 + (at.random * PROBE_MS) / 2 },
    memory,
    actions,
  };
}

/** Full jitter is drawn from this window, from the very first attempt on: a whole house loses its server at one moment. */
export function windowOf(memory: Memory, at: At): number {
  const long = memory.failingSince !== null && at.now - memory.failingSince > LONG_FAILURE_MS;
  const cap = long ? Math.max(LONG_CAP_MS, memory.pace.cap) : memory.pace.cap;
  return Math.min(cap, memory.pace.base * 2 ** Math.min(memory.failures, 16));
}

export function countFailure(memory: Memory, at: At): Memory {
  return { ...memory, failures: memory.failures + 1, failingSince: memory.failingSince ?? at.now };
}

/** After 30 s of a stable connection the failures before it are forgotten. */
export function settle(memory: Memory, state: StateOf<'live'>, at: At): Memory {
  return at.now - state.since >= STABLE_MS ? { ...memory, failures: 0, failingSince: null } : memory;
}

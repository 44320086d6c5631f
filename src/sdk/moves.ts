import { candidate, isDue, OPEN_MS, PROBE_UP_MS, standOn, stepDown, strike, transportAt } from './ladder.ts';
import type { Via } from './ladder.ts';
import type { Action, At, Event, EventOf, Memory, State, StateOf, Step } from './machineState.ts';
import type { BlockedReason, TokenReason } from './shapes.ts';

/** The moves that the cells of the machine's table are made of: each answers the next state and what to do. */

/** A token that takes longer is asked for again. */
const TOKEN_MS = 8_000;
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

export function keepRole(state: State, event: EventOf<'role'>, memory: Memory): Step {
  return { state, memory: { ...memory, follows: event.follows }, actions: [] };
}

/** The network came back, and may be another one: what stood on the last one proves nothing here. */
export function newNetwork(memory: Memory): Memory {
  return { ...memory, online: true, proven: false };
}

/** HTTP answers: a transport that failed often enough is left for the next one, without the others' long waits. */
export function answered(state: State, event: Event, memory: Memory): Step {
  if (!isDue(memory)) return keep(state, event, memory);
  return {
    state,
    memory: { ...stepDown(memory), failures: Math.min(memory.failures, 1), failingSince: null },
    actions: [],
  };
}

export function called(
  state: StateOf<'connecting'>,
  event: EventOf<'calling'>,
  memory: Memory,
  at: At,
): Step {
  return event.attempt === state.attempt
    ? { state: { ...state, called: true, until: at.now + OPEN_MS[state.via] }, memory, actions: [] }
    : keep(state, event, memory);
}

/** How the next connection is made. */
function viaOf(memory: Memory): Via {
  return memory.follows ? 'tab' : transportAt(memory.rung);
}

function suits(via: Via, follows: boolean): boolean {
  return (via === 'tab') === follows;
}

export function changeRoleWhileMaking(
  state: StateOf<'connecting' | 'handshaking'>,
  { follows }: EventOf<'role'>,
  memory: Memory,
  at: At,
): Step {
  const next = { ...memory, follows };
  return suits(state.via, follows) ? { state, memory: next, actions: [] } : connect(next, at, [drop(state)]);
}

export function changeRole(
  state: StateOf<'live'>,
  { follows }: EventOf<'role'>,
  memory: Memory,
  at: At,
): Step {
  const next = { ...settle(memory, state, at), follows };
  return suits(state.via, follows) ? { state, memory: next, actions: [] } : suspect(state, next, at);
}

export function changeRoleBeside(
  state: StateOf<'suspect'>,
  { follows }: EventOf<'role'>,
  memory: Memory,
  at: At,
): Step {
  const changed = { ...memory, follows };
  const { next } = state;
  if (next.phase === 'waiting') return hurry(state, changed, at);
  if (suits(next.via, follows)) return { state: inEarnest(state), memory: changed, actions: [] };
  const again = suspect(state, changed, at);
  return { ...again, actions: [drop(next), ...again.actions] };
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
  const via = viaOf(memory);
  return {
    state: { name: 'connecting', attempt, via, until: at.now + TOKEN_MS, called: false },
    memory: { ...memory, attempt },
    actions: [...before, { do: 'connect', attempt, reason: memory.reason, via }],
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
  return at.now >= state.until
    ? fail(struck(memory, state, 1006), at, 1006, 0, [drop(state)])
    : keep(state, event, memory);
}

export function becomeLive(
  state: StateOf<'connecting' | 'handshaking'>,
  event: EventOf<'ready'>,
  memory: Memory,
  at: At,
): Step {
  if (event.attempt !== state.attempt) return stray(state, event, memory);
  const stands = standOn(memory, state.via);
  return {
    state: {
      name: 'live',
      attempt: state.attempt,
      via: state.via,
      since: at.now,
      heardAt: at.now,
      probeAt: probeAfter(stands, state.via, at),
    },
    memory: { ...stands, refusals: 0, reason: 'connect', pace: event.pace ?? memory.pace },
    actions: [],
  };
}

/** Somewhat before the minute is over, each page at its own moment; a tab that follows leaves it to the one that leads. */
function probeAfter(memory: Memory, via: Via, at: At): number | null {
  return memory.rung === 0 || via === 'tab' ? null : at.now + PROBE_UP_MS - at.random * 5_000;
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

/** What a connection that stands is, whichever state holds it. */
export function standing({ attempt, via, since, heardAt }: StateOf<'live' | 'suspect'>): {
  attempt: number;
  via: Via;
  since: number;
  heardAt: number;
} {
  return { attempt, via, since, heardAt };
}

/** Make before break: a second connection at once. */
export function suspect(state: StateOf<'live' | 'suspect'>, memory: Memory, at: At): Step {
  return beside(state, memory, at, viaOf(memory), false);
}

/** A look at a better transport, while nothing is wrong with the one in use. */
export function lookUp(state: StateOf<'live'>, memory: Memory, at: At): Step {
  const settled = settle(memory, state, at);
  const looks = { ...settled, probes: settled.probes + 1 };
  return beside(state, looks, at, candidate(settled), true);
}

function beside(state: StateOf<'live' | 'suspect'>, memory: Memory, at: At, via: Via, probe: boolean): Step {
  const attempt = memory.attempt + 1;
  return {
    state: {
      ...standing(state),
      name: 'suspect',
      heardAt: Math.min(state.heardAt, at.now),
      next: { phase: 'connecting', attempt, via, until: at.now + TOKEN_MS, called: false, probe },
    },
    memory: { ...memory, attempt },
    actions: [{ do: 'connect', attempt, reason: memory.reason, via }],
  };
}

export function hurry(state: StateOf<'suspect'>, memory: Memory, at: At): Step {
  return state.next.phase === 'waiting'
    ? suspect(state, memory, at)
    : { state: inEarnest(state), memory, actions: [] };
}

/** The clock may have been set back: what was heard or is waited for does not lie in an hour that will come again. */
export function clockSet(state: StateOf<'suspect'>, at: At): StateOf<'suspect'> {
  const { next } = state;
  return {
    ...state,
    heardAt: Math.min(state.heardAt, at.now),
    next: { ...next, until: Math.min(next.until, at.now + TOKEN_MS) },
  };
}

/** What began as a look at a better transport is needed now. */
export function inEarnest(state: StateOf<'suspect'>): StateOf<'suspect'> {
  const { next } = state;
  return next.phase === 'waiting' || !next.probe ? state : { ...state, next: { ...next, probe: false } };
}

/** The old connection is gone; the new one goes on alone. */
export function withoutOld(state: StateOf<'suspect'>, memory: Memory, actions: Action[]): Step {
  const { next } = state;
  if (next.phase === 'waiting') return { state: { name: 'waiting', until: next.until }, memory, actions };
  const { phase, probe: _, ...making } = next;
  return { state: { name: phase, ...making }, memory, actions };
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
  if (code === 4001) {
    const again = suspect(state, { ...memory, refusals: 1, reason: 'refused' }, at);
    return { ...again, actions: [...actions, ...again.actions] };
  }
  const { next } = state;
  if (next.phase !== 'waiting' && next.probe) {
    // The better transport does not come yet; nothing is wrong with this one.
    const probeAt = probeAfter(memory, state.via, at);
    return { state: { ...standing(state), name: 'live', probeAt }, memory, actions };
  }
  const counted = next.phase === 'waiting' ? memory : struck(memory, next, code);
  const until = at.now + hint + at.random * windowOf(memory, at);
  return {
    state: { ...standing(state), name: 'suspect', next: { phase: 'waiting', until } },
    memory: { ...countFailure(counted, at), reason: reasonOf(code) },
    actions: [...actions, ...asking(counted)],
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
  const asks = asking(counted);
  const floor = Math.max(hint, code === 4101 ? 2000 : 0);
  return {
    state: { name: 'waiting', until: at.now + floor + at.random * windowOf(memory, at) },
    memory: counted,
    actions: [...actions, ...asks],
  };
}

/** Is it the transport or the network? Plain HTTP knows. */
function asking(memory: Memory): Action[] {
  return isDue(memory) ? [{ do: 'ask' }] : [];
}

/** A connection did not come: whose fault was it? Before the carrier was called, nobody's but the token's. */
export function struck(
  memory: Memory,
  { via, called: wasCalled }: { via: Via; called: boolean },
  code: number,
): Memory {
  return wasCalled ? strike(memory, via, code) : memory;
}

/** A connection that stood has ended. */
export function lost(memory: Memory, state: StateOf<'live'>, at: At, code: number): Memory {
  return strike(settle(memory, state, at), state.via, code);
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
  if (at.now - state.since < STABLE_MS) return memory;
  const settled = { ...memory, failures: 0, failingSince: null };
  return state.via === transportAt(memory.rung) ? { ...settled, strikes: 0, proven: true } : settled;
}

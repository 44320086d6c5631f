import { OPEN_MS, PROOF_MS, SILENCE } from './ladder.ts';
import { HIDDEN_MS } from './machineState.ts';
import type {
  At,
  Event,
  EventName,
  EventOf,
  Machine,
  Memory,
  State,
  StateName,
  StateOf,
  Step,
} from './machineState.ts';
import {
  answered,
  becomeLive,
  block,
  called,
  changeRole,
  changeRoleBeside,
  changeRoleWhileMaking,
  clockSet,
  close,
  comesBackAtOnce,
  connect,
  countFailure,
  drop,
  dropAll,
  dropAndClose,
  fail,
  giveUpLate,
  goOffline,
  heard,
  hurry,
  inEarnest,
  isFinal,
  keep,
  keepOffline,
  keepOnline,
  keepRole,
  lookUp,
  newNetwork,
  reasonOf,
  restart,
  retryBeside,
  lost,
  settle,
  standing,
  stray,
  struck,
  straySave,
  suspect,
  windowOf,
  withoutOld,
} from './moves.ts';

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
 * `suspect` is make-before-break: the old connection still shows what it gets while a new one is made. It is also how a better
 * transport is looked at once a minute (`probe`); when that comes to nothing, `live` goes on as it was. Which transport is
 * called stands in `ladder.ts`.
 * Every connection has an attempt number; what is said by any other attempt is ignored.
 */

type Cell<S extends StateName, E extends EventName> = (
  state: StateOf<S>,
  event: EventOf<E>,
  memory: Memory,
  at: At,
) => Step;

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
    answered: keep,
    role: keepRole,
    calling: keep,
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
    online: (_, _event, memory, at) => connect(newNetwork(memory), at),
    offline: (_, _event, memory, at) => goOffline({ ...memory, online: false }, at, []),
    visible: (state, event, memory, at) =>
      event.hiddenFor > HIDDEN_MS ? connect(memory, at) : keep(state, event, memory),
    jump: (_, _event, memory, at) => connect(memory, at),
    timer: (state, event, memory, at) =>
      at.now >= state.until ? connect(memory, at) : keep(state, event, memory),
    answered: answered,
    role: (_, event, memory, at) => connect({ ...memory, follows: event.follows }, at),
    calling: keep,
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
    answered: answered,
    role: changeRoleWhileMaking,
    calling: called,
    opened: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? {
            state: { ...state, name: 'handshaking', until: at.now + PROOF_MS },
            memory,
            actions: [],
          }
        : stray(state, event, memory),
    ready: becomeLive,
    frame: keep,
    bye: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? fail(struck(memory, state, event.code), at, event.code, event.hint, [drop(state)])
        : stray(state, event, memory),
    gone: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? fail(struck(memory, state, event.code), at, event.code, 0, [])
        : keep(state, event, memory),
    untrusted: (state, event, memory) =>
      event.attempt === state.attempt ? block(memory, event.reason, []) : keep(state, event, memory),
  },
  handshaking: {
    start: keep,
    stop: dropAndClose,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: restart,
    timer: giveUpLate,
    answered: answered,
    role: changeRoleWhileMaking,
    calling: keep,
    opened: straySave,
    ready: becomeLive,
    frame: keep,
    bye: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? fail(struck(memory, state, event.code), at, event.code, event.hint, [drop(state)])
        : stray(state, event, memory),
    gone: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? fail(struck(memory, state, event.code), at, event.code, 0, [])
        : keep(state, event, memory),
    untrusted: keep,
  },
  live: {
    start: keep,
    stop: dropAndClose,
    online: (state, _event, memory, at) => suspect(state, newNetwork(settle(memory, state, at)), at),
    offline: keepOffline,
    visible: (state, event, memory, at) =>
      event.hiddenFor > HIDDEN_MS
        ? suspect(state, settle(memory, state, at), at)
        : keep(state, event, memory),
    jump: (state, _event, memory, at) => suspect(state, settle(memory, state, at), at),
    timer: (state, event, memory, at) => {
      if (at.now - state.heardAt >= SILENCE[state.via])
        return fail(lost(memory, state, at, 1006), at, 1006, 0, [drop(state)]);
      return state.probeAt !== null && at.now >= state.probeAt
        ? lookUp(state, memory, at)
        : keep(state, event, memory);
    },
    answered: answered,
    role: changeRole,
    calling: keep,
    opened: straySave,
    ready: heard,
    frame: heard,
    bye: (state, event, memory, at) => {
      if (event.attempt !== state.attempt) return stray(state, event, memory);
      const settled = lost(memory, state, at, event.code);
      if (!comesBackAtOnce(event.code)) return fail(settled, at, event.code, event.hint, [drop(state)]);
      // The server says when; until the new connection is ready the old one still shows what it gets.
      const wait =
        event.hint + (settled.failures > 0 || event.hint > 0 ? at.random * windowOf(settled, at) : 0);
      const counted = { ...countFailure(settled, at), reason: reasonOf(event.code) };
      if (wait === 0) return suspect(state, counted, at);
      return {
        state: { ...standing(state), name: 'suspect', next: { phase: 'waiting', until: at.now + wait } },
        memory: counted,
        actions: [],
      };
    },
    gone: (state, event, memory, at) =>
      event.attempt === state.attempt
        ? fail(lost(memory, state, at, event.code), at, event.code, 0, [])
        : keep(state, event, memory),
    untrusted: keep,
  },
  suspect: {
    start: keep,
    stop: dropAndClose,
    online: (state, _event, memory, at) => hurry(state, newNetwork(memory), at),
    offline: keepOffline,
    visible: (state, event, memory, at) =>
      event.hiddenFor > HIDDEN_MS ? hurry(state, memory, at) : keep(state, event, memory),
    jump: (state, _event, memory, at) => hurry(clockSet(state, at), memory, at),
    timer: (state, event, memory, at) => {
      if (at.now - state.heardAt >= SILENCE[state.via]) return withoutOld(state, memory, [drop(state)]);
      if (at.now < state.next.until) return keep(state, event, memory);
      if (state.next.phase === 'waiting') return hurry(state, memory, at);
      return retryBeside(state, memory, at, 1006, 0, [drop(state.next)]);
    },
    answered: answered,
    role: changeRoleBeside,
    calling: (state, event, memory, at) =>
      state.next.phase === 'connecting' && event.attempt === state.next.attempt
        ? {
            state: {
              ...state,
              next: { ...state.next, called: true, until: at.now + OPEN_MS[state.next.via] },
            },
            memory,
            actions: [],
          }
        : keep(state, event, memory),
    opened: (state, event, memory, at) =>
      state.next.phase === 'connecting' && event.attempt === state.next.attempt
        ? {
            state: { ...state, next: { ...state.next, phase: 'handshaking', until: at.now + PROOF_MS } },
            memory,
            actions: [],
          }
        : straySave(state, event, memory),
    ready: (state, event, memory, at) => {
      if (state.next.phase === 'waiting' || event.attempt !== state.next.attempt)
        return heard(state, event, memory, at);
      const live = becomeLive({ ...state.next, name: 'handshaking' }, event, memory, at);
      return { ...live, actions: [...live.actions, drop(state)] };
    },
    frame: heard,
    bye: (state, event, memory, at) => {
      if (state.next.phase !== 'waiting' && event.attempt === state.next.attempt)
        return retryBeside(state, memory, at, event.code, event.hint, [drop(state.next)]);
      if (event.attempt !== state.attempt) return stray(state, event, memory);
      // The look at a better transport has become the way on.
      if (comesBackAtOnce(event.code)) return { state: inEarnest(state), memory, actions: [] };
      return isFinal(event.code) && event.code !== 4001
        ? fail(memory, at, event.code, 0, dropAll(state))
        : withoutOld(state, memory, [drop(state)]);
    },
    gone: (state, event, memory, at) => {
      if (state.next.phase !== 'waiting' && event.attempt === state.next.attempt)
        return retryBeside(state, memory, at, event.code, 0, []);
      if (event.attempt !== state.attempt) return keep(state, event, memory);
      return isFinal(event.code) && event.code !== 4001
        ? fail(memory, at, event.code, 0, dropAll(state))
        : withoutOld(state, memory, []);
    },
    untrusted: (state, event, memory) =>
      state.next.phase !== 'waiting' && event.attempt === state.next.attempt
        ? block(memory, event.reason, [drop(state)])
        : keep(state, event, memory),
  },
  offline: {
    start: keep,
    stop: close,
    online: (_, _event, memory, at) => connect(newNetwork(memory), at),
    offline: keepOffline,
    visible: (state, event, memory, at) =>
      event.hiddenFor > HIDDEN_MS ? connect(memory, at) : keep(state, event, memory),
    jump: (_, _event, memory, at) => connect(memory, at),
    // A device that says "offline" may be wrong: look now and then.
    timer: (state, event, memory, at) =>
      at.now >= state.until ? connect(memory, at) : keep(state, event, memory),
    answered: answered,
    role: (_, event, memory, at) => connect({ ...memory, follows: event.follows }, at),
    calling: keep,
    opened: stray,
    ready: stray,
    frame: keep,
    bye: stray,
    gone: keep,
    untrusted: keep,
  },
  blocked: {
    start: (_, _event, memory, at) =>
      connect({ ...memory, refusals: 0, failures: 0, failingSince: null, reason: 'refused' }, at),
    stop: close,
    online: keepOnline,
    offline: keepOffline,
    visible: keep,
    jump: keep,
    timer: keep,
    answered: keep,
    role: keepRole,
    calling: keep,
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
    answered: keep,
    role: keep,
    calling: keep,
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
  const cell = TABLE[machine.state.name][event.type] as (
    state: State,
    event: Event,
    memory: Memory,
    at: At,
  ) => Step;
  return cell(machine.state, event, machine.memory, at);
}

/** When the machine wants a `timer` event; null: never. */
export function deadline(state: State): number | null {
  if (state.name === 'live')
    return Math.min(state.heardAt + SILENCE[state.via], state.probeAt ?? Number.POSITIVE_INFINITY);
  if (state.name === 'suspect') return Math.min(state.heardAt + SILENCE[state.via], state.next.until);
  return 'until' in state ? state.until : null;
}

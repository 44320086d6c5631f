import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadline, step, TABLE } from './machine.ts';
import { START } from './machineState.ts';
import type { Action, At, Event, EventName, Machine, State, StateName } from './machineState.ts';

const T0 = 1_000_000;
const at = (now = T0, random = 0.5): At => ({ now, random });

/** Runs events one after another, a millisecond apart unless an event says when. */
function run(
  events: (Event & { at?: number })[],
  from: Machine = START,
  random = 0.5,
): { machine: Machine; actions: Action[] } {
  let machine = from;
  const actions: Action[] = [];
  let now = T0;
  for (const { at: when, ...event } of events) {
    now = when ?? now + 1;
    const next = step(machine, event, { now, random });
    machine = { state: next.state, memory: next.memory };
    actions.push(...next.actions);
  }
  return { machine, actions };
}

const LIVE: Event[] = [{ type: 'start' }, { type: 'opened', attempt: 1 }, { type: 'ready', attempt: 1 }];

/** Where each event may lead from each state: what the table must keep to, said a second time and more simply. */
const waits: StateName[] = ['waiting', 'offline'];
const fails: StateName[] = ['waiting', 'offline', 'blocked', 'connecting'];
/** `live`: a look at a better transport came to nothing. */
const beside: StateName[] = ['live', 'suspect', 'waiting', 'offline', 'blocked', 'connecting', 'handshaking'];
const ARROWS: Record<StateName, Record<EventName, readonly StateName[]>> = {
  idle: {
    answered: [],
    role: [],
    calling: [],
    start: ['connecting'],
    stop: ['closed'],
    online: [],
    offline: [],
    visible: [],
    jump: [],
    timer: [],
    opened: [],
    ready: [],
    frame: [],
    bye: [],
    gone: [],
    untrusted: [],
  },
  waiting: {
    answered: [],
    role: ['connecting'],
    calling: [],
    start: [],
    stop: ['closed'],
    online: ['connecting'],
    offline: ['offline'],
    visible: ['connecting'],
    jump: ['connecting'],
    timer: ['connecting'],
    opened: [],
    ready: [],
    frame: [],
    bye: [],
    gone: [],
    untrusted: [],
  },
  connecting: {
    answered: [],
    role: ['connecting'],
    calling: [],
    start: [],
    stop: ['closed'],
    online: [],
    offline: [],
    visible: [],
    jump: ['connecting'],
    timer: waits,
    opened: ['handshaking'],
    ready: ['live'],
    frame: [],
    bye: fails,
    gone: fails,
    untrusted: ['blocked'],
  },
  handshaking: {
    answered: [],
    role: ['connecting'],
    calling: [],
    start: [],
    stop: ['closed'],
    online: [],
    offline: [],
    visible: [],
    jump: ['connecting'],
    timer: waits,
    opened: [],
    ready: ['live'],
    frame: [],
    bye: fails,
    gone: fails,
    untrusted: [],
  },
  live: {
    answered: [],
    role: ['suspect'],
    calling: [],
    start: [],
    stop: ['closed'],
    online: ['suspect'],
    offline: [],
    visible: ['suspect'],
    jump: ['suspect'],
    timer: [...waits, 'suspect'],
    opened: [],
    ready: [],
    frame: [],
    bye: [...fails, 'suspect'],
    gone: fails,
    untrusted: [],
  },
  suspect: {
    answered: [],
    role: [],
    calling: [],
    start: [],
    stop: ['closed'],
    online: [],
    offline: [],
    visible: [],
    jump: [],
    timer: beside,
    opened: [],
    ready: ['live'],
    frame: [],
    bye: beside,
    gone: beside,
    untrusted: ['blocked'],
  },
  offline: {
    answered: [],
    role: ['connecting'],
    calling: [],
    start: [],
    stop: ['closed'],
    online: ['connecting'],
    offline: [],
    visible: ['connecting'],
    jump: ['connecting'],
    timer: ['connecting'],
    opened: [],
    ready: [],
    frame: [],
    bye: [],
    gone: [],
    untrusted: [],
  },
  blocked: {
    answered: [],
    role: [],
    calling: [],
    start: ['connecting'],
    stop: ['closed'],
    online: [],
    offline: [],
    visible: [],
    jump: [],
    timer: [],
    opened: [],
    ready: [],
    frame: [],
    bye: [],
    gone: [],
    untrusted: [],
  },
  closed: {
    answered: [],
    role: [],
    calling: [],
    start: [],
    stop: [],
    online: [],
    offline: [],
    visible: [],
    jump: [],
    timer: [],
    opened: [],
    ready: [],
    frame: [],
    bye: [],
    gone: [],
    untrusted: [],
  },
};

/** The connections a state stands on. */
function attemptsOf(state: State): number[] {
  if (state.name === 'suspect')
    return state.next.phase === 'waiting' ? [state.attempt] : [state.attempt, state.next.attempt];
  return 'attempt' in state ? [state.attempt] : [];
}

const codes = fc.constantFrom(
  1000,
  1006,
  1013,
  4001,
  4003,
  4004,
  4005,
  4010,
  4077,
  4100,
  4101,
  4104,
  4108,
  4200,
  4201,
  4202,
  4203,
);
/** Attempt numbers are drawn relative to the newest, so that most events are of connections that matter. */
const events = fc.oneof(
  fc.constantFrom<Event>(
    { type: 'start' },
    { type: 'online' },
    { type: 'offline' },
    { type: 'jump' },
    { type: 'timer' },
    { type: 'answered' },
    { type: 'role', follows: true },
    { type: 'role', follows: false },
    { type: 'role', follows: false },
  ),
  {
    arbitrary: fc.record({ type: fc.constant('visible' as const), hiddenFor: fc.constantFrom(100, 20_000) }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      type: fc.constantFrom('opened' as const, 'ready' as const, 'frame' as const, 'calling' as const),
      attempt: fc.constantFrom(0, 0, 0, -1, -2),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      type: fc.constant('bye' as const),
      attempt: fc.constantFrom(0, -1),
      code: codes,
      hint: fc.constantFrom(0, 0, 3000),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      type: fc.constant('gone' as const),
      attempt: fc.constantFrom(0, -1),
      code: codes,
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      type: fc.constant('untrusted' as const),
      attempt: fc.constantFrom(0, -1),
      reason: fc.constantFrom('pair' as const, 'revoked' as const),
    }),
    weight: 1,
  },
  { arbitrary: fc.constant<Event>({ type: 'stop' }), weight: 0 },
);
const script = fc.array(
  fc.record({
    event: events,
    after: fc.constantFrom(0, 1, 500, 6_000, 9_000, 21_000, 40_000, 61_000),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('any history', () => {
  it('[C41] keeps to the arrows, holds no connection twice, forgets none, and never goes to sleep by itself', () => {
    const visited = new Map<StateName, Set<EventName>>();
    fc.assert(
      fc.property(
        fc.constantFrom(
          START,
          run(LIVE).machine,
          run([...LIVE, { type: 'online' }]).machine,
          run([...LIVE, { type: 'offline' }, { type: 'gone', attempt: 1, code: 1006 }]).machine,
          // At the bottom of the ladder, where it looks up each minute.
          { ...START, memory: { ...START.memory, rung: 3 } },
        ),
        script,
        (begin, steps) => {
          let machine: Machine = begin;
          let now = T0;
          const open = new Set<number>(attemptsOf(begin.state));
          for (const { event: drawn, after, random } of steps) {
            now += after;
            const event: Event =
              'attempt' in drawn ? { ...drawn, attempt: machine.memory.attempt + drawn.attempt } : drawn;
            const before = machine.state;
            const next = step(machine, event, { now, random });
            machine = { state: next.state, memory: next.memory };
            (visited.get(before.name) ?? visited.set(before.name, new Set()).get(before.name))?.add(
              event.type,
            );

            if (machine.state.name !== before.name)
              expect(ARROWS[before.name][event.type]).toContain(machine.state.name);
            // What ended by itself needs no drop.
            if (event.type === 'gone' || event.type === 'untrusted') open.delete(event.attempt);
            for (const action of next.actions) {
              if (action.do === 'drop') open.delete(action.attempt);
              else if (action.do === 'connect') {
                expect(open.has(action.attempt)).toBe(false);
                open.add(action.attempt);
              }
            }
            // Every connection is one that the state knows, and there are never more than two.
            expect([...open].filter((attempt) => !attemptsOf(machine.state).includes(attempt))).toEqual([]);
            expect(open.size).toBeLessThanOrEqual(2);
            expect(attemptsOf(machine.state).every((attempt) => attempt <= machine.memory.attempt)).toBe(
              true,
            );
            // Something always wakes it, unless only a person can.
            if (!['idle', 'blocked', 'closed'].includes(machine.state.name))
              expect(deadline(machine.state)).not.toBeNull();
            // No wait is longer than the widest window and a hint.
            if (machine.state.name === 'waiting')
              expect(machine.state.until - now).toBeLessThanOrEqual(33_000);
          }
        },
      ),
      { numRuns: 6000, seed: 20_260_131 },
    );
    // The schedules must have been everywhere, or they prove nothing.
    for (const name of [
      'idle',
      'waiting',
      'connecting',
      'handshaking',
      'live',
      'suspect',
      'offline',
      'blocked',
    ] as const)
      expect(visited.get(name)?.size, name).toBe(15);
  });

  it('[C42] once closed it stays closed, and hangs up on whatever still comes', () => {
    const names = Object.keys(TABLE.closed);
    expect(names).toHaveLength(16);
    fc.assert(
      fc.property(script, (steps) => {
        let machine = step(run(LIVE).machine, { type: 'stop' }, at());
        expect(machine.actions).toEqual([{ do: 'drop', attempt: 1 }]);
        for (const { event, after, random } of steps) {
          machine = step(machine, event, { now: T0 + after, random });
          expect(machine.state.name).toBe('closed');
          expect(machine.actions.every((action) => action.do === 'drop')).toBe(true);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { deadline, step } from './machine.ts';
import { SILENCE } from './ladder.ts';
import { START } from './machineState.ts';
import type { Action, At, Event, Machine } from './machineState.ts';

const T0 = 1_000_000;
const SILENCE_MS = SILENCE.websocket;
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

describe('the way up and down', () => {
  it('[C24] starts at once, says hello, and is live with ready', () => {
    const { machine, actions } = run(LIVE);
    expect(actions).toEqual([{ do: 'connect', attempt: 1, reason: 'connect', via: 'websocket' }]);
    expect(machine.state).toEqual({
      name: 'live',
      attempt: 1,
      via: 'websocket',
      since: T0 + 3,
      heardAt: T0 + 3,
      probeAt: null,
    });
  });

  it('[C25] closes and comes back after 20 s of silence; any frame counts as life', () => {
    const { machine } = run([...LIVE, { type: 'frame', attempt: 1, at: T0 + 15_000 }]);
    const early = step(machine, { type: 'timer' }, at(T0 + 15_000 + SILENCE_MS - 1));
    expect(early.state.name).toBe('live');
    const late = step(machine, { type: 'timer' }, at(T0 + 15_000 + SILENCE_MS));
    expect(late.state.name).toBe('waiting');
    expect(late.actions).toEqual([{ do: 'drop', attempt: 1 }]);
  });

  it('[C252] a new connection that hangs is given up in its time, also when the clock was set back meanwhile', () => {
    const calling: Event[] = [{ type: 'jump' }, { type: 'calling', attempt: 2 }];
    const { machine } = run([...LIVE, ...calling, { type: 'jump', at: T0 - 3_600_000 }]);
    const until = deadline(machine.state) ?? Number.POSITIVE_INFINITY;
    expect(until).toBeLessThanOrEqual(T0 - 3_600_000 + 8_000);
    const { state, actions } = step(machine, { type: 'timer' }, at(until));
    expect(actions).toContainEqual({ do: 'drop', attempt: 2 });
    expect(state).toMatchObject({ name: 'suspect', next: { phase: 'waiting' } });
  });

  it('[C26] draws full jitter from the first attempt, doubling from 1 s to 8 s, and to 30 s after two minutes', () => {
    const windows: number[] = [];
    let machine = run(
      [...LIVE, { type: 'gone', attempt: 1, code: 1006, at: T0 + 1000 }],
      START,
      0.999_999,
    ).machine;
    let now = T0 + 1000;
    for (let failure = 0; failure < 12; failure += 1) {
      const until = deadline(machine.state) ?? 0;
      windows.push(Math.round((until - now) / 1000));
      now = failure === 8 ? Math.max(until, T0 + 1000 + 121_000) : until;
      machine = step(machine, { type: 'timer' }, { now, random: 0.999_999 });
      expect(machine.state.name).toBe('connecting');
      machine = step(
        machine,
        { type: 'gone', attempt: machine.memory.attempt, code: 1006 },
        { now, random: 0.999_999 },
      );
    }
    expect(windows).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8, 30, 30, 30]);
  });

  it("[C27] takes the server's hint as a floor under the jitter", () => {
    const { machine } = run(
      [...LIVE, { type: 'bye', attempt: 1, code: 4100, hint: 5000, at: T0 + 100 }],
      START,
      0,
    );
    expect(deadline(machine.state)).toBe(T0 + 100 + 5000);
    expect(
      deadline(
        run([...LIVE, { type: 'bye', attempt: 1, code: 4100, hint: 5000, at: T0 + 100 }], START, 0.5).machine
          .state,
      ),
    ).toBe(T0 + 100 + 5500);
  });

  it('[C28] forgets earlier failures after 30 s of stability, and not before', () => {
    const failing: Machine = {
      ...START,
      memory: { ...START.memory, failures: 5, failingSince: T0 - 60_000 },
    };
    const short = run([...LIVE, { type: 'gone', attempt: 1, code: 1006, at: T0 + 29_000 }], failing).machine;
    expect(short.memory.failures).toBe(6);
    const stable = run([...LIVE, { type: 'gone', attempt: 1, code: 1006, at: T0 + 30_010 }], failing).machine;
    expect(stable.memory).toMatchObject({ failures: 1, failingSince: T0 + 30_010 });
  });

  it.each([
    ['online', { type: 'online' }],
    ['visible after more than 15 s', { type: 'visible', hiddenFor: 15_001 }],
    ['a clock jump', { type: 'jump' }],
  ] as [string, Event][])('[C29] comes back at once on %s', (_, event) => {
    const waiting = run([...LIVE, { type: 'gone', attempt: 1, code: 1006 }]).machine;
    expect(step(waiting, event, at()).state.name).toBe('connecting');
    const live = run(LIVE).machine;
    const both = step(live, event, at());
    expect(both.state).toMatchObject({
      name: 'suspect',
      attempt: 1,
      next: { phase: 'connecting', attempt: 2 },
    });
    expect(both.actions).toEqual([{ do: 'connect', attempt: 2, reason: 'connect', via: 'websocket' }]);
  });

  it('[C30] does not hurry for a page that was hidden for a moment', () => {
    const waiting = run([...LIVE, { type: 'gone', attempt: 1, code: 1006 }]).machine;
    expect(step(waiting, { type: 'visible', hiddenFor: 15_000 }, at()).state).toBe(waiting.state);
    expect(step(run(LIVE).machine, { type: 'visible', hiddenFor: 200 }, at()).actions).toEqual([]);
  });

  it('[C31] looks now and then although the device says that it is offline', () => {
    const gone = run([...LIVE, { type: 'offline' }, { type: 'gone', attempt: 1, code: 1006 }]).machine;
    expect(gone.state.name).toBe('offline');
    const until = deadline(gone.state) ?? 0;
    expect(until - T0).toBeGreaterThan(15_000);
    expect(until - T0).toBeLessThanOrEqual(30_010);
    expect(step(gone, { type: 'timer' }, at(until)).state.name).toBe('connecting');
    expect(step(gone, { type: 'online' }, at()).state.name).toBe('connecting');
  });
});

describe('close codes', () => {
  it.each([
    [4003, 'revoked'],
    [4004, 'no_such_place'],
    [4005, 'version'],
    [4010, 'bad_frames'],
    [4042, 'refused'],
  ])('[C32] %i does not come back', (code, reason) => {
    for (const type of ['bye', 'gone'] as const) {
      const event: Event = type === 'bye' ? { type, attempt: 1, code, hint: 0 } : { type, attempt: 1, code };
      const { machine } = run([...LIVE, event]);
      expect(machine.state).toEqual({ name: 'blocked', reason });
      for (const wake of [
        { type: 'online' },
        { type: 'jump' },
        { type: 'visible', hiddenFor: 1e9 },
        { type: 'timer' },
      ] as Event[])
        expect(step(machine, wake, at()).state.name).toBe('blocked');
      expect(step(machine, { type: 'start' }, at()).state.name).toBe('connecting');
    }
  });

  it('[C33] 4001 asks the token provider once more, then blocks until somebody pairs the screen', () => {
    const once = run([...LIVE.slice(0, 2), { type: 'gone', attempt: 1, code: 4001 }]);
    expect(once.machine.state.name).toBe('connecting');
    expect(once.actions.at(-1)).toEqual({ do: 'connect', attempt: 2, reason: 'refused', via: 'websocket' });
    const twice = run(
      [
        { type: 'opened', attempt: 2 },
        { type: 'gone', attempt: 2, code: 4001 },
      ],
      once.machine,
    );
    expect(twice.machine.state).toEqual({ name: 'blocked', reason: 'pair' });
    // A good token in between starts the count anew.
    const good = run(
      [
        { type: 'opened', attempt: 2 },
        { type: 'ready', attempt: 2 },
        { type: 'gone', attempt: 2, code: 4001 },
      ],
      once.machine,
    );
    expect(good.machine.state.name).toBe('connecting');
  });

  it("[C34] 41xx and the network's own codes wait", () => {
    for (const code of [4100, 4101, 4104, 4108, 1006, 1001, 1011, 1013])
      expect(run([...LIVE, { type: 'gone', attempt: 1, code }]).machine.state.name).toBe('waiting');
    expect(
      deadline(run([...LIVE, { type: 'gone', attempt: 1, code: 4101, at: T0 + 10 }], START, 0).machine.state),
    ).toBe(T0 + 2010);
  });

  it('[C35] 42xx comes back at once beside the old connection, but not in a loop', () => {
    const first = run([...LIVE, { type: 'bye', attempt: 1, code: 4200, hint: 0 }]);
    expect(first.machine.state).toMatchObject({ name: 'suspect', next: { phase: 'connecting', attempt: 2 } });
    const alone = run([...LIVE, { type: 'gone', attempt: 1, code: 4203 }]);
    expect(alone.machine.state.name).toBe('connecting');
    const again = run(
      [
        { type: 'opened', attempt: 2 },
        { type: 'ready', attempt: 2 },
        { type: 'gone', attempt: 2, code: 4203 },
      ],
      alone.machine,
    );
    expect(again.machine.state.name).toBe('waiting');
  });

  it('[C36] 4201 asks for another token, also when it has to wait first', () => {
    expect(run([...LIVE, { type: 'gone', attempt: 1, code: 4201 }]).actions.at(-1)).toEqual({
      do: 'connect',
      attempt: 2,
      reason: 'expired',
      via: 'websocket',
    });
    const waited = run([
      ...LIVE,
      { type: 'bye', attempt: 1, code: 4201, hint: 2000 },
      { type: 'gone', attempt: 1, code: 4201 },
    ]);
    expect(waited.machine.state.name).toBe('waiting');
    expect(step(waited.machine, { type: 'timer' }, at(T0 + 9000)).actions).toEqual([
      { do: 'connect', attempt: 2, reason: 'expired', via: 'websocket' },
    ]);
  });
});

describe('make before break', () => {
  const suspect = run([...LIVE, { type: 'online' }]).machine;

  it('[C37] the first ready wins, and only then is the old one dropped', () => {
    const opened = step(suspect, { type: 'opened', attempt: 2 }, at(T0 + 10));
    expect(opened.actions).toEqual([]);
    const ready = step(opened, { type: 'ready', attempt: 2 }, at(T0 + 20));
    expect(ready.state).toMatchObject({ name: 'live', attempt: 2 });
    expect(ready.actions).toEqual([{ do: 'drop', attempt: 1 }]);
  });

  it('[C38] goes on with whichever of the two is left', () => {
    expect(step(suspect, { type: 'gone', attempt: 1, code: 1006 }, at()).state).toMatchObject({
      name: 'connecting',
      attempt: 2,
    });
    const oldLeft = step(suspect, { type: 'gone', attempt: 2, code: 1006 }, at());
    expect(oldLeft.state).toMatchObject({ name: 'suspect', attempt: 1, next: { phase: 'waiting' } });
    expect(step(oldLeft, { type: 'gone', attempt: 1, code: 1006 }, at()).state.name).toBe('waiting');
  });

  it('[C39] gives the old one up when it is silent, and a new one that does not come', () => {
    const silent = step(suspect, { type: 'timer' }, at(T0 + 3 + SILENCE_MS));
    expect(silent.state).toMatchObject({ name: 'connecting', attempt: 2 });
    expect(silent.actions).toEqual([{ do: 'drop', attempt: 1 }]);
    const heard = step(suspect, { type: 'frame', attempt: 1 }, at(T0 + 7000));
    const late = step(heard, { type: 'timer' }, at(T0 + 9000));
    expect(late.state).toMatchObject({ name: 'suspect', attempt: 1, next: { phase: 'waiting' } });
    expect(late.actions).toEqual([{ do: 'drop', attempt: 2 }]);
  });

  it('[C40] is blocked with both dropped when the new one is told to stay away', () => {
    const blocked = step(suspect, { type: 'bye', attempt: 2, code: 4003, hint: 0 }, at());
    expect(blocked.state).toEqual({ name: 'blocked', reason: 'revoked' });
    expect(blocked.actions).toEqual([
      { do: 'drop', attempt: 2 },
      { do: 'drop', attempt: 1 },
    ]);
  });
});

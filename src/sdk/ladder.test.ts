import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate, LADDER, PROBE_UP_MS, stepDown, strike, TOP } from './ladder.ts';
import type { Transport, Via } from './ladder.ts';
import { deadline, step } from './machine.ts';
import { START } from './machineState.ts';
import type { Action, Event, Machine } from './machineState.ts';

/**
 * The machine in a network that is made of words: what each transport does when it is called. Time is a queue of events.
 *
 * `ok`: ready comes. `refused`: it fails at once. `dark`: nothing ever comes. `mute`: it opens, and no frame arrives (a proxy
 * that buffers). `short`: it works for five seconds, then breaks.
 */
type Behaviour = 'ok' | 'refused' | 'dark' | 'mute' | 'short';
type World = { readonly [T in Transport]: Behaviour } & { http: boolean };

const WELL: World = { websocket: 'ok', sse: 'ok', long_poll: 'ok', poll: 'ok', http: true };
const DEAD: World = { websocket: 'dark', sse: 'dark', long_poll: 'dark', poll: 'dark', http: false };
const only = (first: Transport, bad: Behaviour): World => {
  const above = LADDER.slice(0, LADDER.indexOf(first));
  return { ...WELL, ...Object.fromEntries(above.map((name) => [name, bad])) };
};

class Run {
  machine: Machine;
  now = 0;
  world: World;
  connects: { via: Via; at: number }[] = [];
  drops: number[] = [];
  /** Connections that were begun and neither ended nor dropped. */
  readonly open = new Set<number>();
  mostOpen = 0;
  readonly #random: () => number;
  #queue: { at: number; n: number; event: Event }[] = [];
  #n = 0;
  #up = new Map<number, Via>();

  constructor(world: World, from: Machine = START, random: () => number = () => 0.5) {
    this.world = world;
    this.machine = from;
    this.#random = random;
  }

  send(event: Event): void {
    if (event.type === 'gone') this.open.delete(event.attempt);
    const next = step(this.machine, event, { now: this.now, random: this.#random() });
    this.machine = { state: next.state, memory: next.memory };
    for (const action of next.actions) this.#act(action);
  }

  #later(after: number, event: Event): void {
    this.#n += 1;
    this.#queue.push({ at: this.now + after, n: this.#n, event });
  }

  #act(action: Action): void {
    if (action.do === 'ask') {
      if (this.world.http) this.#later(30, { type: 'answered' });
      return;
    }
    const { attempt } = action;
    if (action.do === 'drop') {
      this.#up.delete(attempt);
      this.drops.push(attempt);
      this.open.delete(attempt);
      this.#queue = this.#queue.filter(({ event }) => !('attempt' in event) || event.attempt !== attempt);
      return;
    }
    this.connects.push({ via: action.via, at: this.now });
    this.open.add(attempt);
    this.mostOpen = Math.max(this.mostOpen, this.open.size);
    const does = action.via === 'tab' ? 'ok' : this.world[action.via];
    this.#later(5, { type: 'calling', attempt });
    if (does === 'refused') this.#later(20, { type: 'gone', attempt, code: 1006 });
    if (does === 'mute') this.#later(20, { type: 'opened', attempt });
    if (does === 'ok' || does === 'short') {
      this.#later(20, { type: 'opened', attempt });
      this.#later(40, { type: 'ready', attempt });
      this.#up.set(attempt, action.via);
      if (does === 'short') this.#later(5_000, { type: 'gone', attempt, code: 1006 });
    }
  }

  /** Lets time pass; what is up says a frame each five seconds. */
  pass(millis: number, until: () => boolean = () => false): boolean {
    const end = this.now + millis;
    for (;;) {
      if (until()) return true;
      this.#queue.sort((a, b) => a.at - b.at || a.n - b.n);
      const next = this.#queue[0];
      const due = deadline(this.machine.state) ?? Number.POSITIVE_INFINITY;
      const frame = (Math.floor(this.now / 5_000) + 1) * 5_000;
      const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, due, frame);
      if (at > end) {
        this.now = end;
        return until();
      }
      this.now = Math.max(this.now, at);
      if (next && next.at <= at) {
        this.#queue.shift();
        this.send(next.event);
      } else if (due <= at) this.send({ type: 'timer' });
      else for (const attempt of this.#up.keys()) this.send({ type: 'frame', attempt });
    }
  }

  /** The network changes under everything that stands. */
  change(world: World): void {
    this.world = world;
    for (const [attempt, via] of this.#up) {
      const does = via === 'tab' ? 'ok' : world[via];
      if (does === 'ok') continue;
      this.#up.delete(attempt);
      this.#queue = this.#queue.filter(({ event }) => !('attempt' in event) || event.attempt !== attempt);
      if (does === 'refused') this.#later(1, { type: 'gone', attempt, code: 1006 });
    }
  }

  get via(): Via | null {
    const { state } = this.machine;
    return state.name === 'live' || state.name === 'suspect' ? state.via : null;
  }
  readonly isLive = (): boolean => this.machine.state.name === 'live';
}

const behaviours = fc.constantFrom<Behaviour>('ok', 'refused', 'dark', 'mute', 'short');
const worlds = fc.record({
  websocket: behaviours,
  sse: behaviours,
  long_poll: behaviours,
  poll: behaviours,
  http: fc.boolean(),
});
const randomOf = (seed: number) => {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe('the way down', () => {
  it.each([
    ['sse', 'refused'],
    ['sse', 'dark'],
    ['long_poll', 'mute'],
    ['long_poll', 'dark'],
    ['poll', 'refused'],
    ['poll', 'dark'],
  ] as [Transport, Behaviour][])('[C142] reaches %s within a minute where all above is %s', (first, bad) => {
    const run = new Run(only(first, bad), START, () => 0.999);
    run.send({ type: 'start' });
    expect(run.pass(60_000, run.isLive)).toBe(true);
    expect(run.via).toBe(first);
    // Twice each, in order, and nothing else.
    const above = LADDER.slice(0, LADDER.indexOf(first));
    expect(run.connects.map(({ via }) => via)).toEqual([...above.flatMap((via) => [via, via]), first]);
  });

  it('[C143] a dead network walks no rung, for however long', () => {
    const run = new Run(DEAD);
    run.send({ type: 'start' });
    run.pass(30 * 60_000);
    expect(run.machine.memory.rung).toBe(TOP);
    expect(new Set(run.connects.map(({ via }) => via))).toEqual(new Set(['websocket']));
    run.change(WELL);
    expect(run.pass(35_000, run.isLive)).toBe(true);
    expect(run.via).toBe('websocket');
  });

  it('[C144] what the server says is carried well: no close code and no hint walks down', () => {
    const run = new Run(WELL);
    run.send({ type: 'start' });
    for (let n = 0; n < 12; n += 1) {
      run.pass(20_000, run.isLive);
      const { attempt } = run.machine.memory;
      run.send(
        n % 2 === 0
          ? { type: 'bye', attempt, code: 4100, hint: 3_000 }
          : { type: 'gone', attempt, code: 4200 },
      );
      run.send({ type: 'answered' });
    }
    expect(run.machine.memory).toMatchObject({ rung: TOP, strikes: 0 });
    expect(strike({ rung: 0, strikes: 0, proven: false, probes: 0 }, 'websocket', 1012).strikes).toBe(0);
  });

  it('[C145] one that has stood for 30 s has to fail four times; on another network two are enough again', () => {
    const proven = new Run(WELL);
    proven.send({ type: 'start' });
    proven.pass(40_000);
    proven.change({ ...WELL, websocket: 'refused' });
    expect(proven.pass(60_000, () => proven.via === 'sse')).toBe(true);
    // The one that broke, and three more.
    expect(proven.connects.map(({ via }) => via)).toEqual([
      'websocket',
      'websocket',
      'websocket',
      'websocket',
      'sse',
    ]);

    const moved = new Run(WELL);
    moved.send({ type: 'start' });
    moved.pass(40_000);
    moved.change({ ...WELL, websocket: 'dark' });
    moved.send({ type: 'online' });
    expect(moved.pass(60_000, () => moved.via === 'sse')).toBe(true);
    expect(moved.connects.map(({ via }) => via)).toEqual(['websocket', 'websocket', 'websocket', 'sse']);
  });

  it('[C146] a token that does not come is no fault of the transport', () => {
    const run = new Run({ ...WELL, websocket: 'dark' });
    run.send({ type: 'start' });
    for (let n = 0; n < 5; n += 1) {
      run.send({ type: 'gone', attempt: run.machine.memory.attempt, code: 1006 });
      run.send({ type: 'answered' });
      run.send({ type: 'jump' });
    }
    expect(run.machine.memory).toMatchObject({ rung: TOP, strikes: 0 });
  });

  it('[C147] below the last rung comes the first again', () => {
    const last = { rung: LADDER.length - 1, strikes: 2, proven: false, probes: 3 };
    expect(stepDown(last)).toMatchObject({ rung: TOP, strikes: 0 });
  });
});

describe('the way up', () => {
  it('[C148] looks up once a minute beside the one in use, which is dropped only when the new one is ready', () => {
    const run = new Run(only('long_poll', 'mute'));
    run.send({ type: 'start' });
    run.pass(60_000, run.isLive);
    const since = run.now;
    run.drops = [];
    run.connects = [];
    run.pass(4 * PROBE_UP_MS);
    expect(run.via).toBe('long_poll');
    expect(run.connects.map(({ via }) => via)).toEqual(['websocket', 'sse', 'websocket', 'sse']);
    for (const [index, { at }] of run.connects.entries()) {
      expect(at - since).toBeGreaterThan((index + 1) * 50_000);
      expect(at - since).toBeLessThanOrEqual((index + 1) * (PROBE_UP_MS + 5_000));
    }
    const standing = run.machine.state;
    if (standing.name !== 'live' && standing.name !== 'suspect') throw new Error(standing.name);
    expect(run.drops).not.toContain(standing.attempt);

    run.change(WELL);
    expect(run.pass(2 * PROBE_UP_MS, () => run.via === 'websocket')).toBe(true);
    expect(run.drops.at(-1)).toBe(standing.attempt);
    expect(run.machine.state).toMatchObject({ name: 'live', probeAt: null });
    expect(run.machine.memory.rung).toBe(TOP);
  });

  it('[C149] every better transport gets its turn', () => {
    const seen = [0, 1, 2, 3, 4, 5].map((probes) => candidate({ rung: 3, strikes: 0, proven: true, probes }));
    expect(seen).toEqual(['websocket', 'sse', 'long_poll', 'websocket', 'sse', 'long_poll']);
  });

  it('[C150] a look that is under way when the one in use is doubted becomes the way on', () => {
    for (const doubt of [
      { type: 'jump' },
      { type: 'online' },
      { type: 'visible', hiddenFor: 20_000 },
    ] as Event[]) {
      const run = new Run({ ...only('sse', 'dark') });
      run.send({ type: 'start' });
      run.pass(60_000, run.isLive);
      run.pass(2 * PROBE_UP_MS, () => run.machine.state.name === 'suspect');
      run.send(doubt);
      run.pass(20_000, () => run.connects.at(-1)?.via === 'sse' && run.isLive());
      expect(run.via, doubt.type).toBe('sse');
      expect(run.connects.at(-1)?.via, doubt.type).toBe('sse');
    }
  });
});

describe('whatever happened before', () => {
  const events: Event[] = [
    { type: 'online' },
    { type: 'jump' },
    { type: 'visible', hiddenFor: 20_000 },
    { type: 'answered' },
    { type: 'timer' },
    { type: 'offline' },
  ];
  const past = fc.array(
    fc.record({
      world: worlds,
      event: fc.constantFrom(...events),
      millis: fc.constantFrom(100, 2_000, 15_000, 70_000, 200_000),
    }),
    { maxLength: 12 },
  );

  it('[C151] with a server that is well again it is live within 60 s, and on a socket within three minutes', () => {
    const begun = new Set<string>();
    fc.assert(
      fc.property(past, fc.nat(1_000_000), (history, seed) => {
        const run = new Run(WELL, START, randomOf(seed));
        run.send({ type: 'start' });
        for (const { world, event, millis } of history) {
          run.change(world);
          run.send(event);
          run.pass(millis);
        }
        begun.add(run.machine.state.name);
        run.change(WELL);
        // A device that said that it is offline looks by itself all the same, twice a minute.
        expect(run.pass(60_000, run.isLive)).toBe(true);
        expect(run.pass(4 * PROBE_UP_MS, () => run.isLive() && run.via === 'websocket')).toBe(true);
      }),
      { numRuns: 1500, seed: 20_260_201 },
    );
    for (const name of ['live', 'waiting', 'offline', 'connecting', 'handshaking', 'suspect'])
      expect(begun, name).toContain(name);
  });

  it('[C152] some transport that works is found within 60 s, whatever the others do, and kept', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...LADDER), fc.nat(1_000_000), (drawn, works, seed) => {
        const world: World = { ...drawn, http: true, [works]: 'ok' };
        // What works for five seconds at a time is found, and left, and found again: not of interest here.
        for (const name of LADDER) if (world[name] === 'short') return;
        const run = new Run(world, START, randomOf(seed));
        run.send({ type: 'start' });
        expect(run.pass(60_000, run.isLive)).toBe(true);
        const best = LADDER.find((name) => world[name] === 'ok');
        run.pass(5 * PROBE_UP_MS);
        expect(run.pass(10_000, run.isLive)).toBe(true);
        expect(run.via).toBe(best);
      }),
      { numRuns: 500, seed: 20_260_202 },
    );
  });

  it('[C153] waits are within their windows and above every hint, on any rung', () => {
    fc.assert(
      fc.property(past, fc.nat(1_000_000), fc.constantFrom(0, 2_000, 30_000), (history, seed, hint) => {
        const run = new Run(WELL, START, randomOf(seed));
        run.send({ type: 'start' });
        for (const { world, event, millis } of history) {
          run.change(world);
          run.send(event);
          run.pass(millis);
          const { state } = run.machine;
          if (state.name === 'waiting') expect(state.until - run.now).toBeLessThanOrEqual(30_000);
        }
        run.change(WELL);
        run.pass(60_000, run.isLive);
        run.send({ type: 'bye', attempt: run.machine.memory.attempt, code: 4100, hint });
        const { state } = run.machine;
        if (state.name !== 'waiting') return;
        expect(state.until - run.now).toBeGreaterThanOrEqual(hint);
        expect(state.until - run.now).toBeLessThanOrEqual(hint + 30_000);
      }),
      { numRuns: 500, seed: 20_260_203 },
    );
  });

  it('[C154] there are never more than two connections at once, and none is forgotten', () => {
    fc.assert(
      fc.property(past, fc.nat(1_000_000), (history, seed) => {
        const run = new Run(WELL, START, randomOf(seed));
        run.send({ type: 'start' });
        for (const { world, event, millis } of history) {
          run.change(world);
          run.send(event);
          run.pass(millis);
        }
        run.send({ type: 'stop' });
        expect(run.machine.state.name).toBe('closed');
        expect(run.mostOpen).toBeLessThanOrEqual(2);
        expect([...run.open]).toEqual([]);
      }),
      { numRuns: 200, seed: 20_260_204 },
    );
  });
});

describe('a tab that follows', () => {
  it('[C155] goes over another page as long as there is one, beside its own connection, and back at once', () => {
    const run = new Run(WELL);
    run.send({ type: 'start' });
    run.pass(1_000, run.isLive);
    run.send({ type: 'role', follows: true });
    expect(run.machine.state.name).toBe('suspect');
    run.pass(1_000, run.isLive);
    expect(run.via).toBe('tab');
    expect(run.machine.memory.rung).toBe(TOP);
    run.send({ type: 'role', follows: false });
    run.pass(1_000, run.isLive);
    expect(run.via).toBe('websocket');
    expect(run.connects.map(({ via }) => via)).toEqual(['websocket', 'tab', 'websocket']);
  });

  it('[C156] a leader that is not there is no fault of any transport', () => {
    const run = new Run(WELL);
    run.send({ type: 'role', follows: true });
    run.send({ type: 'start' });
    for (let n = 0; n < 6; n += 1) {
      run.send({ type: 'gone', attempt: run.machine.memory.attempt, code: 1006 });
      run.send({ type: 'answered' });
      run.send({ type: 'jump' });
    }
    expect(run.machine.memory).toMatchObject({ rung: TOP, strikes: 0 });
  });
});

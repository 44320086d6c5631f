import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../domain/events.ts';
import { createCanaryWatch } from './canaryWatch.ts';
import type { ConnectionLine } from './connectionLog.ts';
import { createDeafStations } from './deafStations.ts';
import { createMetrics } from './metrics.ts';
import { Kitchen, burger, id } from '../testkit/kitchen.ts';
import { createOutboxes } from './outboxes.ts';
import { STEPS, STEP_MS, createPulse } from './pulse.ts';
import { createStationTimes } from './stationTimes.ts';
import { createStreamWatch } from './streamWatch.ts';
import type { StreamFacts } from './streamFacts.ts';

const START = Date.parse('2026-03-13T16:00:00Z');

describe('the pulse', () => {
  it('[V30] has a column for each series, percentiles of what was measured, and gaps where nothing was', () => {
    let now = START;
    const pulse = createPulse(() => now);
    pulse.connections('brasa', 'websocket', 2);
    for (let ms = 1; ms <= 100; ms += 1) pulse.sent('brasa', ms);
    pulse.reconnect('brasa');
    now += STEP_MS;
    pulse.heartbeatFailed('brasa');
    now += 2 * STEP_MS;
    const view = pulse.view('brasa');
    expect(view?.at).toHaveLength(STEPS);
    expect(view?.at.at(-1)).toBe(START + 2 * STEP_MS);
    const last = (name: 'sentP50' | 'sentP95' | 'sentP99' | 'websocket' | 'reconnects' | 'heartbeats') =>
      view?.[name].slice(-3);
    expect(last('sentP50')).toEqual([50, null, null]);
    expect(last('sentP95')).toEqual([95, null, null]);
    expect(last('sentP99')).toEqual([99, null, null]);
    expect(last('websocket')).toEqual([2, 2, 2]);
    expect(last('reconnects')).toEqual([1, 0, 0]);
    expect(last('heartbeats')).toEqual([0, 1, 0]);
    // Before it began there is nothing, not zero.
    expect(view?.websocket[0]).toBe(null);
    expect(pulse.view('esquina')).toBe(null);
  });

  it('[V30] forgets what is older than an hour, and is bounded in locations', () => {
    let now = START;
    const pulse = createPulse(() => now);
    pulse.painted('brasa', 40);
    now += STEPS * STEP_MS;
    expect(pulse.view('brasa')?.paintedP50[0]).toBe(40);
    now += STEP_MS;
    expect(pulse.view('brasa')?.paintedP50.every((value) => value === null)).toBe(true);
    for (let index = 0; index < 2_100; index += 1) pulse.connections(`l${index}`, 'sse', 1);
    expect(pulse.size).toBeLessThanOrEqual(2_000);
  });

  it('[V30] keeps a fair choice of many samples', () => {
    let now = START;
    const pulse = createPulse(() => now);
    for (let index = 0; index < 10_000; index += 1) pulse.painted('brasa', index % 1_000);
    now += STEP_MS;
    const median = pulse.view('brasa')?.paintedP50.at(-1) ?? 0;
    expect(median).toBeGreaterThan(300);
    expect(median).toBeLessThan(700);
  });
});

describe('what waits on the screens', () => {
  it('[V33] is summed, and forgotten when a screen says nothing more', () => {
    let now = START;
    const told: unknown[] = [];
    const outboxes = createOutboxes(
      () => now,
      (_location, total) => told.push(total),
    );
    outboxes.report('brasa', 'a', { depth: 2, oldestMs: 5_000 });
    outboxes.report('brasa', 'b', { depth: 1, oldestMs: 60_000 });
    expect(told.at(-1)).toEqual({ depth: 3, oldestMs: 60_000 });
    now += 100_000;
    outboxes.report('brasa', 'a', { depth: 0, oldestMs: 0 });
    now += 30_000;
    outboxes.sweep();
    expect(told.at(-1)).toEqual({ depth: 0, oldestMs: 0 });
    now += 120_000;
    outboxes.sweep();
    expect(told.at(-1)).toBe(null);
    expect(outboxes.of('brasa')).toEqual([]);
  });
});

describe('canaries', () => {
  const proved = (seq: number, minute: number): LoggedEvent => ({
    type: 'station.proved',
    v: 1,
    data: { station: 'grill', minute },
    seq,
    at: '2026-03-13T16:00:00.000Z',
    by: { id: 'policy:station.prove', role: 'policy' },
    command: 'c',
  });

  it('[V32] are measured from commit to paint; one that a live screen does not paint in time is lost', () => {
    let now = START;
    let live = true;
    const results: (number | null)[] = [];
    const canaries = createCanaryWatch({
      now: () => now,
      isLive: () => live,
      measured: (_location, _station, _minute, ms) => results.push(ms),
    });
    // No screen has painted anything here yet: nobody owes a paint.
    canaries.committed('brasa', [proved(5, 1)], now);
    now += 11_000;
    canaries.sweep();
    expect(results).toEqual([]);
    canaries.painted('brasa', 'grill', 5);
    canaries.committed('brasa', [proved(9, 2)], now);
    now += 40;
    canaries.painted('brasa', 'grill', 8);
    expect(results).toEqual([]);
    now += 20;
    canaries.painted('brasa', 'grill', 9);
    expect(results).toEqual([60]);
    expect(canaries.last('brasa')).toEqual({ grill: { ms: 60, at: now } });
    canaries.committed('brasa', [proved(12, 3)], now);
    now += 10_001;
    canaries.sweep();
    expect(results).toEqual([60, null]);
    // A screen that went away claims nothing: it is deaf, not lying.
    canaries.committed('brasa', [proved(14, 4)], now);
    live = false;
    now += 10_001;
    canaries.sweep();
    expect(results).toEqual([60, null]);
  });
});

describe('what stations are sent and when they hear', () => {
  it('[V36] is the median of the last tickets, and the lines a minute of the last ten', () => {
    const kitchen = new Kitchen();
    kitchen.now = START;
    let now = START;
    const times = createStationTimes(() => now);
    for (const [index, wait] of [400, 900, 30_000].entries()) {
      kitchen.do('order.place', {
        order: {
          id: id('order', index + 1),
          type: 'counter',
          items: [burger(index * 2), burger(index * 2 + 1)],
        },
      });
      kitchen.now += wait;
      kitchen.inner('ticket.hear', { ticket: kitchen.ticket(index + 1, 'grill') });
    }
    times.committed('brasa', kitchen.state, kitchen.log);
    now = kitchen.now;
    expect(times.of('brasa', 'grill')).toEqual({ heardP50: 900, linesPerMinute: 0.6 });
    expect(times.of('brasa', 'drinks')).toEqual({ heardP50: null, linesPerMinute: 0 });
    now += 11 * 60_000;
    expect(times.of('brasa', 'grill')).toEqual({ heardP50: 900, linesPerMinute: 0 });
  });
});

describe('deaf stations', () => {
  it('[V34] are written down after 20 s and when they are back, by an id that all nodes share', () => {
    let now = START;
    let gone: number | null = null;
    const node = () => {
      const lines: ConnectionLine[] = [];
      const deaf = createDeafStations({
        now: () => now,
        places: () => ['brasa'],
        stations: () => ['grill'],
        goneSince: () => gone,
        write: (_location, line) => lines.push(line),
      });
      return { lines, deaf };
    };
    const [one, other] = [node(), node()];
    const look = () => [one, other].forEach(({ deaf }) => deaf.sweep());
    look();
    gone = now;
    now += 19_000;
    look();
    expect(one.lines).toEqual([]);
    now += 1_000;
    look();
    look();
    expect(one.lines).toMatchObject([{ kind: 'station', screen: 'grill', to: 'deaf', durationMs: 20_000 }]);
    expect(one.deaf.of('brasa')).toEqual({ grill: START });
    gone = null;
    now += 5_000;
    look();
    expect(one.lines).toMatchObject([{ to: 'deaf' }, { to: 'live', durationMs: 25_000 }]);
    expect(one.lines.map(({ id }) => id)).toEqual(other.lines.map(({ id }) => id));
    expect(new Set(one.lines.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the watch over streams', () => {
  const facts = (session: string, more: Partial<StreamFacts> = {}): StreamFacts => ({
    session,
    location: 'brasa',
    transport: 'websocket',
    client: 'tablet-1',
    screen: 'grill',
    role: 'kitchen',
    openedAt: Date.now(),
    ...more,
  });
  function open() {
    const time = { now: START };
    const lines: ConnectionLine[] = [];
    const metrics = createMetrics({ process: false });
    const pulse = createPulse(() => time.now);
    const watch = createStreamWatch({
      metrics,
      pulse,
      write: (_location, line) => lines.push(line),
      now: () => time.now,
      node: 'box',
      startedAt: START,
    });
    return { time, lines, metrics, watch };
  }

  it('[V31] counts by location and transport, and reconnects by why the screen had gone', async () => {
    const { watch, metrics, lines } = open();
    const first = facts('s1');
    watch.joined?.(first, false);
    watch.joined?.(facts('s2', { transport: 'sse', client: 'tablet-2' }), false);
    let text = await metrics.render(null);
    expect(text).toContain('heard_connections{location="brasa",transport="websocket"} 1');
    expect(text).toContain('heard_connections{location="brasa",transport="sse"} 1');
    watch.closed?.(4108, first);
    watch.joined?.(facts('s3'), true);
    watch.joined?.(facts('s4', { client: 'elsewhere before' }), true);
    text = await metrics.render(null);
    expect(text).toContain('heard_reconnects_total{cause="silent"} 1');
    expect(text).toContain('heard_reconnects_total{cause="unknown"} 1');
    expect(lines[0]).toMatchObject({ kind: 'node', to: 'up', at: START });
    expect(lines.filter(({ kind }) => kind === 'node')).toHaveLength(1);
    // Who never said who it is belongs to nobody, and stands in nobody's log.
    const before = lines.length;
    watch.closed?.(4108, null);
    expect(lines).toHaveLength(before);
  });

  it('[V31] knows a screen that polls while it goes on, and says when it stopped', () => {
    const { watch, time, lines } = open();
    const poll = facts('poll|p', { transport: 'poll', client: 'p' });
    watch.polled?.(poll, 'station:grill');
    watch.polled?.(poll, 'station:grill');
    expect(watch.screens('brasa')).toMatchObject([{ client: 'p', topics: ['station:grill'] }]);
    time.now += 49_000;
    watch.sweep();
    expect(watch.screens('brasa')).toHaveLength(1);
    // From short polls to long ones and back it is still one screen.
    watch.polled?.(facts('long-poll|p', { transport: 'long-poll', client: 'p' }), 'station:grill');
    watch.polled?.(poll, 'station:grill');
    expect(watch.screens('brasa')).toMatchObject([{ client: 'p', transport: 'poll' }]);
    time.now += 49_000;
    watch.sweep();
    expect(watch.screens('brasa')).toHaveLength(1);
    time.now += 2_000;
    watch.sweep();
    expect(watch.screens('brasa')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ to: 'closed', cause: 'cut', transport: 'poll' });
  });

  it('[V34] counts a station as shown by a visible screen that may hear, and a silent one as gone since it fell silent', () => {
    const { watch, time } = open();
    const screen = facts('s1');
    watch.joined?.(screen, false);
    watch.subscribed?.(screen, 'station:grill', null);
    expect([...watch.stations('brasa')]).toEqual([]);
    watch.acknowledged?.(screen, { visible: true, audio: 'running' });
    expect([...watch.stations('brasa')]).toEqual(['grill']);
    const manager = facts('s2', { role: 'manager', client: 'm' });
    watch.joined?.(manager, false);
    watch.subscribed?.(manager, 'station:drinks', null);
    watch.acknowledged?.(manager, { visible: true });
    expect([...watch.stations('brasa')]).toEqual(['grill']);
    time.now += 100_000;
    watch.closed?.(4108, screen);
    expect(watch.goneSince('brasa', 'grill')).toBe(time.now - 20_000);
  });
});

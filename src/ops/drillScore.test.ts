import { describe, expect, it } from 'vitest';
import { toInstant } from '../domain/text.ts';
import { Kitchen, ana, id, safePlace } from '../testkit/kitchen.ts';
import type { ConnectionRow } from './connectionTable.ts';
import { type Drill, type DrillCheck, measureDrill } from './drillScore.ts';

const START = Date.parse('2026-03-13T16:00:00Z');
const ORDER = id('order', 7);
const drill: Drill = {
  id: id('command', 1),
  step: 'screen',
  station: 'grill',
  printer: null,
  order: ORDER,
  clients: [],
  elsewhere: true,
  spare: true,
  by: 'Ana',
  startedAt: START,
  endedAt: null,
};
let serial = 0;
const row = (seconds: number, line: Partial<ConnectionRow> & { kind: string }): ConnectionRow => ({
  id: String(++serial),
  at: toInstant(START + seconds * 1000),
  node: 'box',
  ...line,
});
const states = (checks: readonly DrillCheck[]) => checks.map(({ check, state }) => `${check} ${state}`);

/** The drill's order, placed so many seconds after the start. */
function ordered(seconds: number): Kitchen {
  const kitchen = new Kitchen(safePlace);
  kitchen.now = START + seconds * 1000;
  const items = [{ id: id('item', 1), name: 'DRILL', price: 0, qty: 1, station: 'grill' }];
  kitchen.do('order.place', { order: { id: ORDER, type: 'counter', source: 'drill', items } }, ana);
  return kitchen;
}

describe('taking a screen off the network', () => {
  const gone = [
    row(14, { kind: 'stream', topic: 'station:grill', to: 'closed', cause: 'silent' }),
    row(34, { kind: 'station', screen: 'grill', to: 'deaf', durationMs: 20_400 }),
  ];

  it('[V21] waits for what has not come, and takes nothing that happened before for it', () => {
    const before = [row(-30, { kind: 'station', screen: 'grill', to: 'deaf', durationMs: 20_000 })];
    const { checks, passed, of, isComplete } = measureDrill(drill, { connections: before, events: [] });
    expect(checks.every(({ state }) => state === 'waiting')).toBe(true);
    expect([passed, of, isComplete]).toEqual([0, 7, false]);
    expect(
      states(measureDrill({ ...drill, endedAt: START + 1 }, { connections: [], events: [] }).checks),
    ).toContain('deaf failed');
  });

  it('[V21] measures the banner, the ticket that went elsewhere, the return and what was caught up', () => {
    const kitchen = ordered(35);
    const ticket = kitchen.ticket(7, 'grill');
    kitchen.now += 800;
    kitchen.inner('ticket.escalate', { ticket, episode: 1, rung: 3, deaf: true, printer: 'hot' });
    kitchen.now = START + 61_500;
    kitchen.inner('ticket.hear', { ticket });
    const connections = [
      ...gone,
      row(60, {
        kind: 'stream',
        topic: 'station:grill',
        to: 'reading',
        cause: 'resumed',
        gap: 6,
        replayed: 2,
      }),
      row(61, { kind: 'station', screen: 'grill', to: 'live', durationMs: 47_000 }),
    ];
    const { checks, passed, of, isComplete } = measureDrill(drill, { connections, events: kitchen.log });
    expect(states(checks)).toEqual([
      'noticed passed',
      'deaf passed',
      'elsewhere passed',
      'pass skipped',
      'back passed',
      'caughtUp passed',
      'heard passed',
    ]);
    expect([passed, of, isComplete]).toEqual([6, 6, true]);
    const check = (name: string) => checks.find((one) => one.check === name);
    expect(check('deaf')).toMatchObject({ ms: 20_400, limitMs: 21_500 });
    expect(check('elsewhere')).toMatchObject({ ms: 800, values: { rung: 3, to: 'hot' } });
    expect(check('caughtUp')).toMatchObject({ values: { gap: 6, replayed: 2 } });
    expect(check('heard')).toMatchObject({ ms: 1_500 });
  });

  it('[V21] fails a banner that came late, and asks for the pass where nothing else could show the ticket', () => {
    const late = [row(50, { kind: 'station', screen: 'grill', to: 'deaf', durationMs: 31_000 })];
    const { checks } = measureDrill({ ...drill, elsewhere: false }, { connections: late, events: [] });
    expect(states(checks)).toContain('deaf failed');
    expect(states(checks)).toContain('elsewhere skipped');
    expect(states(checks)).toContain('pass waiting');
  });
});

describe('pulling a printer', () => {
  const printing: Drill = { ...drill, step: 'printer', printer: 'hot' };

  it('[V21] wants the failure to name the printer, and another one to print', () => {
    const kitchen = ordered(1);
    const ticket = kitchen.ticket(7, 'grill');
    kitchen.do('ticket.print', { ticket, printer: 'hot' }, ana);
    const asked = kitchen.log.findLast((event) => event.type === 'print.asked');
    const job = asked?.type === 'print.asked' ? asked.data.job : '';
    kitchen.now += 4_000;
    kitchen.inner('print.fail', { ticket, job, printer: 'hot', reason: 'does not answer', next: 'bar' });
    kitchen.now += 2_000;
    kitchen.inner('ticket.printed', { ticket, job, printer: 'bar', copy: 1 });
    const { checks, passed, of } = measureDrill(printing, { connections: [], events: kitchen.log });
    expect(states(checks)).toEqual(['printFailed passed', 'rerouted passed', 'told passed']);
    expect(checks[0]).toMatchObject({ ms: 4_000, values: { printer: 'hot', reason: 'does not answer' } });
    expect(checks[1]).toMatchObject({ ms: 6_000, values: { printer: 'bar' } });
    expect([passed, of]).toEqual([3, 3]);
    expect(
      states(measureDrill({ ...printing, spare: false }, { connections: [], events: [] }).checks),
    ).toContain('rerouted skipped');
  });
});

describe('restarting the server', () => {
  const restart: Drill = { ...drill, step: 'server', station: null, clients: ['a', 'b'] };
  const ready = (seconds: number, client: string, cause = 'resumed') => [
    row(seconds, { kind: 'stream', client, to: 'ready' }),
    row(seconds, { kind: 'stream', client, to: 'reading', cause, replayed: 1 }),
  ];
  const restarted = [row(3, { kind: 'node', to: 'down' }), row(8, { kind: 'node', to: 'up' })];

  it('[V21] wants every screen back within 12 s of the start, without a gap', () => {
    const connections = [...restarted, ...ready(10, 'a'), ...ready(15, 'b')];
    const { checks, passed, of } = measureDrill(restart, { connections, events: [] });
    expect(checks).toMatchObject([
      { check: 'restarted', state: 'passed', ms: 5_000 },
      { check: 'allBack', state: 'passed', ms: 7_000, values: { screens: 2, of: 2 } },
      { check: 'noGap', state: 'passed', values: { screens: 0, replayed: 2 } },
    ]);
    expect([passed, of]).toEqual([3, 3]);
  });

  it('[V21] fails a screen that is late, one that stays away, and one that had to begin anew', () => {
    const late = [...restarted, ...ready(10, 'a'), ...ready(25, 'b', 'snapshot')];
    expect(states(measureDrill(restart, { connections: late, events: [] }).checks)).toEqual([
      'restarted passed',
      'allBack failed',
      'noGap failed',
    ]);
    const away = measureDrill(
      { ...restart, endedAt: START + 60_000 },
      { connections: [...restarted, ...ready(10, 'a')], events: [] },
    );
    expect(states(away.checks)).toEqual(['restarted passed', 'allBack failed', 'noGap failed']);
  });
});

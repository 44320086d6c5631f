import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evolve } from '../domain/evolve.ts';
import { due, nextDeadline } from '../domain/policies.ts';
import { emptyLocation } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import { Kitchen, burger, cook, id, luis, maya, safePlace } from '../testkit/kitchen.ts';
import { evening, houseWith, run } from '../testkit/kitchenSteps.ts';
import { Audit, isMissed } from './audit.ts';
import { reportAudit } from './auditReport.ts';

const O = id('order', 1);

/** Reads a kitchen's log from nothing, as the command does. */
function audit(kitchen: Kitchen, from: string | null = null): Audit {
  const proof = new Audit(from, null);
  let state = emptyLocation('small-place');
  for (const event of kitchen.log) {
    state = evolve(state, event);
    proof.add(event, state);
  }
  return proof;
}

function report(kitchen: Kitchen): { text: string; isKept: boolean } {
  const { lines, isKept } = reportAudit(audit(kitchen), toInstant(kitchen.now));
  return { text: lines.join('\n'), isKept };
}

function placed(): Kitchen {
  const kitchen = new Kitchen(safePlace);
  kitchen.do('order.place', { order: { id: O, type: 'counter', items: [burger(1)] } }, maya);
  return kitchen;
}

/** Time passes and the house does what is due; every screen has been gone for so many seconds. */
function pass(kitchen: Kitchen, seconds: number, gone: number | null = null): void {
  for (let second = 0; second < seconds; second += 1) {
    kitchen.now += 1_000;
    const house = houseWith(kitchen, [gone, gone, gone]);
    for (const command of due(kitchen.state, toInstant(kitchen.now), house))
      kitchen.run(command, { id: `policy:${command.name}`, role: 'policy' });
  }
}

const grill = (kitchen: Kitchen) => kitchen.ticket(1, 'grill');

describe('the audit of a shift', () => {
  test('[UL26] counts each fire, recall and change on its own: heard, on paper, worked on, told of, or taken back', () => {
    const kitchen = placed();
    kitchen.now += 400;
    kitchen.inner('ticket.hear', { ticket: grill(kitchen) });
    kitchen.do('item.amend', { order: O, item: id('item', 1), qty: 2 }, maya);
    pass(kitchen, 10);
    kitchen.do('ticket.acknowledge', { ticket: grill(kitchen) }, cook);
    kitchen.do('ticket.bump', { ticket: grill(kitchen) }, cook);
    kitchen.do('ticket.recall', { ticket: grill(kitchen) }, luis);
    pass(kitchen, 40, 60);
    const { tickets, changes } = audit(kitchen);
    expect(tickets).toMatchObject([
      { cause: 'fire', heardAt: '2026-01-01T00:00:00.400Z', rungs: [] },
      { cause: 'change', heardAt: null, knownAt: expect.any(String), rungs: [{ rung: 1 }] },
      { cause: 'recall', heardAt: null, rungs: [{ rung: 2 }, { rung: 3 }, { rung: 1 }, { rung: 4 }] },
    ]);
    expect(changes).toMatchObject([{ tappedAt: expect.any(String), toldAt: null }]);
    const { text, isKept } = report(kitchen);
    expect(isKept).toBe(true);
    expect(text).toContain(
      'tickets: 1 fired, 3 asked to be heard (1 fire, 1 recall, 1 change); heard 1 (median 400 ms',
    );
    expect(text).toContain('ladder: nudge 2 (after 8.0 s), backup 1 (after 1.0 s), paper 1');
    expect(text).toContain('changes: 1 after the fire, 1 tapped (median 10.0 s');
    expect(text).toContain('paper: 1 asked for, 0 printed, 0 failed');
  });

  test('[UL27] a ticket that nobody noticed and nobody was told of is named, and the shift is not kept', () => {
    const kitchen = placed();
    // No server ran the ladder, or it is broken.
    kitchen.now += 50_000;
    expect(report(kitchen)).toMatchObject({
      isKept: false,
      text: expect.stringContaining(`NOT HEARD: #1 at grill, fire at 2026-01-01T00:00:00.000Z, 50.0 s ago`),
    });
    kitchen.inner('ticket.hear', { ticket: grill(kitchen) });
    expect(report(kitchen)).toMatchObject({
      isKept: true,
      text: expect.stringContaining('late, and nobody was told: #1 at grill'),
    });
    kitchen.do('order.cancel', { order: O, reason: 'left' }, maya);
    kitchen.now += 70_000;
    expect(report(kitchen)).toMatchObject({
      isKept: false,
      text: expect.stringContaining('NOT TAPPED: a change of #1 at grill'),
    });
  });

  test('[UL28] what began before the time asked for is left out, also when it ends within', () => {
    const kitchen = placed();
    kitchen.now += 10_000;
    expect(audit(kitchen, toInstant(kitchen.now)).tickets).toEqual([]);
    expect(audit(kitchen).tickets).toHaveLength(1);
  });

  test('[UL29] in any evening, whatever is lost or jammed: once time has passed, each ticket was noticed or told of', () => {
    let escalated = 0;
    fc.assert(
      fc.property(
        evening,
        fc.array(fc.constantFrom(null, 0, 60), { minLength: 3, maxLength: 3 }),
        (list, gone) => {
          const kitchen = new Kitchen(safePlace);
          for (const one of list) run(kitchen, one);
          for (let round = 0; round < 12; round += 1) {
            const next = nextDeadline(kitchen.state);
            kitchen.now = Math.max(
              kitchen.now + 16_000,
              next === null ? 0 : Math.min(Date.parse(next), kitchen.now + 60_000),
            );
            for (const command of due(kitchen.state, toInstant(kitchen.now), houseWith(kitchen, gone)))
              kitchen.run(command, { id: 'policy:test', role: 'policy' });
          }
          const proof = audit(kitchen);
          expect(proof.tickets.filter(isMissed)).toEqual([]);
          expect(reportAudit(proof, toInstant(kitchen.now)).isKept).toBe(true);
          escalated += proof.tickets.filter(({ rungs }) => rungs.length > 3).length;
        },
      ),
      {
        numRuns: Number(process.env['HEARD_RUNS'] ?? 200),
        seed: Number(process.env['HEARD_SEED'] ?? 20_260_101),
      },
    );
    expect(escalated).toBeGreaterThan(50);
  });
});

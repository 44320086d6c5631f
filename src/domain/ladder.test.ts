import { describe, expect, test } from 'vitest';
import {
  Kitchen,
  burger,
  cook,
  id,
  lemonade,
  luis,
  maya,
  safePlace,
  smallPlace,
} from '../testkit/kitchen.ts';
import type { AlertView, OrderView, TicketView } from './entities.ts';
import { type House, due, nextDeadline } from './policies.ts';
import { mayCommand } from './rights.ts';
import { toInstant } from './text.ts';
import { listTopic, project, topicExists } from './views.ts';

const O = id('order', 1);
const I1 = id('item', 1);
const LONG_AGO = '2025-12-31T00:00:00.000Z';

/** An evening at a place, and what is known of its screens: since when each station's are gone (ms), or that it has one. */
class Evening extends Kitchen {
  readyAt = LONG_AGO;
  readonly gone: Record<string, number | undefined> = {};

  get house(): House {
    return {
      readyAt: this.readyAt,
      goneSince: (station) => {
        const since = this.gone[station];
        return since === undefined ? null : toInstant(since);
      },
    };
  }

  /** Lets time pass second by second, and the house do what is due; the rungs that were climbed, with their seconds. */
  pass(seconds: number): [second: number, rung: number][] {
    const climbed: [number, number][] = [];
    for (let second = 0; second <= seconds; second += 1) {
      for (const command of due(this.state, toInstant(this.now), this.house)) {
        if (command.name === 'station.prove') continue;
        const outcome = this.run(command, { id: `policy:${command.name}`, role: 'policy' });
        if (!outcome.ok) throw new Error(outcome.refusal.detail);
        for (const event of outcome.events)
          if (event.type === 'ticket.unheard') climbed.push([second, event.data.rung]);
      }
      if (second < seconds) this.now += 1_000;
    }
    return climbed;
  }
}

function placed(config = safePlace, items: object[] = [burger(1)]): Evening {
  const evening = new Evening(config);
  evening.do('order.place', { order: { id: O, type: 'dine_in', table: 'T1', items: items as never } }, maya);
  return evening;
}

function ticket(evening: Kitchen, topic = 'station:grill'): TicketView | undefined {
  return listTopic(evening.state, topic, 'staff').find((one) => one.kind === 'ticket');
}

function alerts(evening: Kitchen, topic = 'kitchen'): AlertView[] {
  return listTopic(evening.state, topic, 'staff').filter((one) => one.kind === 'alert');
}

const grill = (evening: Kitchen) => evening.ticket(1, 'grill');

describe('the ladder of a ticket that nobody heard', () => {
  test('[UL1] nudge at 8 s, backup at 12, paper at 15, the pass at 30, the manager at 60, a message at 180; each once', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now;
    expect(evening.pass(300)).toEqual([
      [8, 1],
      [12, 2],
      [15, 3],
      [30, 4],
      [60, 5],
      [180, 6],
    ]);
    expect(evening.log.find(({ type }) => type === 'ticket.unheard')).toMatchObject({
      data: { order: O, ticket: grill(evening), station: 'grill', episode: 1, rung: 1, deaf: false },
    });
    expect(evening.log.filter(({ type }) => type === 'ticket.unheard').map(({ data }) => data)).toMatchObject(
      [{}, { to: 'fryer' }, { printer: 'hot', copy: 1, job: expect.any(String) }, { deaf: true }, {}, {}],
    );
  });

  test('[UL2] its clock does not start before the server has been back for 15 s', () => {
    const evening = placed();
    evening.readyAt = toInstant(evening.now + 20_000);
    expect(evening.pass(44)).toEqual([[43, 1]]);
  });

  test('[UL44] a server that comes back after hours prints nothing and calls nobody: the pass alone is told', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now - 60_000;
    evening.now += 4 * 3_600_000;
    evening.readyAt = toInstant(evening.now);
    expect(evening.pass(600)).toEqual([[45, 4]]);
    // Nor is anything printed in the night after a ticket that was left standing.
    const left = placed();
    left.pass(200);
    left.now += 2 * 3_600_000;
    left.gone['grill'] = left.now;
    expect(left.pass(60)).toEqual([]);
    // An outage of minutes is another matter.
    const away = placed();
    away.gone['grill'] = away.now;
    away.now += 1_200_000;
    away.readyAt = toInstant(away.now);
    expect(away.pass(30).map(([, rung]) => rung)).toEqual([2, 3, 1]);
  });

  test('[UL3] slow screens cook nothing twice: elsewhere wants the station’s screens gone as long as the rung waits', () => {
    const live = placed();
    expect(live.pass(200).map(([, rung]) => rung)).toEqual([1, 4, 5, 6]);
    // The screens went 10 s after the fire, came back 8 s later, and went for good at 40 s.
    const late = placed();
    late.pass(10);
    late.gone['grill'] = late.now;
    expect(late.pass(8)).toEqual([]);
    delete late.gone['grill'];
    late.pass(22);
    late.gone['grill'] = late.now;
    expect(late.pass(15)).toEqual([
      [12, 2],
      [15, 3],
    ]);
  });

  test('[UL4] a station that was deaf when it was fired has it shown elsewhere and printed at once', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now - 20_000;
    expect(evening.pass(9)).toEqual([
      [0, 2],
      [0, 3],
      [8, 1],
    ]);
    expect(evening.log.find(({ type }) => type === 'ticket.unheard')?.data).toMatchObject({ deaf: true });
    const nearly = placed();
    nearly.gone['grill'] = nearly.now - 19_000;
    expect(nearly.pass(9)).toEqual([[8, 1]]);
  });

  test('[UL5] it stops at the first hear', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now;
    evening.pass(13);
    evening.inner('ticket.hear', { ticket: grill(evening), screen: 'fryer-1' });
    expect(evening.pass(300)).toEqual([]);
    expect(ticket(evening)?.delivery).toMatchObject({ state: 'heard', rung: 2, to: 'fryer' });
    expect(nextDeadline(evening.state)).toBeNull();
  });

  test('[UL6] paper ends the alarm, a screen is still asked; heard later, the card says when it was printed', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now - 60_000;
    evening.pass(1);
    const asked = evening.log.find(({ type, data }) => type === 'ticket.unheard' && 'job' in data);
    const job = asked?.type === 'ticket.unheard' ? (asked.data.job ?? '') : '';
    evening.inner('ticket.printed', { ticket: grill(evening), job, printer: 'hot', copy: 1 });
    const printedAt = toInstant(evening.now);
    expect(ticket(evening)?.delivery).toMatchObject({ state: 'printed', printedAt });
    expect(evening.pass(300)).toEqual([[7, 1]]);
    evening.inner('ticket.hear', { ticket: grill(evening) });
    expect(ticket(evening)?.delivery).toMatchObject({
      state: 'heard',
      printedAt,
      heardAt: toInstant(evening.now),
    });
  });

  test('[UL7] whoever starts or readies it, or taps its changes, knows of it', () => {
    for (const name of ['ticket.start', 'item.ready'] as const) {
      const evening = placed(safePlace, [burger(1), burger(2)]);
      const input = name === 'ticket.start' ? { ticket: grill(evening) } : { order: O, item: I1 };
      evening.do(name, input as never, cook);
      expect(evening.pass(300)).toEqual([]);
    }
  });

  test('[UL8] a recall and a change ask anew, from the first rung; old paper does not tell of the change', () => {
    const evening = placed();
    evening.inner('ticket.hear', { ticket: grill(evening) });
    evening.do('ticket.bump', { ticket: grill(evening) }, cook);
    evening.now += 60_000;
    evening.do('ticket.recall', { ticket: grill(evening) }, cook);
    expect(evening.pass(31).map(([second, rung]) => [second, rung])).toEqual([
      [8, 1],
      [30, 4],
    ]);
    evening.do('ticket.print', { ticket: grill(evening) }, cook);
    const job = evening.log.findLast(({ type }) => type === 'print.asked');
    evening.do('item.amend', { order: O, item: I1, qty: 3 }, maya);
    // It comes out of the printer after the change, with what was asked for before it.
    if (job?.type !== 'print.asked') throw new Error('no job');
    evening.inner('ticket.printed', { ticket: grill(evening), job: job.data.job, printer: 'hot', copy: 1 });
    expect(ticket(evening)?.delivery.state).toBe('queued');
    expect(evening.pass(31)).toEqual([
      [8, 1],
      [30, 4],
    ]);
    const ids = evening.log.filter(({ type }) => type === 'ticket.unheard').map(({ command }) => command);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('[UL9] the backup shows the same ticket, marked, until it is bumped once for both', () => {
    const evening = placed();
    evening.gone['grill'] = evening.now - 60_000;
    expect(ticket(evening, 'station:fryer')).toBeUndefined();
    evening.pass(0);
    expect(ticket(evening, 'station:fryer')).toMatchObject({
      id: grill(evening),
      station: 'grill',
      backup: 'grill',
      delivery: { state: 'rerouted', to: 'fryer' },
    });
    expect(ticket(evening)).not.toHaveProperty('backup');
    // Its own screens are back: whoever has begun at the backup goes on there.
    evening.inner('ticket.hear', { ticket: grill(evening) });
    expect(ticket(evening, 'station:fryer')).toMatchObject({ delivery: { state: 'heard' } });
    evening.do('ticket.bump', { ticket: grill(evening) }, cook);
    for (const topic of ['station:grill', 'station:fryer'])
      expect(ticket(evening, topic)).toMatchObject({ status: 'ready' });
    evening.do('order.serve', { order: O }, luis);
    for (const topic of ['station:grill', 'station:fryer']) expect(ticket(evening, topic)).toBeUndefined();
    expect(evening.state.gone['station:fryer']?.list).toMatchObject([{ kind: 'ticket', id: grill(evening) }]);
  });

  test('[UL20] the pass may be a backup: it has a board of what it stands in for', () => {
    const [first, ...rest] = safePlace.stations;
    if (!first) throw new Error('no station');
    const evening = placed({ ...safePlace, stations: [{ ...first, backup: 'expo' }, ...rest] });
    evening.gone['grill'] = evening.now - 60_000;
    evening.pass(0);
    expect(topicExists(evening.state, 'station:expo')).toBe(true);
    expect(listTopic(evening.state, 'station:expo', 'staff')).toMatchObject([
      { kind: 'ticket', id: grill(evening), backup: 'grill' },
    ]);
  });

  test('[UL10] a rung without its means is left out; the only printer of a house prints for every station', () => {
    const bare = placed(smallPlace);
    bare.gone['grill'] = bare.now - 60_000;
    expect(bare.pass(40).map(([, rung]) => rung)).toEqual([1, 4]);
    const printer = { id: 'one', port: 9100 };
    const one = placed({ ...smallPlace, printers: [printer] });
    one.gone['grill'] = one.now - 60_000;
    expect(one.pass(40).map(([, rung]) => rung)).toEqual([3, 1, 4]);
    const two = placed({ ...smallPlace, printers: [printer, { ...printer, id: 'two' }] });
    two.gone['grill'] = two.now - 60_000;
    expect(two.pass(40).map(([, rung]) => rung)).toEqual([1, 4]);
  });

  test('[UL11] a rung that comes too late comes to nothing', () => {
    const evening = placed();
    evening.now += 31_000;
    const late = due(evening.state, toInstant(evening.now), evening.house).filter(
      ({ name }) => name === 'ticket.escalate',
    );
    expect(late).toHaveLength(2);
    evening.inner('ticket.hear', { ticket: grill(evening) });
    evening.do('item.amend', { order: O, item: I1, qty: 2 }, maya);
    const head = evening.state.head;
    for (const command of late) evening.run(command, { id: 'policy:ticket.escalate', role: 'policy' });
    expect(evening.state.head).toBe(head);
  });

  test('[UL12] the pass, the floor, the tablets and the manager are alarmed until somebody knows', () => {
    const evening = placed();
    evening.pass(29);
    expect(alerts(evening)).toEqual([]);
    evening.pass(1);
    for (const topic of ['kitchen', 'pos', 'floor', 'manager'])
      expect(alerts(evening, topic)).toMatchObject([
        {
          id: `unheard:${grill(evening)}`,
          type: 'unheard',
          rung: 4,
          station: 'grill',
          table: 'T1',
          ticket: grill(evening),
          items: [{ name: 'Classic Burger', qty: 1 }],
        },
      ]);
    const version = alerts(evening)[0]?.version ?? 0;
    evening.pass(30);
    expect(alerts(evening)[0]).toMatchObject({ rung: 5 });
    expect(alerts(evening)[0]?.version).toBeGreaterThan(version);
    evening.inner('ticket.hear', { ticket: grill(evening) });
    expect(alerts(evening)).toEqual([]);
    expect(evening.state.gone['floor']?.list.at(-1)).toMatchObject({ kind: 'alert', why: 'closed' });
  });
});

describe('a change that nobody tapped', () => {
  test('[UL13] the pass is told after 60 s, of each further change again; the tap ends it, and says who and when', () => {
    const evening = placed();
    evening.inner('ticket.hear', { ticket: grill(evening) });
    evening.do('item.amend', { order: O, item: I1, qty: 2 }, maya);
    evening.inner('ticket.hear', { ticket: grill(evening) });
    const since = toInstant(evening.now);
    expect(ticket(evening)).toMatchObject({ ackRequired: true, ackSince: since });
    evening.pass(59);
    expect(alerts(evening)).toEqual([]);
    evening.pass(1);
    expect(alerts(evening)).toMatchObject([{ type: 'unseen', at: since, station: 'grill' }]);
    expect(ticket(evening)).toMatchObject({ unseen: true });
    evening.do('item.amend', { order: O, item: I1, qty: 3 }, maya);
    evening.pass(61);
    expect(evening.log.filter(({ type }) => type === 'ticket.unseen')).toHaveLength(2);
    evening.do('ticket.acknowledge', { ticket: grill(evening) }, { ...cook, name: 'Rosa' });
    expect(alerts(evening)).toEqual([]);
    const seen = { by: 'Rosa', at: toInstant(evening.now) };
    expect(ticket(evening)).toMatchObject({ ackRequired: false, seen });
    expect(ticket(evening)).not.toHaveProperty('ackSince');
    const order = project(evening.state, 'pos', 'order', O, 'staff') as OrderView;
    expect(order.tickets[0]).toMatchObject({ seen });
    evening.pass(120);
    expect(evening.log.filter(({ type }) => type === 'ticket.unseen')).toHaveLength(2);
  });

  test('[UL14] a cancelled order that no station tapped is told of too', () => {
    const evening = placed();
    evening.do('order.cancel', { order: O, reason: 'left' }, maya);
    evening.pass(61);
    expect(alerts(evening)).toMatchObject([{ type: 'unseen' }]);
    evening.do('ticket.bump', { ticket: grill(evening) }, cook);
    expect(alerts(evening)).toEqual([]);
  });
});

describe('paper', () => {
  test('[UL15] whoever cooks may have it on paper; copies are counted', () => {
    const evening = placed();
    for (const role of ['kitchen', 'expo', 'manager', 'owner'] as const)
      expect(mayCommand(role, 'ticket.print')).toBe(true);
    expect(mayCommand('waiter', 'ticket.print')).toBe(false);
    expect(evening.do('ticket.print', { ticket: grill(evening) }, cook)).toMatchObject([
      { type: 'print.asked', data: { printer: 'hot', copy: 1 } },
    ]);
    expect(evening.do('ticket.print', { ticket: grill(evening), printer: 'bar' }, luis)).toMatchObject([
      { data: { printer: 'bar', copy: 2 } },
    ]);
    expect(ticket(evening)).toMatchObject({ copies: 2 });
  });

  test('[UL16] what is not fired, an unknown printer and a house without one are refused with the way out', () => {
    const evening = placed(safePlace, [burger(1, { hold: true }), lemonade(2)]);
    expect(evening.ask('ticket.print', { ticket: grill(evening) })).toMatchObject({
      refusal: { code: 'conflict', detail: expect.stringContaining('held') },
    });
    const drinks = evening.ticket(1, 'drinks');
    expect(evening.ask('ticket.print', { ticket: drinks, printer: 'nope' })).toMatchObject({
      refusal: { code: 'invalid_input', errors: [{ path: 'printer' }] },
    });
    expect(evening.ask('ticket.print', { ticket: drinks })).toMatchObject({
      refusal: { code: 'conflict', detail: expect.stringContaining('printers') },
    });
    expect(evening.ask('ticket.print', { ticket: O })).toMatchObject({ refusal: { code: 'not_found' } });
  });

  test('[UL39] a station’s printer must be one of the house', () => {
    const [first, ...rest] = safePlace.stations;
    const config = {
      ...safePlace,
      stations: [{ ...first, id: 'grill', name: 'GRILL', printer: 'gone' }, ...rest],
    };
    expect(new Kitchen().ask('location.configure', { config })).toMatchObject({
      refusal: { code: 'invalid_input', errors: [{ path: 'config.stations.0.printer' }] },
    });
  });

  test('[UL17] a print that failed alarms, names printer and reason, and ends when that printer prints or the ticket is done', () => {
    const evening = placed();
    evening.do('ticket.print', { ticket: grill(evening) }, cook);
    const job = { ticket: grill(evening), job: id('command', 99) };
    evening.inner('print.fail', { ...job, printer: 'hot', reason: 'paper out', next: 'bar' });
    expect(alerts(evening)).toMatchObject([
      { type: 'printer', printer: 'hot', reason: 'paper out', next: 'bar', at: toInstant(evening.now) },
    ]);
    // Another one helped out: somebody must still bring paper.
    evening.inner('ticket.printed', { ...job, printer: 'bar', copy: 1 });
    expect(alerts(evening)).toMatchObject([{ type: 'printer', printer: 'hot' }]);
    evening.inner('ticket.printed', { ...job, printer: 'hot', copy: 2 });
    expect(alerts(evening)).toEqual([]);
    evening.inner('print.fail', { ...job, printer: 'hot', reason: 'paper out' });
    expect(alerts(evening)).toHaveLength(1);
    evening.do('ticket.bump', { ticket: grill(evening) }, cook);
    expect(alerts(evening)).toEqual([]);
    evening.inner('print.fail', { ticket: O, job: O, printer: 'hot', reason: 'nobody knows this ticket' });
    expect(evening.log.at(-1)?.type).toBe('ticket.bumped');
  });
});

describe('the canary, and what is refused', () => {
  test('[UL18] each station with a live screen is proved once a minute', () => {
    const evening = placed();
    evening.gone['fryer'] = evening.now;
    const prove = () =>
      due(evening.state, toInstant(evening.now), evening.house).filter(
        ({ name }) => name === 'station.prove',
      );
    expect(prove()).toMatchObject([{ input: { station: 'grill' } }, { input: { station: 'drinks' } }]);
    for (const command of prove()) evening.run(command, { id: 'policy:station.prove', role: 'policy' });
    expect(prove()).toEqual([]);
    const [station] = listTopic(evening.state, 'station:grill', 'staff');
    expect(station).toMatchObject({ kind: 'station', provedAt: toInstant(evening.now) });
    expect(station?.version).toBe(evening.state.proved['grill']?.seq);
    evening.now += 60_000;
    expect(prove()).toHaveLength(2);
    expect(due(evening.state, toInstant(evening.now)).some(({ name }) => name === 'station.prove')).toBe(
      false,
    );
  });

  test('[UL19] a refused policy is not due before its next try, and its deadline is that', () => {
    const evening = placed(smallPlace);
    evening.now += 9_000;
    const [nudge] = due(evening.state, toInstant(evening.now));
    const next = toInstant(evening.now + 30_000);
    evening.inner('policy.refuse', { policy: nudge?.id ?? '', next });
    expect(due(evening.state, toInstant(evening.now))).toEqual([]);
    expect(nextDeadline(evening.state)).toBe(toInstant(evening.now + 21_000));
    evening.now += 30_000;
    expect(due(evening.state, toInstant(evening.now)).map(({ id: one }) => one)).toContain(nudge?.id);
    expect(evening.log.at(-1)).toMatchObject({ type: 'policy.refused', data: { next } });
    evening.inner('policy.refuse', { policy: nudge?.id ?? '', next });
    expect(evening.log.filter(({ type }) => type === 'policy.refused')).toHaveLength(1);
  });
});

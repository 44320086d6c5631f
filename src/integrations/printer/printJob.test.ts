import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../domain/commands.ts';
import { locationConfig } from '../../domain/config.ts';
import { Kitchen, burger, id, smallPlace } from '../../testkit/kitchen.ts';
import { type PrintWish, createPrintJob } from './printJob.ts';
import { printOver } from './printOver.ts';
import { type PrintedPaper, paperText } from './readPaper.ts';
import { type Simulator, startPrinter } from './simulator.ts';

const patience = { connect: 500, answer: 500, write: 1_000 };
let one: Simulator;
let two: Simulator;
let kitchen: Kitchen;
let ticket: string;
const told: Command[] = [];
const kept: [string, PrintedPaper][] = [];

const wish = (more: Partial<PrintWish> = {}): PrintWish => ({
  ticket,
  job: id('command', 99),
  why: 'asked',
  copy: 1,
  ...more,
});

function job(options: { unavailable?: number } = {}) {
  let failures = options.unavailable ?? 0;
  return createPrintJob({
    open: async () => kitchen,
    submit: async (_location, command, actor) => {
      if (failures-- > 0) return { ok: false, unavailable: true, retryAfter: 1 };
      told.push(command);
      const outcome = kitchen.run(command, actor);
      return outcome.ok
        ? {
            ok: true,
            id: command.id,
            name: command.name,
            seq: kitchen.state.head,
            replayed: false,
            result: {},
          }
        : outcome;
    },
    send: ({ host, port }, bytes) => printOver({ host, port }, bytes, patience),
    keep: async (_location, printer, _job, paper) => {
      if (paper !== null) kept.push([printer, paper]);
    },
    now: () => kitchen.now,
    betweenTriesMs: 10,
  });
}

beforeEach(async () => {
  [one, two] = [await startPrinter(), await startPrinter()];
  told.length = 0;
  kept.length = 0;
  const { stations, ...rest } = smallPlace;
  kitchen = new Kitchen(
    locationConfig.parse({
      ...rest,
      stations: stations.map((station) => ({
        ...station,
        ...(station.id === 'grill' && { printer: 'hot' }),
      })),
      printers: [
        { id: 'cold', host: '127.0.0.1', port: two.port },
        { id: 'hot', host: '127.0.0.1', port: one.port },
      ],
    }),
  );
  kitchen.do('order.place', {
    order: { id: id('order', 1), type: 'dine_in', table: 'T1', items: [burger(1)] },
  });
  ticket = kitchen.ticket(1, 'grill');
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const delivery = () => kitchen.state.orders.get(id('order', 1))?.tickets.find((each) => each.id === ticket);

describe('a print job', () => {
  it('[PR12] prints at the station’s printer and says so in the log once', async () => {
    await job()('small-place', wish(), 1);
    expect(one.papers).toHaveLength(1);
    expect(two.papers).toHaveLength(0);
    expect(paperText(one.papers[0] ?? { lines: [], barcodes: [] })).toContain('## 1 BURGER');
    expect(told.map(({ name }) => name)).toEqual(['ticket.printed']);
    expect(delivery()).toMatchObject({ printed: { at: expect.any(String) } });
  });

  it('[PR12] tells the log until it takes it, without another paper', async () => {
    await job({ unavailable: 2 })('small-place', wish(), 1);
    expect(one.papers).toHaveLength(1);
    expect(told.map(({ name }) => name)).toEqual(['ticket.printed']);
  });

  it('[PR8] after two tries names the printer and goes to the next', async () => {
    one.state.paperOut = true;
    await job()('small-place', wish({ why: 'unheard' }), 1);
    expect(one.connections).toBe(2);
    expect(two.papers).toHaveLength(1);
    expect(told.map(({ name, input }) => [name, input])).toMatchObject([
      ['print.fail', { printer: 'hot', reason: 'paper out', next: 'cold' }],
      ['ticket.printed', { printer: 'cold' }],
    ]);
    // Nothing had left for the first one: the paper of the second is not a duplicate.
    expect(paperText(two.papers[0] ?? { lines: [], barcodes: [] }).split('\n')[0]).toBe(
      '## SCREEN DOWN - PRINTED',
    );
  });

  it('[PR8] says that no printer is left', async () => {
    one.state.coverOpen = true;
    two.state.silent = true;
    await job()('small-place', wish(), 1);
    expect(told.map(({ name, input }) => [name, input])).toMatchObject([
      ['print.fail', { printer: 'hot', reason: 'cover open', next: 'cold' }],
      ['print.fail', { printer: 'cold', reason: 'silent' }],
    ]);
    expect(told[1]?.input).not.toHaveProperty('next');
  });

  it('[PR7] a copy after a broken one says DUPLICATE, and so does one of a second try of the job', async () => {
    one.state.resetAfter = 200;
    await job()('small-place', wish(), 1);
    expect(paperText(two.papers[0] ?? { lines: [], barcodes: [] })).toContain('DUPLICATE');
    one.state.resetAfter = null;
    await job()('small-place', wish({ job: id('command', 98) }), 2);
    expect(paperText(one.papers[0] ?? { lines: [], barcodes: [] })).toContain('DUPLICATE');
  });

  it('[PR9] does not print what a screen has painted meanwhile', async () => {
    kitchen.inner('ticket.hear', { ticket });
    await job()('small-place', wish({ why: 'unheard' }), 1);
    expect(one.papers).toHaveLength(0);
    expect(told).toEqual([]);
    await job()('small-place', wish(), 1);
    expect(one.papers).toHaveLength(1);
  });

  it('[PR11] keeps the paper of a printer without an address', async () => {
    const { printers: _printers, stations, ...rest } = kitchen.state.config ?? smallPlace;
    kitchen.inner('location.configure', {
      config: locationConfig.parse({
        ...rest,
        stations: stations.map(({ printer: _printer, ...station }) => station),
        printers: [{ id: 'built-in' }],
      }),
    });
    await job()('small-place', wish({ copy: 2, by: 'Luis' }), 1);
    expect(kept).toHaveLength(1);
    const [printer, paper] = kept[0] ?? [];
    expect(printer).toBe('built-in');
    expect(paperText(paper ?? { lines: [], barcodes: [] })).toMatch(/^## REPRINT 2 /);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { paperText } from '../src/integrations/printer/readPaper.ts';
import { type Simulator, startPrinter } from '../src/integrations/printer/simulator.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House, LAGER } from './house.ts';
import { Cook, Waiter } from './people.ts';

/** A kitchen whose screens are dark: the ticket comes out on paper, and who looks at a screen later knows that it did. */

const GRILL = { role: 'kitchen', name: 'Grill', stations: ['grill'] } as const;

describe.skipIf(haveChromium() === undefined)('paper', () => {
  let house: House;
  let hot: Simulator;
  let pass: Simulator;
  beforeAll(async () => {
    house = await House.open({ HEARD_PRINTERS: 'loopback' });
  });
  beforeEach(async () => {
    [hot, pass] = [await startPrinter(), await startPrinter()];
  });
  afterEach(async () => {
    await house.tidy();
    await hot.close();
    await pass.close();
  });
  afterAll(() => house?.close());

  const cafe = () =>
    house.cafe((config) => ({
      ...config,
      stations: config.stations.map(({ backup: _backup, printer: _printer, ...station }) => ({
        ...station,
        ...(station.id === 'grill' && { printer: 'hot' }),
      })),
      printers: [
        { id: 'hot', host: '127.0.0.1', port: hot.port },
        { id: 'pass', host: '127.0.0.1', port: pass.port },
      ],
    }));

  it('[E86] a ticket that no screen paints is printed, and the card says so afterwards', async () => {
    const place = await cafe();
    const placed = await place.order('T6', [BURGER]);
    await expect.poll(() => hot.papers.length, { timeout: 60_000 }).toBe(1);
    const paper = paperText(hot.papers[0] ?? { lines: [], barcodes: [] });
    expect(paper).toMatch(/SCREEN DOWN - PRINTED/);
    expect(paper).toMatch(/D T6/);
    expect(paper).toMatch(/1 .*BURGER/);
    expect(hot.papers[0]?.barcodes).toEqual([placed.ticket('grill')]);

    const waiter = new Waiter(await place.open('/pos', { role: 'waiter', name: 'Maya' }));
    await waiter.live();
    await waiter.table('T6');
    await expect.poll(() => waiter.receipt('grill').innerText(), { timeout: 15_000 }).toMatch(/printed/i);

    const cook = new Cook(await place.open('/kitchen/grill', GRILL));
    await cook.begin();
    await cook.card(placed.ticket('grill')).waitFor();
    expect(await cook.card(placed.ticket('grill')).innerText()).toMatch(/printed \d\d:\d\d/i);
    // Once, whatever the ladder and the screen did.
    await new Promise((done) => setTimeout(done, 3_000));
    expect(hot.papers).toHaveLength(1);
    expect(await place.events('ticket.printed')).toBe(1);
  }, 120_000);

  it('[E87] a printer without paper is named and the next one prints', async () => {
    hot.state.paperOut = true;
    const place = await cafe();
    await place.order('T7', [BURGER, LAGER]);
    await expect.poll(() => pass.papers.length, { timeout: 90_000 }).toBeGreaterThanOrEqual(1);
    expect(hot.papers).toHaveLength(0);
    expect(await place.events('print.failed')).toBeGreaterThan(0);
    const alerts = (await place.view('kitchen')).filter((entity) => entity.kind === 'alert');
    expect(alerts).toContainEqual(
      expect.objectContaining({ type: 'printer', printer: 'hot', reason: 'paper out' }),
    );
  }, 120_000);
});

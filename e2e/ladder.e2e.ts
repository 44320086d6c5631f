import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House, LAGER } from './house.ts';
import { Cook, Waiter } from './people.ts';
import { soon } from './soon.ts';

/** A kitchen in which a screen is dark or nobody taps: somebody else sees the ticket, and everybody knows how it stands. */

const BAR = { role: 'kitchen', name: 'Bar', stations: ['drinks'] } as const;
const GRILL = { role: 'kitchen', name: 'Rosa', stations: ['grill'] } as const;
const LUIS = { role: 'expo', name: 'Luis' } as const;
const MAYA = { role: 'waiter', name: 'Maya' } as const;

describe.skipIf(haveChromium() === undefined)('a ticket that nobody at its station sees', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[E80] is shown at the backup station, heard and bumped there, and the tablets say which station has no screen', async () => {
    const cafe = await house.cafe((config) => ({
      ...config,
      stations: config.stations.map(({ printer: _printer, ...station }) =>
        station.id === 'grill' ? { ...station, backup: 'drinks' } : station,
      ),
      printers: [],
    }));
    const bar = new Cook(await cafe.open('/kitchen/drinks', BAR));
    await bar.begin();
    const waiter = new Waiter(await cafe.open('/pos', MAYA));
    await waiter.live();
    const placed = await cafe.order('T6', [BURGER, LAGER]);
    await waiter.table('T6');
    const card = bar.card(placed.ticket('grill'));
    await card.waitFor({ timeout: 40_000 });
    expect(await card.getByTestId('backup').innerText()).toContain('FOR GRILL');
    // Painted at the bar, by a screen that counts there.
    await waiter.page
      .locator('[data-testid="receipt-grill"][data-mark="heard"]')
      .waitFor({ timeout: 20_000 });
    await soon(() => waiter.receipt('grill').innerText()).toMatch(/also shown at DRINKS/i);
    await soon(() => waiter.page.getByTestId('deaf-station').innerText()).toMatch(
      /no screen|without a screen/,
    );

    const grill = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await grill.begin();
    await grill.card(placed.ticket('grill')).getByTestId('shown-at').waitFor();
    await bar.bump(placed.ticket('grill'));
    await grill.card(placed.ticket('grill')).waitFor({ state: 'detached' });
    expect(await cafe.events('ticket.bumped')).toBe(1);
    expect(await cafe.events('ticket.heard')).toBe(2);
  }, 120_000);

  it('[E81] stands at the pass where the pass is the backup, and is done there', async () => {
    const cafe = await house.cafe((config) => ({
      ...config,
      stations: config.stations.map(({ printer: _printer, ...station }) => station),
      printers: [],
    }));
    const pass = await cafe.open('/expo', LUIS);
    const cook = new Cook(pass);
    await cook.begin();
    const placed = await cafe.order('T7', [BURGER]);
    const standIn = pass.getByTestId('stand-in');
    await standIn.waitFor({ timeout: 40_000 });
    expect(await standIn.innerText()).toMatch(/FOR GRILL[\s\S]*BURGER/i);
    await soon(() => cafe.events('ticket.heard')).toBe(1);
    await pass.getByTestId('deaf-banner').waitFor({ timeout: 30_000 });
    await standIn.getByRole('button').click();
    await standIn.waitFor({ state: 'detached' });
    await soon(async () => (await cafe.view('pos')).find((entity) => entity.kind === 'order')).toMatchObject({
      tickets: [{ id: placed.ticket('grill'), status: 'ready' }],
    });
  }, 120_000);

  it('[E82] a change that nobody taps is told to the pass after a minute; the tablet shows who tapped it then', async () => {
    const cafe = await house.cafe();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.begin();
    const pass = await cafe.open('/expo', LUIS);
    await new Cook(pass).begin();
    const waiter = new Waiter(await cafe.open('/pos', MAYA));
    await waiter.live();
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor();
    await cafe.command('item.amend', { order: placed.id, item: placed.items[0] ?? '', qty: 2 });
    await waiter.table('T6');
    await waiter.page.getByTestId('untapped').waitFor();
    await pass.getByTestId('unseen').waitFor({ timeout: 90_000 });
    expect(await pass.getByTestId('unseen').innerText()).toMatch(/change not tapped at GRILL/i);
    await cook.card(placed.ticket('grill')).getByTestId('unseen').waitFor();
    await cook.card(placed.ticket('grill')).locator('[data-state="changed"]').click();
    await waiter.page.getByTestId('seen-by').waitFor();
    expect(await waiter.page.getByTestId('seen-by').innerText()).toMatch(/Rosa/);
    await pass.getByTestId('unseen').waitFor({ state: 'detached' });
  }, 150_000);
});

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { paperText } from '../src/integrations/printer/readPaper.ts';
import { startPrinter } from '../src/integrations/printer/simulator.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { violations } from './axe.ts';
import { BURGER, House, LAGER, PORTRAIT, TABLET } from './house.ts';
import type { Cafe, Person } from './house.ts';
import { Cook } from './people.ts';
import { soon } from './soon.ts';

/** What the manager sees of the lines: who is there, who has gone, what happened, and whether the house would hold. */

const ANA: Person = { role: 'manager', name: 'Ana' };
const GRILL: Person = { role: 'kitchen', name: 'Grill', stations: ['grill'] };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

function within<T>(timeout: number, ask: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout });
}

describe.skipIf(haveChromium() === undefined)('the managers’ page', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open({ HEARD_PRINTERS: 'loopback' });
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  async function kitchen(cafe: Cafe): Promise<Cook> {
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.begin();
    await cook.live();
    return cook;
  }

  async function manager(cafe: Cafe, size = DESK, language = 'en'): Promise<Page> {
    const device = await house.device(size);
    await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
    const page = await cafe.open('/manager', ANA, { device });
    await page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
    await page.getByTestId('tile-grill').waitFor();
    return page;
  }

  it('[E70] shows every screen that is connected, and names a station whose screen has gone; the story of the minute tells it', async () => {
    const cafe = await house.cafe();
    const page = await manager(cafe);
    const cook = await kitchen(cafe);
    await cafe.order('T6', [BURGER, LAGER]);
    const rows = page.getByTestId('screen-row');
    await soon(() => rows.allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Kitchen GRILL\s/i), expect.stringMatching(/^Manager/)]),
    );
    const tile = page.getByTestId('tile-grill');
    await soon(() => tile.innerText()).toMatch(/1\s*open/);
    await soon(() => tile.innerText()).toMatch(/1 screen\b/);
    await soon(() => page.getByTestId('kpi-screens').innerText()).toMatch(/\n2\n/);

    await cook.page.close();
    await within(40_000, () => tile.getAttribute('data-deaf')).toBe('true');
    await page
      .getByTestId('need-deaf')
      .filter({ hasText: /grill has no live screen/i })
      .waitFor();

    await page.getByTestId('tab-story').click();
    // The station's line is written down a moment after the banner stands: whoever asks too early asks again.
    await soon(async () => {
      await page.getByTestId('story-ask').click();
      await page.waitForTimeout(1_000);
      return page.getByTestId('story').innerText();
    }).toMatch(/grill had no live screen/i);
    await page
      .locator('[data-what="stationDeaf"]')
      .filter({ hasText: /grill is deaf/i })
      .waitFor();
    expect(await violations(page), 'story').toEqual([]);
    const downloading = page.waitForEvent('download');
    await page.getByTestId('story-csv').click();
    const file = await (await downloading).path();
    expect(await readFile(file, 'utf8')).toMatch(/^at,kind,screen,[^]*,station,grill,/);
  });

  it('[E71] scores a screen that is taken off the network, from the banner to the ticket it painted when it was back', async () => {
    const cafe = await house.cafe();
    const cook = await kitchen(cafe);
    const page = await manager(cafe);
    await soon(() => page.getByTestId('tile-grill').innerText()).toMatch(/1 screen\b/);
    await page.getByTestId('tab-drill').click();
    await page.getByTestId('drill-station').selectOption('grill');
    await page.getByTestId('drill-screen').click();
    await page.getByTestId('check-deaf').waitFor();
    const state = (name: string) => page.getByTestId(`check-${name}`).getAttribute('data-state');

    await cook.page.context().setOffline(true);
    await within(60_000, () => state('noticed')).toBe('passed');
    await within(60_000, () => state('deaf')).toBe('passed');
    // Where nothing else can show the ticket, the pass is told half a minute after it was fired.
    await within(60_000, async () => [await state('elsewhere'), await state('pass')]).toSatisfy(
      (states: (string | null)[]) => states.includes('passed') && !states.includes('waiting'),
    );
    expect(await violations(page), 'drill').toEqual([]);
    await cook.page.context().setOffline(false);
    for (const check of ['back', 'caughtUp', 'heard'])
      await within(60_000, () => state(check)).toBe('passed');

    await page.getByTestId('drill-end').click();
    await soon(() => page.getByTestId('earlier-drill').first().innerText()).toMatch(/(\d) of \1/);
    // The order is gone from the board, and from every report.
    await soon(() => cook.cards()).toEqual([]);
    const { body } = await cafe.manage('GET', '/orders');
    expect(body).toMatchObject({ orders: [] });
  });

  it('[E73] scores a restart: the drill outlives it, and every screen is back without a gap', async () => {
    const cafe = await house.cafe();
    const cook = await kitchen(cafe);
    const page = await manager(cafe);
    await soon(() => page.getByTestId('kpi-screens').innerText()).toMatch(/\n2\n/);
    await page.getByTestId('tab-drill').click();
    await page.getByTestId('drill-server').click();
    await page.getByTestId('check-allBack').waitFor();
    // A browser says itself that its requests were refused while nobody was there.
    for (const one of [page, cook.page]) for (const status of [502, 503]) house.forgive(one, status);
    await house.server.stop();
    await house.server.restart();
    const state = (name: string) => page.getByTestId(`check-${name}`).getAttribute('data-state');
    for (const check of ['restarted', 'allBack', 'noGap'])
      await within(40_000, () => state(check)).toBe('passed');
    await page.getByTestId('drill-end').click();
    await soon(() => page.getByTestId('earlier-drill').first().innerText()).toMatch(/3 of 3/);
    await cook.live();
  });

  it('[E74] scores a printer that is unplugged: it is named, and another one prints the ticket', async () => {
    const [hot, bar] = [await startPrinter(), await startPrinter()];
    try {
      const cafe = await house.cafe((config) => ({
        ...config,
        stations: config.stations.map(({ printer: _printer, ...station }) => station),
        printers: [
          { id: 'hot', host: '127.0.0.1', port: hot.port },
          { id: 'bar', host: '127.0.0.1', port: bar.port },
        ],
      }));
      await kitchen(cafe);
      const page = await manager(cafe);
      await page.getByTestId('tab-drill').click();
      await page.getByTestId('drill-printer').waitFor();
      await hot.close();
      await page.getByTestId('drill-printer').click();
      const state = (name: string) => page.getByTestId(`check-${name}`).getAttribute('data-state');
      for (const check of ['printFailed', 'rerouted', 'told'])
        await within(90_000, () => state(check)).toBe('passed');
      expect(paperText(bar.papers[0] ?? { lines: [], barcodes: [] })).toMatch(/DRILL/);
      await page.getByTestId('drill-end').click();
      await soon(() => page.getByTestId('earlier-drill').first().innerText()).toMatch(/3 of 3/);
    } finally {
      await hot.close();
      await bar.close();
    }
  });

  it('[E72] has no serious barrier, stays within its width, and is for managers alone', async () => {
    const cafe = await house.cafe();
    const cook = await kitchen(cafe);
    await cafe.order('T6', [BURGER]);
    for (const [size, language] of [
      [DESK, 'en'],
      [TABLET, 'es'],
      [PORTRAIT, 'ar'],
      [PHONE, 'ar'],
    ] as const) {
      const page = await manager(cafe, size, language);
      await page.getByTestId('screen-row').first().waitFor();
      await page.waitForTimeout(400);
      expect(await violations(page), `${size.width} ${language}`).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${size.width} ${language}`).toBeLessThanOrEqual(0);
      await page.close();
    }
    expect(await cook.cards()).toHaveLength(1);
    const waiter = await cafe.open('/manager', { role: 'waiter', name: 'Maya' });
    await waiter.getByRole('button', { name: '1', exact: true }).waitFor();
    expect(await waiter.getByTestId('screens').count()).toBe(0);
  });
});

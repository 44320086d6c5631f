import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { overflow, violations } from './axe.ts';
import { BURGER, House, LAGER, PORTRAIT, TABLET } from './house.ts';
import type { Cafe, Person } from './house.ts';
import { soon } from './soon.ts';

/** Every screen with work on it: readable by everybody, in its bounds, in every direction, and without a complaint. */

const SCREENS: readonly (readonly [path: string, who: Person])[] = [
  ['/kitchen/grill', { role: 'kitchen', name: 'Grill', stations: ['grill'] }],
  ['/expo', { role: 'expo', name: 'Luis' }],
  ['/pos', { role: 'waiter', name: 'Maya' }],
  ['/floor', { role: 'waiter', name: 'Maya' }],
  ['/setup', { role: 'manager', name: 'Ana' }],
  ['/', { role: 'waiter', name: 'Maya' }],
];

describe.skipIf(haveChromium() === undefined)('the screens', () => {
  let house: House;
  let cafe: Cafe;
  beforeAll(async () => {
    house = await House.open();
    cafe = await house.cafe();
    await cafe.order('T6', [BURGER, LAGER], { allergies: ['nuts'] });
    const started = await cafe.order('T12', [
      [
        'bacon-cheeseburger',
        { doneness: 'rare', side: 'salad', remove: ['no-onion'], 'burger-extras': ['egg'] },
        { qty: 2, notes: 'cut in half', seat: 3 },
      ],
      ['ice-cream-two', { flavours: ['vanilla', 'mango'] }],
    ]);
    await cafe.command(
      'ticket.start',
      { ticket: started.ticket('grill') },
      { role: 'kitchen', name: 'Grill', stations: ['grill'] },
    );
    const changed = await cafe.order('T3', [['ribeye', { doneness: 'rare', side: 'corn' }], ['fries']]);
    await cafe.command('item.amend', { order: changed.id, item: changed.items[0] ?? '', qty: 2 });
    await cafe.command('item.void', {
      order: changed.id,
      item: changed.items[1] ?? '',
      reason: 'Guest changed their mind',
      made: false,
    });
    await cafe.order(null, [BURGER], { guest: { name: 'Noor Al-Hassan' } });
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  async function show(path: string, who: Person, language = 'en'): Promise<Page> {
    const device = await house.device(TABLET);
    await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
    const page = await cafe.open(path, who, { device });
    await ready(page, path);
    return page;
  }

  async function ready(page: Page, path: string): Promise<void> {
    if (path === '/' || path === '/setup') await page.locator('h1').first().waitFor();
    else await page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
    const gate = page.getByTestId('sound-without');
    if (await gate.isVisible()) await gate.click();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(400);
  }

  /** Lying, then standing: the same tablet, turned in the hand. */
  async function bothWays(page: Page, look: (at: string) => Promise<void>): Promise<void> {
    for (const size of [TABLET, PORTRAIT]) {
      await page.setViewportSize(size);
      await page.waitForTimeout(400);
      await look(`at ${size.width}`);
    }
  }

  it.each(SCREENS)(
    '[E40] %s has no serious barrier by axe, on a tablet lying and standing',
    async (path, who) => {
      const page = await show(path, who);
      await bothWays(page, async (at) => {
        expect(await violations(page), `${path} ${at}`).toEqual([]);
        expect(await overflow(page), `${path} ${at}`).toBeLessThanOrEqual(0);
      });
    },
  );

  it.each(SCREENS)(
    '[E41] %s stays within its width, also in Arabic, which runs from right to left',
    async (path, who) => {
      for (const language of ['es', 'ar']) {
        const page = await show(path, who, language);
        expect(
          await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
          path,
        ).toEqual([language, language === 'ar' ? 'rtl' : 'ltr']);
        await bothWays(page, async (at) =>
          expect(await overflow(page), `${path} ${at} in ${language}`).toBeLessThanOrEqual(0),
        );
      }
    },
  );

  it('[E42] an order sheet and the pairing of a screen have no serious barrier either', async () => {
    const pos = await show('/pos', { role: 'waiter', name: 'Maya' });
    await pos.getByTestId('new-order').click();
    await pos.waitForTimeout(400);
    expect(await violations(pos), 'table or name').toEqual([]);
    const pairing = await house.page(await house.device());
    await pairing.goto(`${house.server.url}/kitchen/grill?pair&location=${cafe.id}`);
    await soon(() => pairing.getByTestId('pair-code').innerText()).toMatch(/^[A-Z0-9]{8}$/);
    expect(await violations(pairing), 'pairing').toEqual([]);
  });
});

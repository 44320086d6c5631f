import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House } from './house.ts';
import { Cook, typePin } from './people.ts';
import { soon } from './soon.ts';

/** Who may look: paired screens, and people on them. */

describe.skipIf(haveChromium() === undefined)('a shared screen', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[E30] that is revoked clears its board within 2 seconds and keeps nothing of it', async () => {
    const cafe = await house.cafe();
    const page = await house.page(await house.device());
    const device = await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor();
    // Long enough for the last known board to be written down.
    await page.waitForTimeout(2500);
    expect(await keptViews(page)).toBeGreaterThan(0);

    house.forgive(page, 401);
    const { status } = await cafe.manage('POST', `/devices/${device}/revoke`);
    expect(status).toBe(200);
    const revoked = performance.now();
    await cook.card(placed.ticket('grill')).waitFor({ state: 'detached', timeout: 5000 });
    expect(performance.now() - revoked).toBeLessThan(2000);
    await page.getByTestId('pairing').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('BURGER');
    await soon(() => keptViews(page)).toBe(0);
    expect(await page.evaluate(() => localStorage.getItem('heard.device'))).toBeNull();
  });

  it('[E31] shows nothing before a person signs in, tells a wrong PIN, and is empty again after signing out', async () => {
    const cafe = house.demo();
    await cafe.order('T12', [BURGER]);
    const page = await house.page(await house.device());
    await cafe.pair(page, { page: 'pos', name: 'Tablet 9' });
    await page.getByTestId('pin').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('T12');
    house.forgive(page, 401);
    await typePin(page, '9999');
    await soon(() => page.getByTestId('pin').innerText()).toContain('This PIN is not known here.');
    await typePin(page, '4001');
    await soon(() => page.getByTestId('who').innerText()).toContain('Maya');
    await page.locator('[data-line="live"]').first().waitFor();
    await soon(() => page.locator('body').innerText()).toContain('T12');
    await page.getByTestId('who').click();
    await page.getByTestId('sign-out').click();
    await page.getByTestId('pin').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('T12');
  });

  it('[E32] stops guessing after five wrong PINs', async () => {
    const cafe = house.demo();
    const page = await house.page(await house.device());
    await cafe.pair(page, { page: 'pos', name: 'Tablet 10' });
    house.forgive(page, 401);
    house.forgive(page, 429);
    for (let guess = 0; guess < 6; guess += 1) {
      await typePin(page, `900${guess}`);
      await soon(() => page.getByTestId('pin').getByRole('alert').innerText()).not.toBe('');
      if (/Too many tries/.test(await page.getByTestId('pin').innerText())) break;
    }
    await soon(() => page.getByTestId('pin').innerText()).toMatch(/Too many tries\. Wait \d+ s\./);
    expect(await page.getByTestId('pin').getByRole('button', { name: '1', exact: true }).isDisabled()).toBe(
      true,
    );
  });

  /** How many topics this device remembers. */
  function keptViews(page: Page): Promise<number> {
    return page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('heard-views');
          opening.addEventListener('error', () => reject(new Error('no database')));
          opening.addEventListener('success', () => {
            const counting = opening.result.transaction('views').objectStore('views').count();
            counting.addEventListener('success', () => {
              opening.result.close();
              resolve(counting.result);
            });
          });
        }),
    );
  }
});

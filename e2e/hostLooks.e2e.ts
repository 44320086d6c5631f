import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { violations } from './axe.ts';
import { callAtTheDoor } from './callScene.ts';
import { crowded } from './crowded.ts';
import { PHONE } from './guest.ts';
import { House, PORTRAIT, TABLET } from './house.ts';

/** The stand on a busy evening, in everybody's hands: what a thumb would hit by mistake, and what does not fit. */

const SIZES = { lying: TABLET, standing: PORTRAIT, phone: PHONE };
const TABS = ['list', 'floor', 'calls', 'day'] as const;
/** A booking that is held by a call has the most to be read and tapped of all. */
const HELD = '[data-look="held"]';

describe.skipIf(haveChromium() === undefined)('the look of the stand', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it.each(['en', 'ar'])(
    '[BK85] nothing touches its neighbour, is cut off or runs out of the window, on tablets and a phone, in %s',
    async (language) => {
      const page = await callAtTheDoor(house, TABLET, language);
      const faults: string[] = [];
      const look = async (where: string): Promise<void> => {
        await page.waitForTimeout(300);
        faults.push(...(await crowded(page)).map((one) => `${where}: ${one}`));
      };
      for (const [name, size] of Object.entries(SIZES)) {
        await page.setViewportSize(size);
        for (const tab of name === 'phone' ? ([...TABS, 'wait'] as const) : TABS) {
          await page.getByTestId(`tab-${tab}`).click();
          await look(`${tab}, ${name}`);
        }
        await page.locator('[data-testid^="entry-"]').first().click();
        await look(`somebody who waits, ${name}`);
        await closePanel(page);
        await page.getByTestId('tab-day').click();
        await page.locator(HELD).click();
        await look(`a booking, ${name}`);
        await closePanel(page);
        for (const sheet of ['book', 'walk-in'] as const) {
          await page.getByTestId(sheet).click();
          await look(`${sheet}, ${name}`);
          await page.keyboard.press('Escape');
        }
        expect(await violations(page), `${name} in ${language}`).toEqual([]);
      }
      expect(faults).toEqual([]);
    },
  );

  it('[BK86] on a phone who waits is a tab of its own, and stands below the day again where there is room', async () => {
    const page = await callAtTheDoor(house, PHONE, 'en');
    expect(await page.getByRole('button', { name: 'Notify' }).count()).toBe(0);
    await page.getByTestId('tab-wait').click();
    expect(await page.getByRole('button', { name: 'Notify' }).count()).toBe(3);
    await page.setViewportSize(TABLET);
    await page.getByTestId('timeline').waitFor();
    expect(await page.getByRole('button', { name: 'Notify' }).count()).toBe(3);
    expect(await page.getByTestId('tab-wait').count()).toBe(0);
  });
});

async function closePanel(page: Page): Promise<void> {
  await page.getByTestId('panel').locator('.sd-head .btn').click();
}

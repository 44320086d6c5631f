import { encode } from 'uqr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { Guest, PHONE, kitchen } from './guest.ts';
import { BURGER, House } from './house.ts';
import { Waiter } from './people.ts';
import { soon } from './soon.ts';

/** From the waiter's tablet to the guest's phone: a code that is scanned, an address that is copied, a link that is taken back. */

describe.skipIf(haveChromium() === undefined)('a link for a guest', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[T50] is shown on the tablet as a code that opens the order, the same one again, and can be taken back', async () => {
    const cafe = await house.cafe();
    const order = await cafe.order('T6', [BURGER]);
    const waiter = new Waiter(await cafe.open('/pos', { role: 'waiter', name: 'Maya' }));
    const pos = waiter.page;
    await waiter.live();
    await waiter.table('T6');
    const openSheet = async (): Promise<string> => {
      await pos.getByTestId('order-menu').click();
      await pos.getByTestId('link-order').click();
      await pos.getByTestId('guest-link').waitFor();
      return pos.getByTestId('guest-link').inputValue();
    };
    const url = await openSheet();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/track\/[\w-]{22}$/);

    // The drawing is the code of that address, dark on light.
    const { data } = encode(url, { ecc: 'M', border: 4 });
    const dark = data.flat().filter(Boolean).length;
    const path = pos.locator('.link-code path');
    await path.waitFor({ state: 'attached' });
    expect((await path.getAttribute('d'))?.match(/M/g)?.length).toBe(dark);
    const { fill, ground, side } = await pos.locator('.link-code').evaluate((box) => ({
      fill: getComputedStyle(box.querySelector('svg') as SVGElement).fill,
      ground: getComputedStyle(box).backgroundColor,
      side: box.getBoundingClientRect().width,
    }));
    expect([fill, ground]).toEqual(['rgb(16, 22, 28)', 'rgb(255, 255, 255)']);
    expect(side).toBeGreaterThan(250);

    await pos.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await pos.getByTestId('copy-link').click();
    await soon(() => pos.getByTestId('copy-link').innerText()).toBe('Copied');
    expect(await pos.evaluate(() => navigator.clipboard.readText())).toBe(url);

    const phone = await house.page(await house.device(PHONE));
    await phone.goto(url);
    const guest = new Guest(phone);
    await guest.line('live').waitFor({ timeout: 20_000 });
    await kitchen.start(cafe, order, 'grill');
    await guest.reaches('Preparing');

    await pos.keyboard.press('Escape');
    expect(await openSheet()).toBe(url);
    await pos.getByTestId('revoke-link').click();
    await phone.locator('.over').waitFor({ timeout: 20_000 });
    await soon(() => pos.locator('.guest-link').innerText()).toContain('taken back');
  });

  it('[PR24] is printed from the tablet, and the printer’s page shows the slip with its code', async () => {
    const cafe = await house.cafe();
    await cafe.order('T6', [BURGER]);
    const waiter = new Waiter(await cafe.open('/pos', { role: 'waiter', name: 'Maya' }));
    const pos = waiter.page;
    await waiter.live();
    await waiter.table('T6');
    await pos.getByTestId('order-menu').click();
    await pos.getByTestId('link-order').click();
    await pos.getByTestId('print-link-prn-bar').click();
    await soon(() => pos.locator('.guest-link').innerText()).toContain('Sent to the printer');

    const page = await cafe.open('/printer/prn-bar', { role: 'expo', name: 'Pass' });
    await page.locator('.paper-code path').waitFor({ state: 'attached', timeout: 30_000 });
    await soon(() => page.getByTestId('paper').innerText()).toContain('Follow your order');
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { keptTaps } from './device.ts';
import { BURGER, House, until } from './house.ts';
import { Cook } from './people.ts';
import { soon } from './soon.ts';

/** A kitchen on plain http, under a name of the local network: the browser takes away what it gives to secure pages only. */

describe.skipIf(haveChromium() === undefined)('a plain-http address of the local network', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open({}, ['--host-resolver-rules=MAP kitchen.lan 127.0.0.1']);
    house.base = `http://kitchen.lan:${house.server.port}`;
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[E50] pairs, gets orders, is heard and bumps; what the browser takes away is said once, with the way to more', async () => {
    const cafe = await house.cafe();
    const page = await house.page(await house.device());
    await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    expect(
      await page.evaluate(() => [
        window.isSecureContext,
        'serviceWorker' in navigator,
        'locks' in navigator,
        'wakeLock' in navigator,
        'randomUUID' in crypto,
        crypto.subtle === undefined,
      ]),
    ).toEqual([false, false, false, false, false, true]);
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor();
    await until(
      () => cafe.events('ticket.heard'),
      (heard) => heard === 1,
    );

    const chip = page.getByTestId('abilities');
    expect(await chip.getAttribute('data-lacks')).toBe('shell awake');
    expect(await chip.innerText()).toMatch(/opens only with the network\s*\+1 more/);
    await chip.click();
    const sheet = page.getByTestId('abilities-sheet');
    expect(await sheet.innerText()).toMatch(/plain http[\s\S]*this tablet may sleep/);
    expect(await sheet.locator('[data-lack]').count()).toBe(6);
    expect(await sheet.getByTestId('to-trust').getAttribute('href')).toBe('/setup/trust');
    await page.keyboard.press('Escape');

    await cook.bump(placed.ticket('grill'));
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 1,
    );
  });

  it('[E51] keeps a bump without a line on the device, and the page that comes next sends it once', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const page = await house.page(device);
    await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    const [first, second] = [await cafe.order('T6', [BURGER]), await cafe.order('T7', [BURGER])];
    for (const { ticket } of [first, second]) await cook.card(ticket('grill')).waitFor();
    await page.waitForTimeout(2500);
    await house.cut(device);
    await cook.bump(first.ticket('grill'));
    await soon(() => cook.card(first.ticket('grill')).innerText()).toContain('not sent yet');
    await soon(async () => (await keptTaps(page)).map(({ name }) => name)).toEqual(['ticket.bump']);
    await page.close();

    await house.mend(device);
    const next = await house.page(device);
    await next.goto(`${house.base}/kitchen/grill`);
    const again = new Cook(next);
    await again.begin();
    await again.live();
    // A browser without locks notices a page that closed by its note on the device.
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 1,
      { timeout: 30_000 },
    );
    await again.card(first.ticket('grill')).waitFor({ state: 'detached' });
    expect(await again.cards()).toEqual([second.ticket('grill')]);
    await soon(() => keptTaps(next)).toEqual([]);
  });

  it('[E52] two pages of a device take turns without locks; every tap arrives once', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const pages = [await house.page(device), await house.page(device)] as const;
    await cafe.pair(pages[0], { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    await pages[1].goto(`${house.base}/kitchen/grill`);
    const cooks = pages.map((page) => new Cook(page));
    for (const cook of cooks) {
      await cook.begin();
      await cook.live();
    }
    const orders = [];
    for (let n = 0; n < 4; n += 1) orders.push(await cafe.order(`T${n + 2}`, [BURGER]));
    for (const cook of cooks) for (const { ticket } of orders) await cook.card(ticket('grill')).waitFor();
    await house.cut(device);
    for (const [n, { ticket }] of orders.entries()) await cooks[n % 2]?.bump(ticket('grill'));
    await house.mend(device);
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 4,
      { timeout: 30_000 },
    );
    for (const page of pages) await soon(() => keptTaps(page)).toEqual([]);
    expect(await cafe.events('ticket.bumped')).toBe(4);
  });
});

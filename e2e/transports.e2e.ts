import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { mintToken } from '../src/accounts/tokens.ts';
import { cutsAfter, MANNERS, startBadProxy } from '../src/testkit/badProxy.ts';
import type { BadProxy } from '../src/testkit/badProxy.ts';
import { haveChromium, haveNginx } from '../src/testkit/have.ts';
import { BURGER, House } from './house.ts';
import type { Cafe } from './house.ts';
import { Cook } from './people.ts';
import { soon } from './soon.ts';

/** A kitchen screen on whatever network there is: a real browser, a real nginx in between, the real server. */

const ROSA = { role: 'kitchen', name: 'Rosa', stations: ['grill'] } as const;

describe.skipIf(haveChromium() === undefined || haveNginx() === undefined)('a kitchen screen', () => {
  let house: House;
  const proxies: BadProxy[] = [];
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(async () => {
    house.base = house.server.url;
    await house.tidy();
    for (const proxy of proxies.splice(0)) await proxy.stop();
  });
  afterAll(() => house?.close());

  /** What the pages of this test are behind. */
  async function behind(manners: string): Promise<void> {
    const proxy = await startBadProxy(house.server.port, manners);
    proxies.push(proxy);
    house.base = proxy.url;
  }

  /** Requests of a page by what they are for. */
  function watch(page: Page): { sockets: number; streams: number; changes: number } {
    const seen = { sockets: 0, streams: 0, changes: 0 };
    page.on('websocket', () => (seen.sockets += 1));
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('/stream')) seen.streams += 1;
      if (pathname.endsWith('/changes')) seen.changes += 1;
    });
    return seen;
  }

  const line = (page: Page, state: string) =>
    page.locator(`[data-line="${state}"]`).first().waitFor({ timeout: 60_000 });

  /** A ticket is shown here, and heard: the waiter's ✓✓. */
  async function hears(cafe: Cafe, cook: Cook): Promise<void> {
    const before = await cafe.events('ticket.heard');
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor({ timeout: 15_000 });
    await soon(() => cafe.events('ticket.heard')).toBe(before + 1);
  }

  it('[E90] has its socket where nothing is in the way, and hears', async () => {
    const cafe = await house.cafe();
    const page = await cafe.open('/kitchen/grill', ROSA);
    const seen = watch(page);
    const cook = new Cook(page);
    await cook.begin();
    await line(page, 'live');
    await hears(cafe, cook);
    expect(seen).toMatchObject({ streams: 0, changes: 0 });
  });

  it('[E91] is live over an event stream where sockets are refused, and hears', async () => {
    await behind(MANNERS.refusesUpgrade);
    const cafe = await house.cafe();
    const page = await cafe.open('/kitchen/grill', ROSA);
    const seen = watch(page);
    const cook = new Cook(page);
    await cook.begin();
    await line(page, 'live');
    await hears(cafe, cook);
    expect(seen.streams).toBeGreaterThan(0);
    expect(seen.changes).toBe(0);
    house.saidBy(page);
  });

  it('[E92] says that it polls where streams are held back, and hears at once all the same', async () => {
    await behind(MANNERS.holdsBack);
    const cafe = await house.cafe();
    const page = await cafe.open('/kitchen/grill', ROSA);
    const cook = new Cook(page);
    await cook.begin();
    await line(page, 'polling');
    await hears(cafe, cook);
    const placed = await cafe.order('T7', [BURGER]);
    const at = performance.now();
    await cook.card(placed.ticket('grill')).waitFor();
    expect(performance.now() - at).toBeLessThan(2_500);
    house.saidBy(page);
  });

  it('[E93] polls every five seconds where everything that waits is cut, and hears', async () => {
    await behind(cutsAfter(1));
    const cafe = await house.cafe();
    const page = await cafe.open('/kitchen/grill', ROSA);
    const cook = new Cook(page);
    await cook.begin();
    const seen = watch(page);
    // Down three stairs: what was cut was live for a second each time.
    await expect.poll(() => seen.changes, { timeout: 60_000 }).toBeGreaterThan(3);
    await line(page, 'polling');
    await hears(cafe, cook);
    const before = seen.changes;
    await page.waitForTimeout(11_000);
    expect(seen.changes - before).toBeGreaterThanOrEqual(2);
    expect(seen.changes - before).toBeLessThanOrEqual(4);
    house.saidBy(page);
  });

  async function second(
    cafe: Cafe,
    device: BrowserContext,
    path: string,
  ): Promise<{ page: Page; sockets: number; open: number }> {
    const page = await house.page(device);
    const opened = { page, sockets: 0, open: 0 };
    page.on('websocket', (socket) => {
      opened.sockets += 1;
      opened.open += 1;
      socket.on('close', () => (opened.open -= 1));
    });
    await page.goto(
      `${house.base}${path}?location=${cafe.id}#token=${encodeURIComponent(await cafe.token(ROSA))}`,
    );
    return opened;
  }

  it('[E94] shares its connection with the other tabs of its browser; the next one leads when it is closed', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const first = await second(cafe, device, '/kitchen/grill');
    await new Cook(first.page).begin();
    await line(first.page, 'live');
    const others = [
      await second(cafe, device, '/kitchen/grill'),
      await second(cafe, device, '/kitchen/drinks'),
    ];
    for (const { page } of others) {
      await new Cook(page).begin();
      await line(page, 'live');
    }
    expect([first, ...others].map(({ sockets }) => sockets)).toEqual([1, 0, 0]);
    const placed = await cafe.order('T6', [BURGER]);
    for (const { page } of [first, others[0]].filter((one) => one !== undefined))
      await new Cook(page).card(placed.ticket('grill')).waitFor();
    await soon(() => cafe.events('ticket.heard')).toBe(1);

    await first.page.close();
    const next = await cafe.order('T7', [BURGER]);
    const heir = others[0];
    if (heir === undefined) throw new Error('there is no second tab');
    await new Cook(heir.page).card(next.ticket('grill')).waitFor({ timeout: 5_000 });
    await soon(() => others.reduce((sum, { sockets }) => sum + sockets, 0)).toBe(1);
    for (const { page } of others) await line(page, 'live');
    await soon(() => cafe.events('ticket.heard')).toBe(2);
  });

  it('[E96] is led by the next tab when the leading one is frozen, and follows it when it wakes', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const first = await second(cafe, device, '/kitchen/grill');
    await new Cook(first.page).begin();
    await line(first.page, 'live');
    const heir = await second(cafe, device, '/kitchen/grill');
    await new Cook(heir.page).begin();
    await line(heir.page, 'live');
    expect(heir.sockets).toBe(0);
    // Nothing of it runs any more: no timer, no message, no frame.
    await first.page.evaluate(() => {
      setTimeout(() => {
        const end = performance.now() + 12_000;
        while (performance.now() < end);
      });
    });
    await sleep(300);
    const placed = await cafe.order('T6', [BURGER]);
    await new Cook(heir.page).card(placed.ticket('grill')).waitFor({ timeout: 10_000 });
    expect(heir.sockets).toBe(1);
    // It answers again when it is awake.
    await first.page.evaluate(() => undefined);
    const next = await cafe.order('T7', [BURGER]);
    for (const { page } of [first, heir]) {
      await new Cook(page).card(next.ticket('grill')).waitFor({ timeout: 10_000 });
      await line(page, 'live');
    }
    // Awake again it goes over the other. It may have tried a line of its own before it knew; it keeps none.
    await first.page.waitForTimeout(5_000);
    expect([heir.sockets, heir.open, first.open]).toEqual([1, 1, 0]);
  });

  it('[E95] that slept past the end of its token comes back by itself, and misses nothing', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const page = await house.page(device);
    let handed = 0;
    // The credential of a paired screen buys tokens of 15 minutes; here of ten seconds, so that a nap is long enough.
    await page.route('**/v1/accounts/device', async (route) => {
      const answer = await route.fetch();
      // The page may have been closed meanwhile: then there is nobody to answer.
      const body = await answer.json().catch(() => null);
      if (body === null) return;
      if (typeof body.token !== 'string') return route.fulfill({ response: answer });
      const {
        exp: _exp,
        iat: _iat,
        ...claims
      } = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString('utf8'));
      handed += 1;
      await route.fulfill({
        response: answer,
        json: { ...body, token: await mintToken(house.server.secret, claims, 10), expiresIn: 10 },
      });
    });
    await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    const cook = new Cook(page);
    await cook.begin();
    await line(page, 'live');
    const before = handed;
    const lid = await device.newCDPSession(page);
    await lid.send('Page.setWebLifecycleState', { state: 'frozen' });
    await device.setOffline(true);
    const placed = await cafe.order('T6', [BURGER]);
    await new Promise((resolve) => setTimeout(resolve, 14_000));
    await device.setOffline(false);
    await lid.send('Page.setWebLifecycleState', { state: 'active' });
    await cook.card(placed.ticket('grill')).waitFor({ timeout: 20_000 });
    await line(page, 'live');
    expect(handed).toBeGreaterThan(before);
    expect(await page.getByTestId('pairing').count()).toBe(0);
    await soon(() => cafe.events('ticket.heard')).toBe(1);
    house.forgive(page, 401);
  });
});

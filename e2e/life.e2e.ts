import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { keptTaps, settled } from './device.ts';
import { BURGER, CHROMIUM_ARGS, House, TABLET, until } from './house.ts';
import type { Cafe } from './house.ts';
import { Cook, Waiter, typePin } from './people.ts';
import { soon } from './soon.ts';

/** What happens to screens in a restaurant's life: power, radio, storage, people who leave, versions that come. */

describe.skipIf(haveChromium() === undefined)('a screen in real life', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  const bumps = (cafe: Cafe, count: number) =>
    until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === count,
      { timeout: 20_000 },
    );

  it('[E60] a kitchen tablet that restarts without a network opens, shows its last board as such, takes a bump, and sends it once', async () => {
    const cafe = await house.cafe();
    const profile = await mkdtemp(join(tmpdir(), 'heard-tablet-'));
    const powerOn = () =>
      chromium.launchPersistentContext(profile, {
        executablePath: haveChromium() ?? '',
        args: [...CHROMIUM_ARGS],
        viewport: TABLET,
        locale: 'en-US',
      });
    try {
      let tablet = await powerOn();
      let page = await house.page(tablet);
      await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
      const cook = new Cook(page);
      await cook.begin();
      await cook.live();
      const [first, second] = [await cafe.order('T6', [BURGER]), await cafe.order('T7', [BURGER])];
      for (const { ticket } of [first, second]) await cook.card(ticket('grill')).waitFor();
      await settled(page);
      await house.server.kill9();
      await tablet.close();

      tablet = await powerOn();
      page = await house.page(tablet);
      await page.goto(`${house.base}/kitchen/grill`);
      const again = new Cook(page);
      await again.begin();
      await again.card(second.ticket('grill')).waitFor();
      await page.locator('.conn[data-line="offline"]').waitFor({ timeout: 20_000 });
      expect(await page.locator('.conn[data-line="offline"]').innerText()).toMatch(/OFFLINE\s*since/);
      await again.bump(first.ticket('grill'));
      await soon(() => again.card(first.ticket('grill')).innerText()).toContain('not sent yet');
      await house.server.restart();
      await again.live();
      await bumps(cafe, 1);
      await again.card(first.ticket('grill')).waitFor({ state: 'detached' });
      await page.reload();
      await again.begin();
      await again.live();
      expect(await again.cards()).toEqual([second.ticket('grill')]);
      expect(await cafe.events('ticket.bumped')).toBe(1);
      await tablet.close();
    } finally {
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  it('[E61] a minute without a line, with bumps at the grill and an order at the table: all of it arrives, once, and the line’s story with it', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const kitchen = await cafe.open(
      '/kitchen/grill',
      { role: 'kitchen', name: 'Grill', stations: ['grill'] },
      { device },
    );
    const desk = await cafe.open('/pos', { role: 'waiter', name: 'Maya' }, { device });
    const [cook, waiter] = [new Cook(kitchen), new Waiter(desk)];
    await cook.begin();
    await cook.live();
    await waiter.live();
    const orders = [await cafe.order('T6', [BURGER]), await cafe.order('T7', [BURGER])];
    for (const { ticket } of orders) await cook.card(ticket('grill')).waitFor();
    const before = await cafe.events('order.placed');

    await device.setOffline(true);
    const offline = performance.now();
    await kitchen.bringToFront();
    for (const { ticket } of orders) await cook.bump(ticket('grill'));
    await desk.bringToFront();
    await waiter.burger('T12');
    await soon(() => desk.locator('body').innerText()).toMatch(/not sent/i);
    // The kitchen goes on meanwhile, for somebody else.
    const third = await cafe.order('T9', [BURGER]);
    await kitchen.bringToFront();
    await kitchen.waitForTimeout(Math.max(0, 60_000 - (performance.now() - offline)));
    expect(await kitchen.locator('[data-line="live"]').count()).toBe(0);
    expect(await cafe.events('ticket.bumped')).toBe(0);

    await device.setOffline(false);
    await cook.live();
    await bumps(cafe, 2);
    await until(
      () => cafe.events('order.placed'),
      (placed) => placed === before + 2,
    );
    await cook.card(third.ticket('grill')).waitFor();
    await soon(() => cook.cards()).toHaveLength(2);
    expect([await cafe.events('ticket.bumped'), await cafe.events('order.placed')]).toEqual([2, before + 2]);
    // What the line did is told to the house once there is one.
    const told = await until(
      async () => {
        const { body } = await cafe.manage('GET', '/connections?limit=200');
        const { connections = [] } = (body ?? {}) as {
          connections?: { kind: string; topic?: string; from?: string; durationMs?: number; gap?: number }[];
        };
        return connections.filter((line) => line.kind === 'screen' && line.from === 'stale');
      },
      (lines) => lines.some((line) => line.topic === 'station:grill'),
      { timeout: 20_000 },
    );
    const line = told.find((one) => one.topic === 'station:grill');
    expect(line?.durationMs).toBeGreaterThan(25_000);
    expect(line?.gap).toBeGreaterThan(0);
  });

  it('[E62] a screen that is revoked while it has no line keeps nothing when it comes back, and its tap changes nothing', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const page = await house.page(device);
    const id = await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor();
    await device.setOffline(true);
    await cook.bump(placed.ticket('grill'));
    await soon(() => cook.card(placed.ticket('grill')).innerText()).toContain('not sent yet');
    house.forgive(page, 401);
    expect((await cafe.manage('POST', `/devices/${id}/revoke`)).status).toBe(200);
    await device.setOffline(false);
    await page.getByTestId('pairing').waitFor({ timeout: 30_000 });
    expect(await page.locator('body').innerText()).not.toContain('BURGER');
    await page.waitForTimeout(1500);
    expect(await cafe.events('ticket.bumped')).toBe(0);
  });

  it('[E63] two pages of one tablet send nothing twice, and what one leaves the other sends', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const pages = [await house.page(device), await house.page(device)] as const;
    await cafe.pair(pages[0], { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    await pages[1].goto(`${house.base}/kitchen/grill`);
    const cooks = [new Cook(pages[0]), new Cook(pages[1])] as const;
    for (const cook of cooks) {
      await cook.begin();
      await cook.live();
    }
    const orders = [];
    for (let n = 0; n < 4; n += 1) orders.push(await cafe.order(`T${n + 2}`, [BURGER]));
    for (const cook of cooks) for (const { ticket } of orders) await cook.card(ticket('grill')).waitFor();
    await house.cut(device);
    for (const [n, { ticket }] of orders.entries()) await cooks[n < 2 ? 0 : 1].bump(ticket('grill'));
    await soon(async () => (await keptTaps(pages[1])).length).toBe(4);
    // One page is closed with its taps unsent; the other has been open all along.
    await pages[0].close();
    await house.mend(device);
    await bumps(cafe, 4);
    await soon(() => keptTaps(pages[1])).toEqual([]);
    expect(await cafe.events('ticket.bumped')).toBe(4);
  });

  it.each([
    [
      'is full',
      'IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };',
    ],
    [
      'is refused',
      'IDBFactory.prototype.open = () => { throw new DOMException("private", "SecurityError"); };',
    ],
    ['is not there', 'Object.defineProperty(window, "indexedDB", { value: undefined });'],
    [
      'does not answer',
      'IDBFactory.prototype.open = function () { return Object.create(IDBOpenDBRequest.prototype, { addEventListener: { value() {} }, removeEventListener: { value() {} } }); };',
    ],
  ])(
    '[E64] a storage that %s loses no tap while the page is open, and is said not to keep any',
    async (_, script) => {
      const cafe = await house.cafe();
      const device = await house.device();
      await device.addInitScript(script);
      const page = await cafe.open(
        '/kitchen/grill',
        { role: 'kitchen', name: 'Grill', stations: ['grill'] },
        { device },
      );
      const cook = new Cook(page);
      await cook.begin();
      await cook.live();
      const placed = await cafe.order('T6', [BURGER]);
      await cook.card(placed.ticket('grill')).waitFor();
      await device.setOffline(true);
      await cook.bump(placed.ticket('grill'));
      const chip = page.getByTestId('abilities');
      await soon(() => chip.innerText()).toContain('not kept over a reload');
      await device.setOffline(false);
      await bumps(cafe, 1);
      await cook.card(placed.ticket('grill')).waitFor({ state: 'detached' });
    },
  );

  it('[E65] whoever signs out with an order unsent is asked; it waits for them, and goes under their own name', async () => {
    const cafe = house.demo();
    const device = await house.device();
    const page = await house.page(device);
    await cafe.pair(page, { page: 'pos', name: 'Tablet 11' });
    await typePin(page, '4001');
    const waiter = new Waiter(page);
    await waiter.live();
    await settled(page);
    const before = await cafe.events('order.placed');
    await house.cut(device);
    // Reloaded without a server it is still hers: her turn ends with her token, not with the page.
    await page.reload();
    await soon(() => page.getByTestId('who').innerText()).toContain('Maya');
    await waiter.burger('T14');
    await soon(() => keptTaps(page).then((taps) => taps.length)).toBe(1);
    await page.getByTestId('who').click();
    await page.getByTestId('sign-out').click();
    expect(await page.getByTestId('leave').innerText()).toMatch(/1 tap of yours is not sent yet/);
    await page.getByTestId('leave-go').click();
    await page.getByTestId('pin').waitFor();
    await soon(() => page.getByTestId('held-taps').innerText()).toContain('1 tap waits here for Maya');

    await house.mend(device);
    await page.waitForTimeout(4000);
    expect(await cafe.events('order.placed')).toBe(before);
    await typePin(page, '4001');
    await until(
      () => cafe.events('order.placed'),
      (placed) => placed === before + 1,
      { timeout: 20_000 },
    );
    const { body } = await cafe.manage('GET', '/log?after=0&limit=500');
    const { events } = body as { events: { type: string; by: { id: string } }[] };
    expect(events.findLast(({ type: what }) => what === 'order.placed')?.by.id).toMatch(/^staff:/);
  });
});

describe.skipIf(haveChromium() === undefined)('a new version of the page', () => {
  const ROOT = fileURLToPath(new URL('../dist/screens/', import.meta.url));
  const TYPES: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
    '.woff2': 'font/woff2',
  };
  let server: Server;
  let url: string;
  let version: 'first' | 'second' = 'first';

  beforeAll(async () => {
    // The built pages, as two versions of them: the second differs in the shell's own name and in the page's.
    server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const file = path.startsWith('/kitchen/') && !extname(path) ? '/kitchen/index.html' : path;
      void readFile(join(ROOT, file)).then(
        (bytes) => {
          let body: Buffer | string = bytes;
          if (file === '/sw.js') body = bytes.toString().replace(/("version":")[0-9a-f]{12}/, `$1${version}`);
          if (file.endsWith('.html'))
            body = bytes.toString().replace('<head>', `<head><meta name="edition" content="${version}">`);
          response.writeHead(200, {
            'content-type': TYPES[extname(file)] ?? 'text/plain',
            'cache-control': 'no-cache',
          });
          response.end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('[E66] waits for a quiet minute, then comes in whole: never over somebody’s hands', async () => {
    version = 'first';
    const browser = await chromium.launch({ executablePath: haveChromium() ?? '', args: [...CHROMIUM_ARGS] });
    try {
      const page = await browser.newPage();
      await page.clock.install();
      const token = `x.${btoa(JSON.stringify({ loc: 'cafe', role: 'kitchen', exp: 4e9 }))}.y`;
      await page.goto(`${url}/kitchen/grill?location=cafe#token=${token}`);
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      const edition = () =>
        page.evaluate(() => document.querySelector('meta[name="edition"]')?.getAttribute('content'));
      const waiting = () =>
        page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting));
      // With what somebody has to know who reads that it did not come.
      const standing = () =>
        page.evaluate(async () => {
          const [page, known] = [
            document.querySelector('meta[name="edition"]'),
            await navigator.serviceWorker.getRegistration(),
          ];
          const workers = [known?.installing, known?.waiting, known?.active].map(
            (worker) => worker?.state ?? '-',
          );
          return `${page?.getAttribute('content')} ${workers.join(' ')} ${document.body.innerText.slice(0, 100)}`;
        });
      expect(await edition()).toBe('first');

      version = 'second';
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
      await soon(waiting).toBe(true);
      // Somebody works here.
      for (let n = 0; n < 3; n += 1) {
        await page.mouse.click(5, 5);
        await page.clock.runFor(40_000);
      }
      expect([await edition(), await waiting()]).toEqual(['first', true]);
      await page.clock.runFor(30_000);
      // The page's clock stands between two questions, and what it waits for may come after it was wound on. A page
      // that is being replaced may never say that its clock was.
      await soon(async () => {
        await Promise.race([page.clock.runFor(5_000).catch(() => undefined), sleep(2_000)]);
        return standing().catch(() => null);
      }).toMatch(/^second/);
      await soon(() => page.evaluate(async () => (await caches.keys()).join())).toBe('heard-shell-second');
    } finally {
      await browser.close();
    }
  });
});

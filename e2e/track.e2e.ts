import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { Guest, PHONE, hear, kitchen, linkOf } from './guest.ts';
import { BURGER, type Cafe, House, LAGER, until } from './house.ts';
import { type Narrow, type Narrows, openNarrow } from './narrow.ts';
import { soon } from './soon.ts';

/** A guest follows an order from the phone, over whatever line there is, from placed to collected. */

const LINES: readonly (readonly [
  transport: string,
  narrows: Narrows,
  asks: RegExp,
  badge: 'live' | 'polling',
])[] = [
  ['a socket', {}, /^UPGRADE /, 'live'],
  ['an event stream, where Upgrade is refused', { noUpgrade: true }, /^GET \S+\/stream\?/, 'live'],
  [
    'a long poll, where event streams are held back too',
    { noUpgrade: true, holdsStreams: true },
    /^GET \S+\/changes\?\S*wait=25/,
    'polling',
  ],
  [
    'a plain poll, where nothing may wait',
    { noUpgrade: true, holdsStreams: true, cutsLongPolls: true },
    /^GET \S+\/changes\?\S*wait=0/,
    'polling',
  ],
];

describe.skipIf(haveChromium() === undefined)('the guest’s page', () => {
  let house: House;
  const narrows: Narrow[] = [];
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(async () => {
    for (const one of contexts.splice(0)) await one.close();
    for (const one of narrows.splice(0)) await one.close();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(() => house?.close());

  async function phone(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await house.browser.newContext({ viewport: PHONE, locale: 'en-US', ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      // What the browser itself says of a narrow line, a dead server, a link that is none: they belong to the story.
      const ofTheLine = /^(WebSocket connection to|Failed to load resource)/.test(message.text());
      if (message.type() === 'error' && !ofTheLine) complaints.push(message.text());
    });
    return page;
  }

  it.each(LINES)(
    '[T30] follows the order to the end over %s, through a kill of the server and a sleep, and never goes back',
    async (_name, how, asks, badge) => {
      const cafe = await house.cafe();
      const order = await cafe.order(null, [BURGER, LAGER], { guest: { name: 'Ramos', phone: '+15550199' } });
      const token = await linkOf(cafe, order);
      const narrow = await openNarrow(house.server.url, how);
      narrows.push(narrow);
      const page = await phone();
      await Guest.watch(page);
      const guest = new Guest(page);
      await page.goto(`${narrow.url}/track/${token}`);
      // Shown at once, however long it takes to find a line.
      await guest.reaches('Received', 5_000);
      await guest.line(badge).waitFor({ timeout: 60_000 });
      expect(await page.locator('.eta h1').innerText()).toMatch(/^\d\d:\d\d and \d\d:\d\d$/);

      await hear(cafe, 'grill');
      await hear(cafe, 'drinks');
      await guest.reaches('Confirmed');

      // The server dies while the drink is poured.
      await house.server.kill9();
      await guest.line('reconnecting').waitFor({ timeout: 30_000 });
      await house.server.restart();
      await kitchen.bump(cafe, order, 'drinks');
      await guest.reaches('Preparing', 60_000);
      await soon(() => page.locator('.under small').innerText()).toBe('1 of 2 things is ready');

      // The phone sleeps while the burger gets ready, is taken back, and gets ready again.
      const device = await page.context().newCDPSession(page);
      await device.send('Page.setWebLifecycleState', { state: 'frozen' });
      await kitchen.bump(cafe, order, 'grill');
      await page.waitForTimeout(7_000);
      await device.send('Page.setWebLifecycleState', { state: 'active' });
      await guest.reaches('Ready to collect', 60_000);
      await kitchen.recall(cafe, order, 'grill');
      await until(
        () =>
          page
            .locator('.trouble')
            .innerText({ timeout: 1_000 })
            .catch(() => ''),
        (text) => text.includes('fixing your order'),
        { timeout: 30_000 },
      );
      expect(await guest.current().innerText()).toBe('Ready to collect');
      await kitchen.bump(cafe, order, 'grill');
      await page.locator('.trouble').waitFor({ state: 'detached', timeout: 30_000 });

      await kitchen.serve(cafe, order);
      await guest.line('ended').waitFor({ timeout: 30_000 });
      expect(await page.locator('.eta h1').innerText()).toBe('Collected. Enjoy!');
      expect(await page.locator('.stp li.done').count()).toBe(5);

      // It ended: nothing is kept open, and nothing is asked any more.
      await soon(() => Promise.resolve(narrow.open.size)).toBe(0);
      const asked = narrow.asked.length;
      await page.waitForTimeout(12_000);
      expect(narrow.asked.slice(asked)).toEqual([]);

      const steps = await guest.steps();
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(narrow.asked.filter((one) => asks.test(one)).length).toBeGreaterThan(0);
      await nothingForeign(narrow, cafe, token);
    },
  );

  /** No byte that came to the phone is of anything but its order. */
  async function nothingForeign(narrow: Narrow, cafe: Cafe, link: string): Promise<void> {
    const told = narrow.told();
    expect(told).toContain('"kind":"tracking"');
    const log = await house.server.openLog();
    const page = await log.readEventsPage(cafe.id, 0, 1_000);
    await log.close();
    const events = page?.events ?? [];
    expect(events.length).toBeGreaterThan(8);
    for (const event of events) expect(told).not.toContain(event.command);
    const frames = told
      .split(/(?=\{"t":|\{"pos":|\{"topic":)/)
      .filter((one) => /^\{"(t|pos|topic)"/.test(one))
      .join('\n');
    expect(frames).not.toMatch(
      /"seq"|"by"|"command"|"price"|"total"|"server"|Ramos|5550199|Maya|Luis|staff:/,
    );
    expect(told).not.toContain(link);
    const cursors = [...told.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor = '']) =>
      Buffer.from(cursor, 'base64url').toString('utf8'),
    );
    expect(cursors.length).toBeGreaterThan(3);
    for (const cursor of cursors) expect(cursor.split('.')[6]).toMatch(/^order:/);
    const positions = [...told.matchAll(/"(?:pos|from|to|version)":(\d+)/g)].map(([, pos]) => Number(pos));
    expect(Math.max(...positions)).toBeLessThan(20);
  }

  it('[T31] lets go of an order that has ended, and follows it again when it goes on and the guest looks', async () => {
    const cafe = await house.cafe();
    const order = await cafe.order(null, [BURGER]);
    const page = await phone();
    const guest = new Guest(page);
    await page.goto(`${house.server.url}/track/${await linkOf(cafe, order)}`);
    await guest.line('live').waitFor({ timeout: 20_000 });
    const reach = page.locator('.reach a');
    expect(await reach.allInnerTexts()).toEqual(['Way here', 'Call us']);
    expect(await reach.last().getAttribute('href')).toBe('tel:+12125550118');
    expect(await reach.first().getAttribute('rel')).toBe('noreferrer noopener');
    await kitchen.bump(cafe, order, 'grill');
    await kitchen.serve(cafe, order);
    await guest.line('ended').waitFor({ timeout: 20_000 });
    // The dish comes back: what had ended goes on, when the guest looks again.
    await cafe.command(
      'item.refire',
      { order: order.id, item: order.items[0] ?? '', reason: 'cold' },
      { role: 'expo', name: 'Luis' },
    );
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await soon(() => page.locator('.trouble').innerText()).toContain('fixing your order');
    await guest.line('live').waitFor();
  });

  it('[T32] a link that was never one, is taken back or is too short says the same, and tells nothing', async () => {
    const cafe = await house.cafe();
    const order = await cafe.order(null, [BURGER]);
    const token = await linkOf(cafe, order);
    const followed = await phone();
    await followed.goto(`${house.server.url}/track/${token}`);
    await new Guest(followed).line('live').waitFor({ timeout: 20_000 });
    await cafe.manage('POST', `/orders/${order.id}/link/revoke`);
    await followed.locator('.over').waitFor({ timeout: 20_000 });
    expect(await followed.locator('.over').innerText()).toContain('This link has ended');

    const said: string[] = [];
    for (const link of ['A'.repeat(22), 'x', token]) {
      const page = await phone();
      await page.goto(`${house.server.url}/track/${link}`);
      await page.locator('.plain h1').waitFor({ timeout: 20_000 });
      said.push(await page.locator('body').innerText());
    }
    expect(said[0]).toContain('This link is not good');
    expect(new Set(said).size).toBe(1);
    const head = await fetch(`${house.server.url}/track/${token}`);
    expect(head.headers.get('referrer-policy')).toBe('no-referrer');
    expect(head.headers.get('cache-control')).toBe('no-store');
    expect(house.server.output()).not.toContain(token);
  });

  it('[T33] a cancelled order says why and what of the money, in the language of the phone or of the house', async () => {
    const cafe = await house.cafe((config) => ({ ...config, language: 'ar' }));
    const order = await cafe.order(null, [BURGER]);
    const token = await linkOf(cafe, order);
    const french = await phone({ locale: 'fr-FR' });
    await french.goto(`${house.server.url}/track/${token}`);
    await new Guest(french).line('live').waitFor({ timeout: 20_000 });
    await soon(() =>
      french.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
    ).toEqual(['ar', 'rtl']);
    const page = await phone({ locale: 'es-AR' });
    await page.goto(`${house.server.url}/track/${token}`);
    await new Guest(page).line('live').waitFor({ timeout: 20_000 });
    await cafe.command('order.cancel', { order: order.id, reason: 'El horno no anda' });
    await soon(() => page.locator('.eta h1').innerText()).toBe('Cancelado');
    expect(await page.locator('.eta').innerText()).toMatch(/El horno no anda[\s\S]*se le devuelve el dinero/);
    expect(await page.locator('.stp.is-off').count()).toBe(1);
    await new Guest(page).line('ended').waitFor();
  });

  it('[T34] has no serious barrier by axe and no sideways scroll, light and dark, in three languages, at twice the size', async () => {
    const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
    const cafe = await house.cafe();
    const order = await cafe.order(null, [
      BURGER,
      ['bacon-cheeseburger', { doneness: 'rare', side: 'salad', remove: ['no-onion'] }],
    ]);
    await kitchen.start(cafe, order, 'grill');
    const token = await linkOf(cafe, order);
    for (const [locale, colorScheme] of [
      ['en-US', 'light'],
      ['en-US', 'dark'],
      ['es-AR', 'light'],
      ['ar-EG', 'dark'],
    ] as const) {
      const page = await phone({ locale, colorScheme });
      await page.goto(`${house.server.url}/track/${token}`);
      await new Guest(page).line('live').waitFor({ timeout: 20_000 });
      expect(await barriers(page, axe), `${locale} ${colorScheme}`).toEqual([]);
      await page.setViewportSize({ width: 195, height: 422 });
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
        `${locale} at twice the size`,
      ).toBeLessThanOrEqual(0);
    }
    const old = await phone();
    await old.goto(`${house.server.url}/track/${'A'.repeat(22)}`);
    await old.locator('.plain h1').waitFor();
    expect(await barriers(old, axe)).toEqual([]);
  });

  async function barriers(page: Page, axe: string): Promise<string[]> {
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe: tool } = window as unknown as {
        axe: { run(root: Document): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await tool.run(document);
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
      );
    });
  }
});

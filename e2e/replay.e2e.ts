import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../src/cli/replay.ts';
import type { ReplayReport } from '../src/cli/replay.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { startServer } from '../src/testkit/server.ts';
import type { TestServer } from '../src/testkit/server.ts';
import type { Told } from './frames.ts';
import { quantile, readHistogram } from './histogram.ts';
import { LOCATION, STATIONS, burrito, command, firedAt, launchChromium, openKitchen, placedOrders, readLog, realOrders, snapshot } from './kitchen.ts';

/** A kitchen cooks a ticket for this long in the test, so that its boards are as full as on a busy night. */
const COOKING_MS = 2_500;

describe.skipIf(!haveChromium())('the 917 real orders at 50 a second, kitchen pages open in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let report: ReplayReport;
  const kitchens = new Map<string, { page: Page; told: Told }>();
  const cooking: Promise<void>[] = [];

  beforeAll(async () => {
    server = await startServer();
    await server.addLocations([[LOCATION, burrito]]);
    browser = await launchChromium();
    for (const station of STATIONS) {
      const kitchen = await openKitchen(browser, server, station);
      await kitchen.page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
      kitchens.set(station, kitchen);
    }
    const cook = await server.token(LOCATION, 'kitchen');
    const bump = async (ticket: string): Promise<void> => {
      await sleep(COOKING_MS);
      await command(server, cook, 'ticket.bump', { ticket });
    };
    const token = await server.token(LOCATION, 'waiter');
    report = await replay({
      url: server.url,
      location: LOCATION,
      token,
      orders: realOrders,
      perSecond: 50,
      // The last hundred stay on the boards, to be looked at.
      onPlaced: ({ tickets }) => {
        if (cooking.length < 1500) cooking.push(...tickets.map(({ id }) => bump(id)));
      },
    });
    await Promise.all(cooking);
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('[B5] every order is answered and is in the log once', async () => {
    expect(report.failed).toEqual([]);
    expect(report.placed).toHaveLength(917);
    const orders = placedOrders(await readLog(server)).map(({ order }) => order);
    expect(orders).toHaveLength(917);
    expect(new Set(orders)).toEqual(new Set(report.placed.map(({ order }) => order)));
  });

  it.each(STATIONS)('[B5] %s got each of its tickets once, in the order of the log', async (station) => {
    const expected = firedAt(await readLog(server), station);
    expect(expected.length).toBeGreaterThan(200);
    expect(new Set(expected).size).toBe(expected.length);
    const answered = report.placed.flatMap(({ tickets }) => tickets.filter((ticket) => ticket.station === station).map(({ id }) => id));
    expect(new Set(answered)).toEqual(new Set(expected));
    const told = kitchens.get(station)?.told;
    await expect.poll(() => told?.tickets.length, { timeout: 10_000 }).toBe(expected.length);
    expect(told?.broken).toEqual([]);
    expect(told?.tickets).toEqual(expected);
  });

  it.each(STATIONS)('[B5] the board of %s shows the oldest open tickets of the server, in the order of the log', async (station) => {
    const kitchen = kitchens.get(station);
    const view = await snapshot(server, `station:${station}`);
    const open = view.entities
      .flatMap((entity) => (entity.kind === 'ticket' && (entity.status === 'new' || entity.status === 'cooking') ? [entity] : []))
      .toSorted((a, b) => a.number - b.number)
      .map(({ id }) => id);
    expect(open.length).toBeGreaterThan(5);
    await expect.poll(() => kitchen?.told.hash(), { timeout: 20_000 }).toBe(view.hash);
    const shown = await kitchen?.page.locator('[data-ticket]').evaluateAll((cards) => [...new Set(cards.map((card) => card.getAttribute('data-ticket')))]);
    expect(shown?.length).toBeGreaterThan(3);
    expect(shown).toEqual(open.slice(0, shown?.length));
  });

  it('[B6] every ticket was heard, and the time from order to heard is in the histogram of the product', async () => {
    const tickets = report.placed.flatMap(({ tickets: made }) => made).length;
    const heard = async (): Promise<number> => (await readLog(server)).filter(({ type }) => type === 'ticket.heard').length;
    await expect.poll(heard, { timeout: 30_000, interval: 1000 }).toBe(tickets);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const histogram = readHistogram(metrics, 'heard_order_to_heard_seconds');
    expect(histogram.count).toBe(tickets);
    const [p50, p99] = [quantile(histogram, 0.5), quantile(histogram, 0.99)];
    console.log(`order to heard, ${tickets} tickets at 50 orders/s: p50 ${(p50 * 1000).toFixed(0)} ms, p99 ${(p99 * 1000).toFixed(0)} ms`);
    expect(p50).toBeLessThan(2);
    expect(p99).toBeLessThan(8);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stationsOf } from '../src/cli/realOrders.ts';
import { replay } from '../src/cli/replay.ts';
import type { ReplayReport } from '../src/cli/replay.ts';
import { createHeard } from '../src/sdk/client.ts';
import type { Heard } from '../src/sdk/shapes.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { startServer } from '../src/testkit/server.ts';
import type { TestServer } from '../src/testkit/server.ts';
import { quantile, readHistogram } from './histogram.ts';
import {
  LOCATION,
  STATIONS,
  burrito,
  command,
  firedAt,
  launchChromium,
  openKitchen,
  placedOrders,
  readLog,
  realOrders,
  snapshot,
} from './kitchen.ts';
import type { Kitchen } from './kitchen.ts';

/** A kitchen cooks a ticket for this long once it is heard, so that the boards are as full as on a busy night. */
const COOKING_MS = 1_500;
/** However slow the machine: as long as one more ticket is heard within this, the kitchen goes on. */
const STILL_MS = 30_000;
/** So many tickets of each station stay on its board, to be looked at. */
const LEFT_OPEN = 20;
const METRICS_TOKEN = 'a token for the metrics';

/** Declares the tests: so many of the real orders at 50 a second, three kitchen pages open in Chromium. */
export function proveReplay(count: number, patienceMs: number): void {
  const orders = realOrders.slice(0, count);
  describe.skipIf(!haveChromium())(
    `${orders.length} real orders at 50 a second, kitchen pages open in Chromium`,
    () => {
      let server: TestServer;
      let browser: Browser;
      let report: ReplayReport;
      const kitchens = new Map<string, Kitchen>();
      let cooks: Heard | undefined;
      let over = false;

      beforeAll(async () => {
        server = await startServer({ env: { HEARD_METRICS_TOKEN: METRICS_TOKEN } });
        await server.addLocations([[LOCATION, burrito]]);
        browser = await launchChromium();
        for (const station of STATIONS) {
          const kitchen = await openKitchen(browser, server, station);
          await kitchen.page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
          kitchens.set(station, kitchen);
        }
        cooks = createHeard({
          baseUrl: server.url,
          location: LOCATION,
          token: () => server.token(LOCATION, 'expo', { sub: 'cook' }),
          client: { id: 'cook' },
        });
        cooks.view('kitchen').subscribe(() => undefined);
        const room = new Map<string, number>(STATIONS.map((station) => [station, -LEFT_OPEN]));
        for (const station of orders.flatMap(stationsOf)) room.set(station, (room.get(station) ?? 0) + 1);
        const wanted = [...room.values()].reduce((sum, count) => sum + count, 0);
        const cook = await server.token(LOCATION, 'expo', { sub: 'cook' });
        const taken = new Set<string>();
        const cooked: Promise<unknown>[] = [];
        const refused: string[] = [];
        cooks.onChange('kitchen', ({ put }) => {
          for (const entity of put) {
            if (
              entity.kind !== 'ticket' ||
              entity.delivery.state !== 'heard' ||
              entity.status !== 'new' ||
              taken.has(entity.id)
            )
              continue;
            const left = room.get(entity.station) ?? 0;
            if (left <= 0) continue;
            room.set(entity.station, left - 1);
            taken.add(entity.id);
            cooked.push(
              sleep(COOKING_MS).then(() =>
                over ? undefined : command(server, cook, 'ticket.bump', { ticket: entity.id }),
              ),
            );
          }
        });
        const token = await server.token(LOCATION, 'waiter');
        report = await replay({ url: server.url, location: LOCATION, token, orders, perSecond: 50 });
        let last = { taken: taken.size, at: performance.now() };
        for (; taken.size < wanted; await sleep(200)) {
          const errors = [...kitchens].flatMap(([station, kitchen]) =>
            kitchen.errors.map((error) => `${station}: ${error}`),
          );
          if (errors.length > 0) throw new Error(`a page broke: ${errors.join(' | ')}`);
          if (taken.size > last.taken) last = { taken: taken.size, at: performance.now() };
          else if (performance.now() > last.at + STILL_MS)
            throw new Error(
              `${taken.size} of ${wanted} tickets were heard, then none for ${STILL_MS / 1000} s; not cooked yet: ` +
                [...room].map(([station, left]) => `${left} at ${station}`).join(', '),
            );
        }
        await Promise.all(cooked);
        expect(refused).toEqual([]);
      }, patienceMs);

      afterAll(async () => {
        over = true;
        cooks?.close();
        await browser?.close();
        await server?.dispose();
      });

      it('no page broke', () => {
        expect([...kitchens.values()].flatMap(({ errors }) => errors)).toEqual([]);
      });

      it('[B5] every order is answered and is in the log once', async () => {
        expect(report.failed).toEqual([]);
        expect(report.placed).toHaveLength(orders.length);
        const inLog = placedOrders(await readLog(server)).map(({ order }) => order);
        expect(inLog).toHaveLength(orders.length);
        expect(new Set(inLog)).toEqual(new Set(report.placed.map(({ order }) => order)));
      });

      it.each(STATIONS)('[B5] %s got each of its tickets once, in the order of the log', async (station) => {
        const expected = firedAt(await readLog(server), station);
        expect(expected.length).toBeGreaterThan(orders.length / 5);
        expect(new Set(expected).size).toBe(expected.length);
        const answered = report.placed.flatMap(({ tickets }) =>
          tickets.filter((ticket) => ticket.station === station).map(({ id }) => id),
        );
        expect(new Set(answered)).toEqual(new Set(expected));
        const told = kitchens.get(station)?.told;
        await expect.poll(() => told?.tickets.length, { timeout: 10_000 }).toBe(expected.length);
        expect(told?.broken).toEqual([]);
        expect(told?.tickets).toEqual(expected);
      });

      it.each(STATIONS)(
        '[B5] the board of %s shows the oldest open tickets of the server, in the order of the log',
        async (station) => {
          const kitchen = kitchens.get(station);
          // Receipts may still move it: the page has caught up when both say the same.
          let view = await snapshot(server, `station:${station}`);
          const compared = async (): Promise<string> => {
            view = await snapshot(server, `station:${station}`);
            return kitchen?.told.hash() === view.hash
              ? 'the same'
              : `at ${kitchen?.told.pos}, not ${view.pos}`;
          };
          await expect.poll(compared, { timeout: 20_000 }).toBe('the same');
          const open = view.entities
            .flatMap((entity) =>
              entity.kind === 'ticket' && (entity.status === 'new' || entity.status === 'cooking')
                ? [entity]
                : [],
            )
            .toSorted((a, b) => a.number - b.number)
            .map(({ id }) => id);
          expect(open).toHaveLength(LEFT_OPEN);
          const shown = async (): Promise<(string | null)[]> =>
            (await kitchen?.page
              .locator('.place [data-ticket]')
              .evaluateAll((cards) => [...new Set(cards.map((card) => card.getAttribute('data-ticket')))])) ??
            [];
          await expect.poll(async () => (await shown()).length, { timeout: 20_000 }).toBeGreaterThan(3);
          await expect
            .poll(async () => isDeepStrictEqual(await shown(), open.slice(0, (await shown()).length)), {
              timeout: 20_000,
            })
            .toBe(true);
        },
      );

      it('[B6] every ticket was heard, and the time from order to heard is in the histogram of the product', async () => {
        const tickets = report.placed.flatMap(({ tickets: made }) => made).length;
        const heard = async (): Promise<number> =>
          (await readLog(server)).filter(({ type }) => type === 'ticket.heard').length;
        await expect.poll(heard, { timeout: 30_000, interval: 1000 }).toBe(tickets);
        const metrics = await (
          await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
        ).text();
        const histogram = readHistogram(metrics, 'heard_order_to_heard_seconds');
        expect(histogram.count).toBe(tickets);
        const [p50, p99] = [quantile(histogram, 0.5), quantile(histogram, 0.99)];
        console.log(
          `order to heard, ${tickets} tickets at 50 orders/s: p50 ${(p50 * 1000).toFixed(0)} ms, p99 ${(p99 * 1000).toFixed(0)} ms`,
        );
        // No limit on how long: three Chromium pages, PostgreSQL and the server may share two cores with much else.
        expect(p50).toBeGreaterThan(0);
        expect(p99).toBeGreaterThanOrEqual(p50);
      });
    },
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../src/cli/replay.ts';
import type { Placed } from '../src/cli/replay.ts';
import { viewHash } from '../src/domain/viewHash.ts';
import { createHeard } from '../src/sdk/client.ts';
import type { Heard, View } from '../src/sdk/shapes.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { startServer } from '../src/testkit/server.ts';
import type { TestServer } from '../src/testkit/server.ts';
import {
  LOCATION,
  STATIONS,
  burrito,
  command,
  launchChromium,
  openKitchen,
  placedOrders,
  readLog,
  realOrders,
  rebuild,
  snapshot,
  sorted,
} from './kitchen.ts';
import type { Kitchen } from './kitchen.ts';

const TOPICS = ['kitchen', 'pos', ...STATIONS.map((station) => `station:${station}`)];
/** Within one heartbeat of the network being well, every screen equals the server. */
const HEARTBEAT_MS = 20_000;
/** A screen that waits longer for its next try is reloaded by somebody, or the test would mostly wait. */
const PATIENCE_MS = 1_500;

/** Declares the tests: `kills` times kill -9 during a replay of the real orders. */
export function proveKills(kills: number): void {
  describe(`kill -9 of the server, ${kills} times during a replay`, () => {
    let server: TestServer;
    let browser: Browser | undefined;
    let kitchen: Kitchen | undefined;
    const screens: { topic: string; heard: Heard }[] = [];
    /** Screens that came back by themselves, from their own cursor. */
    let resumed = 0;
    const placed: Placed[] = [];

    beforeAll(async () => {
      server = await startServer();
      await server.addLocations([[LOCATION, burrito]]);
      for (const topic of TOPICS) screens.push({ topic, heard: openScreen(topic) });
      if (haveChromium() !== undefined) {
        browser = await launchChromium();
        kitchen = await openKitchen(browser, server, 'grill');
        await kitchen.page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
      }
    }, 120_000);

    afterAll(async () => {
      for (const { heard } of screens) heard.close();
      await browser?.close();
      await server?.dispose();
    });

    it(`[B7] after each of ${kills} kills no acknowledged order is missing, and every screen equals the server's projection`, async () => {
      const token = await server.token(LOCATION, 'waiter');
      const cook = await server.token(LOCATION, 'kitchen');
      const share = Math.ceil(realOrders.length / kills);
      for (let kill = 0; kill < kills; kill += 1) {
        const orders = realOrders.slice(kill * share, (kill + 1) * share);
        const replaying = replay({ url: server.url, location: LOCATION, token, orders, perSecond: 100 });
        // In the middle of the batch; each time at another moment of it.
        await sleep(80 + ((kill * 37) % 300));
        await server.kill9();
        await server.restart();
        const report = await replaying;
        expect(report.failed, `after kill ${kill + 1}`).toEqual([]);
        placed.push(...report.placed);
        // The kitchen clears most of it, so that boards stay as full as real ones.
        await Promise.all(
          report.placed
            .slice(5)
            .flatMap(({ tickets }) =>
              tickets.map(({ id }) => command(server, cook, 'ticket.bump', { ticket: id })),
            ),
        );
        await everyScreenEqual(kill + 1);
      }
    }, 400_000);

    it('[B7] every acknowledged order is in the log once, and the log has no hole', async () => {
      const events = await readLog(server);
      const orders = placedOrders(events);
      expect(orders).toHaveLength(realOrders.length);
      expect(new Set(orders.map(({ order }) => order)).size).toBe(orders.length);
      expect(new Set(orders.map(({ command: id }) => id)).size).toBe(orders.length);
      const commandOf = new Map(orders.map(({ order, command: id }) => [order, id]));
      expect(placed).toHaveLength(realOrders.length);
      // What was answered is where the answer said.
      for (const { order, seq } of placed)
        expect(events[seq - 1]?.command, `order ${order} at ${seq}`).toBe(commandOf.get(order));
      const ids = new Set(placed.map(({ order }) => order));
      expect(ids.size).toBe(realOrders.length);
      // Some answers were lost with the server: those orders came again and were told what had become of them.
      expect(placed.some(({ tries }) => tries > 1)).toBe(true);
      expect(resumed).toBeGreaterThan(kills);
    });

    it('[B8] the projection rebuilt from the log by a fresh process equals the running server field by field', async () => {
      await eventually(async () => {
        const before = await Promise.all(TOPICS.map((topic) => snapshot(server, topic)));
        const rebuilt = await rebuild(server, TOPICS);
        for (const view of before) {
          expect(rebuilt.head, `${view.topic}: the log moved on`).toBe(view.pos);
          expect(rebuilt.topics[view.topic]?.hash).toBe(view.hash);
          expect(sorted(rebuilt.topics[view.topic]?.entities ?? [])).toEqual(sorted(view.entities));
        }
      });
    }, 90_000);

    function openScreen(topic: string): Heard {
      const token = (): Promise<string> => server.token(LOCATION, 'manager', { sub: `screen:${topic}` });
      const heard = createHeard({
        baseUrl: server.url,
        location: LOCATION,
        token,
        client: { id: `e2e-${topic.replace(':', '-')}` },
      });
      heard.view(topic).subscribe(() => undefined);
      return heard;
    }

    async function everyScreenEqual(kill: number): Promise<void> {
      const since = performance.now();
      const until = since + HEARTBEAT_MS;
      // The tablet's own network is well; it hears of that as any page does.
      await kitchen?.page.evaluate(() => window.dispatchEvent(new Event('online')));
      const reloaded = new Map<string, number>();
      for (;;) {
        const wrong: string[] = [];
        for (const screen of screens) {
          if (
            performance.now() - (reloaded.get(screen.topic) ?? since) < PATIENCE_MS ||
            screen.heard.connection.get().word === 'live'
          )
            continue;
          reloaded.set(screen.topic, performance.now());
          screen.heard.close();
          screen.heard = openScreen(screen.topic);
        }
        for (const { topic, heard } of screens) {
          const { hash } = await snapshot(server, topic);
          const view = heard.view(topic).get();
          if (hashOf(view) !== hash) wrong.push(`${topic} at ${view.pos} (${heard.connection.get().word})`);
        }
        if (kitchen) {
          const { hash } = await snapshot(server, kitchen.told.topic);
          if (kitchen.told.hash() !== hash) wrong.push(`Chromium at ${kitchen.told.pos}`);
          expect(kitchen.told.broken).toEqual([]);
          expect(kitchen.errors).toEqual([]);
        }
        if (wrong.length === 0) {
          resumed += screens.length - reloaded.size;
          return;
        }
        if (performance.now() > until)
          throw new Error(`after kill ${kill} these screens differ from the server: ${wrong.join(', ')}`);
        await sleep(50);
      }
    }
  });
}

/** Tries until nothing is thrown any more: receipts may still move the log. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (const until = performance.now() + 60_000; ; await sleep(200)) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

function hashOf(view: View): number {
  return viewHash(Object.values(view.entities).flatMap((kind) => [...kind.values()]));
}

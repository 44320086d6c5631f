import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { z } from 'zod';
import { configOf, readRealOrders } from '../src/cli/realOrders.ts';
import type { Entity } from '../src/domain/entities.ts';
import { readEvent } from '../src/domain/events.ts';
import type { LoggedEvent } from '../src/domain/events.ts';
import type { SnapshotAnswer, logAnswer } from '../src/protocol/http.ts';
import { haveChromium } from '../src/testkit/have.ts';
import type { TestServer } from '../src/testkit/server.ts';
import { Told } from './frames.ts';

type LogAnswer = z.infer<typeof logAnswer>;

export const LOCATION = 'burrito';
export const STATIONS = ['grill', 'cold', 'drinks'] as const;
export const realOrders = readRealOrders();
export const burrito = configOf(realOrders);

export function launchChromium(): Promise<Browser> {
  const executablePath = haveChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
}

export type Kitchen = { page: Page; told: Told; errors: string[] };

/** A kitchen page of one station, and what it is told from its first frame on. */
export async function openKitchen(browser: Browser, server: TestServer, station: string): Promise<Kitchen> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('crash', () => errors.push('the page crashed'));
  const told = new Told(page, `station:${station}`);
  const token = await server.token(LOCATION, 'kitchen', { sub: `kitchen:${station}` });
  await page.goto(`${server.url}/kitchen/${station}#token=${encodeURIComponent(token)}`);
  return { page, told, errors };
}

async function get<T>(server: TestServer, path: string): Promise<T> {
  const token = await server.token(LOCATION, 'manager');
  const response = await fetch(`${server.url}/v1/locations/${LOCATION}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<T>;
}

/** The server's own projection of a topic, as a manager sees it. */
export function snapshot(server: TestServer, topic: string): Promise<SnapshotAnswer> {
  return get(server, `/snapshot?topic=${encodeURIComponent(topic)}`);
}

/** The whole log, in its order. Throws when a number is missing or an event is unknown. */
export async function readLog(server: TestServer): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (;;) {
    const page = await get<LogAnswer>(server, `/log?after=${events.length}&limit=500`);
    for (const stored of page.events) {
      if (stored.seq !== events.length + 1)
        throw new Error(`event ${stored.seq} stands where ${events.length + 1} belongs`);
      const event = readEvent(stored);
      if (event === null) throw new Error(`event ${stored.seq} (${stored.type}) is unknown`);
      events.push(event);
    }
    if (page.events.length === 0) return events;
  }
}

/** The orders placed in a log, in its order, with the command that placed each. */
export function placedOrders(events: readonly LoggedEvent[]): { order: string; command: string }[] {
  return events.flatMap((event) =>
    event.type === 'order.placed' ? [{ order: event.data.order.id, command: event.command }] : [],
  );
}

/** The tickets that a station got, in the order of the log. */
export function firedAt(events: readonly LoggedEvent[], station: string): string[] {
  return events.flatMap((event) =>
    event.type === 'ticket.fired' && event.data.station === station ? [event.data.ticket] : [],
  );
}

export type Rebuilt = { head: number; topics: Record<string, { hash: number; entities: Entity[] }> };

/** The topics built again from the log by a process that never saw the server. */
export async function rebuild(server: TestServer, topics: readonly string[]): Promise<Rebuilt> {
  const entry = fileURLToPath(new URL('../src/testkit/rebuild.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [entry, server.dataDir, LOCATION, ...topics],
    { maxBuffer: 256 * 2 ** 20 },
  );
  const rebuilt: Rebuilt = JSON.parse(stdout);
  return rebuilt;
}

/** By kind and id, so that two copies of a topic can be compared field by field. */
export function sorted(entities: Iterable<Entity>): Entity[] {
  return [...entities].toSorted((a, b) => `${a.kind}:${a.id}`.localeCompare(`${b.kind}:${b.id}`));
}

/** How long one command is tried again while no answer comes, ms. */
const PATIENCE_MS = 60_000;

/** Sends one command as a role, as a careful client does: once more under the same key when no answer came. Throws with the problem. */
export async function command(
  server: TestServer,
  token: string,
  name: string,
  input: unknown,
): Promise<void> {
  const request = {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(input),
  };
  for (const giveUp = performance.now() + PATIENCE_MS; ; await sleep(500)) {
    try {
      const response = await fetch(`${server.url}/v1/locations/${LOCATION}/commands/${name}`, request);
      const text = await response.text();
      if (response.status === 200) return;
      throw new Error(`${name}: ${response.status} ${text}`);
    } catch (error) {
      // `fetch` itself throws TypeErrors alone.
      if (!(error instanceof TypeError) || performance.now() > giveUp) throw error;
    }
  }
}

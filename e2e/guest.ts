import type { Locator, Page } from 'playwright-core';
import type { Cafe, Placed } from './house.ts';
import { until } from './house.ts';

/** A guest with a phone, and what the kitchen does meanwhile. */

export const PHONE = { width: 390, height: 844 };
const LUIS = { role: 'expo', name: 'Luis' } as const;

/** At `/track/{token}`. */
export class Guest {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Writes down every step that was shown as the current one, from the first on. */
  static async watch(page: Page): Promise<void> {
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { __steps: seen });
      const look = (): void => {
        const done = document.querySelectorAll('.stp li.done').length;
        const active = document.querySelectorAll('.stp li.active').length;
        if (done + active > 0 && seen.at(-1) !== String(done)) seen.push(String(done));
      };
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    });
  }

  /** How many steps were done, each time that this changed. */
  steps(): Promise<number[]> {
    return this.page.evaluate(() => ((window as { __steps?: string[] }).__steps ?? []).map(Number));
  }

  current(): Locator {
    return this.page.locator('.stp li.active b');
  }

  async reaches(step: string, timeout = 30_000): Promise<void> {
    await until(
      () =>
        this.current()
          .innerText({ timeout: 1_000 })
          .catch(() => ''),
      (text) => text === step,
      { timeout },
    );
  }

  line(state: string): Locator {
    return this.page.locator(`[data-line="${state}"]`);
  }
}

/** The token in a fresh link, as the waiter's tablet asks for it. */
export async function linkOf(cafe: Cafe, order: Placed): Promise<string> {
  const { status, body } = await cafe.manage('POST', `/orders/${order.id}/link`);
  if (status !== 200 || typeof body !== 'object' || body === null || !('url' in body))
    throw new Error(`no link: ${status} ${JSON.stringify(body)}`);
  return String(body.url).replace(/^.*\/track\//, '');
}

/** A screen of the station paints what it has. */
export async function hear(cafe: Cafe, station: string): Promise<void> {
  const token = await cafe.token({ role: 'kitchen', name: station, stations: [station] });
  const topic = `station:${station}`;
  const base = `${cafe.house.server.url}/v1/locations/${cafe.id}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const snapshot = await fetch(`${base}/snapshot?topic=${topic}`, { headers });
  const { cursor } = await snapshot.json();
  const ack = { topic, cursor, painted: true, visible: true, audio: 'running' };
  const response = await fetch(`${base}/acks`, { method: 'POST', headers, body: JSON.stringify([ack]) });
  if (response.status !== 204) throw new Error(`not heard: ${response.status}`);
}

export const kitchen = {
  start: (cafe: Cafe, order: Placed, station: string) =>
    cafe.command('ticket.start', { ticket: order.ticket(station) }, LUIS),
  bump: (cafe: Cafe, order: Placed, station: string) =>
    cafe.command('ticket.bump', { ticket: order.ticket(station) }, LUIS),
  recall: (cafe: Cafe, order: Placed, station: string) =>
    cafe.command('ticket.recall', { ticket: order.ticket(station) }, LUIS),
  serve: (cafe: Cafe, order: Placed) => cafe.command('order.serve', { order: order.id }, LUIS),
};

import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelConfig } from '../src/domain/channel/config.ts';
import { signKite } from '../src/integrations/testing/kite.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { type Cafe, House } from './house.ts';

/** What an outside system delivers, through the real server: over its death, and before a manager's eyes. */

const ENTRY = fileURLToPath(new URL('../src/testkit/kite-child.ts', import.meta.url));
const HOLD = join(tmpdir(), `kite-hold-${process.pid}`);
const KEY = 'the signing key';

describe.skipIf(haveChromium() === undefined)('deliveries from outside', () => {
  let house: House;
  let cafe: Cafe;
  let url: string;
  beforeAll(async () => {
    house = await House.open({ KITE_HOLD: HOLD }, [], ENTRY);
    cafe = await house.cafe((config) => ({
      ...config,
      channels: [channelConfig.parse({ id: 'kite', provider: 'kite', name: 'Kite' })],
    }));
    const { body } = await cafe.manage('POST', '/links', { channel: 'kite', secrets: { signingKey: KEY } });
    ({ url } = body as { url: string });
    url = `${house.base}${new URL(url).pathname}`;
  });
  afterAll(async () => {
    await rm(HOLD, { force: true });
    await house?.close();
  });

  async function deliver(body: object): Promise<number> {
    const raw = Buffer.from(JSON.stringify(body));
    const answer = await fetch(url, {
      method: 'POST',
      headers: signKite(raw, KEY),
      body: new Uint8Array(raw),
    });
    return answer.status;
  }
  const order = (id: string, more: object = {}) => ({
    id: `evt-${id}`,
    type: 'order.created',
    order: { id, items: [{ name: 'Arepa', price: 900, qty: 1 }], ...more },
  });
  async function statuses(): Promise<string[]> {
    const { body } = await cafe.manage('GET', '/deliveries');
    return (body as { deliveries: { status: string }[] }).deliveries.map(({ status }) => status);
  }

  it('[IN29] are worked once although the server was killed between storing and working', async () => {
    await writeFile(HOLD, '');
    expect(await deliver(order('K-1'))).toBe(200);
    expect(await deliver(order('K-2'))).toBe(200);
    expect(await statuses()).toEqual(['waiting', 'waiting']);
    // The jobs are in hand, and held.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await house.server.kill9();
    await rm(HOLD);
    await house.server.restart();
    await expect.poll(statuses, { timeout: 30_000 }).toEqual(['done', 'done']);
    expect(await deliver(order('K-1'))).toBe(200);
    expect(await house.server.countEvents([cafe.id], 'order.placed')).toBe(2);
  });

  it('[IN28] stand in the managers’ list; what was given up is done again by a tap, and is read as it came', async () => {
    await deliver({ id: 'evt-weather', type: 'weather.changed' });
    const page = await cafe.open(
      '/manager',
      { role: 'manager', name: 'Ana' },
      { size: { width: 1280, height: 800 } },
    );
    await page.getByTestId('tab-deliveries').click();
    await page.locator('[data-testid="delivery"][data-status="ignored"]').waitFor();
    expect(await page.getByTestId('delivery').count()).toBe(3);
    await page.getByTestId('delivery').filter({ hasText: 'order.created' }).first().click();
    await expect.poll(() => page.getByTestId('delivery-body').innerText()).toContain('"name": "Arepa"');
    await page.getByTestId('replay-one').click();
    await page.getByTestId('deliveries-said').filter({ hasText: 'being done again' }).waitFor();
    expect(await house.server.countEvents([cafe.id], 'order.placed')).toBe(2);
    await page.getByTestId('filter-dead').click();
    await page.getByText('Nothing was given up.').waitFor();
    expect(new URL(page.url()).hash).toBe('#deliveries');
    await page.reload();
    await page.getByTestId('filter-all').waitFor();
  });
});

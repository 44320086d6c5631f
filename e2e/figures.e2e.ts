import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { violations } from './axe.ts';
import { BURGER, House, LAGER } from './house.ts';
import type { Cafe, Person } from './house.ts';

/** What a manager sees of the days: the figures with a past to look at, and any board as it was. */

const ANA: Person = { role: 'manager', name: 'Ana' };
const DESK = { width: 1440, height: 900 };

type Row = Record<string, number | string | null>;

describe.skipIf(haveChromium() === undefined)('the figures and the black box', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open({ HEARD_DEMO_PAST: '9' });
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  async function room(cafe: Cafe, name: string, language = 'en'): Promise<Page> {
    const device = await house.device(DESK);
    await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
    const page = await cafe.open('/manager', ANA, { device });
    await page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
    await page.getByTestId(`tab-${name}`).click();
    return page;
  }

  async function report(cafe: Cafe, path: string): Promise<{ rows: Row[]; from: string }> {
    const token = await cafe.token(ANA);
    const response = await fetch(`${house.server.url}/v1/locations/${cafe.id}/reports/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { rows: Row[]; from: string };
  }

  const netByHour = (page: Page): Promise<number> =>
    page
      .getByTestId('sales-by-hour')
      .locator('li')
      .evaluateAll((hours) => hours.reduce((sum, hour) => sum + Number(hour.getAttribute('data-net')), 0));

  /** The day's net as the report has it, once the page shows the same. */
  async function shown(cafe: Cafe, page: Page, day: 'today' | 'yesterday'): Promise<number> {
    let net = Number.NaN;
    const isSame = async (): Promise<boolean> => {
      const { rows } = await report(cafe, `summary?from=${day}&to=${day}`);
      net = Number(rows.find(({ period }) => period === 'now')?.['net'] ?? 0);
      return (await netByHour(page)) === net;
    };
    await expect.poll(isSame, { timeout: 30_000 }).toBe(true);
    return net;
  }

  it('[FG18] a manager sees a week of figures with the week before, what just happened a moment later, and takes them away as a file', async () => {
    const cafe = house.demo();
    const page = await room(cafe, 'figures');
    await page.getByTestId('range-yesterday').click();
    expect(await shown(cafe, page, 'yesterday')).toBeGreaterThan(50_000);
    expect(await page.getByTestId('kpi-net').innerText()).toMatch(/\$[\d,]+\.\d\d[^]*(above|below|as) /);
    expect(await page.getByTestId('prep-times').locator('li').count()).toBe(3);
    expect(await page.getByTestId('sales-by-channel').locator('li').count()).toBeGreaterThan(3);
    expect(await page.getByTestId('heat').locator('tbody tr').count()).toBe(7);
    expect(await violations(page, { iframes: false })).toEqual([]);

    const file = page.waitForEvent('download');
    await page.getByTestId('figures-csv').click();
    const saved = await readFile(await (await file).path(), 'utf8');
    expect(saved.split('\r\n')[0]).toBe('hour,orders,lines,net,before_orders,before_net');
    expect(saved.trim().split('\r\n')).toHaveLength(25);

    await page.getByTestId('range-today').click();
    const before = await shown(cafe, page, 'today');
    await cafe.order('T6', [BURGER, LAGER]);
    await expect.poll(() => netByHour(page), { timeout: 20_000 }).toBeGreaterThan(before);
  });

  it('[FG18] a house that has sold nothing says so, in any language', async () => {
    const cafe = await house.cafe();
    for (const [language, words] of [
      ['en', /Nothing was sold yet/],
      ['ar', /لم يُبع شيء بعد/],
    ] as const) {
      const page = await room(cafe, 'figures', language);
      await page.getByTestId('figures-empty').waitFor({ timeout: 15_000 });
      expect(await page.getByTestId('figures-empty').innerText()).toMatch(words);
      expect(await violations(page, { iframes: false })).toEqual([]);
    }
  });

  it('[FG19] a manager looks at a station at a past second: its board as it was, why a ticket was late, and nothing to be touched', async () => {
    const cafe = house.demo();
    const { rows } = await report(cafe, 'late-tickets?from=today-6&to=today&limit=1');
    const [late] = rows;
    const firedAt = Date.parse(String(late?.['fired_at']));
    const page = await room(cafe, 'past');
    const local = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(firedAt);
    await page.getByTestId('past-when').fill(local.replace(' ', 'T'));
    await page
      .getByTestId('past-late')
      .getByText(`#${String(late?.['number'])}`)
      .first()
      .click();
    const card = page
      .frameLocator('[data-testid="past-board"]')
      .locator(`article[data-card="${String(late?.['ticket_id'])}"]`);
    await card.waitFor({ timeout: 15_000 });
    expect(await card.innerText()).toMatch(/LATE/i);
    await expect
      .poll(() => page.getByTestId('past-cause').innerText())
      .toMatch(/Late by[^]*Heard at[^]*Ready at/);

    // A minute before the fire it was not there; stepping on, it is.
    const clock = async (): Promise<string> => page.getByTestId('past-clock').innerText();
    const at = await clock();
    await page.getByTestId('past-cause').locator('li button').first().click();
    await page.getByTestId('past-step--10').click();
    await card.waitFor({ state: 'detached', timeout: 15_000 });
    expect(await clock()).not.toBe(at);
    for (const step of ['past-step-10', 'past-step-1']) await page.getByTestId(step).click();
    await card.waitFor({ timeout: 15_000 });
    expect(await violations(page, { iframes: false })).toEqual([]);

    // A tap asks why; it bumps nothing, today or then.
    const head = async (): Promise<number> => house.server.countEvents([cafe.id], 'ticket.bumped');
    const bumps = await head();
    await card.getByTestId('bump').click({ force: true });
    await page.waitForTimeout(500);
    expect(await head()).toBe(bumps);
    expect(await card.count()).toBe(1);

    await page.getByTestId('past-play-60').click();
    await expect.poll(clock, { timeout: 15_000 }).not.toBe(at);
    await page.getByTestId('past-kitchen').click();
    await page
      .frameLocator('[data-testid="past-board"]')
      .locator('.screen.expo')
      .waitFor({ timeout: 15_000 });
  });
});

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderView } from '../src/domain/entities.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { PHONE, linkOf } from './guest.ts';
import { House, TV, until } from './house.ts';
import type { Cafe } from './house.ts';
import { Cook } from './people.ts';
import { type Platform, playPlatform } from './platform.ts';
import { soon } from './soon.ts';

/** An order from a delivery platform, from its signed webhook to the courier's hand, before everybody's eyes. */

const GRILL = { role: 'kitchen', name: 'Grill', stations: ['grill'] } as const;
const LUIS = { role: 'expo', name: 'Luis' } as const;
const ANA = { role: 'manager', name: 'Ana' } as const;
const MAYA = { role: 'waiter', name: 'Maya' } as const;

describe.skipIf(haveChromium() === undefined)('an order of a delivery platform', () => {
  let house: House;
  let cafe: Cafe;
  let uber: Platform;
  beforeAll(async () => {
    house = await House.open();
  });
  beforeEach(async () => {
    cafe = await house.cafe();
    uber = await playPlatform(cafe, 'uber-eats', ['grilled-salmon', 'fries', 'charred-corn']);
  });
  afterEach(async () => {
    await uber?.stop();
    await house.tidy();
  });
  afterAll(() => house?.close());

  async function grill(): Promise<Cook> {
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL, { size: TV }));
    await cook.arrive();
    await cook.live();
    await cook.turnSoundOn();
    await until(
      () => cook.sounds(),
      (sounds) => new Set(sounds.map(({ name }) => name)).size === 6,
    );
    return cook;
  }
  async function pass(): Promise<Page> {
    const page = await cafe.open('/expo', LUIS, { size: TV });
    await page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
    const gate = page.getByTestId('sound-without');
    if (await gate.isVisible()) await gate.click();
    return page;
  }
  async function orders(): Promise<OrderView[]> {
    return (await cafe.view('pos')).filter((one) => one.kind === 'order');
  }

  it('[PL45] rings and stands on the board, is accepted because it was heard, is told to be ready, and goes with its courier', async () => {
    const [cook, expo] = [await grill(), await pass()];
    const before = (await cook.sounds()).length;
    const story = uber.tell('courier', { lines: '1', seconds: '3', allergy: 'no' });

    const card = cook.page.getByTestId('ticket').first();
    await card.waitFor();
    const [order] = await orders();
    const number = order?.platform?.number ?? '';
    expect(await card.innerText()).toMatch(new RegExp(`${number}[\\s\\S]*Uber Eats`));
    await soon(async () => (await cook.sounds()).slice(before).map(({ name }) => name)).toContain('new');

    // The painted card says yes; nobody tapped anything.
    const there = uber.told()[0]?.id ?? '';
    await soon(() => uber.acts(there)).toContain('accept');
    expect(await expo.getByTestId('offer').count()).toBe(0);
    const row = expo.locator(`[data-order="${order?.id}"]`);
    await row.getByTestId('platform').locator('[data-look="here"]').waitFor({ timeout: 20_000 });
    expect(await row.innerText()).toMatch(/Uber Eats[\s\S]*COURIER HERE[\s\S]*Mateo/);

    const guest = await house.page(await house.device(PHONE));
    const token = await linkOf(cafe, { id: order?.id ?? '', number: 0, items: [], ticket: () => '' });
    await guest.goto(`${house.base}/track/${token}`);
    await guest.getByText(/Mateo R\..? is here and waits for your order/).waitFor();

    expect(uber.acts(there)).not.toContain('ready');
    await card.getByTestId('bump').click();
    await soon(() => uber.acts(there)).toContain('ready');
    await row.getByTestId('hand-over').filter({ hasText: number }).click();
    await row.waitFor({ state: 'detached' });

    await guest.getByText(/Mateo R\..? is on the way to you/).waitFor({ timeout: 20_000 });
    await guest.getByText('moving, seen').waitFor({ timeout: 20_000 });
    await guest.getByText('Delivered. Enjoy!').waitFor({ timeout: 30_000 });
    await story;
    expect(uber.told()[0]?.inTime).toBe(true);
  });

  it('[PL42] that is cancelled while it is made is stopped at the station, and the pass knows until somebody tapped', async () => {
    const [cook, expo] = [await grill(), await pass()];
    const story = uber.tell('cancelAfterStart', { lines: '1', seconds: '4', allergy: 'no' });
    const card = cook.page.getByTestId('ticket').first();
    await card.waitFor();
    await card.getByTestId('ticket-head').click();
    await soon(() => card.getAttribute('data-status')).toBe('cooking');
    await story;
    await expo.getByTestId('stop').filter({ hasText: 'GRILL' }).waitFor({ timeout: 20_000 });
    await soon(() => card.getAttribute('data-status')).toBe('voided');
    await card.getByTestId('bump').click();
    await expo.getByTestId('stop').waitFor({ state: 'detached' });
  });

  it('[PL42] is stopped by word of mouth where a station has no screen to tap', async () => {
    const expo = await pass();
    const story = uber.tell('cancel', { lines: '1', seconds: '1', allergy: 'no' });
    await story;
    const stop = expo.getByTestId('stop');
    await stop.filter({ hasText: 'GRILL' }).waitFor({ timeout: 20_000 });
    await stop.getByTestId('stop-told').click();
    await stop.waitFor({ state: 'detached' });
  });

  it('[PL43] that no station heard is accepted or denied at the pass in two taps; what ran out is 86’d', async () => {
    const expo = await pass();
    await uber.tell('order', { lines: '1', allergy: 'no' });
    const offer = expo.getByTestId('offer');
    await offer.waitFor({ timeout: 20_000 });
    expect(await offer.innerText()).toMatch(/Uber Eats[\s\S]*NOT ACCEPTED[\s\S]*1[01]:\d\d/);
    const first = uber.told()[0]?.id ?? '';
    expect(uber.acts(first)).toEqual([]);
    await offer.getByTestId('accept').click();
    await offer.waitFor({ state: 'detached' });
    await soon(() => uber.acts(first)).toContain('accept');

    await uber.tell('order', { lines: '1', allergy: 'no' });
    const second = uber.told().find(({ id }) => id !== first)?.id ?? '';
    await offer.waitFor({ timeout: 20_000 });
    const [dish] = (await orders())
      .filter(({ platform }) => platform?.state === 'awaiting_accept')
      .flatMap(({ items }) => items ?? []);
    await offer.getByTestId('deny').click();
    await expo.getByTestId(`ran-out-${dish?.menuItem}`).click();
    await offer.waitFor({ state: 'detached' });
    await soon(() => uber.acts(second)).toContain('deny');
    const menu = (await cafe.view('pos')).flatMap((one) => (one.kind === 'menu' ? one.items : []));
    expect(menu.find(({ id }) => id === dish?.menuItem)?.soldOut).toBe(true);
  });

  it('[PL44] is not offered while the door is shut: paused on the tablet, opened again in the managers’ room', async () => {
    const pos = await cafe.open('/pos', ANA);
    await pos.getByTestId('door-uber-eats').click();
    await pos.getByTestId('pause-uber-eats-30').click();
    const state = pos.getByTestId('door-state-uber-eats');
    await soon(() => state.getAttribute('data-mode')).toBe('paused');
    expect(await state.innerText()).toMatch(/paused until \d\d:\d\d/);
    await soon(() => uber.said()).toMatch(/status/i);

    const waiter = await cafe.open('/pos', MAYA);
    const shown = waiter.getByTestId('door-uber-eats');
    await shown.getByText(/paused until \d\d:\d\d/).waitFor();
    await waiter.getByText('The pass or a manager changes this.').waitFor();
    // The state and no switch: neither something to tap nor what a tap would open.
    expect(await shown.evaluate((door) => [door.tagName, door.tabIndex])).toEqual(['DIV', -1]);
    await shown.click();
    expect(await waiter.getByRole('dialog').count()).toBe(0);

    const manager = await cafe.open('/manager', ANA);
    await manager.getByTestId('tab-channels').click();
    const door = manager.getByTestId('channel-uber-eats');
    await soon(() => door.getAttribute('data-mode')).toBe('paused');
    await soon(() => door.getByTestId('link').getAttribute('data-health')).toBe('silent');
    await door.getByTestId('resume-uber-eats').click();
    await soon(() => door.getAttribute('data-mode')).toBe('open');
    await door.getByTestId('busy-uber-eats-10').click();
    await soon(() => state.getAttribute('data-mode')).toBe('busy');
    await uber.tell('order', { lines: '1', allergy: 'no' });
    await soon(() => door.getByTestId('channel-order').count()).toBe(1);
    expect(await door.getByTestId('clock').innerText()).toMatch(/^1[01]:\d\d$/);
    await soon(() => door.getByTestId('link').getAttribute('data-health')).toBe('fine');
  });
});

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { overflow, violations } from './axe.ts';
import { House, PORTRAIT, TABLET } from './house.ts';
import { tapAgain } from './people.ts';
import { soon } from './soon.ts';

/** The desk of the set-up: two managers at one draft, doors to the outside, and every room in every direction. */

const PHONE = { width: 390, height: 844 };
const ROOMS = [
  'place',
  'stations',
  'menu',
  'routing',
  'tables',
  'staff',
  'screens',
  'printers',
  'channels',
  'thresholds',
  'publish',
  'why',
];

describe.skipIf(haveChromium() === undefined)('the desk of the set-up', () => {
  let house: House;
  beforeAll(async () => {
    // Printers on this machine alone, so that the one that does not answer is named for that.
    house = await House.open({ HEARD_PRINTERS: 'loopback' });
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  /** The demo's manager at the desk of one of its places. */
  async function sit(place: string, size = TABLET, language = 'en'): Promise<Page> {
    const device = await house.device(size);
    await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
    const page = await house.page(device);
    await page.goto(`${house.base}/setup?location=${place}`);
    await page.getByTestId('demo-manager').click();
    await page.getByTestId('draft-state').waitFor();
    return page;
  }
  const enter = (page: Page, room: string) => page.getByTestId(`room-${room}`).click();
  const kept = (page: Page) => page.locator('[data-testid="draft-state"][data-state="saved"]').waitFor();
  const field = (page: Page, path: string) => page.getByTestId(`f-${path}`);
  const openFirst = async (page: Page, what: string): Promise<void> => {
    await page.getByTestId(what).first().getByRole('button').first().click();
    await page.locator(`[data-testid="${what}"][data-open="true"]`).waitFor();
  };

  it('[SU55] two managers work on one draft: what one saves comes to the other, and where both changed the same one chooses', async () => {
    const [ana, ben] = [await sit('esquina'), await sit('esquina')];
    for (const page of [ana, ben]) {
      await enter(page, 'stations');
      await openFirst(page, 'station');
    }
    await field(ana, 'stations.0.warn').fill('7:30');
    await kept(ana);
    await ben.getByTestId('news').waitFor();
    expect(await field(ben, 'stations.0.warn').inputValue()).toBe('7:30');

    // Ben's line is cut while both go on; neither loses a word.
    await ben.context().setOffline(true);
    await field(ben, 'stations.0.name').fill('Horno de Ben');
    await field(ana, 'stations.0.name').fill('Horno de Ana');
    await field(ana, 'stations.0.late').fill('21');
    await kept(ana);
    // Saving over Ana's draft is refused by the server, and asked for here.
    house.forgive(ben, 409);
    await ben.context().setOffline(false);
    await soon(() => field(ben, 'stations.0.late').inputValue()).toBe('21:00');
    await enter(ben, 'publish');
    await ben.getByTestId('conflict').waitFor();
    expect(await ben.getByTestId('publish').isDisabled()).toBe(true);
    await ben.getByTestId('mine').click();
    await kept(ben);
    await soon(() => field(ana, 'stations.0.name').inputValue()).toBe('Horno de Ben');

    await soon(() => ben.getByTestId('diff').innerText()).toMatch(
      /Horno de Ben[\s\S]*LATE after[\s\S]*21:00/,
    );
    const before = await house.server.countEvents(['esquina'], 'location.configured');
    await ben.getByTestId('publish').click();
    await ben.getByTestId('published').waitFor();
    expect(await house.server.countEvents(['esquina'], 'location.configured')).toBe(before + 1);
    // Nothing is left to publish on the other desk either.
    await soon(() => ana.getByTestId('changes').innerText()).toBe('no changes');
  });

  it('[SU60] a place that is renamed is called so on every open screen, the desk included', async () => {
    const desk = await sit('other');
    const screens = await Promise.all(
      ['manager', 'pos', 'floor', 'host', 'expo'].map(async (name) => {
        const page = await house.page(await house.device(TABLET));
        await page.goto(`${house.base}/${name}?location=other`);
        const said = page.locator('.bar .place, .bar .loc').first();
        // A small screen has no room for it, and knows it all the same.
        await said.waitFor({ state: 'attached' });
        return said;
      }),
    );
    await enter(desk, 'place');
    await field(desk, 'name').fill('La Nueva');
    await kept(desk);
    await enter(desk, 'publish');
    await soon(() => desk.getByTestId('diff').innerText()).toMatch(/La Nueva/);
    await desk.getByTestId('publish').click();
    await desk.getByTestId('published').waitFor();
    for (const said of screens) await soon(() => said.innerText()).toBe('La Nueva');
    await soon(() => desk.locator('.bar .place').innerText()).toBe('La Nueva');
  });

  it('[SU56] a printer is tried and its trouble named, and a channel is tied to its account before it is published', async () => {
    const page = await sit('other');
    await enter(page, 'printers');
    await page.getByTestId('printer-add').fill('Hot pass');
    await page.getByTestId('printer-add-go').click();
    await page.getByTestId('test-page').click();
    await page.getByText('The page is kept on the printer’s page.').waitFor();
    const added = page.locator('[data-testid="printer"][data-open="true"]');
    const path = (await added.getAttribute('data-path')) ?? '';
    // Nobody listens on this port of this machine.
    await field(page, `${path}.host`).fill('127.0.0.1');
    await field(page, `${path}.port`).fill('9');
    await tapAgain(page.getByTestId('test-page'));
    await soon(() => page.getByTestId('tried').innerText()).toMatch(/Nothing answers at this address/);

    await enter(page, 'channels');
    await page.getByTestId('channel-provider').selectOption('uber-eats');
    await page.getByTestId('channel-add').fill('Uber Eats');
    await page.getByTestId('channel-add-go').click();
    await page.getByTestId('channel').getByRole('button').first().click();
    const secrets = page.locator('input[data-testid^="secret-"]');
    await secrets.first().waitFor();
    for (const secret of await secrets.all()) await secret.fill('not-a-real-key');
    await page.getByTestId('link-save').click();
    const url = page.getByTestId('hook-url');
    await url.waitFor();
    const first = await url.innerText();
    expect(first).toMatch(/^http:\/\/.*\/hooks\/uber-eats\/[\w-]{27}$/);
    expect(await page.content()).not.toContain('not-a-real-key');
    await page.getByTestId('link-renew').click();
    await page.getByTestId('link-renew-day').click();
    await soon(() => url.innerText()).not.toBe(first);

    await page.getByTestId('map-item').click();
    await field(page, 'channels.0.items.0.external').fill('9f3a');
    await page.getByTestId('f-channels.0.items.0.item').selectOption({ index: 1 });
    await kept(page);
    await enter(page, 'publish');
    await soon(() => page.getByTestId('diff').innerText()).toMatch(/Channel Uber Eats/);
    await page.getByTestId('discard').click();
    await page.getByTestId('discard-sure').click();
    await soon(() => page.getByTestId('changes').innerText()).toBe('no changes');
  });

  it.each([
    [TABLET, 'ar'],
    [PORTRAIT, 'es'],
    [PHONE, 'en'],
  ])('[SU57] no room has a serious barrier or is wider than its window: %o in %s', async (size, language) => {
    const page = await sit('brasa', size, language);
    for (const room of ROOMS) {
      const door = page.getByTestId(`room-${room}`);
      await soon(async () => {
        if (!(await door.isVisible())) await page.locator('.st-back button').click();
        return door.isVisible();
      }).toBe(true);
      await door.click();
      for (const what of ['station', 'dish', 'table', 'person', 'printer'])
        if ((await page.getByTestId(what).count()) > 0) await openFirst(page, what);
      expect(await violations(page), room).toEqual([]);
      expect(await overflow(page), room).toBeLessThanOrEqual(0);
    }
  });
});

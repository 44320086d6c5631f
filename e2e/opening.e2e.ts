import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { House } from './house.ts';
import { Cook, Waiter, typePin } from './people.ts';
import { soon } from './soon.ts';

/** A restaurant opens from nothing: one owner, one page, and at the end an order that is heard. */

const FILE = `
organization: { id: lindenhof, name: Lindenhof }
owner: { email: rosa@lindenhof.example, name: Rosa }
locations: [{ id: lindenhof, name: Lindenhof }]
`;

describe.skipIf(haveChromium() === undefined)('an opening', () => {
  let house: House;
  let folder: string;
  beforeAll(async () => {
    house = await House.open({ HEARD_DEMO: '0' });
    folder = await mkdtemp(join(tmpdir(), 'heard-open-'));
  });
  afterEach(() => house.tidy());
  afterAll(async () => {
    await house?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** `npx heard init house.yaml`, beside the running server; answers the owner's password, which is shown once. */
  async function init(): Promise<string> {
    const file = join(folder, 'house.yaml');
    await writeFile(file, FILE);
    const { dataDir, secret } = house.server;
    const child = spawn(process.execPath, [HEARD, 'init', file], {
      env: { ...process.env, HEARD_DATA_DIR: dataDir, HEARD_SECRET: secret, HEARD_DEMO: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += String(part)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, said).toBe(0);
    const password = /password of rosa@lindenhof\.example: ([\w-]{16})/.exec(said)?.[1];
    expect(password, said).toBeDefined();
    return password ?? '';
  }

  const enter = (page: Page, room: string) => page.getByTestId(`room-${room}`).click();
  const add = async (page: Page, what: string, name: string): Promise<void> => {
    await page.getByTestId(`${what}-add`).fill(name);
    await page.getByTestId(`${what}-add-go`).click();
    await page.locator(`[data-testid="${what}"][data-open="true"]`).waitFor();
  };
  const kept = (page: Page) => page.locator('[data-testid="draft-state"][data-state="saved"]').waitFor();

  /** The code on a new screen, typed by the owner. */
  async function pair(
    owner: Page,
    screen: Page,
    as: { page: 'kitchen' | 'pos'; name: string; path: string },
  ): Promise<void> {
    await screen.goto(`${house.base}${as.path}?pair`);
    await soon(() => screen.getByTestId('pair-code').innerText()).toMatch(/^[A-Z0-9]{8}$/);
    const code = await screen.getByTestId('pair-code').innerText();
    await enter(owner, 'screens');
    await owner.getByTestId('code').fill(code);
    await owner.getByTestId('look').click();
    await owner.getByTestId('screen-name').fill(as.name);
    await owner.getByTestId(`page-${as.page}`).click();
    await owner.getByTestId('approve').click();
    await owner.getByTestId('device').filter({ hasText: as.name }).waitFor();
    await screen.getByTestId('pairing').waitFor({ state: 'detached' });
  }

  it('[SU54] [SU58] from an empty house to an order that the paired screen has heard, by nothing but the page', async () => {
    const password = await init();
    const owner = await house.page(await house.device());
    // The page asks whether this server has a demo; this one has none.
    house.forgive(owner, 404);
    await owner.goto(`${house.base}/setup`);
    await owner.getByTestId('email').fill('rosa@lindenhof.example');
    await owner.getByTestId('password').fill(password);
    await owner.getByTestId('sign-in').click();

    // What is missing is said from the first moment on, and nothing can be published yet.
    await owner.locator('[data-testid="room-stations"][data-state="todo"]').waitFor();
    for (const room of ['menu', 'tables', 'staff', 'screens'])
      await owner.locator(`[data-testid="room-${room}"][data-state="todo"]`).waitFor();
    await enter(owner, 'place');
    await owner.getByTestId('f-currency').selectOption('EUR');
    await owner.getByTestId('f-timezone').selectOption('Europe/Vienna');
    await owner.getByTestId('exception-day').fill('2030-12-24');
    await owner.getByTestId('exception-add').click();
    await soon(() => owner.getByTestId('exception').innerText()).toMatch(
      /December 24, 2030|24 December 2030/,
    );
    await kept(owner);
    // A reload keeps the owner signed in, in the same room, with what was typed.
    await owner.reload();
    await soon(() => owner.getByTestId('f-timezone').inputValue()).toBe('Europe/Vienna');

    await enter(owner, 'stations');
    await add(owner, 'station', 'Stove');
    await owner.getByTestId('f-stations.0.warn').fill('8:30');
    await owner.getByTestId('f-stations.0.late').fill('8');
    await kept(owner);
    await owner.getByText('LATE must not come before SOON.').first().waitFor();
    await owner.getByTestId('f-stations.0.late').fill('12');

    // One station: a category goes there by itself.
    await enter(owner, 'menu');
    await add(owner, 'category', 'Mains');
    await owner.getByTestId('menu-dishes').click();
    await add(owner, 'dish', 'Wiener Schnitzel');
    await owner.getByTestId('f-menu.items.0.price').fill('18,90');
    await owner.getByTestId('f-menu.items.0.kitchenName').fill('SCHNITZEL');

    // The rest comes as a table, with a mistake that is named by line and column.
    await owner.getByTestId('menu-table').click();
    await owner.getByTestId('csv-text').fill('name,category,price\nGulasch,Mains,abc\nSpritzer,Drinks,4.20');
    await owner.locator('[data-testid="csv-problems"] [data-line="2"][data-column="price"]').waitFor();
    expect(await owner.getByTestId('csv-take').isDisabled()).toBe(true);
    await owner
      .getByTestId('csv-text')
      .fill('name,category,price\nGulasch,Mains,14.50\nSpritzer,Drinks,4.20');
    await soon(() => owner.getByTestId('csv-preview').innerText()).toMatch(/Gulasch[\s\S]*Spritzer/);
    await owner.getByTestId('csv-take').click();

    await enter(owner, 'tables');
    await add(owner, 'table', 'T1');
    await owner.getByTestId('many-from').fill('2');
    await owner.getByTestId('many-to').fill('4');
    await owner.getByTestId('many-go').click();
    await soon(() => owner.getByTestId('table').count()).toBe(4);

    await enter(owner, 'staff');
    await owner.getByTestId('person-add').fill('Paul');
    await owner.getByTestId('person-add-go').click();
    await owner.locator('[data-testid="person"][data-id="paul"][data-open="true"]').waitFor();
    await owner.getByTestId('pin-typed').fill('4821');
    await owner.getByTestId('pin-set').click();
    await owner.getByTestId('pin-done').waitFor();

    // A station without a screen and a dish that nobody makes would lose food: neither may be published.
    await kept(owner);
    await owner.getByTestId('to-publish').click();
    await soon(() => owner.getByTestId('found').first().innerText()).toMatch(
      /Stove has neither a screen nor a printer[\s\S]*Spritzer is made nowhere/,
    );
    expect(await owner.getByTestId('publish').isDisabled()).toBe(true);
    await owner.getByTestId('finding').filter({ hasText: 'Spritzer' }).first().click();
    await owner.locator('[data-testid="dish"][data-id="spritzer"][data-open="true"]').waitFor();
    await enter(owner, 'routing');
    await owner.getByTestId('route-dish').selectOption('spritzer');
    await soon(() => owner.getByTestId('route-answer').innerText()).toMatch(/UNROUTED/);
    await owner.getByTestId('f-menu.categories.1.stations-stove').click();
    await soon(() => owner.getByTestId('route-answer').innerText()).toMatch(/Stove[\s\S]*category Drinks/);
    await kept(owner);

    const cook = new Cook(await house.page(await house.device()));
    // Its station is only in the draft: the screen says what it waits for, and asks until that is there.
    house.forgive(cook.page, 404);
    await pair(owner, cook.page, { page: 'kitchen', name: 'Stove 1', path: '/kitchen/stove' });
    await cook.page.getByText('This screen waits for lindenhof / stove').waitFor();
    const waiter = new Waiter(await house.page(await house.device()));
    await pair(owner, waiter.page, { page: 'pos', name: 'Tablet 1', path: '/pos' });

    await owner.getByTestId('to-publish').click();
    await soon(() => owner.getByTestId('diff').innerText()).toMatch(
      /Station Stove[\s\S]*NEW[\s\S]*Dish Wiener Schnitzel[\s\S]*NEW/,
    );
    await soon(() => owner.getByTestId('publish').isEnabled()).toBe(true);
    await owner.getByTestId('publish').click();
    await owner.getByTestId('published').waitFor();
    expect(await house.server.countEvents(['lindenhof'], 'location.configured')).toBe(1);

    await cook.begin();
    await cook.live();
    await waiter.page.getByTestId('pin').waitFor();
    await typePin(waiter.page, '4821');
    await waiter.live();
    await waiter.table('T1');
    await waiter.category('Mains');
    await waiter.item('wiener-schnitzel');
    await waiter.send();
    await cook.page.getByTestId('ticket').first().waitFor();
    expect(await cook.page.getByTestId('ticket').first().innerText()).toMatch(/T1[\s\S]*SCHNITZEL/);
    await waiter.page.locator('[data-testid="receipt-stove"][data-mark="heard"]').waitFor();
    expect(await house.server.countEvents(['lindenhof'], 'ticket.heard')).toBe(1);

    // And where it is, and why, is answered by its number.
    await enter(owner, 'why');
    await owner.getByTestId('why-typed').fill('T1');
    await owner.getByTestId('why-ask').click();
    await soon(() => owner.getByTestId('why-order').innerText()).toMatch(
      /SCHNITZEL goes to Stove by the rule of its category Mains[\s\S]*Shown on Stove 1, live now/,
    );

    await owner.getByRole('button', { name: 'Sign out' }).click();
    await owner.reload();
    await owner.getByTestId('sign-in').waitFor();
  });
});

const HEARD = fileURLToPath(new URL('../src/cli/heard.ts', import.meta.url));

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import {
  GRILL,
  LUIS,
  MAYA,
  SARA,
  TOM,
  aged,
  burger,
  evening,
  fortyLines,
  fridayEvening,
  open,
  staff,
} from './evening.ts';
import { callAtTheDoor } from './callScene.ts';
import { PHONE, linkOf } from './guest.ts';
import { freePort } from '../src/testkit/ports.ts';
import { BURGER, House, LAGER, PORTRAIT, TABLET, TV } from './house.ts';
import type { Cafe } from './house.ts';

/** The pictures of the README, taken of the running product: `node e2e/screenshots.ts`, or of some: `… manager trust`. */

const OUT = fileURLToPath(new URL('../docs/screens/', import.meta.url));

const asked = process.argv.slice(2);
const wanted = (...names: readonly string[]): boolean =>
  asked.length === 0 || names.some((name) => asked.includes(name));

const DESK = { width: 1440, height: 900 };
const ANA = { role: 'manager', name: 'Ana' } as const;
const BAR = { role: 'kitchen', name: 'Bar', stations: ['drinks'] } as const;

const BOARDS = [
  ['kitchen-tablet-portrait', '/kitchen/grill', GRILL, PORTRAIT, 'en'],
  ['kitchen-ar', '/kitchen/grill', GRILL, TV, 'ar'],
  ['expo', '/expo', LUIS, TV, 'en'],
] as const;

const house = await House.open(wanted('figures', 'stock') ? { HEARD_DEMO_PAST: '30' } : {});

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${OUT}${name}.png` });
  console.log(name);
}

async function main(): Promise<void> {
  await mkdir(OUT, { recursive: true });
  const dark = wanted('expo-ladder') ? await darkGrill() : null;
  const busy = wanted('manager') ? await busyLines() : null;

  const cafe = await house.cafe();
  await staff(cafe, ['grill', 'drinks', 'desserts']);
  await fridayEvening(cafe);
  const kitchen = await open(cafe, '/kitchen/grill', GRILL, TV);
  await kitchen.waitForTimeout(9500);
  if (wanted('kitchen')) await shoot(kitchen, 'kitchen');
  for (const [name, path, who, size, language] of BOARDS)
    if (wanted(name)) await shoot(await open(cafe, path, who, size, language), name);
  if (wanted('floor')) await shootFloor(cafe);
  if (wanted('pos-modifier-sheet', 'pos-portrait', 'pos-sent-heard')) await shootOrderEntry(cafe);
  if (wanted('host-call')) await shoot(await callAtTheDoor(house, TABLET, 'en'), 'host-call');
  if (wanted('track')) await shoot(await guestsPhone(), 'track');
  if (wanted('kitchen-40-lines')) await shootBanquet();
  if (wanted('kitchen-empty')) await shootQuiet();
  if (dark !== null) {
    await dark.getByTestId('unheard').nth(1).getByText('manager told').waitFor({ timeout: 120_000 });
    await shoot(dark, 'expo-ladder');
  }
  if (busy !== null) await shoot(await busy(), 'manager');
  if (wanted('setup')) await shootSetup();
  if (wanted('figures', 'stock')) await shootRooms();
  if (wanted('trust')) await shootTrust();
  if (!wanted('kitchen-offline')) return;

  await house.server.kill9();
  await kitchen.waitForTimeout(46_000);
  await kitchen.getByTestId('ticket').nth(3).getByTestId('bump').click();
  await kitchen.waitForTimeout(1500);
  await shoot(kitchen, 'kitchen-offline');
}

/** Of the demo, which has a month of service behind it. */
async function shootRooms(): Promise<void> {
  const cafe = house.demo();
  const page = await cafe.open('/manager', ANA, { size: DESK });
  await page.getByTestId('tab-figures').click();
  await page.getByTestId('range-yesterday').click();
  await page.getByTestId('kpi-net').waitFor();
  await page.waitForTimeout(2000);
  await shoot(page, 'figures');
  await cafe.command('stock.count', { ingredient: 'salmon', onHand: 0 }, ANA);
  await cafe.command('stock.portions', { item: 'kunafa', left: 6 }, ANA);
  await cafe.command('stock.waste', { ingredient: 'milk', amount: 1000, reason: 'Past its date' }, ANA);
  await page.getByTestId('tab-stock').click();
  await page.getByTestId('stock-salmon').waitFor();
  await page.waitForTimeout(1000);
  await shoot(page, 'stock');
}

async function shootFloor(cafe: Cafe): Promise<void> {
  const floor = await open(cafe, '/floor', MAYA, TABLET);
  await floor.getByTestId('table-T12').locator('visible=true').first().click();
  await shoot(floor, 'floor');
}

async function shootOrderEntry(cafe: Cafe): Promise<void> {
  const pos = await open(cafe, '/pos', MAYA, TABLET);
  await pos.getByTestId('all-tables').click();
  await pos.getByTestId('table-T6').locator('visible=true').first().click();
  await tapMenu(pos, 'Mains', 'half-chicken', ['salad', 'chimichurri']);
  await tapMenu(pos, 'Drinks', 'iced-latte', ['oat']);
  await tapMenu(pos, 'Mains', 'bacon-cheeseburger', ['medium', 'no-onion', 'egg'], false);
  await shoot(pos, 'pos-modifier-sheet');
  await pos.getByTestId('option-fries').click();
  await pos.getByTestId('add').click();
  const small = await open(cafe, '/pos', TOM, PORTRAIT);
  await small.getByTestId('all-tables').click();
  await small.getByTestId('table-T11').locator('visible=true').first().click();
  await tapMenu(small, 'Mains', 'classic-burger', ['rare', 'fries']);
  await shoot(small, 'pos-portrait');
  await pos.getByTestId('send').click();
  await pos.locator('[data-testid="receipt-grill"][data-mark="heard"]').waitFor();
  await pos.locator('[data-testid="receipt-drinks"][data-mark="heard"]').waitFor();
  await pos.waitForTimeout(1500);
  await shoot(pos, 'pos-sent-heard');
}

async function shootBanquet(): Promise<void> {
  const banquet = await house.cafe();
  await staff(banquet, ['grill']);
  await aged(
    15.1,
    banquet.order('T9', [['ribeye', { doneness: 'medium', side: 'fries' }], ['charred-corn']], {}, TOM),
  );
  const party = await aged(9.3, banquet.order('T18', fortyLines(), { covers: 30 }, SARA));
  await banquet.command('ticket.start', { ticket: party.ticket('grill') }, GRILL);
  for (const item of [0, 1, 2, 6, 37].map((line) => party.items[line] ?? ''))
    await banquet.command('item.ready', { order: party.id, item, station: 'grill' }, GRILL);
  await shoot(await open(banquet, '/kitchen/grill', GRILL, TV), 'kitchen-40-lines');
}

async function shootQuiet(): Promise<void> {
  const quiet = await house.cafe();
  await staff(quiet, ['grill']);
  const last = await aged(12, quiet.order('T2', [['fries']], {}, MAYA));
  await quiet.command('ticket.bump', { ticket: last.ticket('grill') }, GRILL);
  await shoot(await open(quiet, '/kitchen/grill', GRILL, TV, 'es'), 'kitchen-empty');
}

/** A pass beside a grill without a screen: by the end of the other pictures the ladder has climbed. */
async function darkGrill(): Promise<Page> {
  const cafe = await house.cafe((config) => ({
    ...config,
    stations: config.stations.map(({ printer: _printer, backup: _backup, ...station }) => station),
    printers: [],
  }));
  await staff(cafe, ['drinks', 'desserts']);
  const whole = await aged(9.2, cafe.order('T4', [LAGER, ['cheesecake', { topping: 'berries' }]], {}, TOM));
  await cafe.command('ticket.bump', { ticket: whole.ticket('drinks') }, BAR);
  await aged(6.1, cafe.order('T9', [['house-lemonade', {}, { qty: 2 }], ['espresso']], {}, SARA));
  await aged(2.4, cafe.order(null, [['chocolate-fondant']], { guest: { name: 'Ramos' } }));
  const pass = await open(cafe, '/expo', LUIS, TV);
  await cafe.order('T7', [BURGER, LAGER], {}, MAYA);
  await cafe.order('T12', [['ribeye', { doneness: 'medium-rare', side: 'salad' }]], { covers: 3 }, TOM);
  return pass;
}

/** Lines with work on them for as long as the other pictures take; answers the manager's page at the end. */
async function busyLines(): Promise<() => Promise<Page>> {
  // The page asks for its figures over HTTP, so here the house itself stands where it is evening now.
  const east = 19 - new Date().getUTCHours();
  const timezone = `Etc/GMT${east > 0 ? '-' : '+'}${Math.min(Math.abs(east), 12)}`;
  const cafe = await house.cafe((config) => ({ ...config, timezone }));
  for (const station of ['grill', 'drinks']) await plain(cafe, station);
  const waiter = await cafe.open('/pos', MAYA);
  await waiter.locator('[data-line="live"]').first().waitFor({ timeout: 60_000 });
  const since = performance.now();
  let turn = 0;
  let last = Promise.resolve();
  const work = setInterval(() => {
    turn += 1;
    const table = `T${1 + (turn % 16)}`;
    last = last.then(async () => {
      const placed = await cafe.order(table, turn % 8 === 0 ? [['cheesecake']] : [BURGER, LAGER], {}, SARA);
      if (turn % 4 !== 0 && turn % 8 !== 0)
        await cafe.command('ticket.bump', { ticket: placed.ticket('drinks') }, BAR);
    });
  }, 7_000);
  return async () => {
    // A curve needs some minutes.
    await waiter.waitForTimeout(Math.max(0, 120_000 - (performance.now() - since)));
    clearInterval(work);
    await last;
    const page = await cafe.open('/manager', ANA, { size: DESK });
    await page.locator('[data-line="live"]').first().waitFor({ timeout: 60_000 });
    await page.getByTestId('tile-grill').waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(6_000);
    return page;
  };
}

/** A station's screen whose clock is left alone. */
async function plain(cafe: Cafe, station: string): Promise<void> {
  const page = await cafe.open(`/kitchen/${station}`, {
    role: 'kitchen',
    name: station,
    stations: [station],
  });
  await page.locator('[data-line="live"]').first().waitFor({ timeout: 60_000 });
  const gate = page.getByTestId('sound-gate');
  if (await gate.isVisible()) await gate.click();
}

/** A draft of the demo's own house, with something in it that would lose food. */
async function shootSetup(): Promise<void> {
  const page = await (await house.device(TABLET)).newPage();
  await page.goto(`${house.base}/setup?location=brasa#stations`);
  await page.getByTestId('demo-manager').click();
  await page.getByTestId('draft-state').waitFor();
  await page.getByTestId('station').first().getByRole('button').first().click();
  await page.getByTestId('f-stations.0.warn').fill('9');
  await page.getByTestId('room-menu').click();
  await page.getByTestId('dish-add').fill('Smoked trout');
  await page.getByTestId('dish-add-go').click();
  await page.locator('[data-testid="dish"][data-open="true"] input').nth(2).fill('16.50');
  await page.getByTestId('room-routing').click();
  await page.getByTestId('f-menu.categories.0.stations-grill').click();
  await page.locator('[data-testid="draft-state"][data-state="saved"]').waitFor();
  await page.getByTestId('to-publish').click();
  await page.getByTestId('diff').waitFor();
  await page.evaluate(() => document.fonts.ready);
  await shoot(page, 'setup');
  await page.getByTestId('discard').click();
  await page.getByTestId('discard-sure').click();
}

/** The way to trust is shown by a server that has a certificate of its own. */
async function shootTrust(): Promise<void> {
  const port = await freePort();
  const secure = await House.open(
    { HEARD_TLS: 'auto', HEARD_TLS_PORT: String(port), HEARD_PUBLIC_URL: `https://kitchen.lan:${port}` },
    ['--host-resolver-rules=MAP kitchen.lan 127.0.0.1'],
  );
  try {
    const page = await (await secure.device({ width: 1280, height: 1160 })).newPage();
    await page.goto(`http://kitchen.lan:${secure.server.port}/setup/trust`);
    await page.getByTestId('fingerprint').waitFor();
    await page.locator('[data-trusted="false"]').waitFor();
    await page.evaluate(() => document.fonts.ready);
    await shoot(page, 'trust');
  } finally {
    await secure.close();
  }
}

/** A guest's phone, half-way through the evening's order. */
async function guestsPhone(): Promise<Page> {
  const cafe = await house.cafe((config) => ({ ...config, name: 'La Esquina' }));
  await staff(cafe, ['grill', 'drinks']);
  const order = await aged(
    6,
    cafe.order(null, [
      ['house-lemonade', {}, { qty: 2 }],
      ['classic-burger', burger('medium', { 'burger-extras': 'egg' }), { qty: 2 }],
      ['charred-corn', {}, { qty: 2 }],
    ]),
  );
  await cafe.command('ticket.bump', { ticket: order.ticket('drinks') }, LUIS);
  await cafe.command('ticket.start', { ticket: order.ticket('grill') }, LUIS);
  const phone = await house.device(PHONE);
  await evening(phone);
  const page = await house.page(phone);
  await page.goto(`${house.server.url}/track/${await linkOf(cafe, order)}`);
  await page.locator('[data-line="live"]').waitFor({ timeout: 60_000 });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(3_000);
  return page;
}

async function tapMenu(
  page: Page,
  category: string,
  item: string,
  options: readonly string[],
  add = true,
): Promise<void> {
  await page.locator('nav').getByRole('button', { name: category, exact: true }).first().click();
  await page.getByTestId(`item-${item}`).click();
  for (const option of options) await page.getByTestId(`option-${option}`).click();
  if (add) await page.getByTestId('add').click();
}

try {
  await main();
} finally {
  await house.close();
}

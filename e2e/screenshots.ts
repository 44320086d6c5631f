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
import { PHONE, linkOf } from './guest.ts';
import { House, PORTRAIT, TABLET, TV } from './house.ts';

/** The pictures of the README, taken of the running product: `node e2e/screenshots.ts`. */

const OUT = fileURLToPath(new URL('../docs/screens/', import.meta.url));

const house = await House.open();

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${OUT}${name}.png` });
  console.log(name);
}

async function main(): Promise<void> {
  await mkdir(OUT, { recursive: true });

  const cafe = await house.cafe();
  await staff(cafe, ['grill', 'drinks', 'desserts']);
  await fridayEvening(cafe);
  const kitchen = await open(cafe, '/kitchen/grill', GRILL, TV);
  await kitchen.waitForTimeout(9500);
  await shoot(kitchen, 'kitchen');
  await shoot(await open(cafe, '/kitchen/grill', GRILL, PORTRAIT), 'kitchen-tablet-portrait');
  await shoot(await open(cafe, '/kitchen/grill', GRILL, TV, 'ar'), 'kitchen-ar');
  await shoot(await open(cafe, '/expo', LUIS, TV), 'expo');
  const floor = await open(cafe, '/floor', MAYA, TABLET);
  await floor.getByTestId('table-T12').locator('visible=true').first().click();
  await shoot(floor, 'floor');

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

  await shoot(await guestsPhone(), 'track');

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

  const quiet = await house.cafe();
  await staff(quiet, ['grill']);
  const last = await aged(12, quiet.order('T2', [['fries']], {}, MAYA));
  await quiet.command('ticket.bump', { ticket: last.ticket('grill') }, GRILL);
  await shoot(await open(quiet, '/kitchen/grill', GRILL, TV, 'es'), 'kitchen-empty');

  await house.server.kill9();
  await kitchen.waitForTimeout(46_000);
  await kitchen.getByTestId('ticket').nth(3).getByTestId('bump').click();
  await kitchen.waitForTimeout(1500);
  await shoot(kitchen, 'kitchen-offline');
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
  await page.locator('[data-line="live"]').waitFor({ timeout: 20_000 });
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

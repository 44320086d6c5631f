import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { PHONE, linkOf } from './guest.ts';
import { House, PORTRAIT, TABLET, TV } from './house.ts';
import type { Cafe, LineOf, Person, Placed } from './house.ts';

/**
 * The pictures of the README, taken of the running product: `node e2e/screenshots.ts`.
 * Orders go in by the same commands as everywhere; only the clock is told differently on their way to the page, so
 * that it is a Friday evening and some tickets are late.
 */

const OUT = fileURLToPath(new URL('../docs/screens/', import.meta.url));
const EVENING = '2026-03-13T23:42:08Z';
const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

const GRILL: Person = { role: 'kitchen', name: 'Grill', stations: ['grill'] };
const MAYA: Person = { role: 'waiter', name: 'Maya' };
const TOM: Person = { role: 'waiter', name: 'Tom' };
const SARA: Person = { role: 'waiter', name: 'Sara' };
const LUIS: Person = { role: 'expo', name: 'Luis' };

/** Seconds that an order is older on the pictures than it is. */
const ages = new Map<string, number>();
const shift = Date.parse(EVENING) - Date.now();

/** The frame as it would have been sent that evening. */
function retold(frame: string): string {
  const moved = (text: string, seconds: number): string =>
    text.replaceAll(ISO, (time) => new Date(Date.parse(time) - seconds * 1000).toISOString());
  const told: unknown = JSON.parse(frame, (key, value: unknown) => {
    if ((key !== 'entities' && key !== 'put') || !Array.isArray(value)) return value;
    return value.map((entity: { id: string; order?: string }) => {
      const older = ages.get(entity.order ?? entity.id);
      return older === undefined ? entity : (JSON.parse(moved(JSON.stringify(entity), older)) as unknown);
    });
  });
  return moved(JSON.stringify(told), -shift / 1000);
}

async function evening(device: BrowserContext): Promise<void> {
  await device.routeWebSocket(/\/stream$/, (page) => {
    const server = page.connectToServer();
    server.onMessage((frame) => page.send(typeof frame === 'string' ? retold(frame) : frame));
  });
}

const house = await House.open();

async function open(
  cafe: Cafe,
  path: string,
  who: Person,
  size: { width: number; height: number },
  language = 'en',
): Promise<Page> {
  const device = await house.device(size);
  await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
  await evening(device);
  const page = await cafe.open(path, who, { device });
  await page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
  const gate = page.getByTestId('sound-gate');
  if (await gate.isVisible()) await gate.click();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1200);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${OUT}${name}.png` });
  console.log(name);
}

async function aged(minutes: number, placing: Promise<Placed>): Promise<Placed> {
  const placed = await placing;
  ages.set(placed.id, Math.round(minutes * 60));
  return placed;
}

const burger = (
  doneness: string,
  more: Record<string, string | string[]> = {},
): Record<string, string | string[]> => ({ doneness, side: 'fries', ...more });

/** A grill in the middle of a Friday. */
async function fridayEvening(cafe: Cafe): Promise<{ changed: Placed; cooking: Placed }> {
  const late = await aged(
    16.2,
    cafe.order(
      'T12',
      [
        ['bacon-cheeseburger', burger('medium', { remove: 'no-onion', 'burger-extras': 'egg' }), { qty: 2 }],
        ['ribeye', { doneness: 'medium-rare', side: 'salad', sauce: 'pepper' }],
        ['craft-lager', { size: 'size-500' }, { qty: 2 }],
      ],
      { covers: 4 },
      MAYA,
    ),
  );
  await cafe.command('ticket.start', { ticket: late.ticket('grill') }, GRILL);
  const soon = await aged(
    11.1,
    cafe.order(
      'T4',
      [
        ['grilled-salmon', { side: 'salad', sauce: 'chimichurri' }],
        ['half-chicken', { side: 'corn' }],
        ['house-lemonade', {}, { qty: 2 }],
      ],
      {},
      TOM,
    ),
  );
  await cafe.command('ticket.start', { ticket: soon.ticket('grill') }, GRILL);
  const allergy = await aged(
    8.7,
    cafe.order(
      'T9',
      [
        ['halloumi-salad', { remove: 'no-tomato' }, { seat: 3, notes: 'clean board please' }],
        ['veggie-burger', { side: 'salad', 'burger-extras': 'avocado' }],
      ],
      { allergies: ['nuts'], covers: 3 },
      SARA,
    ),
  );
  const delivery = await aged(
    7.4,
    cafe.order(
      null,
      [
        ['classic-burger', burger('well', { remove: ['no-pickle', 'no-mayo'] }), { qty: 3 }],
        ['fries', { dip: 'garlic-mayo' }, { qty: 2 }],
      ],
      { type: 'delivery', source: 'app-b', displayId: 'B38X', guest: { name: 'Dana' } },
      MAYA,
    ),
  );
  const [first = ''] = delivery.items;
  await cafe.command('item.ready', { order: delivery.id, item: first, qty: 1, station: 'grill' }, GRILL);
  const moved = await aged(
    6.3,
    cafe.order(
      'T5',
      [['kids-burger', { 'kids-drink': 'kids-lemonade', remove: 'no-pickle' }], ['charred-corn']],
      {},
      TOM,
    ),
  );
  await cafe.command('order.transfer', { order: moved.id, table: 'T10' }, TOM);
  const changed = await aged(
    4.9,
    cafe.order(
      'T3',
      [['fries', { dip: 'bbq' }], ['charred-corn'], ['classic-burger', burger('rare')]],
      {},
      SARA,
    ),
  );
  await cafe.command('item.amend', { order: changed.id, item: changed.items[0] ?? '', qty: 2 }, SARA);
  await cafe.command(
    'item.void',
    { order: changed.id, item: changed.items[1] ?? '', reason: 'Guest changed their mind', made: false },
    SARA,
  );
  const refire = await aged(
    3.1,
    cafe.order('T7', [['ribeye', { doneness: 'medium', side: 'fries' }]], {}, MAYA),
  );
  await cafe.command('ticket.rush', { ticket: refire.ticket('grill') }, LUIS);
  const counter = await aged(
    1.8,
    cafe.order(
      null,
      [['classic-burger', burger('medium')], ['espresso']],
      { type: 'takeout', guest: { name: 'Ramos' } },
      MAYA,
    ),
  );
  await aged(
    1.2,
    cafe.order(
      'T15',
      [
        ['charred-corn', {}, { qty: 2 }],
        ['half-chicken', { side: 'fries' }, { qty: 2, hold: true }],
        ['chocolate-fondant', {}, { qty: 2, hold: true }],
      ],
      { covers: 6 },
      TOM,
    ),
  );
  const base = await aged(
    9.5,
    cafe.order(
      'T14',
      [
        ['craft-lager', { size: 'size-330' }, { qty: 3 }],
        ['cheesecake', { topping: 'berries' }],
      ],
      { covers: 3 },
      SARA,
    ),
  );
  await cafe.command(
    'ticket.bump',
    { ticket: base.ticket('drinks') },
    { role: 'kitchen', name: 'Bar', stations: ['drinks'] },
  );
  await cafe.command(
    'order.add',
    {
      order: base.id,
      items: [
        { id: crypto.randomUUID(), menuItem: 'fries', qty: 2, modifiers: [{ group: 'dip', option: 'bbq' }] },
      ],
    },
    SARA,
  );
  const whole = await aged(12.4, cafe.order('T1', [['halloumi-salad'], ['sparkling-water', {}]], {}, MAYA));
  await cafe.command('ticket.bump', { ticket: whole.ticket('grill') }, GRILL);
  await cafe.command(
    'ticket.bump',
    { ticket: whole.ticket('drinks') },
    { role: 'kitchen', name: 'Bar', stations: ['drinks'] },
  );
  await cafe.command('ticket.start', { ticket: allergy.ticket('grill') }, GRILL);
  return { changed, cooking: counter };
}

/** The other stations' screens, so that their tickets are heard. */
async function staff(cafe: Cafe, stations: readonly string[]): Promise<void> {
  for (const station of stations)
    await open(cafe, `/kitchen/${station}`, { role: 'kitchen', name: station, stations: [station] }, TABLET);
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

/** A birthday of thirty at the long table: who wants what, by seat. */
function fortyLines(): LineOf[] {
  const burgers: readonly string[] = ['medium', 'well', 'rare', 'medium-rare'];
  const lines: LineOf[] = [];
  for (let seat = 1; seat <= 30; seat += 1) {
    const turn = seat % 6;
    if (turn === 1)
      lines.push([
        'classic-burger',
        {
          doneness: burgers[seat % 4] ?? 'well',
          side: 'fries',
          ...(seat % 4 === 1 && { remove: 'no-onion' }),
        },
        { seat },
      ]);
    else if (turn === 2) lines.push(['half-chicken', { side: 'salad' }, { seat }]);
    else if (turn === 3)
      lines.push(['halloumi-salad', seat % 4 === 3 ? { remove: 'no-tomato' } : {}, { seat }]);
    else if (turn === 4) lines.push(['grilled-salmon', { side: 'fries' }, { seat }]);
    else if (turn === 5)
      lines.push(['charred-corn', {}, { seat, ...(seat === 11 && { notes: 'no butter' }) }]);
    else
      lines.push([
        'veggie-burger',
        { side: 'fries', ...(seat === 12 && { 'burger-extras': 'avocado' }) },
        { seat },
      ]);
  }
  const shared: readonly (readonly [dip: string, dressing: string, remove?: string])[] = [
    ['bbq', 'tahini'],
    ['garlic-mayo', 'lemon-oil'],
    ['chimichurri', 'honey-mustard'],
    ['criolla', 'tahini', 'no-onion'],
    ['pepper', 'lemon-oil', 'no-onion'],
  ];
  for (const [index, [dip, dressing, remove]] of shared.entries()) {
    lines.push(
      ['fries', { dip }, { qty: index + 1 }],
      ['halloumi-salad', { dressing, ...(remove !== undefined && { remove }) }, { qty: index + 1 }],
    );
  }
  return lines;
}

try {
  await main();
} finally {
  await house.close();
}

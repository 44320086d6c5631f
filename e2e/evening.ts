import type { BrowserContext, Page } from 'playwright-core';
import { TABLET } from './house.ts';
import type { Cafe, LineOf, Person, Placed } from './house.ts';

/**
 * A Friday evening for pictures. Orders go in by the same commands as everywhere; only the clock is told differently
 * on their way to the page, so that it is a quarter to eight and some tickets are late.
 */

const EVENING = '2026-03-13T23:42:08Z';
const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

export const GRILL: Person = { role: 'kitchen', name: 'Grill', stations: ['grill'] };
export const MAYA: Person = { role: 'waiter', name: 'Maya' };
export const TOM: Person = { role: 'waiter', name: 'Tom' };
export const SARA: Person = { role: 'waiter', name: 'Sara' };
export const LUIS: Person = { role: 'expo', name: 'Luis' };

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

/** Tells the pages of a device that it is that evening. */
export async function evening(device: BrowserContext): Promise<void> {
  await device.routeWebSocket(/\/stream$/, (page) => {
    const server = page.connectToServer();
    server.onMessage((frame) => page.send(typeof frame === 'string' ? retold(frame) : frame));
  });
}

/** Opens a screen on that evening, sound on, live and painted. */
export async function open(
  cafe: Cafe,
  path: string,
  who: Person,
  size: { width: number; height: number },
  language = 'en',
): Promise<Page> {
  const device = await cafe.house.device(size);
  await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
  await evening(device);
  const page = await cafe.open(path, who, { device });
  await page.locator('[data-line="live"]').first().waitFor({ timeout: 60_000 });
  const gate = page.getByTestId('sound-gate');
  if (await gate.isVisible()) await gate.click();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1200);
  return page;
}

/** Places an order that the pictures show `minutes` older than it is. */
export async function aged(minutes: number, placing: Promise<Placed>): Promise<Placed> {
  const placed = await placing;
  ages.set(placed.id, Math.round(minutes * 60));
  return placed;
}

/** How a burger is asked for. */
export const burger = (
  doneness: string,
  more: Record<string, string | string[]> = {},
): Record<string, string | string[]> => ({ doneness, side: 'fries', ...more });

/** A grill in the middle of a Friday. */
export async function fridayEvening(cafe: Cafe): Promise<void> {
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
  await aged(
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
}

/** The other stations' screens, so that their tickets are heard. */
export async function staff(cafe: Cafe, stations: readonly string[]): Promise<void> {
  for (const station of stations)
    await open(cafe, `/kitchen/${station}`, { role: 'kitchen', name: station, stations: [station] }, TABLET);
}

/** A birthday of thirty at the long table: who wants what, by seat. */
export function fortyLines(): LineOf[] {
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

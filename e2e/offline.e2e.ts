import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { settled } from './device.ts';
import { BURGER, House, until } from './house.ts';
import { Cook, Waiter, tapAgain } from './people.ts';
import { soon } from './soon.ts';

/** A screen whose line is cut, and which is reloaded in that state: the page, the board and the taps are still there. */

describe.skipIf(haveChromium() === undefined)('a screen without a line', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[E20] keeps its board and a bump over a reload, says how old they are, and the server gets the bump once', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const page = await house.page(device);
    await cafe.pair(page, { page: 'kitchen', name: 'Grill 1', station: 'grill' });
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    const first = await cafe.order('T6', [BURGER]);
    const second = await cafe.order('T7', [BURGER]);
    for (const { ticket } of [first, second]) await cook.card(ticket('grill')).waitFor();
    await settled(page);

    await house.cut(device);
    await cook.bump(first.ticket('grill'));
    await soon(() => cook.card(first.ticket('grill')).innerText()).toContain('not sent yet');

    await page.reload();
    await cook.begin();
    await cook.card(second.ticket('grill')).waitFor();
    expect(await cook.card(second.ticket('grill')).innerText()).toMatch(/T7[\s\S]*BURGER/);
    await soon(() => cook.card(first.ticket('grill')).innerText()).toContain('not sent yet');
    await page.locator('.conn[data-line="offline"]').waitFor({ timeout: 15_000 });
    await soon(() => page.locator('.conn').innerText()).toMatch(/OFFLINE\s*since\s*\d\d:\d\d:\d\d/);
    expect(await page.locator('[data-line="live"]').count()).toBe(0);

    await house.mend(device);
    await cook.live();
    await cook.card(first.ticket('grill')).waitFor({ state: 'detached' });
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 1,
    );
    await page.reload();
    await cook.begin();
    await cook.live();
    expect(await cook.cards()).toEqual([second.ticket('grill')]);
    expect(await cafe.events('ticket.bumped')).toBe(1);
  });

  it('[E21] a bump that is not sent yet is taken back, and the board ends as the server has it', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const page = await cafe.open(
      '/kitchen/grill',
      { role: 'kitchen', name: 'Grill', stations: ['grill'] },
      { device },
    );
    const cook = new Cook(page);
    await cook.begin();
    const placed = await cafe.order('T6', [BURGER]);
    const card = cook.card(placed.ticket('grill'));
    await card.waitFor();
    await house.cut(device);
    await cook.bump(placed.ticket('grill'));
    await soon(() => card.innerText()).toContain('not sent yet');
    await tapAgain(card.getByTestId('bump'));
    await house.mend(device);
    await cook.live();
    await soon(() => card.innerText()).not.toContain('not sent yet');
    // Whether the first try had reached the server or not: the card stays, and says what the server says.
    await until(
      async () => {
        const [ticket] = (await cafe.view('station:grill')).filter((entity) => entity.kind === 'ticket');
        return { server: ticket?.status, card: await card.getAttribute('data-status') };
      },
      ({ server, card: shown }) => server === shown && (server === 'new' || server === 'cooking'),
    );
    expect(await card.isVisible()).toBe(true);
  });

  it('[E22] an order that is typed without a line is kept over a reload and reaches the kitchen once', async () => {
    const cafe = house.demo();
    const device = await house.device();
    const page = await house.page(device);
    // The demo signs itself in; without a server it stays who it was.
    await page.goto(`${house.server.url}/pos?location=brasa`);
    const waiter = new Waiter(page);
    await waiter.live();
    await settled(page);
    await house.cut(device);
    await waiter.burger('T12');
    await soon(() => page.locator('body').innerText()).toMatch(/not sent/i);
    const before = await placedOrders();
    await page.reload();
    await page.getByTestId('unsent').waitFor({ timeout: 15_000 });
    await house.mend(device);
    await waiter.live();
    await until(placedOrders, (orders) => orders === before + 1);
    await page.getByTestId('unsent').waitFor({ state: 'detached' });
    await waiter.table('T12');
    await waiter.receipt('grill').waitFor();
    expect(await placedOrders()).toBe(before + 1);

    function placedOrders(): Promise<number> {
      return cafe.events('order.placed');
    }
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { House, until } from './house.ts';
import { Waiter } from './people.ts';
import { soon } from './soon.ts';

/** What runs out: two tablets and the last portion, and a manager before the shelf. */

const ANA = { role: 'manager', name: 'Ana' } as const;

describe.skipIf(haveChromium() === undefined)('what runs out', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[ST31] is sold once when two tablets send the last portion at once', async () => {
    const cafe = await house.cafe();
    const names = ['Maya', 'Leo'] as const;
    const waiters = await Promise.all(
      names.map(async (name) => new Waiter(await cafe.open('/pos', { role: 'waiter', name }))),
    );
    await cafe.command('stock.portions', { item: 'cheesecake', left: 1 });
    // Both orders are on their way before one of them arrives: neither tablet can know of the other.
    const both = Promise.withResolvers<void>();
    let sent = 0;
    for (const [index, waiter] of waiters.entries()) {
      await waiter.page.route('**/commands/order.place', async (route) => {
        sent += 1;
        if (sent === waiters.length) both.resolve();
        await both.promise;
        await route.continue();
      });
      house.forgive(waiter.page, 409);
      await waiter.live();
      await waiter.table(`T${index + 6}`);
      await waiter.category('Desserts');
      await waiter.page.getByTestId('left-cheesecake').waitFor();
      await waiter.item('cheesecake');
    }
    await Promise.all(waiters.map((waiter) => waiter.send()));

    // One is in the kitchen. The other is told, and has its line still.
    await until(
      () => cafe.events('order.placed'),
      (count) => count === 1,
    );
    const refused = async (): Promise<string[]> => {
      const toasts = await Promise.all(
        waiters.map((waiter) => waiter.page.getByTestId('toast').allInnerTexts()),
      );
      return toasts.flat().filter((text) => text.includes('Cheesecake is sold out'));
    };
    await soon(async () => (await refused()).length).toBe(1);
    expect((await refused())[0]).toContain('Instead: ');
    const unsent = await Promise.all(waiters.map(({ page }) => page.locator('body').innerText()));
    expect(unsent.filter((text) => text.includes('Not sent'))).toHaveLength(1);
    const third = new Waiter(await cafe.open('/pos', { role: 'waiter', name: 'Ida' }));
    await third.live();
    await third.table('T9');
    await third.category('Desserts');
    await third.page.getByTestId('item-cheesecake').getByText('sold out').waitFor({ state: 'attached' });
    expect(await cafe.events('order.placed')).toBe(1);
    const [dish] = (await cafe.view('pos')).flatMap((entity) =>
      entity.kind === 'menu' ? entity.items.filter(({ id }) => id === 'cheesecake') : [],
    );
    expect(dish).toMatchObject({ soldOut: true, left: 0 });
  });

  it('[ST32] is counted, received, thrown away and sold out on the managers’ page', async () => {
    const cafe = await house.cafe((config) => ({ ...config, stock: { ...config.stock, auto86: 'ask' } }));
    const page = await cafe.open('/manager', ANA);
    await page.getByTestId('tab-stock').click();
    const row = page.getByTestId('stock-salmon');
    await row.waitFor();
    expect(await row.getAttribute('data-level')).toBe('uncounted');
    const say = async (deed: string, amount: string): Promise<void> => {
      await row.getByTestId(`do-${deed}`).click();
      await page.getByTestId('amount').fill(amount);
      await page.getByTestId('amount-send').click();
    };
    await say('count', '5');
    await soon(() => row.getByTestId('on-hand').innerText()).toBe('5');
    await say('receive', '12');
    await soon(() => row.getByTestId('on-hand').innerText()).toBe('17');
    await say('waste', '16');
    await soon(() => row.getAttribute('data-level')).toBe('low');
    await page.getByTestId('waste').getByText('Salmon fillets').waitFor();
    await say('waste', '1');
    await soon(() => row.getAttribute('data-level')).toBe('out');

    // It stands first now, with what it keeps away; one tap sells all of that out.
    expect(
      await page.locator('[data-testid^="stock-"][data-level]').first().getAttribute('data-testid'),
    ).toBe('stock-salmon');
    await row.getByTestId('sell-out-all').click();
    const list = page.getByTestId('sold-out-now');
    await soon(() => list.locator('li').count()).toBeGreaterThan(0);
    expect(await row.getByTestId('sell-out-all').count()).toBe(0);

    // Any dish, in two taps from its list.
    await page.getByTestId('choose-dish').click();
    await page.getByTestId('dish-find').fill('fond');
    await page.getByTestId('choose-chocolate-fondant').click();
    await page.getByTestId('sell-out').click();
    await soon(() => list.innerText()).toMatch(/fondant/i);
    expect(await cafe.events('menu.soldOut')).toBeGreaterThan(1);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House, LAGER, until } from './house.ts';
import { Cook, Waiter } from './people.ts';
import { soon } from './soon.ts';

/** From the waiter's finger to the cook's ear and back, in two real browser pages. */

const GRILL = { role: 'kitchen', name: 'Grill', stations: ['grill'] } as const;
const MAYA = { role: 'waiter', name: 'Maya' } as const;

describe.skipIf(haveChromium() === undefined)('an order', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[E10] typed on the tablet rings, is painted and is known to be heard', async () => {
    const cafe = await house.cafe();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.arrive();
    await cook.live();
    await cook.turnSoundOn();
    // The self-test of the gate has played all six; what counts is what rings from here on.
    await until(
      () => cook.sounds(),
      (sounds) => new Set(sounds.map(({ name }) => name)).size === 6,
    );
    const before = (await cook.sounds()).length;

    const waiter = new Waiter(await cafe.open('/pos', MAYA));
    await waiter.live();
    await waiter.table('T12');
    await waiter.category('Mains');
    await waiter.item('classic-burger');
    // Doneness and side have no default: without them nothing is added.
    await waiter.add();
    await waiter.page.locator('[data-missing="true"]').first().waitFor();
    await waiter.option('medium');
    await waiter.option('fries');
    await waiter.add();
    await waiter.send();

    await cook.page.getByTestId('ticket').first().waitFor();
    expect(await cook.page.getByTestId('ticket').first().innerText()).toMatch(
      /T12[\s\S]*BURGER[\s\S]*Medium/i,
    );
    const rung = await until(
      () => cook.sounds(),
      (sounds) => sounds.slice(before).some(({ name }) => name === 'new'),
    );
    expect(rung.slice(before).find(({ name }) => name === 'new')).toMatchObject({
      contextState: 'running',
      notes: 2,
    });

    await waiter.page.locator('[data-testid="receipt-grill"][data-mark="heard"]').waitFor();
    const [order] = (await cafe.view('pos')).filter((entity) => entity.kind === 'order');
    expect(order).toMatchObject({
      table: 'T12',
      tickets: [{ station: 'grill', delivery: { state: 'heard' } }],
    });
    expect(await cafe.events('ticket.heard')).toBe(1);
  });

  it('[E11] is heard at once by a screen that is only painted, and by nobody without one', async () => {
    const cafe = await house.cafe();
    const waiter = new Waiter(await cafe.open('/pos', MAYA));
    await waiter.live();
    const placed = await cafe.order('T3', [BURGER, LAGER]);
    await waiter.table('T3');
    await waiter.receipt('grill').waitFor();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.begin();
    await cook.card(placed.ticket('grill')).waitFor();
    await waiter.page.locator('[data-testid="receipt-grill"][data-mark="heard"]').waitFor();
    // No screen stands at the bar.
    expect(await waiter.receipt('drinks').getAttribute('data-mark')).not.toBe('heard');
    expect(await cafe.events('ticket.heard')).toBe(1);
  });

  it('[E12] reaches a screen that has no sound by a flash of its edge, under a chip that says MUTED', async () => {
    const cafe = await house.cafe();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.arrive();
    await cook.live();
    await cook.goOnWithoutSound();
    await cook.page.getByTestId('muted').waitFor();
    expect(await cook.page.getByTestId('muted').innerText()).toContain('MUTED');
    const flash = cook.page.getByTestId('flash').waitFor({ state: 'attached' });
    const placed = await cafe.order('T3', [BURGER]);
    await flash;
    await cook.card(placed.ticket('grill')).waitFor();
    expect(await cook.sounds()).toEqual([]);
    await until(
      () => cafe.events('ticket.heard'),
      (heard) => heard === 1,
    );
  });

  it('[E13] is cooked line by line and bumped, and the floor sees it ready', async () => {
    const cafe = await house.cafe();
    const floor = await cafe.open('/floor', MAYA);
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.begin();
    const placed = await cafe.order('T6', [BURGER, ['charred-corn'], ['fries']]);
    const card = cook.card(placed.ticket('grill'));
    await card.locator(`[data-item="${placed.items[0]}"]`).click();
    await card.locator(`[data-item="${placed.items[0]}"][data-state="ready"]`).waitFor();
    const tile = floor.getByTestId('table-T6').locator('visible=true').first();
    await soon(() => tile.innerText()).toContain('1/3 ready');
    await cook.bump(placed.ticket('grill'));
    await card.waitFor({ state: 'detached' });
    await soon(() => tile.innerText()).toMatch(/^ready$/m);
    const [order] = (await cafe.view('floor')).filter((entity) => entity.kind === 'order');
    expect(order).toMatchObject({ status: 'ready' });
  });

  it('[E18] that is whole is handed over at the pass and leaves it; what nobody makes stands there as UNROUTED', async () => {
    // A house without a default station: what matches nothing has nowhere else to go.
    const cafe = await house.cafe((config) => ({ ...config, defaultStation: undefined }));
    const expo = await cafe.open('/expo', { role: 'expo', name: 'Luis' });
    await new Cook(expo).begin();
    const placed = await cafe.order('T6', [BURGER, LAGER]);
    const card = expo.locator(`[data-order="${placed.id}"]`);
    await card.waitFor();
    await cafe.command('ticket.bump', { ticket: placed.ticket('grill') }, GRILL);
    await soon(() => card.getByTestId('progress').innerText()).toContain('1/2');
    expect(await card.getByTestId('hand-over').count()).toBe(0);
    await cafe.command(
      'ticket.bump',
      { ticket: placed.ticket('drinks') },
      { role: 'kitchen', name: 'Bar', stations: ['drinks'] },
    );
    await card.getByTestId('hand-over').click();
    await card.waitFor({ state: 'detached' });
    await until(
      () => cafe.view('floor'),
      (entities) =>
        entities.some(
          (entity) => entity.id === placed.id && entity.kind === 'order' && entity.status === 'completed',
        ),
    );

    const odd = {
      id: crypto.randomUUID(),
      type: 'takeout' as const,
      guest: { name: 'Ramos' },
      source: 'app-b',
      items: [{ id: crypto.randomUUID(), name: 'Poke bowl XL', price: 1400, qty: 1 }],
    };
    await cafe.command('order.place', { order: odd });
    const lane = expo.getByTestId('unrouted');
    await lane.waitFor();
    expect(await lane.innerText()).toMatch(/UNROUTED[\s\S]*Poke bowl XL/);
  });

  it('[E14] that was bumped too early comes back by UNDO and by the recall list, as old as it was', async () => {
    const cafe = await house.cafe();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.live();
    await cook.begin();
    const placed = await cafe.order('T6', [BURGER]);
    const id = placed.ticket('grill');
    const card = cook.card(id);
    await card.waitFor();
    const firedAt = await fired();
    await cook.bump(id);
    await card.waitFor({ state: 'detached' });
    await cook.page.getByTestId('undo').click();
    await card.waitFor();
    expect(await card.innerText()).toContain('RECALLED');
    expect(await fired()).toBe(firedAt);

    await cook.bump(id);
    await card.waitFor({ state: 'detached' });
    await cook.toast().waitFor({ state: 'detached', timeout: 8000 });
    await cook.page.getByTestId('recall').click();
    await cook.page.getByTestId('recall-do').click();
    await card.waitFor();
    expect(await card.innerText()).toContain('RECALLED 2×');
    expect(await fired()).toBe(firedAt);

    async function fired(): Promise<string> {
      const ticket = (await cafe.view('station:grill')).find((entity) => entity.id === id);
      if (ticket?.kind !== 'ticket' || ticket.firedAt === null) throw new Error('the ticket is not there');
      return ticket.firedAt;
    }
  });

  it('[E15] that changes says so on the card until the painted change is tapped', async () => {
    const cafe = await house.cafe();
    const cook = new Cook(await cafe.open('/kitchen/grill', GRILL));
    await cook.live();
    await cook.begin();
    const placed = await cafe.order('T6', [BURGER]);
    const [item = ''] = placed.items;
    const id = placed.ticket('grill');
    const card = cook.card(id);
    await card.waitFor();
    await cafe.command('item.amend', { order: placed.id, item, qty: 2 });
    await card.locator(`[data-item="${item}"][data-state="changed"]`).waitFor();
    expect(await card.innerText()).toContain('CHANGED');

    // A second change while the cook's hand is on its way: the tap clears what was painted, not what was not.
    const painted = await version();
    await cafe.command('item.amend', { order: placed.id, item, qty: 3 });
    const late = cafe.command('ticket.bump', { ticket: id, version: painted }, GRILL);
    await expect(late).rejects.toThrow(/409.*conflict/);
    await card.getByText('3').first().waitFor();
    await card.locator(`[data-item="${item}"]`).click();
    await card.locator(`[data-item="${item}"][data-state="changed"]`).waitFor({ state: 'detached' });
    await until(ackRequired, (wanted) => !wanted);

    async function version(): Promise<number> {
      const ticket = (await cafe.view('station:grill')).find((entity) => entity.id === id);
      return ticket?.version ?? -1;
    }
    async function ackRequired(): Promise<boolean> {
      const ticket = (await cafe.view('station:grill')).find((entity) => entity.id === id);
      return ticket?.kind === 'ticket' && ticket.ackRequired;
    }
  });

  it('[E16] that changed while the cook bumped an older card is not bumped, and the screen says why', async () => {
    const cafe = await house.cafe();
    const page = await cafe.open('/kitchen/grill', GRILL);
    const cook = new Cook(page);
    await cook.live();
    await cook.begin();
    const placed = await cafe.order('T6', [BURGER]);
    const id = placed.ticket('grill');
    await cook.card(id).waitFor();
    // The bump is held back on the wire until the order was changed: what the cook saw is old by then.
    let go = (): void => undefined;
    const changed = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/commands/ticket.bump', async (route) => {
      await changed;
      await route.continue();
    });
    house.forgive(page, 409);
    await cook.bump(id);
    await cafe.command('item.amend', { order: placed.id, item: placed.items[0] ?? '', notes: 'no sesame' });
    go();
    await soon(() =>
      cook
        .toast()
        .innerText()
        .catch(() => ''),
    ).toMatch(/has changed: look again/);
    await cook.card(id).locator('[data-state="changed"]').waitFor();
    expect(await cafe.events('ticket.bumped')).toBe(0);
  });

  it('[E17] bumped on one of two screens of a station leaves the other; of two bumps at once one wins and the other screen says who', async () => {
    const cafe = await house.cafe();
    const first = new Cook(await cafe.open('/kitchen/grill', { ...GRILL, name: 'Nina' }));
    const second = new Cook(await cafe.open('/kitchen/grill', { ...GRILL, name: 'Omar' }));
    for (const cook of [first, second]) {
      await cook.live();
      await cook.begin();
    }
    const one = await cafe.order('T6', [BURGER]);
    await second.card(one.ticket('grill')).waitFor();
    await first.bump(one.ticket('grill'));
    await second.card(one.ticket('grill')).waitFor({ state: 'detached' });

    const two = await cafe.order('T7', [BURGER]);
    const id = two.ticket('grill');
    for (const cook of [first, second]) await cook.card(id).waitFor();
    // Omar's bump is slower than Nina's, and was tapped before he could know of hers.
    let go = (): void => undefined;
    const won = new Promise<void>((resolve) => (go = resolve));
    await second.page.route('**/commands/**', async (route) => {
      await won;
      await route.continue();
    });
    await second.bump(id);
    await first.bump(id);
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 2,
    );
    go();
    await soon(() =>
      second
        .toast()
        .innerText()
        .catch(() => ''),
    ).toMatch(/already bumped by Nina/);
    for (const cook of [first, second]) await cook.card(id).waitFor({ state: 'detached' });
    expect(await cafe.events('ticket.bumped')).toBe(2);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House, LAGER, until } from './house.ts';
import { tapAgain } from './people.ts';
import { soon } from './soon.ts';
import { always, live, nextSlot } from './stand.ts';

/** Two people at the door, each with a tablet, and a waiter who takes over where they end. */

const NOOR = { role: 'host', name: 'Noor' } as const;
const ELI = { role: 'phone', name: 'Eli' } as const;
const MAYA = { role: 'waiter', name: 'Maya' } as const;

describe.skipIf(haveChromium() === undefined)('the stand', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  it('[BK81] what one tablet books stands on the other’s timeline; a hold of the phone counts down there and becomes a booking', async () => {
    const cafe = await house.cafe(always);
    const door = await cafe.open('/host', NOOR);
    const desk = await cafe.open('/host', ELI);
    await live(door);
    await live(desk);

    await door.getByTestId('book').click();
    await door.getByTestId('guest-name').fill('Leila Costa');
    await door.getByTestId('guest-phone').fill('+1 917 555 4417');
    await door.getByTestId('slot-free').nth(1).click();
    await door.getByTestId('book-done').click();
    const bar = desk.locator('[data-look="booked"]', { hasText: 'Leila Costa' });
    await bar.waitFor();
    expect(await bar.innerText()).toMatch(/2 Leila Costa\s+booked/);

    // The caller is still talking: their table is kept, and both see for how long.
    const held = randomUUID();
    await cafe.command(
      'reservation.book',
      { reservation: { id: held, at: nextSlot(60), party: 4, guest: { name: 'Larsen' }, hold: true } },
      ELI,
    );
    for (const page of [door, desk])
      await soon(() => page.getByTestId(`bar-${held}`).innerText()).toMatch(/4 Larsen\s+held \d:\d\d/);
    await desk.getByTestId(`bar-${held}`).click();
    await desk.getByTestId('panel').getByTestId(`next-${held}`).click();
    await door.locator(`[data-testid="bar-${held}"][data-look="booked"]`).waitFor();

    // Somebody else's call: cancelled there, gone here, and taken back with one tap.
    await desk.getByTestId('cancel-booking').click();
    await door.getByTestId(`bar-${held}`).waitFor({ state: 'detached' });
    await desk.getByTestId('undo').click();
    await door.locator(`[data-testid="bar-${held}"][data-look="booked"]`).waitFor();
  });

  it('[BK82] seating opens the table: the waiter’s first order has the covers, the name and the allergy of the book', async () => {
    const cafe = await house.cafe(always);
    const door = await cafe.open('/host', NOOR);
    await live(door);
    const id = randomUUID();
    await cafe.command(
      'reservation.book',
      {
        reservation: {
          id,
          at: nextSlot(),
          party: 3,
          guest: { name: 'Leila Costa' },
          allergies: ['sesame'],
          tables: ['T8'],
        },
      },
      NOOR,
    );
    await door.getByTestId(`bar-${id}`).click();
    await soon(() => door.getByTestId('status').innerText()).toBe('booked');
    await door.getByTestId(`next-${id}`).last().click();
    await soon(() => door.getByTestId('status').innerText()).toBe('here');
    await tapAgain(door.getByTestId(`next-${id}`).last());
    await soon(() => door.getByTestId('status').innerText()).toBe('seated');

    const floor = await cafe.open('/floor', MAYA);
    await floor.locator('[data-testid="table-T8"][data-word="seated"]').waitFor();
    await cafe.order('T8', [BURGER, LAGER], { covers: undefined });
    const [order] = (await cafe.view('pos')).filter((entity) => entity.kind === 'order');
    expect(order).toMatchObject({
      table: 'T8',
      covers: 3,
      guest: { name: 'Leila Costa' },
      allergies: ['sesame'],
    });
    const tickets = (await cafe.view('kitchen')).filter((entity) => entity.kind === 'ticket');
    expect(tickets.map(({ allergies }) => allergies)).toEqual([['sesame'], ['sesame']]);
    // The room at the door says so too, and it cannot be finished over an open order.
    await door.getByTestId('tab-floor').click();
    await door.locator('[data-testid="table-T8"][data-status="ordered"]').waitFor();
    house.forgive(door, 409);
    await tapAgain(door.getByTestId(`next-${id}`).last());
    await soon(() => door.getByTestId('toast').innerText()).toContain('is placed');
    expect(await cafe.events('reservation.finished')).toBe(0);
  });

  it('[BK83] a party is dragged to another table and time, asked about once, and the last table is lost with other times', async () => {
    const cafe = await house.cafe((config) => ({
      ...always(config),
      tables: config.tables.filter((table) => table.id === 'T1' || table.id === 'T7'),
      booking: { ...always(config).booking, combinations: [] },
    }));
    const door = await cafe.open('/host', NOOR);
    await live(door);
    const id = randomUUID();
    const at = nextSlot(30);
    const book = (reservation: string, table: string, party = 2) =>
      cafe.command(
        'reservation.book',
        { reservation: { id: reservation, at, party, guest: { name: 'Novak' }, tables: [table] } },
        NOOR,
      );
    await book(id, 'T1');
    const bar = door.getByTestId(`bar-${id}`);
    await bar.waitFor();
    const box = await bar.boundingBox();
    const row = await door.locator('.tl-row[data-table="T7"]').boundingBox();
    if (!box || !row) throw new Error('the bar and its row are on the screen');
    await door.mouse.move(box.x + 30, box.y + 20);
    await door.mouse.down();
    await door.mouse.move(box.x + 60, row.y + 20, { steps: 6 });
    await door.mouse.move(box.x + 95, row.y + 24, { steps: 6 });
    await door.mouse.up();
    await door.getByTestId('move-done').click();
    await until(
      async () => (await cafe.view('host')).find((entity) => entity.id === id),
      (entity) =>
        entity?.kind === 'reservation' &&
        entity.tables[0] === 'T7' &&
        Date.parse(entity.at) === Date.parse(at) + 30 * 60_000,
    );

    // While the sheet is open, another desk takes the other table.
    await door.getByTestId('book').click();
    await door.getByTestId('guest-name').fill('Weiss');
    await door.getByTestId('pick-table').selectOption('T1');
    const slot = door.getByTestId('slot-free').nth(1);
    await slot.click();
    await soon(() => door.getByTestId('book-done').isEnabled()).toBe(true);
    await door.context().setOffline(true);
    await book(randomUUID(), 'T1');
    house.forgive(door, 409);
    await door.getByTestId('book-done').click();
    await door.context().setOffline(false);
    await door.locator('.ask-refused').waitFor({ timeout: 30_000 });
    expect(await door.locator('.ask-refused .op').count()).toBeGreaterThan(0);
    expect((await cafe.view('host')).filter((entity) => entity.kind === 'reservation')).toHaveLength(2);
  });

  it('[BK84] who walks in is seated or waits with an honest time, and a kept table is asked about', async () => {
    const cafe = await house.cafe((config) => ({
      ...always(config),
      tables: config.tables.filter((table) => table.id === 'T1' || table.id === 'T2'),
      booking: { ...always(config).booking, combinations: [] },
    }));
    await cafe.command(
      'reservation.book',
      {
        reservation: { id: randomUUID(), at: nextSlot(), party: 2, guest: { name: 'Weiss' }, tables: ['T2'] },
      },
      NOOR,
    );
    const door = await cafe.open('/host', NOOR);
    await live(door);
    await door.getByTestId('walk-in').click();
    await soon(() => door.getByTestId('seat-walk-in').innerText()).toBe('Seat T1');
    await door.getByTestId('seat-walk-in').click();
    await door.getByTestId('walk-in-T1').waitFor();
    // The only table left is somebody's within half an hour.
    await door.getByTestId('walk-in').click();
    await soon(() => door.getByTestId('seat-walk-in').innerText()).toBe('Seat T2 anyway');
    expect(await door.locator('.ask').innerText()).toMatch(/T2 is kept for Weiss, 2, at \d\d:\d\d/);
    expect(await door.getByTestId('quote').innerText()).toMatch(/quote now \d+ min/);
    await door.getByTestId('guest-name').fill('Ozturk');
    await door.getByTestId('add-waiting').click();
    const entry = await until(
      async () => (await cafe.view('host')).find((entity) => entity.kind === 'waitlist'),
      (found) => found !== undefined,
    );
    expect(entry).toMatchObject({ status: 'waiting', party: 2 });
    await door.getByTestId(`notify-${entry?.id ?? ''}`).click();
    await soon(() => door.getByTestId(`entry-${entry?.id ?? ''}`).innerText()).toContain('told');
    await cafe.command('table.clear', { table: 'T1' }, NOOR);
    await soon(() => door.getByTestId(`seat-${entry?.id ?? ''}`).innerText()).toBe('Seat T1');
    await tapAgain(door.getByTestId(`seat-${entry?.id ?? ''}`).last());
    await soon(async () => (await cafe.view('host')).find(({ id }) => id === 'T1')).toMatchObject({
      status: 'seated',
      covers: 2,
      entry: entry?.id,
    });
  });
});

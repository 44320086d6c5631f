import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { House } from './house.ts';
import { Line, withLine } from './phone.ts';
import { live, nextSlot } from './stand.ts';

/** An evening at the stand while Leila Costa is on the telephone, for pictures. */

const NOOR = { role: 'host', name: 'Noor' } as const;
const LEILA = { name: 'Leila Costa', phone: '+1 917 555 4417' };

/** A place of the world where it is about seven in the evening now. */
function eveningZone(): string {
  const ahead = ((((19 - new Date().getUTCHours()) % 24) + 24 + 11) % 24) - 11;
  // Their sign is that of POSIX: west is positive.
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

export async function callAtTheDoor(
  house: House,
  size: { width: number; height: number },
  language: string,
): Promise<Page> {
  const cafe = await house.cafe((config) => {
    const { hours: _hours, ...booking } = config.booking;
    return withLine({ ...config, timezone: eveningZone(), booking: { ...booking, exceptions: [] } });
  });
  const line = await Line.open(cafe);
  const book = async (name: string, party: number, table: string, minutes: number, more: object = {}) => {
    const id = randomUUID();
    const at = nextSlot(minutes - 15);
    await cafe.command(
      'reservation.book',
      { reservation: { id, at, party, guest: { name }, tables: [table], ...more }, anyway: true },
      NOOR,
    );
    return id;
  };
  for (const [name, party, table] of [
    ['Diaz', 2, 'T4'],
    ['Haddad', 4, 'T7'],
    ['Cohen', 3, 'T14'],
  ] as const) {
    const reservation = await book(name, party, table, 15);
    await cafe.command('reservation.arrive', { reservation }, NOOR);
    await cafe.command('reservation.seat', { reservation }, NOOR);
  }
  await book('Weiss', 2, 'T1', 45);
  await book('Novak', 3, 'T7', 135);
  await book('Park', 4, 'T9', 105);
  const silva = await book('Silva', 4, 'T11', 60);
  await cafe.command('reservation.confirm', { reservation: silva, to: 'confirmed' }, NOOR);
  await book('Rossi', 2, 'T2', 75, { guest: LEILA, allergies: ['sesame'] }).then((reservation) =>
    cafe.command('reservation.cancel', { reservation, by: 'guest' }, NOOR),
  );
  for (const [name, party] of [
    ['Ozturk', 2],
    ['Fernandes', 4],
    ['Kim', 3],
  ] as const)
    await cafe.command('waitlist.add', { entry: { id: randomUUID(), party, guest: { name } } }, NOOR);

  const lost = line.call('+1 718 555 0144', Date.now() - 240_000);
  await lost.rings();
  await lost.ends({ call_status: 'error', disconnection_reason: 'error_unknown' });
  const call = line.call(LEILA.phone, Date.now() - 76_000);
  await call.rings();
  await call.says(
    ['agent', 'Eight fifteen or nine, for four?', 58],
    ['user', "Quarter past eight. One of us can't have sesame.", 66],
    ['agent', 'Noted: no sesame for one guest. I am holding the table.', 74],
  );
  const device = await house.device(size);
  await device.addInitScript((chosen) => localStorage.setItem('heard.language', chosen), language);
  const page = await cafe.open('/host', NOOR, { device });
  await live(page);
  // A tap anywhere lets the page chime.
  await page.locator('h1').click();
  const id = (await page.getByTestId('call-card').getAttribute('data-call')) ?? '';
  await book('Leila Costa', 4, 'T8', 60, { guest: LEILA, allergies: ['sesame'], hold: true, call: id });
  await page.getByTestId('fact-reservation').waitFor({ state: 'attached' });
  await call.says(['user', 'And could we sit near the window?', 82]);
  await page.getByTestId('line').nth(3).waitFor({ state: 'attached' });
  await page.evaluate(() => document.fonts.ready);
  return page;
}

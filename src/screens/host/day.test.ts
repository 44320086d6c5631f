import { describe, expect, it } from 'vitest';
import { bookView } from '../../domain/booking/entities.ts';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { listTopic } from '../../domain/views.ts';
import { byKind } from '../../testkit/entities.ts';
import { Stand, on, reservationId, room } from '../../testkit/stand.ts';
import { bookFrom, countsOf, dayFrom, findGuests, isSoon, pacingOf, snap, tablesNow } from './day.ts';
import { lookAt } from '../../domain/booking/book.ts';

/** What the page is sent, of a stand of the rules. */
function seen(stand: Stand) {
  const entities = byKind(...listTopic(stand.state, 'host', 'staff'));
  const rules = bookView.parse(entities.book.get('book'));
  const book = bookFrom(rules, entities.table.values(), entities.reservation.values());
  const day = (of = '2026-11-20') =>
    dayFrom(book, [...entities.table.values()], [...entities.reservation.values()], of, stand.now);
  return { ...entities, book, day };
}

function evening(): Stand {
  const stand = new Stand(room, '17:30');
  stand.book(1, '18:00', 2);
  stand.book(2, '18:30', 4, {
    allergies: ['nuts'],
    guest: { name: 'Leila Costa', phone: '+1 212 555 4417' },
  });
  stand.book(3, '19:00', 5);
  stand.book(4, '21:00', 2, { hold: true });
  stand.at('18:12');
  return stand;
}

describe('the day at the stand', () => {
  it('[BK70] has a row a table and a bar a party, in the words of its state; the bar is for who sits there', () => {
    const { day } = seen(evening());
    const { rows, from, to, hours, now, isOpen } = day();
    expect(isOpen).toBe(true);
    expect(rows.map(({ table, bars }) => [table.id, bars.map(({ look }) => look)])).toEqual([
      ['A', ['late', 'held']],
      ['B', []],
      ['C', ['booked']],
      ['D', []],
      ['E', ['booked']],
    ]);
    expect([from, to, now].map((at) => new Date(at ?? 0).toISOString())).toEqual([
      on('18:00'),
      on('24:00'),
      on('18:12'),
    ]);
    expect(hours.map(({ clock }) => clock)).toEqual(['18:00', '19:00', '20:00', '21:00', '22:00', '23:00']);
  });

  it('[BK70] guests whom the book does not know are on their table’s row, and who stays longer stays there', () => {
    const stand = evening();
    stand.do('table.seat', { table: 'B', covers: 2 });
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.at('20:30');
    const rows = seen(stand).day().rows;
    expect(rows.find(({ table }) => table.id === 'B')?.bars).toMatchObject([
      { look: 'walkIn', party: 2, from: Date.parse(on('18:12')), to: Date.parse(on('20:45')) },
    ]);
    expect(rows.find(({ table }) => table.id === 'A')?.bars[0]).toMatchObject({
      look: 'seated',
      to: Date.parse(on('20:30')),
    });
  });

  it('[BK70] another day has no line of now, and a closed one says so', () => {
    const { day } = seen(evening());
    expect(day('2026-11-21')).toMatchObject({ now: null, reservations: [], isOpen: true });
    expect(day('2026-11-23')).toMatchObject({ isOpen: false });
  });

  it('[BK71] counts what still comes or came, who is late, and allergies that are still to be served', () => {
    const stand = evening();
    const all = () => [...seen(stand).reservation.values()];
    expect(countsOf(all(), stand.now)).toEqual({ all: 4, covers: 13, late: 1, allergies: 1 });
    stand.do('reservation.cancel', { reservation: reservationId(2) });
    stand.do('reservation.arrive', { reservation: reservationId(1) });
    expect(countsOf(all(), stand.now)).toEqual({ all: 3, covers: 9, late: 0, allergies: 0 });
  });

  it('[BK71] covers by slot begin around now, and count what is to come', () => {
    const stand = evening();
    const { book, day } = seen(stand);
    const columns = pacingOf(book, day(), stand.now, 5);
    expect(columns.map(({ clock, covers }) => [clock, covers])).toEqual([
      ['18:00', 2],
      ['18:15', 0],
      ['18:30', 4],
      ['18:45', 0],
      ['19:00', 5],
    ]);
  });

  it('[BK72] a free table is offered by size, those that are kept for somebody soon last', () => {
    const stand = new Stand(room, '18:45');
    stand.book(1, '19:00', 2);
    const { book, table } = seen(stand);
    const look = lookAt(book, stand.now);
    expect(tablesNow(look, table, 2).map(({ id }) => id)).toEqual(['B', 'C', 'D', 'E', 'A']);
    expect(tablesNow(look, table, 5).map(({ id }) => id)).toEqual(['E']);
    const a = table.get('A');
    expect(a && isSoon(a, stand.now)).toBe(true);
    expect(a && isSoon(a, Date.parse(on('18:29')))).toBe(false);
    expect(a?.reserved).toEqual({
      reservation: reservationId(1),
      at: on('19:00'),
      party: 2,
      name: 'Guest 1',
    });
  });

  it('[BK73] finds a guest by a part of the name or the end of the number, each once', () => {
    const stand = evening();
    stand.book(5, '21:30', 2, { guest: { name: 'Leila Costa', phone: '+1 212 555 4417' } });
    const names = (typed: string) =>
      findGuests(seen(stand).reservation.values(), typed).map((one: ReservationView) => one.guest?.name);
    expect(names('leil')).toEqual(['Leila Costa']);
    expect(names('4417')).toEqual(['Leila Costa']);
    expect(names('x')).toEqual([]);
    expect(names('999')).toEqual([]);
  });

  it('[BK74] what is dropped between two slots goes to the nearer one', () => {
    const { book } = seen(evening());
    const at = (clock: string) => snap(book, '2026-11-20', Date.parse(on(clock)));
    expect(new Date(at('19:07')).toISOString()).toBe(on('19:00'));
    expect(new Date(at('19:08')).toISOString()).toBe(on('19:15'));
    expect(new Date(at('23:40')).toISOString()).toBe(on('22:00'));
  });
});

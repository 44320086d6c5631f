import { describe, expect, test } from 'vitest';
import type { Actor } from '../commands.ts';
import { locationConfig } from '../config.ts';
import { burger, id as kitchenId } from '../../testkit/kitchen.ts';
import { toInstant } from '../text.ts';
import { availability } from './availability.ts';
import { Stand, on, reservationId, room } from '../../testkit/stand.ts';

const phone: Actor = { id: 'phone:ai', role: 'phone', name: 'AI agent' };
const times = (slots: readonly { local: string }[]) => slots.map(({ local }) => local.slice(11));

describe('a reservation', () => {
  test('[BK10] gets the smallest table that fits, for the turn time of its size', () => {
    const stand = new Stand();
    expect(stand.book(1, '19:00', 2)).toMatchObject({ status: 'booked', tables: ['A'], minutes: 75 });
    expect(stand.book(2, '19:00', 2)).toMatchObject({ tables: ['B'] });
    expect(stand.book(3, '19:15', 3)).toMatchObject({ tables: ['C'], minutes: 90 });
    expect(stand.book(4, '19:15', 5)).toMatchObject({ tables: ['E'], minutes: 120 });
    // 75 minutes later, and not a minute before.
    expect(stand.book(5, '20:15', 2)).toMatchObject({ tables: ['A'] });
  });

  test('[BK10] takes tables that are pushed together where no table alone is large enough', () => {
    const stand = new Stand();
    expect(stand.book(1, '19:00', 8)).toMatchObject({ tables: ['C', 'D'], minutes: 150 });
    expect(stand.book(2, '19:00', 3)).toMatchObject({ tables: ['E'] });
    expect(stand.ask('reservation.book', stand.wish(3, '19:30', 4))).toMatchObject({
      ok: false,
      refusal: { code: 'conflict' },
    });
  });

  test('[BK11] the last table goes to one; the other is told the nearest times', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 5);
    // Pushed together, the row of two takes five as well.
    stand.book(2, '19:00', 5);
    const outcome = stand.ask('reservation.book', stand.wish(3, '19:30', 5));
    expect(outcome).toMatchObject({
      ok: false,
      refusal: {
        code: 'conflict',
        errors: [{ path: 'reservation.at', message: 'No table for 5 is free at 19:30 for 120 minutes.' }],
      },
    });
    if (outcome.ok) return;
    // Theirs for two hours, so nothing before nine; the last slot of the evening is at ten.
    expect(times(outcome.refusal.alternatives ?? [])).toEqual(['21:00', '21:15', '21:30', '21:45']);
    expect(outcome.refusal.detail).toContain('Free: 21:00, 21:15, 21:30, 21:45.');
  });

  test('[BK12] no more covers than the pacing may come at one slot', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 6);
    stand.book(2, '19:00', 4);
    const outcome = stand.ask('reservation.book', stand.wish(3, '19:00', 4));
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'conflict' } });
    if (outcome.ok) return;
    expect(outcome.refusal.detail).toContain('12 guests may come at 19:00 and 10 are booked');
    expect(times(outcome.refusal.alternatives ?? [])).toEqual(['18:30', '18:45', '19:15', '19:30']);
    stand.book(4, '19:00', 2);
  });

  test('[BK13] comes at a slot inside the hours; the wall of the place decides, also past midnight and on odd days', () => {
    const stand = new Stand();
    const refused = (clock: string, day?: string) => {
      const outcome = stand.ask('reservation.book', {
        reservation: { ...stand.wish(9, '19:00', 2).reservation, at: on(clock, day) },
      });
      return outcome.ok ? null : outcome.refusal.errors?.[0]?.message;
    };
    expect(refused('19:10')).toContain('between two times');
    expect(refused('17:45')).toContain('outside the hours');
    expect(refused('22:15')).toContain('outside the hours');
    // Mondays, and Christmas.
    expect(refused('19:00', '2026-11-23')).toContain('outside the hours');
    expect(refused('19:00', '2026-12-25')).toContain('outside the hours');
    expect(refused('19:00', '2027-03-01')).toContain('within 60 days');
    expect(refused('12:00')).toContain('is in the past');
    const late = new Stand(
      locationConfig.parse({
        ...room,
        booking: { hours: { fri: [{ first: '21:00', last: '01:00' }] } },
      }),
    );
    expect(late.book(1, '24:45', 2)).toMatchObject({ tables: ['A'] });
    expect(availability(late.state, on('17:00'), { party: 2 }).slots.at(-1)?.local).toBe('2026-11-21T01:00');
  });

  test('[BK14] who stands at the door may insist against hours and pacing, never against another party', () => {
    const stand = new Stand();
    stand.do('reservation.book', { ...stand.wish(1, '17:20', 2), anyway: true });
    expect(stand.reservation(1).tables).toEqual(['A']);
    expect(
      stand.ask('reservation.book', { ...stand.wish(2, '17:30', 2, { tables: ['A'] }), anyway: true }),
    ).toMatchObject({ ok: false, refusal: { code: 'conflict' } });
    expect(
      stand.ask('reservation.book', { ...stand.wish(3, '17:20', 2), anyway: true }, phone),
    ).toMatchObject({ ok: false, refusal: { code: 'forbidden' } });
    expect(stand.ask('reservation.book', stand.wish(4, '19:00', 5, { tables: ['C'] }))).toMatchObject({
      ok: false,
      refusal: { code: 'invalid_input', errors: [{ path: 'reservation.tables' }] },
    });
    stand.do('reservation.book', { ...stand.wish(4, '19:00', 5, { tables: ['C'] }), anyway: true });
  });

  test('[BK15] the same id with the same content is the same reservation, with other content a conflict', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 2);
    expect(stand.do('reservation.book', stand.wish(1, '19:00', 2))).toEqual([]);
    expect(stand.ask('reservation.book', stand.wish(1, '19:00', 3))).toMatchObject({
      ok: false,
      refusal: { code: 'conflict', current: { kind: 'reservation', id: reservationId(1) } },
    });
  });
});

describe('a hold', () => {
  test('[BK20] keeps the table for 10 minutes and then gives it back by itself', () => {
    const stand = new Stand();
    expect(stand.book(1, '19:00', 5, { hold: true })).toMatchObject({
      status: 'held',
      until: on('17:10'),
    });
    stand.book(3, '19:15', 5);
    expect(stand.ask('reservation.book', stand.wish(2, '19:00', 5))).toMatchObject({ ok: false });
    stand.wait(10);
    expect(stand.status(1)).toBe('expired');
    expect(stand.book(2, '19:00', 5)).toMatchObject({ tables: ['E'] });
    expect(stand.ask('reservation.confirm', { reservation: reservationId(1) })).toMatchObject({
      ok: false,
      refusal: { code: 'conflict' },
    });
  });

  test('[BK20] whose minutes are over keeps nothing, also before anybody has written that down', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 5, { hold: true });
    stand.now += 11 * 60_000;
    expect(stand.book(2, '19:00', 5).tables).toEqual(['E']);
    expect([stand.status(1), stand.status(2)]).toEqual(['expired', 'booked']);
    // Said in time by the guest's clock: it is theirs while nobody else has it.
    stand.book(3, '21:15', 5, { hold: true });
    stand.now += 11 * 60_000;
    stand.do('reservation.confirm', { reservation: reservationId(3) });
    expect(stand.status(3)).toBe('booked');
  });

  test('[BK21] becomes a booking, or a request where the house answers large parties itself', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 2, { hold: true });
    stand.do('reservation.confirm', { reservation: reservationId(1) }, phone);
    expect(stand.status(1)).toBe('booked');
    expect(stand.do('reservation.confirm', { reservation: reservationId(1) }, phone)).toEqual([]);
    stand.do('reservation.confirm', { reservation: reservationId(1), to: 'confirmed' });
    expect(stand.status(1)).toBe('confirmed');

    stand.do('reservation.book', stand.wish(2, '19:15', 8, { hold: true }), phone);
    stand.do('reservation.confirm', { reservation: reservationId(2) }, phone);
    expect(stand.status(2)).toBe('requested');
    expect(stand.do('reservation.confirm', { reservation: reservationId(2) }, phone)).toEqual([]);
    stand.do('reservation.confirm', { reservation: reservationId(2) });
    expect(stand.status(2)).toBe('booked');

    stand.do('reservation.book', stand.wish(3, '21:45', 8), phone);
    stand.do('reservation.decline', { reservation: reservationId(3), reason: 'full house' });
    expect(stand.reservation(3)).toMatchObject({ status: 'declined', reason: 'full house' });
  });
});

describe('a change', () => {
  test('[BK25] moves a party only where the book has room, and keeps their table where it can', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 2);
    stand.book(2, '19:00', 2);
    stand.do('reservation.change', { reservation: reservationId(2), at: on('19:30') });
    expect(stand.reservation(2)).toMatchObject({ at: on('19:30'), tables: ['B'] });
    stand.do('reservation.change', { reservation: reservationId(2), party: 4 });
    expect(stand.reservation(2)).toMatchObject({ minutes: 90, tables: ['C'] });
    expect(
      stand.ask('reservation.change', { reservation: reservationId(2), tables: ['C'], at: on('23:00') }),
    ).toMatchObject({ ok: false, refusal: { errors: [{ path: 'tables' }] } });
    stand.do('reservation.change', { reservation: reservationId(2), tables: ['E'] });
    stand.do('reservation.change', {
      reservation: reservationId(2),
      notes: 'by the window',
      allergies: ['nuts'],
    });
    expect(stand.reservation(2)).toMatchObject({
      tables: ['E'],
      notes: 'by the window',
      allergies: ['nuts'],
    });
    stand.do('reservation.change', { reservation: reservationId(2), notes: null });
    expect(stand.reservation(2).notes).toBeUndefined();
    expect(stand.do('reservation.change', { reservation: reservationId(2), tables: ['E'] })).toEqual([]);
  });
});

describe('availability', () => {
  test('[BK16] says of every slot whether it is free, why it is not, and what is nearest', () => {
    const stand = new Stand();
    stand.book(1, '19:00', 5);
    stand.book(2, '19:15', 5);
    const seen = availability(stand.state, toInstant(stand.now), { at: on('19:00'), party: 5 });
    expect(seen).toMatchObject({ day: '2026-11-20', minutes: 120 });
    expect(seen.slots).toHaveLength(17);
    expect(times(seen.slots.filter(({ free }) => free))).toEqual([
      '21:00',
      '21:15',
      '21:30',
      '21:45',
      '22:00',
    ]);
    expect(seen.slots[4]).toMatchObject({ at: on('19:00'), free: false, why: 'full', period: 'dinner' });
    expect(times(seen.alternatives)).toEqual(['21:00', '21:15', '21:30', '21:45']);
    // The reservation that is moved is not in its own way.
    const moved = availability(stand.state, toInstant(stand.now), {
      at: on('19:00'),
      party: 5,
      except: reservationId(1),
    });
    expect(moved.slots[4]).toMatchObject({ free: true, tables: ['E'] });
  });

  test('[BK16] large parties, days too far and days that are over are not offered', () => {
    const stand = new Stand();
    const ask = (more: { day?: string; party: number }) =>
      availability(stand.state, on('17:00'), more).closed;
    expect(ask({ party: 21 })).toBe('party');
    expect(ask({ party: 2, day: '2026-11-19' })).toBe('past');
    expect(ask({ party: 2, day: '2027-03-05' })).toBe('far');
    expect(ask({ party: 2, day: '2026-11-23' })).toBe('closed');
    expect(ask({ party: 2 })).toBeUndefined();
  });

  test('[BK17] guests who sit, and a table that is blocked, are in the way as long as they are thought to be', () => {
    const stand = new Stand(room, '18:50');
    stand.do('table.seat', { table: 'E', covers: 6 });
    stand.do('table.block', { table: 'D', reason: 'broken' });
    const seen = availability(stand.state, toInstant(stand.now), { party: 5 });
    expect(seen.slots.find(({ free }) => free)?.local.slice(11)).toBe('21:00');
    // Eight need both tables of the row, and tomorrow nothing is broken.
    expect(
      availability(stand.state, toInstant(stand.now), { party: 8 }).alternatives[0]?.local.slice(0, 10),
    ).toBe('2026-11-21');
  });
});

describe('an order at the table of a party', () => {
  test('[BK50] takes covers, name and allergies of the reservation, where it says nothing itself', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 4, {
      allergies: ['sesame'],
      guest: { name: 'Leila Costa', phone: '+1 212 555 4417' },
    });
    stand.do('reservation.seat', { reservation: reservationId(1) });
    expect(stand.table('C')).toMatchObject({ status: 'seated', covers: 4, reservation: reservationId(1) });
    const place = (number: number, more: object = {}) =>
      stand.do('order.place', {
        order: {
          id: kitchenId('order', number),
          type: 'dine_in',
          table: 'C',
          items: [burger(number)],
          ...more,
        },
      });
    place(1);
    expect(stand.state.orders.get(kitchenId('order', 1))).toMatchObject({
      covers: 4,
      guest: { name: 'Leila Costa' },
      allergies: ['sesame'],
    });
    expect(stand.state.orders.get(kitchenId('order', 1))?.guest?.phone).toBeUndefined();
    place(2);
    expect(stand.state.orders.get(kitchenId('order', 2))).toMatchObject({ allergies: [] });
    expect(stand.state.orders.get(kitchenId('order', 2))?.guest).toBeUndefined();
  });

  test('[BK50] what the order says itself stays', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 4, { allergies: ['sesame'] });
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.do('order.place', {
      order: {
        id: kitchenId('order', 1),
        type: 'dine_in',
        table: 'C',
        covers: 3,
        guest: { name: 'Ben' },
        allergies: ['nuts'],
        items: [burger(1)],
      },
    });
    expect(stand.state.orders.get(kitchenId('order', 1))).toMatchObject({
      covers: 3,
      guest: { name: 'Ben' },
      allergies: ['nuts'],
    });
  });
});

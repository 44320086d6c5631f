import { describe, expect, test } from 'vitest';
import { locationConfig } from '../config.ts';
import { burger, id as kitchenId } from '../../testkit/kitchen.ts';
import { Stand, on, reservationId, room } from '../../testkit/stand.ts';
import { listTopic } from '../views.ts';
import type { ReservationStatus } from './state.ts';

const refused = (outcome: { ok: boolean; refusal?: { code: string; detail: string } }): string =>
  outcome.ok ? 'taken' : (outcome.refusal?.code ?? '');

describe('a reservation’s states', () => {
  test('[BK30] every step of the life, and nothing beside it', () => {
    const steps = {
      confirm: (stand: Stand) =>
        stand.ask('reservation.confirm', { reservation: reservationId(1), to: 'confirmed' }),
      decline: (stand: Stand) => stand.ask('reservation.decline', { reservation: reservationId(1) }),
      cancel: (stand: Stand) => stand.ask('reservation.cancel', { reservation: reservationId(1) }),
      part: (stand: Stand) => stand.ask('reservation.arrive', { reservation: reservationId(1), covers: 1 }),
      arrive: (stand: Stand) => stand.ask('reservation.arrive', { reservation: reservationId(1) }),
      seat: (stand: Stand) => stand.ask('reservation.seat', { reservation: reservationId(1) }),
      finish: (stand: Stand) => stand.ask('reservation.finish', { reservation: reservationId(1) }),
      noShow: (stand: Stand) => stand.ask('reservation.noShow', { reservation: reservationId(1) }),
      leave: (stand: Stand) => stand.ask('reservation.leave', { reservation: reservationId(1) }),
      toArrived: (stand: Stand) =>
        stand.ask('reservation.correct', { reservation: reservationId(1), to: 'arrived' }),
      toBooked: (stand: Stand) =>
        stand.ask('reservation.correct', { reservation: reservationId(1), to: 'booked' }),
    };
    type Name = keyof typeof steps;
    const reach: Record<ReservationStatus, readonly Name[]> = {
      held: [],
      requested: [],
      booked: [],
      confirmed: ['confirm'],
      partially_arrived: ['part'],
      arrived: ['arrive'],
      seated: ['seat'],
      finished: ['seat', 'finish'],
      cancelled: ['cancel'],
      no_show: ['noShow'],
      left: ['arrive', 'leave'],
      expired: [],
      declined: ['decline'],
    };
    /** Where each step leads; what is not here is refused. The list of product states, written again by hand. */
    const LEGAL: Record<ReservationStatus, Partial<Record<Name, ReservationStatus>>> = {
      held: { confirm: 'confirmed', cancel: 'cancelled' },
      requested: { confirm: 'confirmed', decline: 'declined', cancel: 'cancelled' },
      booked: {
        confirm: 'confirmed',
        cancel: 'cancelled',
        part: 'partially_arrived',
        arrive: 'arrived',
        seat: 'seated',
        noShow: 'no_show',
        toBooked: 'booked',
      },
      confirmed: {
        confirm: 'confirmed',
        cancel: 'cancelled',
        part: 'partially_arrived',
        arrive: 'arrived',
        seat: 'seated',
        noShow: 'no_show',
      },
      partially_arrived: { part: 'partially_arrived', arrive: 'arrived', seat: 'seated', leave: 'left' },
      arrived: { arrive: 'arrived', seat: 'seated', leave: 'left', toArrived: 'arrived' },
      seated: { seat: 'seated', finish: 'finished', toArrived: 'arrived' },
      finished: { finish: 'finished' },
      cancelled: { cancel: 'cancelled', toBooked: 'booked' },
      no_show: { noShow: 'no_show', toArrived: 'arrived' },
      left: { leave: 'left' },
      expired: {},
      declined: { decline: 'declined' },
    };
    const begin = (status: ReservationStatus): Stand => {
      const stand = new Stand(room, '18:55');
      if (status === 'requested' || status === 'declined')
        stand.do('reservation.book', stand.wish(1, '19:00', 8), { id: 'phone', role: 'phone' });
      else stand.book(1, '19:00', 2, { hold: status === 'held' || status === 'expired' });
      if (status === 'expired') stand.wait(11);
      else stand.at('19:04');
      for (const name of reach[status]) expect(refused(steps[name](stand))).toBe('taken');
      expect(stand.status(1)).toBe(status);
      return stand;
    };
    for (const status of Object.keys(LEGAL) as ReservationStatus[])
      for (const name of Object.keys(steps) as Name[]) {
        const stand = begin(status);
        const outcome = steps[name](stand);
        const wanted = LEGAL[status][name];
        expect([status, name, refused(outcome), stand.status(1)]).toEqual([
          status,
          name,
          wanted === undefined ? 'conflict' : 'taken',
          wanted ?? status,
        ]);
        // The state it is in already is no news.
        if (outcome.ok && wanted === status) expect(outcome.events).toEqual([]);
      }
  });

  test('[BK31] a seating is taken back within five minutes, without an order, and the table is free again', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 8);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    expect(stand.table('C')).toMatchObject({ status: 'seated', covers: 8 });
    expect(stand.table('D')).toMatchObject({ status: 'seated', covers: 0, joined: 'C' });
    stand.do('reservation.correct', { reservation: reservationId(1), to: 'arrived' });
    expect([stand.table('C').status, stand.table('D').status, stand.status(1)]).toEqual([
      'free',
      'free',
      'arrived',
    ]);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.now += 6 * 60_000;
    expect(refused(stand.ask('reservation.correct', { reservation: reservationId(1), to: 'arrived' }))).toBe(
      'conflict',
    );
  });

  test('[BK32] what was cancelled or given up comes back only where there is still a table', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 6);
    stand.do('reservation.cancel', { reservation: reservationId(1), by: 'guest' });
    stand.book(2, '19:00', 6);
    stand.do('reservation.correct', { reservation: reservationId(1), to: 'booked' });
    // Their own table is gone; the row of two is not.
    expect(stand.reservation(1)).toMatchObject({ status: 'booked', tables: ['C', 'D'] });
    stand.do('reservation.cancel', { reservation: reservationId(1) });
    stand.book(3, '19:15', 4);
    stand.book(4, '19:15', 4);
    const outcome = stand.ask('reservation.correct', { reservation: reservationId(1), to: 'booked' });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'conflict' } });
    stand.at('19:20');
    stand.do('reservation.noShow', { reservation: reservationId(2) });
    stand.do('reservation.correct', { reservation: reservationId(2), to: 'arrived' });
    expect(stand.reservation(2)).toMatchObject({ status: 'arrived', tables: ['E'] });
  });

  test('[BK33] nobody is a no-show before their time, nor by themselves, unless the house wants it', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 2);
    expect(refused(stand.ask('reservation.noShow', { reservation: reservationId(1) }))).toBe('conflict');
    stand.wait(120);
    expect(stand.status(1)).toBe('booked');
    const strict = new Stand(
      locationConfig.parse({ ...room, booking: { ...room.booking, autoNoShow: 20 } }),
      '18:55',
    );
    strict.book(1, '19:00', 2);
    strict.wait(24);
    expect(strict.status(1)).toBe('booked');
    strict.wait(1);
    expect(strict.status(1)).toBe('no_show');
  });

  test('[BK34] is not marked as here on another day', () => {
    const stand = new Stand(room, '18:55');
    stand.do('reservation.book', {
      reservation: { ...stand.wish(1, '19:00', 2).reservation, at: on('19:00', '2026-11-21') },
    });
    for (const name of ['reservation.arrive', 'reservation.seat'] as const)
      expect(stand.ask(name, { reservation: reservationId(1) })).toMatchObject({
        ok: false,
        refusal: { code: 'conflict', detail: 'The reservation is for 2026-11-21.' },
      });
  });

  test('[BK35] is over four hours out of memory; what nobody ended, a day later', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 2);
    stand.book(2, '19:00', 2);
    stand.do('reservation.cancel', { reservation: reservationId(1) });
    stand.add(3, 2);
    stand.wait(4 * 60 - 1);
    expect(Object.keys(stand.state.bookings.reservations)).toHaveLength(2);
    stand.wait(1);
    expect(Object.keys(stand.state.bookings.reservations)).toEqual([reservationId(2)]);
    stand.wait(26 * 60);
    expect(stand.state.bookings).toMatchObject({ reservations: {}, waitlist: {}, deadline: null });
  });
});

describe('a table and its party', () => {
  test('[BK51] clearing the table ends the reservation, all tables of a row with it; at once, it was a slip', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 8);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.now += 60_000;
    stand.do('table.clear', { table: 'D' });
    expect([stand.status(1), stand.table('C').status, stand.table('D').status]).toEqual([
      'arrived',
      'free',
      'free',
    ]);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.now += 60 * 60_000;
    stand.do('table.clear', { table: 'C' });
    expect([stand.status(1), stand.table('C').status, stand.table('D').status]).toEqual([
      'finished',
      'dirty',
      'dirty',
    ]);
    expect(stand.table('C').reservation).toBeUndefined();
  });

  test('[BK51] a reservation with an unfinished order is not finished', () => {
    const stand = new Stand(room, '18:55');
    stand.book(1, '19:00', 4);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    stand.do('order.place', {
      order: { id: kitchenId('order', 1), type: 'dine_in', table: 'C', items: [burger(1)] },
    });
    expect(stand.ask('reservation.finish', { reservation: reservationId(1) })).toMatchObject({
      ok: false,
      refusal: { code: 'conflict', current: { kind: 'table', id: 'C' } },
    });
    // The party goes where its order goes, and the first table is for others again.
    stand.do('order.transfer', { order: kitchenId('order', 1), table: 'E' });
    expect([stand.table('C').reservation, stand.table('E').reservation]).toEqual([
      undefined,
      reservationId(1),
    ]);
  });

  test('[BK52] a party is seated at its own table or another free one, not at one that is taken or kept', () => {
    const stand = new Stand(room, '18:50');
    stand.book(1, '19:00', 2);
    stand.book(2, '19:15', 2);
    stand.do('table.seat', { table: 'A', covers: 2 });
    const seat = (table?: string) =>
      stand.ask('reservation.seat', {
        reservation: reservationId(1),
        ...(table !== undefined && { table }),
      });
    expect(seat()).toMatchObject({ ok: false, refusal: { detail: 'Table A is taken. Free now: C, D, E.' } });
    expect(seat('B')).toMatchObject({
      ok: false,
      refusal: { detail: 'Table B is kept for another party in that time. Free now: C, D, E.' },
    });
    expect(seat('Z')).toMatchObject({ ok: false, refusal: { code: 'invalid_input' } });
    expect(refused(seat('C'))).toBe('taken');
    expect(stand.table('C')).toMatchObject({ reservation: reservationId(1), covers: 2 });
  });

  test('[BK53] a table names its next party, and is changed when that changes', () => {
    const stand = new Stand(room, '18:00');
    const reserved = () => {
      const entity = listTopic(stand.state, 'floor', 'staff').find(
        (one) => one.kind === 'table' && one.id === 'A',
      );
      return entity?.kind === 'table' ? [entity.reserved?.name, entity.version] : [];
    };
    stand.book(1, '20:00', 2, { tables: ['A'] });
    expect(reserved()).toEqual(['Guest 1', stand.state.head]);
    stand.book(2, '18:30', 2, { tables: ['A'] });
    expect(reserved()).toEqual(['Guest 2', stand.state.head]);
    stand.do('reservation.change', { reservation: reservationId(2), tables: ['B'] });
    expect(reserved()).toEqual(['Guest 1', stand.state.head]);
    stand.do('reservation.cancel', { reservation: reservationId(1) });
    expect(reserved()).toEqual([undefined, stand.state.head]);
  });

  test('[BK54] the kitchen is told of a large party half an hour before, without its name, until they sit', () => {
    const stand = new Stand(room, '18:00');
    stand.book(1, '19:00', 8, { allergies: ['nuts'] });
    stand.book(2, '19:15', 4);
    const told = () =>
      listTopic(stand.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'reservation');
    stand.wait(29);
    expect(told()).toEqual([]);
    stand.wait(1);
    expect(told()).toMatchObject([{ id: reservationId(1), party: 8, at: on('19:00'), allergies: ['nuts'] }]);
    expect(JSON.stringify(told())).not.toContain('Guest 1');
    // News: another time.
    stand.do('reservation.change', { reservation: reservationId(1), at: on('20:45') });
    expect(told()).toEqual([]);
    stand.wait(105);
    expect(told()).toHaveLength(1);
    stand.do('reservation.seat', { reservation: reservationId(1) });
    expect(told()).toEqual([]);
  });
});

describe('the waitlist', () => {
  test('[BK60] waits, is told, comes to the stand, sits; what was quoted stands beside what it took', () => {
    const stand = new Stand(room, '19:00');
    for (const table of ['A', 'B']) stand.do('table.seat', { table, covers: 2 });
    for (const table of ['C', 'D', 'E']) stand.do('table.seat', { table, covers: 4 });
    stand.now += 30 * 60_000;
    // Two-tops are free at 20:15, and 45 minutes are left.
    expect(stand.add(1, 2).quote).toBe(45);
    expect(stand.add(2, 2).quote).toBe(45);
    // Both are before them: four sit at 20:30.
    expect(stand.add(3, 4).quote).toBe(60);
    stand.now += 44 * 60_000;
    stand.do('waitlist.notify', { entry: reservationId(1) });
    expect(stand.entry(1)).toMatchObject({ status: 'notified', until: on('20:24') });
    stand.do('waitlist.checkIn', { entry: reservationId(1) });
    expect(refused(stand.ask('waitlist.seat', { entry: reservationId(1), table: 'A' }))).toBe('conflict');
    stand.do('table.clear', { table: 'A' });
    stand.do('table.clear', { table: 'A' });
    const [seated] = stand.do('waitlist.seat', { entry: reservationId(1), table: 'A' });
    expect(seated?.data).toMatchObject({ quoted: 45, waited: 44 });
    expect(stand.table('A')).toMatchObject({ status: 'seated', covers: 2, entry: reservationId(1) });
    stand.do('order.place', {
      order: { id: kitchenId('order', 1), type: 'dine_in', table: 'A', items: [burger(1)] },
    });
    expect(stand.state.orders.get(kitchenId('order', 1))).toMatchObject({
      covers: 2,
      guest: { name: 'Party 1' },
    });
  });

  test('[BK61] who was told and does not come in time goes to the end of the line; that they are gone, a person says', () => {
    const stand = new Stand(room, '19:00');
    stand.add(1, 2);
    stand.now += 1_000;
    stand.add(2, 2);
    stand.do('waitlist.notify', { entry: reservationId(1) });
    stand.wait(10);
    expect(stand.entry(1)).toMatchObject({ status: 'waiting', lapses: 1 });
    expect(stand.entry(1).since > stand.entry(2).since).toBe(true);
    stand.do('waitlist.noShow', { entry: reservationId(1) });
    stand.do('waitlist.cancel', { entry: reservationId(2), by: 'guest' });
    for (const number of [1, 2])
      for (const name of ['waitlist.notify', 'waitlist.checkIn'] as const)
        expect(refused(stand.ask(name, { entry: reservationId(number) }))).toBe('conflict');
  });

  test('[BK62] a quote is round, honours what is reserved, and is none while a table is free', () => {
    const stand = new Stand(room, '18:50');
    expect(stand.add(1, 2).quote).toBe(0);
    stand.book(10, '19:00', 6);
    // Five need the six-top, whose party stays until nine, or the row of two, which is free.
    expect(stand.add(2, 5).quote).toBe(0);
    stand.do('table.seat', { table: 'C', covers: 4 });
    stand.now += 7 * 60_000;
    expect(stand.add(3, 5).quote % 5).toBe(0);
    // 20:20, when the row is free again and those before them have eaten there.
    expect(stand.entry(3).quote).toBeGreaterThan(80);
    expect(stand.add(4, 30).quote).toBe(240);
  });
});

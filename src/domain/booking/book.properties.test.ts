import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor, CommandName } from '../commands.ts';
import { locationConfig } from '../config.ts';
import { evolve } from '../evolve.ts';
import { due, nextDeadline } from '../policies.ts';
import { freeze, thaw } from '../snapshot.ts';
import { type LocationState, emptyLocation } from '../state.ts';
import { toInstant } from '../text.ts';
import { changedSince, listTopic } from '../views.ts';
import { burger, id as kitchenId } from '../../testkit/kitchen.ts';
import { Stand, on, reservationId, room } from '../../testkit/stand.ts';
import type { Reservation, ReservationStatus } from './state.ts';

/** An evening at a small door: everything that may be asked of it, in any order, much of it wrong. */

const MINUTE = 60_000;
/** Small and busy, so that parties meet: two tables for two, two for four that can be joined, pacing of six. */
const busy = locationConfig.parse({
  ...room,
  tables: room.tables.slice(0, 4),
  booking: {
    ...room.booking,
    pacing: 6,
    confirmFrom: 3,
    announceFrom: 4,
    hours: undefined,
    autoNoShow: 45,
  },
});

const step = fc.record({
  what: fc.constantFrom(
    'book',
    'book',
    'book',
    'book',
    'hold',
    'confirm',
    'decline',
    'decline',
    'change',
    'change',
    'cancel',
    'arrive',
    'arrive',
    'arrive',
    'seat',
    'seat',
    'finish',
    'finish',
    'finish',
    'noShow',
    'noShow',
    'noShow',
    'leave',
    'toArrived',
    'toBooked',
    'wait',
    'wait',
    'walkIn',
    'clear',
    'clear',
    'block',
    'add',
    'notify',
    'checkIn',
    'seatEntry',
    'gone',
    'order',
    'transfer',
    'transfer',
  ),
  one: fc.nat({ max: 5 }),
  party: fc.integer({ min: 1, max: 8 }),
  slot: fc.nat({ max: 12 }),
  table: fc.constantFrom('A', 'B', 'C', 'D', 'Z'),
  named: fc.boolean(),
  by: fc.constantFrom<Actor>({ id: 'staff:noor', role: 'host' }, { id: 'ai', role: 'phone' }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
/** Long ones: short evenings are over before anybody has come. */
const evening = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });

const SEED = Number(process.env['HEARD_SEED'] ?? 20_260_202);
const RUNS = { numRuns: Number(process.env['HEARD_RUNS'] ?? 300), seed: SEED };

/** Does what a step says; answers the command's name where it was taken. */
function run(
  stand: Stand,
  made: Step,
  number: number,
): { name: CommandName; ok: boolean; detail: string } | null {
  const clock = `${18 + Math.floor(made.slot / 4)}:${String((made.slot % 4) * 15).padStart(2, '0')}`;
  const reservation = reservationId(made.one);
  const entry = reservationId(100 + made.one);
  const ask = (...[name, input]: Parameters<Stand['ask']>) => {
    const outcome = stand.ask(name, input, made.by);
    return { name, ok: outcome.ok, detail: outcome.ok ? '' : outcome.refusal.detail };
  };
  const tables = made.named ? { tables: [made.table] } : {};
  switch (made.what) {
    case 'book':
    case 'hold':
      return ask(
        'reservation.book',
        stand.wish(made.one, clock, made.party, { ...tables, hold: made.what === 'hold' }),
      );
    case 'confirm':
      return ask('reservation.confirm', { reservation, ...(made.named && { to: 'confirmed' }) });
    case 'decline':
      return ask('reservation.decline', { reservation });
    case 'change':
      return ask('reservation.change', {
        reservation,
        ...(made.slot > 3 && { at: on(clock) }),
        ...(made.slot % 2 === 0 && { party: made.party }),
        ...tables,
      });
    case 'cancel':
      return ask('reservation.cancel', { reservation });
    case 'arrive':
      return ask('reservation.arrive', { reservation, ...(made.named && { covers: made.party }) });
    case 'seat':
      return ask('reservation.seat', { reservation, ...(made.named && { table: made.table }) });
    case 'finish':
      return ask('reservation.finish', { reservation });
    case 'noShow':
      return ask('reservation.noShow', { reservation });
    case 'leave':
      return ask('reservation.leave', { reservation });
    case 'toArrived':
      return ask('reservation.correct', { reservation, to: 'arrived' });
    case 'toBooked':
      return ask('reservation.correct', { reservation, to: 'booked' });
    case 'wait':
      stand.wait(made.slot * 3);
      return null;
    case 'walkIn':
      return ask('table.seat', { table: made.table, covers: made.party });
    case 'clear':
      return ask('table.clear', { table: made.table });
    case 'block':
      return ask('table.block', { table: made.table, reason: 'broken' });
    case 'add':
      return ask('waitlist.add', { entry: { id: entry, party: made.party, guest: { name: 'Kim' } } });
    case 'notify':
      return ask('waitlist.notify', { entry });
    case 'checkIn':
      return ask('waitlist.checkIn', { entry });
    case 'seatEntry':
      return ask('waitlist.seat', { entry, table: made.table });
    case 'gone':
      return ask('waitlist.noShow', { entry });
    case 'order':
      return ask('order.place', {
        order: {
          id: kitchenId('order', number),
          type: 'dine_in',
          table: made.table,
          items: [burger(number)],
        },
      });
    case 'transfer':
      return ask('order.transfer', { order: kitchenId('order', number - made.one), table: made.table });
    default:
      return made.what satisfies never;
  }
}

const KEPT: readonly ReservationStatus[] = [
  'held',
  'requested',
  'booked',
  'confirmed',
  'partially_arrived',
  'arrived',
];

/** Whoever a table is kept for at this moment, by the words of the rules alone. */
function kept(state: LocationState, now: number): Reservation[] {
  return Object.values(state.bookings.reservations).filter(
    ({ status, until }) => KEPT.includes(status) && !(status === 'held' && Date.parse(until ?? '') <= now),
  );
}

function span({ at, minutes }: Pick<Reservation, 'at' | 'minutes'>): [from: number, to: number] {
  return [Date.parse(at), Date.parse(at) + minutes * MINUTE];
}

function covers(stand: Stand): Map<string, number> {
  const count = new Map<string, number>();
  for (const one of Object.values(stand.state.bookings.reservations))
    if (kept(stand.state, stand.now).includes(one) || one.status === 'seated' || one.status === 'finished')
      count.set(one.at, (count.get(one.at) ?? 0) + one.party);
  return count;
}

/** Nothing that could be given to a party is free for so long, looked at table by table. */
function isFull(state: LocationState, now: number, party: number, at: number, minutes: number): boolean {
  const to = at + minutes * MINUTE;
  const isFree = (table: string): boolean => {
    const { status, since, covers: sit } = state.tables.get(table) ?? { status: 'blocked' as const };
    // All of these evenings end before the day does.
    if (status === 'blocked') return false;
    // Of guests that nobody counted the table is thought to be full.
    const guests = sit ?? busy.tables.find(({ id }) => id === table)?.seats ?? 0;
    const stay = guests <= 2 ? 75 : guests <= 4 ? 90 : guests <= 6 ? 120 : 150;
    const end = Math.max(Date.parse(since ?? '') + stay * MINUTE, now + 15 * MINUTE);
    if (status === 'seated' && at < end && Date.parse(since ?? '') < to) return false;
    return kept(state, now).every((one) => {
      const [from, until] = span(one);
      return !one.tables.includes(table) || until <= at || to <= from;
    });
  };
  const single = busy.tables.filter(({ seats, shape }) => shape === 'table' && seats >= party);
  return !single.some(({ id }) => isFree(id)) && !(party <= 8 && isFree('C') && isFree('D'));
}

describe('any evening at the door', () => {
  test('[BK10] [BK11] [BK12] two parties never have one table, pacing holds, and nobody is refused a table that is free', () => {
    const did = new Map<string, number>();
    fc.assert(
      fc.property(evening, (list) => {
        const stand = new Stand(busy, '17:55');
        for (const [number, made] of list.entries()) {
          const before = covers(stand);
          const { state, now } = stand;
          const outcome = run(stand, made, number);
          if (outcome?.ok) did.set(outcome.name, (did.get(outcome.name) ?? 0) + 1);
          const live = kept(stand.state, stand.now);
          for (const [index, one] of live.entries())
            for (const two of live.slice(index + 1)) {
              const [[from, to], [start, end]] = [span(one), span(two)];
              if (!one.tables.some((table) => two.tables.includes(table))) continue;
              expect([to <= start || end <= from, one, two]).toEqual([true, one, two]);
            }
          // A party that came after all is here, whatever the kitchen had planned.
          if (made.what !== 'toArrived')
            for (const [slot, count] of covers(stand))
              if (count > (before.get(slot) ?? 0)) expect([slot, count <= 6]).toEqual([slot, true]);
          if (outcome?.detail.startsWith('No table for') && made.what === 'book') {
            const wish = stand.wish(made.one, '18:00', made.party).reservation;
            const minutes = made.party <= 2 ? 75 : made.party <= 4 ? 90 : made.party <= 6 ? 120 : 150;
            const clock = /free at (\d\d:\d\d)/.exec(outcome.detail)?.[1] ?? '';
            expect([wish.party, isFull(state, now, made.party, Date.parse(on(clock)), minutes)]).toEqual([
              made.party,
              true,
            ]);
            did.set('refused', (did.get('refused') ?? 0) + 1);
          }
        }
      }),
      RUNS,
    );
    // A property over commands that are all refused would prove nothing.
    for (const name of [
      'reservation.book',
      'reservation.confirm',
      'reservation.decline',
      'reservation.change',
      'reservation.cancel',
      'reservation.arrive',
      'reservation.seat',
      'reservation.finish',
      'reservation.noShow',
      'reservation.leave',
      'reservation.correct',
      'waitlist.add',
      'waitlist.notify',
      'waitlist.checkIn',
      'waitlist.seat',
      'waitlist.noShow',
      'order.place',
      'order.transfer',
      'refused',
    ])
      expect([name, (did.get(name) ?? 0) > 0]).toEqual([name, true]);
  });

  test('[BK30] what is over stays over, but for the two corrections', () => {
    const END: Partial<Record<ReservationStatus, ReservationStatus>> = {
      cancelled: 'booked',
      no_show: 'arrived',
    };
    const OVER: readonly ReservationStatus[] = [
      'finished',
      'cancelled',
      'no_show',
      'left',
      'expired',
      'declined',
    ];
    fc.assert(
      fc.property(evening, (list) => {
        const stand = new Stand(busy, '17:55');
        for (const [number, made] of list.entries()) {
          const before = stand.state.bookings.reservations;
          run(stand, made, number);
          for (const [id, old] of Object.entries(before)) {
            const now = stand.state.bookings.reservations[id];
            if (!now || !OVER.includes(old.status) || now.status === old.status) continue;
            expect([old.status, made.what, now.status]).toEqual([
              old.status,
              old.status === 'cancelled' ? 'toBooked' : 'toArrived',
              END[old.status],
            ]);
          }
          // Whoever sits at a table of the book is seated, and the other way about.
          for (const table of stand.state.tables.values())
            if (table.reservation !== undefined) expect(table.status).toBe('seated');
        }
      }),
      RUNS,
    );
  });

  test('[BK36] the log alone gives the live book, a snapshot and its tail the same; what is shown changes with its version', () => {
    fc.assert(
      fc.property(evening, fc.double({ min: 0, max: 1, noNaN: true }), (list, cut) => {
        const stand = new Stand(busy, '17:55');
        for (const [number, made] of list.entries()) {
          const before = stand.state;
          const length = stand.log.length;
          run(stand, made, number);
          let state = before;
          for (const event of stand.log.slice(length)) {
            const next = evolve(state, event);
            for (const topic of ['host', 'floor', 'kitchen']) checkStep(state, next, topic, event.seq);
            state = next;
          }
        }
        const live = freeze(stand.state);
        expect(freeze(stand.log.reduce(evolve, emptyLocation('small-place')))).toEqual(live);
        const at = Math.floor(stand.log.length * cut);
        const early = stand.log.slice(0, at).reduce(evolve, emptyLocation('small-place'));
        expect(freeze(stand.log.slice(at).reduce(evolve, thaw(freeze(early))))).toEqual(live);
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 3 },
    );
  });

  test('[BK37] what time asks of the book is done once, and comes to rest with nothing left in memory', () => {
    fc.assert(
      fc.property(evening, (list) => {
        const stand = new Stand(busy, '17:55');
        for (const [number, made] of list.entries()) run(stand, made, number);
        for (let round = 0; round < 200; round += 1) {
          const commands = due(stand.state, toInstant(stand.now)).filter(({ name }) =>
            /^(reservation|waitlist)\./.test(name),
          );
          if (commands.length === 0) {
            const next = nextDeadline(stand.state, toInstant(stand.now));
            if (next === null || Object.keys(stand.state.bookings.reservations).length === 0) break;
            stand.now = Date.parse(next);
            continue;
          }
          expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
          for (const command of commands) {
            const { head } = stand.state;
            const stillDue = due(stand.state, toInstant(stand.now)).some(({ id }) => id === command.id);
            const outcome = stand.run(command, { id: 'policy:test', role: 'policy' });
            expect([command.name, outcome.ok && (!stillDue || stand.state.head > head)]).toEqual([
              command.name,
              true,
            ]);
          }
        }
        expect(stand.state.bookings.reservations).toEqual({});
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 3 },
    );
  });
});

function checkStep(before: LocationState, after: LocationState, topic: string, seq: number): void {
  const key = (one: { kind: string; id: string }) => `${one.kind}|${one.id}`;
  const old = new Map(listTopic(before, topic, 'staff').map((entity) => [key(entity), entity]));
  const now = new Map(listTopic(after, topic, 'staff').map((entity) => [key(entity), entity]));
  for (const [name, entity] of now) {
    const was = old.get(name);
    if (was && JSON.stringify(was) === JSON.stringify(entity)) continue;
    expect([topic, name, entity.version]).toEqual([topic, name, seq]);
  }
  const gone = changedSince(after, topic, seq - 1, 'staff')?.gone.map(key) ?? [];
  for (const name of old.keys()) if (!now.has(name)) expect(gone).toContain(name);
}

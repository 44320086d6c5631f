import type { CommandRequest } from '../domain/commands.ts';
import { type LocationConfig, locationConfig } from '../domain/config.ts';
import { due, nextDeadline } from '../domain/policies.ts';
import { toInstant } from '../domain/text.ts';
import { Kitchen, smallPlace } from './kitchen.ts';
import type { Reservation, WaitEntry } from '../domain/booking/state.ts';

/** A dining room for tests of the book: an evening in New York, 18:00 to 22:00, five tables and a row of two. */

export const room: LocationConfig = locationConfig.parse({
  ...smallPlace,
  timezone: 'America/New_York',
  dayEndsAt: 4,
  tables: [
    { id: 'A', seats: 2 },
    { id: 'B', seats: 2 },
    { id: 'C', seats: 4 },
    { id: 'D', seats: 4 },
    { id: 'E', seats: 6 },
    { id: 'bar', seats: 1, shape: 'bar' },
  ],
  booking: {
    hours: Object.fromEntries(
      ['sun', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => [
        day,
        [{ name: 'dinner', first: '18:00', last: '22:00' }],
      ]),
    ),
    exceptions: [{ day: '2026-12-25', reason: 'Christmas' }],
    pacing: 12,
    confirmFrom: 7,
    combinations: [{ tables: ['C', 'D'], seats: 8 }],
  },
});

/** Friday 20 November 2026; `19:00` there is 2026-11-21T00:00Z. */
export function on(clock: string, day = '2026-11-20'): string {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return toInstant(Date.parse(`${day}T00:00:00Z`) + ((hour + 5) * 60 + minute) * 60_000);
}

export function reservationId(number: number): string {
  return `0190f6a0-0000-7000-8000-d${number.toString(16).padStart(11, '0')}`;
}

type Wanted = CommandRequest<'reservation.book'>['reservation'];

export class Stand extends Kitchen {
  constructor(config: LocationConfig = room, clock = '17:00') {
    super(config);
    this.now = Date.parse(on(clock));
  }

  at(clock: string): this {
    this.now = Date.parse(on(clock));
    return this;
  }

  wish(number: number, clock: string, party: number, more: Partial<Wanted> = {}) {
    return {
      reservation: {
        id: reservationId(number),
        at: on(clock),
        party,
        guest: { name: `Guest ${String(number)}` },
        ...more,
      },
    };
  }

  book(number: number, clock: string, party: number, more: Partial<Wanted> = {}): Reservation {
    this.do('reservation.book', this.wish(number, clock, party, more));
    return this.reservation(number);
  }

  add(number: number, party: number): WaitEntry {
    const id = reservationId(number);
    this.do('waitlist.add', { entry: { id, party, guest: { name: `Party ${String(number)}` } } });
    return this.entry(number);
  }

  reservation(number: number): Reservation {
    const one = this.state.bookings.reservations[reservationId(number)];
    if (!one) throw new Error(`there is no reservation ${String(number)}`);
    return one;
  }

  entry(number: number): WaitEntry {
    const one = this.state.bookings.waitlist[reservationId(number)];
    if (!one) throw new Error(`there is no entry ${String(number)}`);
    return one;
  }

  status(number: number): string {
    return this.reservation(number).status;
  }

  table(id: string) {
    const table = this.state.tables.get(id);
    if (!table) throw new Error(`there is no table ${id}`);
    return table;
  }

  /** Lets time pass, doing what it asks for on the way. */
  wait(minutes: number): void {
    const end = this.now + minutes * 60_000;
    for (let rounds = 0; rounds < 200; rounds += 1) {
      const commands = due(this.state, toInstant(this.now));
      for (const command of commands) this.run(command, { id: 'policy:test', role: 'policy' });
      if (commands.length > 0) continue;
      const next = nextDeadline(this.state, toInstant(this.now));
      if (next === null || Date.parse(next) > end) break;
      this.now = Date.parse(next);
    }
    this.now = end;
  }
}

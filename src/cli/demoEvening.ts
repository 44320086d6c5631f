import type { Actor, Command, CommandName, CommandRequest } from '../domain/commands.ts';
import { commandInputs } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import { isKept } from '../domain/booking/state.ts';
import { toInstant } from '../domain/text.ts';
import { MINUTE_MS, serviceTime } from '../domain/zone.ts';
import type { Locations } from '../location/locations.ts';
import { uuid7 } from '../ops/uuid7.ts';

/**
 * The demo's evening at the door, around the moment at which it is loaded, whatever the hour: fourteen reservations in
 * every state that a host meets, and three parties who wait. Made by commands, as people would have.
 */

type Step = 'seat' | 'arrive' | 'part' | 'finish' | 'noShow' | 'leave' | 'cancel' | 'confirm';
type Plan = {
  name: string;
  party: number;
  /** Minutes from now, to the quarter of an hour. */
  at: number;
  tables: readonly string[];
  steps?: readonly Step[];
  phone?: string;
  notes?: string;
  allergies?: string[];
  hold?: boolean;
  by?: 'phone';
};

const EVENINGS: Record<string, { reservations: readonly Plan[]; line: readonly [string, number][] }> = {
  brasa: {
    reservations: [
      { name: 'Ito', party: 2, at: -90, tables: ['T1'], steps: ['seat', 'finish'] },
      { name: 'Mbeki', party: 4, at: -105, tables: ['T8'], steps: ['seat', 'finish'] },
      { name: 'Bauer', party: 2, at: -75, tables: ['T5'], steps: ['noShow'] },
      { name: 'Moreau', party: 2, at: -30, tables: ['T3'], steps: ['arrive', 'leave'] },
      { name: 'Diaz', party: 2, at: -30, tables: ['T4'], steps: ['seat'] },
      { name: 'Cohen', party: 3, at: -45, tables: ['T14'], steps: ['seat'], notes: 'high chair' },
      { name: 'Rossi', party: 6, at: -30, tables: ['T15'], phone: '+1 212 555 0160' },
      { name: 'Okafor', party: 4, at: 0, tables: ['T9'], steps: ['part'], phone: '+1 646 555 0117' },
      { name: 'Haddad', party: 4, at: 0, tables: ['T7'], steps: ['arrive'] },
      {
        name: 'Silva',
        party: 4,
        at: 15,
        tables: ['T11'],
        steps: ['confirm'],
        notes: 'birthday, by the window',
      },
      { name: 'Larsen', party: 4, at: 30, tables: ['T8'], hold: true, by: 'phone', phone: '+1 917 555 4417' },
      {
        name: 'Meyer, party',
        party: 10,
        at: 45,
        tables: ['T18'],
        steps: ['confirm'],
        allergies: ['nuts'],
        phone: '+1 718 555 0133',
      },
      { name: 'Park', party: 4, at: 75, tables: ['T14'], steps: ['cancel'] },
      { name: 'Tanaka', party: 8, at: 90, tables: ['T16', 'T17'], by: 'phone', phone: '+1 212 555 0171' },
    ],
    line: [
      ['Ozturk', 2],
      ['Fernandes', 4],
      ['Kim', 3],
    ],
  },
};

const AT: Record<'host' | 'phone', Actor> = {
  host: { id: 'staff:noor', role: 'host', name: 'Noor' },
  phone: { id: 'staff:eli', role: 'phone', name: 'Eli' },
};

/** Fills the book of a demo location that nobody has booked a table at; what is refused is left out. `now` in ms. */
export async function bookEvening(
  location: string,
  config: LocationConfig,
  locations: Pick<Locations, 'open' | 'submit'>,
  now: number,
): Promise<number> {
  const plan = EVENINGS[location];
  const hot = plan && (await locations.open(location));
  if (!hot || Object.values(hot.state.bookings.reservations).some(isKept)) return 0;
  const tell = async <N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    by: 'host' | 'phone' = 'host',
  ): Promise<boolean> => {
    // Name and input belong together by the line above, which the type of a table's entry cannot say.
    const command = { id: uuid7(), name, input: commandInputs[name].parse(input) } as Command;
    const outcome = await locations.submit(location, command, AT[by], `evening ${command.id}`);
    return outcome.ok;
  };
  const quarter = now - (serviceTime(config, now).minute % 15) * MINUTE_MS - (now % MINUTE_MS);
  let made = 0;
  for (const one of plan.reservations) {
    const reservation = uuid7();
    const wish = {
      reservation: {
        id: reservation,
        at: toInstant(quarter + one.at * MINUTE_MS),
        party: one.party,
        guest: { name: one.name, ...(one.phone !== undefined && { phone: one.phone }) },
        ...(one.notes !== undefined && { notes: one.notes }),
        allergies: one.allergies ?? [],
        tables: [...one.tables],
        hold: one.hold ?? false,
      },
    };
    // The phone keeps to the hours; at four in the morning it is the host who books all of it.
    const isMade =
      (one.by !== undefined && (await tell('reservation.book', wish, one.by))) ||
      (await tell('reservation.book', { ...wish, anyway: true }));
    if (!isMade) continue;
    made += 1;
    for (const step of one.steps ?? []) await take(tell, step, reservation, one);
  }
  const entries: string[] = [];
  for (const [name, party] of plan.line) {
    const entry = uuid7();
    entries.push(entry);
    await tell('waitlist.add', { entry: { id: entry, party, guest: { name } } });
  }
  const told = entries[1];
  if (told !== undefined) {
    await tell('waitlist.notify', { entry: told });
    await tell('waitlist.checkIn', { entry: told });
  }
  return made;
}

type Tell = <N extends CommandName>(name: N, input: CommandRequest<N>) => Promise<boolean>;

async function take(tell: Tell, step: Step, reservation: string, one: Plan): Promise<void> {
  switch (step) {
    case 'seat':
      await tell('reservation.seat', { reservation });
      return;
    case 'arrive':
      await tell('reservation.arrive', { reservation });
      return;
    case 'part':
      await tell('reservation.arrive', { reservation, covers: 2 });
      return;
    case 'finish':
      await tell('reservation.finish', { reservation });
      for (const table of one.tables) await tell('table.clear', { table });
      return;
    case 'noShow':
      await tell('reservation.noShow', { reservation });
      return;
    case 'leave':
      await tell('reservation.leave', { reservation });
      return;
    case 'cancel':
      await tell('reservation.cancel', { reservation, by: 'guest', reason: 'plans changed' });
      return;
    case 'confirm':
      await tell('reservation.confirm', { reservation, to: 'confirmed' });
      return;
    default:
      step satisfies never;
  }
}

import type pg from 'pg';
import type { Role } from '../domain/commands.ts';
import { LIMITS, countAttempt, forgive } from './backoff.ts';
import { checkPin, hashPin } from './pin.ts';
import { inScope } from './scope.ts';

/** Somebody who works at a location and may have a PIN there. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly stations: readonly string[];
};
/** `pin` null: nobody can sign in as this person. */
export type PinSource = 'file' | 'random' | 'set';
export type PersonWithPin = Person & { readonly pin: string | null; readonly pinSource: PinSource };

export type PinAnswer =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly why: 'wrong' }
  | { readonly ok: false; readonly why: 'blocked'; readonly retryAfter: number };

export type Staff = {
  /** Everybody who is active, by id. */
  list(location: string): Promise<(Person & { readonly hasPin: boolean; readonly pinSource: PinSource })[]>;
  /**
   * Makes the list of a location what it is here: new and changed people are written, missing ones signed out. Answers
   * the ids that changed; none when it was so already.
   */
  replace(
    location: string,
    people: readonly PersonWithPin[],
  ): Promise<{ changed: string[]; removed: string[] }>;
  /** Writes one person; who is new has no PIN yet, who is there keeps it unless `forgetPin`. */
  put(location: string, person: Person, options?: { readonly forgetPin?: boolean }): Promise<void>;
  /** Gives a person a PIN, or takes it away. `taken`: somebody else here has it. */
  setPin(location: string, id: string, pin: string | null): Promise<'set' | 'taken' | 'unknown'>;
  /** Sends somebody away: signed out within seconds. False when nobody has this id. */
  remove(location: string, id: string): Promise<boolean>;
  /** Who has this PIN, counted against the device (or whoever asks) and the location. */
  findByPin(location: string, asker: string, pin: string): Promise<PinAnswer>;
};

export type StaffOptions = {
  readonly pool: pg.Pool;
  readonly pepper: Buffer;
  readonly now: () => number;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly revoke: (location: string, subject: string) => Promise<void>;
  readonly pardon: (location: string, subject: string) => Promise<void>;
};

type Row = {
  id: string;
  name: string;
  role: Role;
  stations: string[];
  pin_hash: string | null;
  pin_source: PinSource;
};

const COLUMNS = 'id, name, role, stations, pin_hash, pin_source';

export function createStaff({ pool, pepper, now, log, revoke, pardon }: StaffOptions): Staff {
  const rowsOf = (location: string): Promise<Row[]> =>
    inScope(pool, { location }, async (client) => {
      const { rows } = await client.query<Row>(
        `select ${COLUMNS} from staff where location_id = $1 and active order by id`,
        [location],
      );
      return rows;
    });

  const isSame = async (row: Row, person: PersonWithPin): Promise<boolean> => {
    const plain =
      row.name === person.name &&
      row.role === person.role &&
      row.stations.join() === person.stations.join() &&
      row.pin_source === person.pinSource;
    if (!plain || (row.pin_hash === null) !== (person.pin === null)) return false;
    return row.pin_hash === null || person.pin === null || checkPin(person.pin, row.pin_hash, pepper);
  };

  const remove = async (location: string, id: string): Promise<boolean> => {
    const { rowCount } = await inScope(pool, { location }, (client) =>
      client.query(
        'update staff set active = false, pin_hash = null, updated_at = now() where location_id = $1 and id = $2 and active',
        [location, id],
      ),
    );
    await revoke(location, `staff:${id}`);
    return rowCount === 1;
  };

  return {
    async list(location) {
      return (await rowsOf(location)).map((row) => ({
        ...personOf(row),
        hasPin: row.pin_hash !== null,
        pinSource: row.pin_source,
      }));
    },

    async replace(location, people) {
      const stored = new Map((await rowsOf(location)).map((row) => [row.id, row]));
      const changed: string[] = [];
      for (const person of people) {
        const row = stored.get(person.id);
        if (row !== undefined && (await isSame(row, person))) continue;
        const hash = person.pin === null ? null : await hashPin(person.pin, pepper);
        await inScope(pool, { location }, (client) =>
          client.query(
            `insert into staff (location_id, id, name, role, stations, pin_hash, pin_source) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (location_id, id) do update set name = excluded.name, role = excluded.role, stations = excluded.stations,
               pin_hash = excluded.pin_hash, pin_source = excluded.pin_source, active = true, updated_at = now()`,
            [location, person.id, person.name, person.role, person.stations, hash, person.pinSource],
          ),
        );
        if (row === undefined) await pardon(location, `staff:${person.id}`);
        changed.push(person.id);
      }
      const kept = new Set(people.map((person) => person.id));
      const removed = [...stored.keys()].filter((id) => !kept.has(id));
      for (const id of removed) await remove(location, id);
      return { changed, removed };
    },

    async put(location, { id, name, role, stations }, { forgetPin = false } = {}) {
      await inScope(pool, { location }, (client) =>
        client.query(
          `insert into staff (location_id, id, name, role, stations, pin_source) values ($1, $2, $3, $4, $5, 'set')
           on conflict (location_id, id) do update set name = excluded.name, role = excluded.role, stations = excluded.stations,
             pin_hash = case when $6 then null else staff.pin_hash end, active = true, updated_at = now()`,
          [location, id, name, role, stations, forgetPin],
        ),
      );
      await pardon(location, `staff:${id}`);
    },

    async setPin(location, id, pin) {
      if (pin !== null) {
        const others = (await rowsOf(location)).filter((row) => row.id !== id && row.pin_hash !== null);
        const hits = await Promise.all(others.map((row) => checkPin(pin, row.pin_hash ?? '', pepper)));
        if (hits.includes(true)) return 'taken';
      }
      const hash = pin === null ? null : await hashPin(pin, pepper);
      const { rowCount } = await inScope(pool, { location }, (client) =>
        client.query(
          `update staff set pin_hash = $3, pin_source = 'set', updated_at = now()
           where location_id = $1 and id = $2 and active`,
          [location, id, hash],
        ),
      );
      return rowCount === 1 ? 'set' : 'unknown';
    },

    remove,

    async findByPin(location, asker, pin) {
      const device = { name: `device:${asker}`, limit: LIMITS.device };
      const attempt = await countAttempt(
        pool,
        location,
        [device, { name: 'location', limit: LIMITS.location }],
        now(),
      );
      if (!attempt.ok) return { ok: false, why: 'blocked', retryAfter: attempt.retryAfter };
      const rows = (await rowsOf(location)).filter((row) => row.pin_hash !== null);
      // All of them, also after a hit: the time must not say whose PIN it was.
      const hits = await Promise.all(rows.map((row) => checkPin(pin, row.pin_hash ?? '', pepper)));
      const row = rows[hits.indexOf(true)];
      if (row === undefined) {
        if (attempt.waitIfWrong > 0)
          log('alert: too many wrong PINs', { location, device: asker, blockedSeconds: attempt.waitIfWrong });
        return { ok: false, why: 'wrong' };
      }
      await forgive(pool, location, device.name, 'location');
      return { ok: true, person: personOf(row) };
    },
  };
}

function personOf({ id, name, role, stations }: Row): Person {
  return { id, name, role, stations };
}

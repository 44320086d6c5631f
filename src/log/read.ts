import type pg from 'pg';
import { TAG_OF_NOTHING, tagOf } from './tag.ts';
import { LogCorrupt } from './types.ts';
import type { EventsPage, Json, LocationRow, StoredEvent, StoredResult } from './types.ts';

type EventRow = { seq: number; at: string; by: Json; command: string; type: string; v: number; data: Json };

const EVENT_COLUMNS = 'seq, at, by, command_id as command, type, v, data';

/** Events of a location with seq > after, at most `limit`. Throws LogCorrupt when one is missing. */
export async function readTail(
  pool: pg.Pool,
  location: string,
  after: number,
  limit = 10_000,
): Promise<StoredEvent[]> {
  const { rows } = await pool.query<EventRow>({
    name: 'tail',
    text: `select ${EVENT_COLUMNS} from events where location_id = $1 and seq > $2 order by seq limit $3`,
    values: [location, after, limit],
  });
  rows.forEach((row, index) => {
    const expected = after + index + 1;
    if (row.seq !== expected)
      throw new LogCorrupt(location, `event ${row.seq} stands where ${expected} belongs`);
  });
  return rows;
}

export async function readHeads(pool: pg.Pool, locations: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; head: number }>({
    name: 'heads',
    text: 'select id, head from locations where id = any($1::text[])',
    values: [locations],
  });
  return new Map(rows.map((row) => [row.id, row.head]));
}

export async function findResults(
  pool: pg.Pool,
  location: string,
  ids: readonly string[],
): Promise<Map<string, StoredResult>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<StoredResult>({
    name: 'results',
    text: `select id, name, actor, input_hash as hash, seq, result, at from commands
           where location_id = $1 and id = any($2::uuid[])`,
    values: [location, ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function tagAt(pool: pg.Pool, location: string, seq: number): Promise<string | null> {
  if (seq === 0) return TAG_OF_NOTHING;
  const { rows } = await pool.query<{ seq: number; at: string; command: string; type: string }>({
    name: 'tag',
    text: 'select seq, at, command_id as command, type from events where location_id = $1 and seq = $2',
    values: [location, seq],
  });
  return rows[0] === undefined ? null : tagOf(rows[0]);
}

/** A page of the raw log and the head it was read at; null when the location does not exist. */
export async function readEventsPage(
  pool: pg.Pool,
  location: string,
  after: number,
  limit: number,
): Promise<EventsPage | null> {
  // The head first: a head read after the events could promise one that the page should have had.
  const head = (await readHeads(pool, [location])).get(location);
  if (head === undefined) return null;
  const events = await readTail(pool, location, after, limit);
  return { events, head: Math.max(head, events.at(-1)?.seq ?? 0) };
}

/**
 * The last seq with at <= time. `at` never falls within a location, so halving the log finds it in log2(head) look-ups
 * by the primary key; an index on `at` would cost every append.
 */
export async function seqAt(pool: pg.Pool, location: string, time: string): Promise<number> {
  const { rows } = await pool.query<{ lo: number }>({
    name: 'seq-at',
    text: `with recursive s (lo, hi) as (
             select 0::bigint, head from locations where id = $1
             union all
             select case when e.at <= $2::timestamptz then m.mid else m.lo end,
                    case when e.at <= $2::timestamptz then m.hi else m.mid - 1 end
             from (select lo, hi, (lo + hi + 1) / 2 as mid from s where lo < hi) m
             join events e on e.location_id = $1 and e.seq = m.mid
           ) select lo from s where lo = hi`,
    values: [location, time],
  });
  return rows[0]?.lo ?? 0;
}

const LOCATION = `select l.id, l.organization_id as organization, l.name, o.demo, l.head, l.epoch,
  l.next_deadline as deadline, l.created_at as "createdAt"
  from locations l join organizations o on o.id = l.organization_id`;

export async function readLocation(pool: pg.Pool, location: string): Promise<LocationRow | null> {
  const { rows } = await pool.query<LocationRow>({
    name: 'location',
    text: `${LOCATION} where l.id = $1`,
    values: [location],
  });
  return rows[0] ?? null;
}

export async function listLocations(pool: pg.Pool, organization?: string): Promise<LocationRow[]> {
  const { rows } = await pool.query<LocationRow>(
    `${LOCATION} where $1::text is null or l.organization_id = $1 order by l.id`,
    [organization ?? null],
  );
  return rows;
}

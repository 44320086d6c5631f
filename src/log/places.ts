import type pg from 'pg';
import { readLocation } from './read.ts';
import { LocationTaken } from './types.ts';
import type { LocationRow, OrganizationRow } from './types.ts';

/** Idempotent: an existing organization is answered as it is. */
export async function createOrganization(
  pool: pg.Pool,
  id: string,
  name: string,
  demo: boolean,
): Promise<OrganizationRow> {
  await pool.query(
    'insert into organizations (id, name, demo) values ($1, $2, $3) on conflict (id) do nothing',
    [id, name, demo],
  );
  const { rows } = await pool.query<OrganizationRow>(
    'select id, name, demo, created_at as "createdAt" from organizations where id = $1',
    [id],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`Organization "${id}" vanished while it was made`);
  return row;
}

/** Idempotent for the same organization; throws LocationTaken when another one has the slug. */
export async function createLocation(
  pool: pg.Pool,
  organization: string,
  id: string,
  name: string,
): Promise<LocationRow> {
  await pool.query(
    'insert into locations (id, organization_id, name) values ($1, $2, $3) on conflict (id) do nothing',
    [id, organization, name],
  );
  const row = await readLocation(pool, id);
  if (row === null) throw new Error(`Location "${id}" vanished while it was made`);
  if (row.organization !== organization) throw new LocationTaken(id);
  return row;
}

/**
 * Claims locations whose deadline has passed and moves it `holdMs` ahead, so that one node wakes each, and a deadline
 * that turns out to need nothing does not wake it for ever.
 */
export async function claimDue(pool: pg.Pool, now: string, limit: number, holdMs: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'claim-due',
    text: `with due as materialized (
             select id from locations where next_deadline <= $1::timestamptz
             order by id limit $2 for no key update skip locked
           )
           update locations l set next_deadline = $1::timestamptz + $3 * interval '1 millisecond'
           from due where l.id = due.id returning l.id`,
    values: [now, limit, holdMs],
  });
  return rows.map((row) => row.id);
}

/** Sets the deadline if nothing was appended since `head`; false when something was. */
export async function setDeadline(
  pool: pg.Pool,
  location: string,
  head: number,
  deadline: string | null,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'set-deadline',
    text: 'update locations set next_deadline = $3 where id = $1 and head = $2',
    values: [location, head, deadline],
  });
  return rowCount === 1;
}

/** Keys are kept for a week; the sweep goes in batches so that it never holds many rows. */
export async function deleteOldResults(pool: pg.Pool, before: string, batch: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from commands where (location_id, id) in (
       select location_id, id from commands where at < $1::timestamptz limit $2)`,
    [before, batch],
  );
  return rowCount ?? 0;
}

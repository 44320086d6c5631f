import type pg from 'pg';
import type { LoggedEvent } from '../../domain/events.ts';
import type { Json, Log } from '../../log/types.ts';
import { PROJECTIONS } from '../all.ts';

/** All rows of a location in all tables of the projections, in the order of their keys. */
export async function allRows(superuser: pg.Pool, location: string): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name, key } of PROJECTIONS.flatMap(({ tables }) => tables))
    found[name] = (
      await superuser.query(`select * from ${name} where location_id = $1 order by ${key.join(', ')}`, [
        location,
      ])
    ).rows;
  return found;
}

/** Puts a log that was made elsewhere into a new location of the database. */
export async function importLog(
  log: Log,
  location: string,
  events: readonly LoggedEvent[],
  from = 0,
): Promise<void> {
  await log.createOrganization('org', 'org');
  await log.createLocation('org', location, location);
  const done = await log.append([
    {
      location,
      expected: from,
      head: from + events.length,
      deadline: null,
      events: events.map(({ seq, at, by, command, type, v, data }) => ({
        seq,
        at,
        by: JSON.parse(JSON.stringify(by)) as Json,
        command,
        type,
        v,
        data: JSON.parse(JSON.stringify(data)) as Json,
      })),
      results: [],
    },
  ]);
  if (!done.has(location)) throw new Error(`the log of ${location} was not taken`);
}

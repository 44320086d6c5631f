import type pg from 'pg';

/** How far the log of a location was followed, by projection. Moved in the transaction that writes the rows. */

const LOCK =
  'select name, seq from checkpoints where name = any($1) and location_id = $2 order by name for update';

/** The checkpoints, locked; null when somebody else has the lock of one. */
export async function lockCheckpoints(
  client: pg.ClientBase,
  location: string,
  names: readonly string[],
): Promise<Map<string, number> | null> {
  const found = await client.query<{ name: string; seq: number }>(`${LOCK} skip locked`, [names, location]);
  const seqs = new Map(found.rows.map(({ name, seq }) => [name, seq]));
  const missing = names.filter((name) => !seqs.has(name));
  if (missing.length === 0) return seqs;
  // Not there yet, or locked: an insert tells which.
  const made = await open(client, location, missing);
  if (made < missing.length) return null;
  for (const name of missing) seqs.set(name, 0);
  return seqs;
}

/** The same, waiting for whoever has the lock. */
export async function waitForCheckpoints(
  client: pg.ClientBase,
  location: string,
  names: readonly string[],
): Promise<void> {
  // A row that is not there cannot be locked, and a follower may be about to write the first one.
  await open(client, location, names);
  await client.query(LOCK, [names, location]);
}

export async function moveCheckpoints(
  client: pg.ClientBase,
  location: string,
  names: readonly string[],
  seq: number,
): Promise<void> {
  await client.query(
    'update checkpoints set seq = $3, updated_at = now() where name = any($1) and location_id = $2',
    [names, location, seq],
  );
}

async function open(client: pg.ClientBase, location: string, names: readonly string[]): Promise<number> {
  const { rowCount } = await client.query(
    'insert into checkpoints (name, location_id) select n, $2 from unnest($1::text[]) n order by n on conflict do nothing',
    [names, location],
  );
  return rowCount ?? 0;
}

import type pg from 'pg';
import { withClient } from './pool.ts';
import type { Redaction } from './types.ts';

/**
 * The one way in which the log changes behind its head: words of people are overwritten in place. The row in `redactions`
 * comes with them in one transaction, so that a node that has not heard of it yet cannot save a snapshot that remembers.
 */
export async function redact(
  pool: pg.Pool,
  location: string,
  { seq, first, events, results }: Redaction,
): Promise<void> {
  await withClient(pool, async (client) => {
    await client.query('begin');
    try {
      await client.query(
        `insert into redactions (location_id, seq, first) values ($1, $2, $3)
         on conflict (location_id, seq) do update set first = least(redactions.first, excluded.first)`,
        [location, seq, first],
      );
      await client.query(
        `update events e set data = n.data::jsonb from unnest($2::bigint[], $3::text[]) n (seq, data)
         where e.location_id = $1 and e.seq = n.seq`,
        [location, events.map((one) => one.seq), events.map((one) => JSON.stringify(one.data))],
      );
      await client.query(
        `update commands c set result = n.result::jsonb from unnest($2::uuid[], $3::text[]) n (id, result)
         where c.location_id = $1 and c.id = n.id`,
        [location, results.map((one) => one.id), results.map((one) => JSON.stringify(one.result))],
      );
      await client.query('delete from snapshots where location_id = $1 and seq >= $2 and seq < $3', [
        location,
        first,
        seq,
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

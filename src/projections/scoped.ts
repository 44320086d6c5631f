import pg from 'pg';

/** Work on a connection whose transactions see the rows of one location. */

export async function withConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let broken = true;
  try {
    const result = await work(client);
    broken = false;
    return result;
  } finally {
    client.off('error', ignore);
    // After a failure the transaction may be open and the connection gone: nobody else should get it.
    client.release(broken);
  }
}

/** A transaction that writes. What it writes can be made again from the log, so it does not wait for the disk. */
export async function writing<T>(
  client: pg.PoolClient,
  location: string,
  work: () => Promise<T>,
): Promise<T> {
  // One way there and back; a location's name is a slug, and is escaped all the same.
  await client.query(
    `begin; select set_config('heard.location', ${pg.escapeLiteral(location)}, true), set_config('synchronous_commit', 'off', true)`,
  );
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Questions in a transaction that sees the rows of one location, all as of the same moment. */
export function reading<T>(
  pool: pg.Pool,
  location: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return withConnection(pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`select set_config('heard.location', $1, true)`, [location]);
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}

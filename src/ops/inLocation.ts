import type pg from 'pg';

/** Runs `work` in a transaction that sees the rows of one location and nothing else. */
export async function inLocation<T>(
  pool: pg.Pool,
  location: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let broken = true;
  try {
    await client.query('begin');
    await client.query(`select set_config('heard.location', $1, true)`, [location]);
    const result = await work(client);
    await client.query('commit');
    broken = false;
    return result;
  } finally {
    client.off('error', ignore);
    // After a failure the transaction is open and perhaps the connection gone: nobody else should get it.
    client.release(broken);
  }
}

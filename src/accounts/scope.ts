import type pg from 'pg';

/** What a transaction may see: row-level security compares these with the rows. */
export type Scope =
  | { readonly location: string }
  | { readonly organization: string }
  | { readonly user: string }
  /** Whoever holds a link, by its digest. */
  | { readonly link: string }
  /** Whoever delivers to the address of a channel's webhooks, by its digest. */
  | { readonly hook: string }
  /** The house's own rounds over all locations. */
  | { readonly round: 'links' | 'inbox' };

/**
 * Runs `work` in a transaction that sees one location (or organization, or person) and nothing else. `set local` ends
 * with the transaction, so the next user of the connection starts without it.
 */
export async function inScope<T>(
  pool: pg.Pool,
  scope: Scope,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // A checked-out connection that breaks also emits `error`; the statement's own rejection carries it to the caller.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query('begin');
    for (const [name, value] of Object.entries(scope))
      await client.query('select set_config($1, $2, true)', [`heard.${name}`, value]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

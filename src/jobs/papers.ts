import type pg from 'pg';

/** What the built-in printers (those without an address) printed: the page of a printer shows it. */

export type KeptPaper = {
  readonly id: number;
  readonly printer: string;
  readonly job: string;
  readonly printedAt: string;
  /** The paper's lines, as the simulator reads them from the bytes. */
  readonly body: unknown;
};

export type Papers = {
  keep(location: string, printer: string, job: string, body: unknown): Promise<void>;
  /** Newest first. */
  list(location: string, printer: string, limit: number): Promise<KeptPaper[]>;
};

const KEPT = 50;

/** `pool` as role heard_app. */
export function createPapers(pool: pg.Pool): Papers {
  /** A statement that sees one location. */
  async function at<R extends pg.QueryResultRow>(
    location: string,
    sql: string,
    values: readonly unknown[],
  ): Promise<R[]> {
    const client = await pool.connect();
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken = true;
    try {
      await client.query('begin');
      await client.query(`select set_config('heard.location', $1, true)`, [location]);
      const { rows } = await client.query<R>(sql, [location, ...values]);
      await client.query('commit');
      broken = false;
      return rows;
    } finally {
      client.off('error', ignore);
      // A connection that ends takes its transaction with it.
      client.release(broken);
    }
  }

  return {
    async keep(location, printer, job, body) {
      await at(
        location,
        `with new as (insert into papers (location_id, printer, job, body) values ($1, $2, $3, $4) returning id)
         delete from papers where location_id = $1 and printer = $2 and id <=
           (select id from papers where location_id = $1 and printer = $2 order by id desc offset ${KEPT - 1} limit 1)`,
        [printer, job, JSON.stringify(body)],
      );
    },
    async list(location, printer, limit) {
      const rows = await at<{ id: number; printer: string; job: string; printed_at: string; body: unknown }>(
        location,
        `select id, printer, job, printed_at, body from papers where location_id = $1 and printer = $2 order by id desc limit $3`,
        [printer, Math.min(limit, KEPT)],
      );
      return rows.map(({ printed_at: printedAt, ...row }) => ({ ...row, printedAt }));
    },
  };
}

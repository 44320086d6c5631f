import type pg from 'pg';
import { reading } from '../scoped.ts';
import type { Period } from './period.ts';
import { REPORTS, type ReportName } from './reports.ts';
import { asked, sql } from './sql.ts';

/** A cell as it travels: whole numbers, seconds with a tenth, words, days, times. */
export type Cell = string | number | boolean | null;
export type ReportRow = Readonly<Record<string, Cell>>;
export type ReportPage = { readonly rows: readonly ReportRow[]; readonly more: boolean };

export type Reports = {
  /** A page of a report: `limit` rows after the first `skip`. */
  read(name: ReportName, period: Period, limit: number, skip: number): Promise<ReportPage>;
  /** Several whole reports as of one moment. */
  readAll<N extends ReportName>(
    names: readonly N[],
    period: Period,
  ): Promise<Record<N, readonly ReportRow[]>>;
};

/** What a page of figures may come to: a report of more rows is read in pages. */
const MOST_ROWS = 1_000;

/** `pool` as role heard_app. `settle`: lets what is known of the location reach the tables first. */
export function createReports(pool: pg.Pool, settle: (location: string) => Promise<void>): Reports {
  return {
    async read(name, period, limit, skip) {
      await settle(period.location);
      return reading(pool, period.location, async (client) => {
        const rows = await rowsOf(client, name, period, limit + 1, skip);
        return { rows: rows.slice(0, limit), more: rows.length > limit };
      });
    },
    async readAll(names, period) {
      await settle(period.location);
      return reading(pool, period.location, async (client) => {
        const found: Partial<Record<(typeof names)[number], readonly ReportRow[]>> = {};
        for (const name of names) found[name] = await rowsOf(client, name, period, MOST_ROWS, 0);
        return found as Record<(typeof names)[number], readonly ReportRow[]>;
      });
    },
  };
}

async function rowsOf(
  client: pg.ClientBase,
  name: ReportName,
  period: Period,
  limit: number,
  skip: number,
): Promise<ReportRow[]> {
  const question = asked(sql`${REPORTS[name].ask(period)} limit ${limit}::int offset ${skip}::int`);
  const { rows } = await client.query<Record<string, unknown>>(question);
  return rows.map((row) =>
    Object.fromEntries(REPORTS[name].columns.map((column) => [column, cell(row[column])])),
  );
}

function cell(value: unknown): Cell {
  if (typeof value === 'number') return Math.round(value * 1000) / 1000;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (value === null || value === undefined) return null;
  throw new TypeError('a report answered a value that is no cell');
}

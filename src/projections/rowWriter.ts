import type pg from 'pg';
import type { Changes, Table } from './projection.ts';

/** Rows of one location into a projection's tables, or into tables of the same shape that stand beside them. */

export type Where = 'live' | 'beside';

type Words = {
  /** Rows of `values` (a parameter) over those with the same keys. */
  readonly upsert: (values: string) => string;
  readonly remove: string;
  readonly swap: string;
};
const words = new Map<string, Words>();

function wordsOf(table: Table, where: Where): Words {
  const name = where === 'live' ? table.name : `${table.name}_beside`;
  const known = words.get(name);
  if (known !== undefined) return known;
  const columns = Object.keys(table.columns);
  const shape = Object.entries(table.columns).map(([column, type]) => `${column} ${type}`);
  const overwrite = columns
    .filter((column) => !table.key.includes(column))
    .map((column) =>
      table.once.includes(column)
        ? `${column} = coalesce(${name}.${column}, excluded.${column})`
        : `${column} = excluded.${column}`,
    );
  const list = columns.join(', ');
  const made: Words = {
    upsert: (values) => `insert into ${name} (location_id, ${list})
      select $1, ${list} from jsonb_to_recordset(${values}::jsonb) as r (${shape.join(', ')})
      on conflict (location_id, ${table.key.join(', ')}) do update set ${overwrite.join(', ')}`,
    remove: `delete from ${name} where location_id = $1 and concat_ws('|', ${table.key.join(', ')}) = any($2::text[])`,
    swap: `insert into ${table.name} (location_id, ${list}) select location_id, ${list} from ${table.name}_beside where location_id = $1`,
  };
  words.set(name, made);
  return made;
}

/** What identifies a row, as `remove` compares it. */
export function keyOf(...parts: readonly (string | number)[]): string {
  return parts.join('|');
}

/** All tables in one statement: a busy server writes for many locations each second, and each question is a way there and back. */
export async function writeChanges(
  client: pg.ClientBase,
  where: Where,
  location: string,
  tables: readonly Table[],
  changes: Changes,
): Promise<void> {
  const upserts: string[] = [];
  const values: string[] = [];
  for (const { table, rows, gone } of changes.of(tables)) {
    const { upsert, remove } = wordsOf(table, where);
    if (gone.length > 0) await client.query(remove, [location, gone]);
    if (rows.length === 0) continue;
    values.push(JSON.stringify(rows));
    upserts.push(upsert(`$${values.length + 1}`));
  }
  const last = upserts.pop();
  if (last === undefined) return;
  const before = upserts.map((text, index) => `t${index} as (${text})`);
  const text = before.length === 0 ? last : `with ${before.join(', ')} ${last}`;
  await client.query(text, [location, ...values]);
}

/** Empty tables of the same shape, of this connection alone, until `dropBeside`. */
export async function createBeside(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables)
    await client.query(
      `create temp table ${name}_beside (like ${name} including defaults including constraints including indexes)`,
    );
}

export async function dropBeside(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) await client.query(`drop table if exists ${name}_beside`);
}

/** A year of a busy house is more than a usual question may take. */
const SWAP_MS = 15 * 60_000;

/** Puts what was written beside in the place of what is there; answers how many rows that are. */
export async function swapTables(
  client: pg.ClientBase,
  location: string,
  tables: readonly Table[],
): Promise<number> {
  let count = 0;
  for (const table of tables) {
    const patient = (text: string) => ({ text, values: [location], query_timeout: SWAP_MS });
    await client.query(patient(`delete from ${table.name} where location_id = $1`));
    const { rowCount } = await client.query(patient(wordsOf(table, 'beside').swap));
    count += rowCount ?? 0;
  }
  return count;
}

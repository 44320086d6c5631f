import type pg from 'pg';
import { inScope } from './scope.ts';

/**
 * A configuration that is being worked on, one a location. It is no event: nothing of it counts before it is published, and
 * what was thrown away is gone. Whoever saves names the revision that was read, so that nobody writes over somebody else.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ConfigDraft = {
  readonly config: Json;
  /** The published configuration that it was made from; null where there was none. */
  readonly base: Json;
  /** Position of that one in the log; 0 where there was none. */
  readonly baseVersion: number;
  readonly revision: number;
  readonly by: string;
  readonly name: string | null;
  readonly at: string;
};

export type ConfigDrafts = {
  read(location: string): Promise<ConfigDraft | null>;
  /** Keeps it as the revision after `revision` (0: there was none). Null: somebody else saved since. */
  save(
    location: string,
    draft: Omit<ConfigDraft, 'revision' | 'at'>,
    revision: number,
  ): Promise<ConfigDraft | null>;
  /** Throws it away, if it is still that revision. */
  drop(location: string, revision: number): Promise<boolean>;
};

type Row = {
  config: Json;
  base: Json;
  base_version: number;
  revision: number;
  saved_by: string;
  saved_name: string | null;
  saved_at: string;
};
const COLUMNS = 'config, base, base_version, revision, saved_by, saved_name, saved_at';

/** `pool` as role heard_app. */
export function createConfigDrafts(pool: pg.Pool): ConfigDrafts {
  const one = (location: string, text: string, values: readonly unknown[]): Promise<ConfigDraft | null> =>
    inScope(pool, { location }, async (client) => {
      const { rows } = await client.query<Row>(text, [location, ...values]);
      return rows[0] === undefined ? null : draftOf(rows[0]);
    });
  return {
    read: (location) => one(location, `select ${COLUMNS} from config_drafts where location_id = $1`, []),
    save(location, { config, base, baseVersion, by, name }, revision) {
      const values = [JSON.stringify(config), JSON.stringify(base), baseVersion, by, name];
      // Two who begin at once: the key lets one of them in.
      const text =
        revision === 0
          ? `insert into config_drafts (location_id, config, base, base_version, saved_by, saved_name, revision)
             values ($1, $2, $3, $4, $5, $6, 1) on conflict (location_id) do nothing returning ${COLUMNS}`
          : `update config_drafts set config = $2, base = $3, base_version = $4, saved_by = $5, saved_name = $6,
               saved_at = now(), revision = revision + 1
             where location_id = $1 and revision = $7 returning ${COLUMNS}`;
      return one(location, text, revision === 0 ? values : [...values, revision]);
    },
    drop: (location, revision) =>
      inScope(pool, { location }, async (client) => {
        const { rowCount } = await client.query(
          'delete from config_drafts where location_id = $1 and revision = $2',
          [location, revision],
        );
        return rowCount === 1;
      }),
  };
}

function draftOf(row: Row): ConfigDraft {
  return {
    config: row.config,
    base: row.base,
    baseVersion: row.base_version,
    revision: row.revision,
    by: row.saved_by,
    name: row.saved_name,
    at: row.saved_at,
  };
}

import pg from 'pg';
import { APP_ROLE, LOG_ROLE } from './roles.ts';

/** The tables that only the log module writes; one of its statements carries many tenants, so row-level security cannot guard them. */
const LOG_TABLES: Readonly<Record<string, string>> = {
  organizations: 'select, insert, update',
  locations: 'select, insert, update',
  // update: personal data is overwritten in place when it must be forgotten; who, when, what kind and in which order stay.
  events: 'select, insert, update (data)',
  commands: 'select, insert, update (result), delete',
  snapshots: 'select, insert, delete',
  redactions: 'select, insert, update',
};
/** What heard_app may see of them: who exists, not what happened. */
const APP_MAY_READ: ReadonlySet<string> = new Set(['organizations', 'locations']);

/**
 * Gives the two roles what they need on every table of the schema, and takes what they do not. Runs after the migrations
 * on every start, so that a new table needs no grants of its own; does nothing where the roles do not exist.
 */
export async function grantRoles(client: pg.ClientBase): Promise<void> {
  const roles = await client.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any($1)',
    [[LOG_ROLE, APP_ROLE]],
  );
  if (roles.rows.length < 2) return;
  const tables = await client.query<{ name: string; id: string }>(
    `select c.relname as name, format('%I', c.relname) as id from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`,
  );
  const statements = [`grant usage on schema public to ${LOG_ROLE}, ${APP_ROLE}`];
  for (const { name, id } of tables.rows) {
    const forLog = LOG_TABLES[name];
    if (forLog !== undefined) {
      statements.push(
        `revoke all on ${id} from ${APP_ROLE}, ${LOG_ROLE}`,
        `grant ${forLog} on ${id} to ${LOG_ROLE}`,
      );
      if (APP_MAY_READ.has(name)) statements.push(`grant select on ${id} to ${APP_ROLE}`);
    } else if (name === 'migrations') {
      statements.push(`grant select on ${id} to ${LOG_ROLE}, ${APP_ROLE}`);
    } else {
      statements.push(
        `revoke all on ${id} from ${LOG_ROLE}`,
        `grant select, insert, update, delete on ${id} to ${APP_ROLE}`,
      );
    }
  }
  statements.push(`grant usage, select on all sequences in schema public to ${APP_ROLE}`);
  // The jobs bring their own schema and migrations, and nobody but the server's role reads them.
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  statements.push(`grant create on database ${pg.escapeIdentifier(rows[0]?.name ?? '')} to ${APP_ROLE}`);
  await client.query(statements.join(';\n'));
}

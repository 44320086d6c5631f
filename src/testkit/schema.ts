import pg from 'pg';

/**
 * The schema of a database as text, by questions to the catalog: the embedded PostgreSQL ships no pg_dump. Tables with
 * columns, constraints, indexes, policies, row-level security, options and grants, in a fixed order.
 */
const QUESTIONS: readonly string[] = [
  `select 'table ' || c.relname || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
     || case when c.relrowsecurity then ' row-level security' else '' end
     || case when c.relforcerowsecurity then ' forced' else '' end as line, c.relname as owner, 0 as part, c.relname::text as key
   from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
  `select '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
     || case when a.attnotnull then ' not null' else '' end
     || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
     || case when a.attidentity <> '' then ' identity ' || a.attidentity::text else '' end
     || case when a.attgenerated <> '' then ' generated ' || a.attgenerated::text else '' end
     || case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text else '' end,
     c.relname, 1, to_char(a.attnum, '0000')
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
  // Not-null constraints are in the columns, and have names only from PostgreSQL 18 on.
  `select '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid), c.relname, 2, k.conname::text
   from pg_constraint k join pg_class c on c.oid = k.conrelid
   where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'`,
  `select '  ' || pg_get_indexdef(i.indexrelid), c.relname, 3, i.indexrelid::regclass::text
   from pg_index i join pg_class c on c.oid = i.indrelid
   where c.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
  `select '  policy ' || p.polname || ' for ' || p.polcmd::text || ' using ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '-')
     || ' with check ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'), c.relname, 4, p.polname::text
   from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace`,
  `select '  ' || pg_get_triggerdef(t.oid), c.relname, 5, t.tgname::text
   from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace and not t.tgisinternal`,
  `select '  grant ' || string_agg(lower(privilege_type), ', ' order by privilege_type) || ' to ' || grantee, table_name, 6, grantee::text
   from information_schema.role_table_grants
   where table_schema = 'public' and grantee in ('heard_log', 'heard_app', 'PUBLIC') group by table_name, grantee`,
  `select 'function ' || p.oid::regprocedure || E'\\n' || pg_get_functiondef(p.oid), 'zz functions', 7, p.oid::regprocedure::text
   from pg_proc p where p.pronamespace = 'public'::regnamespace
     and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
];

/** Describes schema `public`, one object a line. */
export async function describeSchema(config: pg.ClientConfig): Promise<string> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string; owner: string; part: number }>(
      `select line, owner::text, part from (${QUESTIONS.join(' union all ')}) q order by owner::text collate "C", part, key collate "C"`,
    );
    return `${rows
      .map((row) => (row.part === 0 || row.part === 7 ? `\n${row.line}` : row.line))
      .join('\n')
      .trim()}\n`;
  } finally {
    await client.end();
  }
}

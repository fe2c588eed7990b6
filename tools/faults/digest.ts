/**
 * Everything that a database holds, as lines of text that can be compared: definitions, comments, rights, rows. Read by queries of the
 * laboratory's own, so that a mistake in the migrator's catalogue cannot hide one in its runs. Left out: the migrator's own tables.
 */
import type pg from 'pg'

const OWN = '(^|_)migration_(history|repairs)(_|$)'
const LAB = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

const DEFINITIONS = `
with relations as (
  select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${LAB} and c.relname !~ '${OWN}'
)
select line from (
  select format('schema %s %s', nspname, nspacl) as line from pg_namespace n where ${LAB}
  union all select format('extension %s', extname) from pg_extension
  union all select format('setting %s %s', setrole, setconfig) from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase and d.datname = current_database()
  union all select format('relation %s kind %s persistence %s rights %s options %s rls %s %s comment %L', name, relkind, relpersistence,
    relacl, reloptions, relrowsecurity, relforcerowsecurity, obj_description(oid, 'pg_class')) from relations
  union all select format('column %s.%s number %s %s not null %s default %s identity %L generated %L comment %L', r.name, a.attname,
    (select count(*) from pg_attribute b where b.attrelid = r.oid and b.attnum between 1 and a.attnum and not b.attisdropped),
    format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
    col_description(r.oid, a.attnum))
  from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum where r.relkind in ('r', 'p', 'v', 'm')
  union all select format('constraint %s on %s %s validated %s', k.conname, r.name, pg_get_constraintdef(k.oid), k.convalidated)
  from relations r join pg_constraint k on k.conrelid = r.oid
  union all select format('index %s %s valid %s ready %s', r.name, pg_get_indexdef(r.oid), i.indisvalid, i.indisready)
  from relations r join pg_index i on i.indexrelid = r.oid
  union all select format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
  from relations r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
  union all select format('rule %s', pg_get_ruledef(w.oid)) from relations r join pg_rewrite w on w.ev_class = r.oid
  union all select format('policy %s on %s', p.polname, r.name) from relations r join pg_policy p on p.polrelid = r.oid
  union all select format('routine %s rights %s', pg_get_functiondef(p.oid), p.proacl)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${LAB} and p.prokind in ('f', 'p')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all select format('type %s.%s kind %s values %s', n.nspname, t.typname, t.typtype,
    (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${LAB} and t.typtype in ('d', 'e', 'r')
) l order by line`

export async function digest(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(DEFINITIONS)
  const lines = rows.map(({ line }) => line)
  const tables = lines.flatMap((line) => /^relation (\S+) kind r/.exec(line.replaceAll('"', ''))?.[1] ?? [])
  for (const table of tables) {
    const found = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t order by 1`)
    lines.push(...found.rows.map(({ row }) => `row of ${table}: ${row}`))
  }
  return lines
}

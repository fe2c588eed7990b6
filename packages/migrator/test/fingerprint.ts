/** Everything in public as lines of text, so that two states can be compared and what differs be read: definitions, comments, rows. */
import type pg from 'pg'

const DEFINITIONS = `
with relations as (
  select c.oid, c.relname, c.relkind from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relname !~ '(^|_)migration_history(_|$)'
)
select line from (
  select format('relation %s kind %s comment %L', relname, relkind, obj_description(oid, 'pg_class')) as line from relations
  union all
  select format('column %s.%s %s%s default %s identity %L generated %L comment %L after %L', r.relname, a.attname,
    format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end, pg_get_expr(d.adbin, d.adrelid),
    a.attidentity, a.attgenerated, col_description(r.oid, a.attnum),
    lag(a.attname) over (partition by r.oid order by a.attnum))
  from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  where r.relkind in ('r', 'p', 'v', 'm')
  union all
  select format('constraint %s on %s %s comment %L', k.conname, r.relname, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'))
  from relations r join pg_constraint k on k.conrelid = r.oid
  union all
  select format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid) from relations r join pg_index i on i.indrelid = r.oid
  union all
  select format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
  from relations r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
  union all
  select format('routine %s comment %L', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
  from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select format('type %s kind %s', t.typname, t.typtype) from pg_type t
  where t.typnamespace = 'public'::regnamespace and t.typtype in ('d', 'e', 'r')
) l order by line`

const UUID = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g
const TIMESTAMP = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*[+\d:]*/g

export async function fingerprint(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(DEFINITIONS)
  const lines = rows.map(({ line }) => line)
  return [...lines, ...(await rowLines(client, lines))]
}

/** Seeded rows. Made-up ids and the time of the run are left out: they differ each time. */
async function rowLines(client: pg.Client, definitions: readonly string[]): Promise<string[]> {
  const tables = definitions.flatMap((line) => /^relation (\w+) kind r/.exec(line)?.[1] ?? [])
  const found: string[] = []
  for (const table of tables) {
    const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from public.${table} t`)
    found.push(...rows.map(({ row }) => `row of ${table}: ${row.replace(UUID, 'uuid').replace(TIMESTAMP, 'time')}`))
  }
  return found.sort()
}

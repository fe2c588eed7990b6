/** What the database has under a name, and what depends on it: read from the catalogues in the caller's transaction. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'
import type { Lookup } from './located.ts'

/** An object of the catalogues: pg_class, its oid, and a column's number or 0. */
export interface Node {
  readonly class: number
  readonly object: number
  readonly part: number
}

export interface FoundObject extends Node {
  /** The index of the lookup. */
  readonly no: number
  /** pg_class.relkind; null for anything else. */
  readonly relkind: string | null
}

export interface Edge {
  readonly on: Node
  readonly by: Node
  /** False: what depends goes with it without CASCADE, as an index does with its table. */
  readonly needsCascade: boolean
}

export interface Described extends Node {
  /** `table constraint`, `view`: pg_identify_object. */
  readonly type: string
  /** Without the schema public: `fk_sessions_user on sessions`. */
  readonly identity: string
  /** The table that it is, or is a part of. */
  readonly table: string | null
}

export const keyOf = ({ class: of, object, part }: Node): string => `${of}/${object}/${part}`

const locate = (wanted: string) =>
  statement(
    `select w.no::int as no, f.class::oid::int8::float8 as class, f.object::int8::float8 as object, f.part, f.relkind
from jsonb_to_recordset($1::jsonb) w (no int, kind text, schema text, "table" text, name text, signature text)
join pg_namespace n on n.nspname = w.schema
cross join lateral (
  select 'pg_class'::regclass as class, c.oid as object, 0 as part, c.relkind::text as relkind from pg_class c
  where w.kind = 'relation' and c.relname = w.name and c.relnamespace = n.oid
  union all select 'pg_class'::regclass, c.oid, a.attnum, c.relkind::text from pg_class c join pg_attribute a on a.attrelid = c.oid
  where w.kind = 'column' and c.relname = w.table and c.relnamespace = n.oid and a.attname = w.name and a.attnum > 0 and not a.attisdropped
  union all select 'pg_constraint'::regclass, o.oid, 0, null from pg_class c join pg_constraint o on o.conrelid = c.oid
  where w.kind = 'constraint' and c.relname = w.table and c.relnamespace = n.oid and o.conname = w.name
  union all select 'pg_trigger'::regclass, t.oid, 0, null from pg_class c join pg_trigger t on t.tgrelid = c.oid
  where w.kind = 'trigger' and c.relname = w.table and c.relnamespace = n.oid and t.tgname = w.name and not t.tgisinternal
  union all select 'pg_policy'::regclass, p.oid, 0, null from pg_class c join pg_policy p on p.polrelid = c.oid
  where w.kind = 'policy' and c.relname = w.table and c.relnamespace = n.oid and p.polname = w.name
  union all select 'pg_rewrite'::regclass, r.oid, 0, null from pg_class c join pg_rewrite r on r.ev_class = c.oid
  where w.kind = 'rule' and c.relname = w.table and c.relnamespace = n.oid and r.rulename = w.name
  union all select 'pg_type'::regclass, y.oid, 0, null from pg_type y
  where w.kind = 'type' and y.typnamespace = n.oid and y.typname = w.name
  union all select 'pg_proc'::regclass, p.oid, 0, null from pg_proc p
  where w.kind = 'function' and p.pronamespace = n.oid and p.proname = w.name
    and (replace(oidvectortypes(p.proargtypes), ', ', ',') = replace(w.signature, ', ', ',')
      or (select count(*) from pg_proc q where q.pronamespace = n.oid and q.proname = w.name) = 1)
) f`,
    wanted,
  )

export async function locateAll(client: Client, lookups: readonly Lookup[]): Promise<FoundObject[]> {
  if (lookups.length === 0) return []
  const [answer] = await sendAll(client, [locate(JSON.stringify(lookups.map((one, no) => ({ no, ...one }))))])
  return answer!.rows as FoundObject[]
}

/** The rule of a view stands for the view. Whatever belongs to PostgreSQL itself or to an extension depends on nothing of ours. */
const reachable = (roots: string) =>
  statement(
    `with recursive root as (
  select class::oid as class, object::oid as object, part from jsonb_to_recordset($1::jsonb) r (class int8, object int8, part int)
), edge as (
  select d.refclassid as on_class, d.refobjid as on_object, d.refobjsubid as on_part, d.deptype = 'n' as needs_cascade,
    case when r.oid is null then d.classid else 'pg_class'::regclass end as class, coalesce(r.ev_class, d.objid) as object,
    case when r.oid is null then d.objsubid else 0 end as part
  from pg_depend d left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid and r.rulename = '_RETURN'
  where d.deptype in ('n', 'a', 'i', 'P', 'S')
), going as (
  select class, object, part from root
  union
  select e.class, e.object, e.part from going g
  join edge e on e.on_class = g.class and e.on_object = g.object and (g.part = 0 or e.on_part = g.part)
  where (e.class, e.object, e.part) <> (g.class, g.object, g.part)
)
select e.on_class::int8::float8 as on_class, e.on_object::int8::float8 as on_object, e.on_part, e.needs_cascade,
  e.class::int8::float8 as class, e.object::int8::float8 as object, e.part
from (select distinct class, object from going) g join edge e on e.on_class = g.class and e.on_object = g.object
where (e.class, e.object) <> (e.on_class, e.on_object) or e.part <> e.on_part`,
    roots,
  )

export async function edgesFrom(client: Client, roots: readonly Node[]): Promise<Edge[]> {
  if (roots.length === 0) return []
  const wanted = roots.map(({ class: of, object, part }) => ({ class: of, object, part }))
  const [answer] = await sendAll(client, [reachable(JSON.stringify(wanted))])
  return answer!.rows.map((row) => ({
    on: { class: row.on_class, object: row.on_object, part: row.on_part },
    by: { class: row.class, object: row.object, part: row.part },
    needsCascade: row.needs_cascade,
  }))
}

/**
 * What a person calls these objects. Left out is what nobody made by itself: row types, TOAST tables, the triggers of a foreign key, and
 * NOT NULL, which is a constraint of its own only since PostgreSQL 18.
 */
const describe = (nodes: string) =>
  statement(
    `select n.class::float8 as class, n.object::float8 as object, n.part, i.type,
  case when i.type in ('table', 'view', 'index', 'sequence', 'materialized view', 'foreign table', 'type', 'function')
    then regexp_replace(i.identity, '^public\\.', '') else replace(i.identity, 'public.', '') end as identity,
  case n.class::oid when 'pg_class'::regclass then n.object::oid::regclass::text
    when 'pg_constraint'::regclass then (select nullif(conrelid, 0)::regclass::text from pg_constraint where oid = n.object::oid)
    when 'pg_trigger'::regclass then (select tgrelid::regclass::text from pg_trigger where oid = n.object::oid)
    when 'pg_policy'::regclass then (select polrelid::regclass::text from pg_policy where oid = n.object::oid)
    when 'pg_attrdef'::regclass then (select adrelid::regclass::text from pg_attrdef where oid = n.object::oid) end as "table"
from jsonb_to_recordset($1::jsonb) n (class int8, object int8, part int)
cross join lateral pg_identify_object(n.class::oid, n.object::oid, n.part) i
where i.type is not null and i.type <> 'toast table'
  and not (n.class::oid = 'pg_type'::regclass and exists (select from pg_type y where y.oid = n.object::oid
    and (y.typrelid <> 0 and (select relkind from pg_class where oid = y.typrelid) <> 'c' or y.typelem <> 0 and y.typcategory = 'A')))
  and not (n.class::oid = 'pg_constraint'::regclass and (select contype = 'n' from pg_constraint where oid = n.object::oid))
  and not (n.class::oid = 'pg_trigger'::regclass and (select tgisinternal from pg_trigger where oid = n.object::oid))
  and not (n.class::oid = 'pg_class'::regclass and (select relnamespace = 'pg_toast'::regnamespace from pg_class where oid = n.object::oid))`,
    nodes,
  )

export async function describeAll(client: Client, nodes: readonly Node[]): Promise<ReadonlyMap<string, Described>> {
  if (nodes.length === 0) return new Map()
  const [answer] = await sendAll(client, [describe(JSON.stringify(nodes))])
  return new Map((answer!.rows as Described[]).map((one) => [keyOf(one), one]))
}

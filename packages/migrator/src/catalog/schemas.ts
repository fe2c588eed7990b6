/** The schemas that are not read: what they are called, whose they are, and how much is in them. */
import type { QueryResultRow } from 'pg'
import { extensionOf } from './extension.ts'
import { ownedBy } from './grants.ts'
import type { CrossingReference, OtherSchema } from './types.ts'

/** Partitions are left out: they belong to whom their parent belongs to. */
const relationsOf = (schema: string): string => `(select coalesce(json_agg(json_build_object(
    'name', own.name, 'owner', own.owner, 'grants', own.grants) order by own.name collate "C"), '[]')
  from (select c.relname::text as name, ${ownedBy({ owner: 'c.relowner', list: 'c.relacl', kind: 'r', relation: 'c.oid' })}
    from pg_class c where c.relnamespace = ${schema} and c.relkind in ('r', 'p', 'f', 'v', 'm') and not c.relispartition) own)`

export const otherSchemas = `select n.nspname::text as name, pg_get_userbyid(n.nspowner)::text as owner,
  ${relationsOf('n.oid')} as tables, ${extensionOf('pg_namespace', 'n.oid')} as extension,
  (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'v', 'm'))::int as relations,
  (select count(*) from pg_proc p where p.pronamespace = n.oid)::int as routines,
  (select count(*) from pg_type t left join pg_class c on c.oid = t.typrelid where t.typnamespace = n.oid
    and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')))::int as types
from pg_namespace n
where n.nspname <> all ($1::text[]) and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname`

export function toOtherSchema(row: QueryResultRow): OtherSchema {
  const { name, relations, routines, types, extension, owner, tables } = row
  return { name, relations, routines, types, extension, owner, tables }
}

/** Foreign keys of which one side is in a schema that is read, and the other in another schema. */
export const crossings = `select fn.nspname::text as from_schema, f.relname::text as from_table, tn.nspname::text as to_schema,
  t.relname::text as to_table, o.conname::text as name,
  array(select a.attname::text from unnest(o.conkey) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.number order by k.place) as columns
from pg_constraint o join pg_class f on f.oid = o.conrelid join pg_namespace fn on fn.oid = f.relnamespace
join pg_class t on t.oid = o.confrelid join pg_namespace tn on tn.oid = t.relnamespace
where o.contype = 'f' and o.conparentid = 0 and f.relnamespace <> t.relnamespace
  and (fn.nspname = any ($1::text[]) or tn.nspname = any ($1::text[]))
order by 1, 2, 5`

export const toCrossing = ({ name, columns, ...row }: QueryResultRow): CrossingReference => ({
  name,
  columns,
  from: { schema: row.from_schema, name: row.from_table },
  to: { schema: row.to_schema, name: row.to_table },
})

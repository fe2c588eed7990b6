/** The schemas that are not read: what they are called, whose they are, and how much is in them. */
import type { QueryResultRow } from 'pg'
import { extensionOf } from './extension.ts'
import type { OtherSchema } from './types.ts'

export const otherSchemas = `select n.nspname::text as name, pg_get_userbyid(n.nspowner)::text as owner,
  array(select c.relname::text from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'v', 'm') order by c.relname) as tables, ${extensionOf('pg_namespace', 'n.oid')} as extension,
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

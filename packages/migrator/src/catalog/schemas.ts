/** Schemas other than public: their names and how many objects they have. Their objects are not read, since V1 uses only public. */
import type { QueryResultRow } from 'pg'
import { statement } from '../statement.ts'
import { extensionOf } from './extension.ts'
import type { OtherSchema } from './types.ts'

export const otherSchemas =
  statement(`select n.nspname::text as name, ${extensionOf('pg_namespace', 'n.oid')} as extension,
  (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'v', 'm'))::int as relations,
  (select count(*) from pg_proc p where p.pronamespace = n.oid)::int as routines,
  (select count(*) from pg_type t left join pg_class c on c.oid = t.typrelid where t.typnamespace = n.oid
    and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')))::int as types
from pg_namespace n
where n.nspname <> 'public' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname`)

export function toOtherSchema({ name, relations, routines, types, extension }: QueryResultRow): OtherSchema {
  return { name, relations, routines, types, extension }
}

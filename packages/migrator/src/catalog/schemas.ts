/** Schemas beside public, by name and size only: what is in them is not this project's to read. */
import type { QueryResultRow } from 'pg'
import { text } from '../pipeline.ts'
import { extensionOf } from './extension.ts'
import type { OtherSchema } from './types.ts'

export const otherSchemas = text(`select n.nspname::text as name, ${extensionOf('pg_namespace', 'n.oid')} as extension,
  (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'v', 'm'))::int as relations
from pg_namespace n
where n.nspname <> 'public' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname`)

export function toOtherSchema({ name, relations, extension }: QueryResultRow): OtherSchema {
  return { name, relations, extension }
}

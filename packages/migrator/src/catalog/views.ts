/** Views and materialized views. */
import type { QueryResultRow } from 'pg'
import { statement } from '../statement.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import type { View } from './types.ts'

export const views = statement(`select c.oid, c.relname::text as name, c.relkind = 'm' as materialized,
  pg_get_viewdef(c.oid) as definition, ${extensionOf('pg_class', 'c.oid')} as extension,
  ${commentOn('pg_class', 'c.oid')} as comment
from pg_class c
where c.relnamespace = to_regnamespace('public') and c.relkind in ('v', 'm')
order by c.relname`)

export function toView({ oid, name, materialized, definition, extension, comment }: QueryResultRow): View {
  return { oid, name, materialized, definition, extension, comment }
}

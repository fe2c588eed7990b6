/** Views and materialized views. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import type { View } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'

export const views = `select c.oid, c.relname::text as name, ${schemaOf('c.relnamespace')} as schema, c.relkind = 'm' as materialized,
  pg_get_viewdef(c.oid) as definition, ${extensionOf('pg_class', 'c.oid')} as extension,
  ${ownedBy({ owner: 'c.relowner', list: 'c.relacl', kind: 'r', relation: 'c.oid' })},
  ${commentOn('pg_class', 'c.oid')} as comment
from pg_class c
where ${isWanted('c.relnamespace')} and c.relkind in ('v', 'm')
order by ${placeOfSchema('c.relnamespace')}, c.relname`

export function toView(row: QueryResultRow, home: string): View {
  const { oid, name, materialized, definition, extension, comment } = row
  return { oid, name, ...toOwned(row), materialized, definition: unqualified(definition, home), extension, comment }
}

/** Views and materialized views. */
import type { QueryResultRow } from 'pg'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import { unlessPassedOver } from './passed-over.ts'
import type { View } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'
import { written } from './written.ts'

export const views = `select c.oid, c.relname::text as name, ${schemaOf('c.relnamespace')} as schema, c.relkind = 'm' as materialized,
  ${unlessPassedOver('c.oid', 'pg_get_viewdef(c.oid)')} as definition,
  array(select option from unnest(c.reloptions) option order by option collate "C") as options,
  (select coalesce(json_agg(json_build_object('name', a.attname, 'comment', about.description) order by a.attnum), '[]')
    from pg_description about join pg_attribute a on a.attrelid = about.objoid and a.attnum = about.objsubid
    where about.objoid = c.oid and about.classoid = 'pg_catalog.pg_class'::regclass and about.objsubid > 0) as column_comments, ${extensionOf('pg_class', 'c.oid')} as extension,
  ${ownedBy({ owner: 'c.relowner', list: 'c.relacl', kind: 'r', relation: 'c.oid' })},
  ${commentOn('pg_class', 'c.oid')} as comment
from pg_class c
where ${isWanted('c.relnamespace')} and c.relkind in ('v', 'm')
order by ${placeOfSchema('c.relnamespace')}, c.relname`

export type BareView = Omit<View, 'indexes' | 'triggers' | 'rules'>

export function toView(row: QueryResultRow, home: string): BareView {
  const { oid, name, materialized, definition, options, column_comments: columnComments, extension, comment } = row
  const own = { definition: written(definition, home), options, columnComments }
  return { oid, name, ...toOwned(row), materialized, ...own, extension, comment }
}

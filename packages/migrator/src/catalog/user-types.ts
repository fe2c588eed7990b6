/** Types made with CREATE TYPE or CREATE DOMAIN: enums, domains, ranges, composite types. Row types of tables and arrays are not listed. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import type { UserType } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'

export const userTypes = `select t.oid, t.typname::text as name, ${schemaOf('t.typnamespace')} as schema, t.typtype::text as kind,
  case t.typtype
    when 'e' then (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
      from pg_enum e where e.enumtypid = t.oid)
    when 'd' then concat_ws(' ', format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'NOT NULL' end,
      'DEFAULT ' || t.typdefault, (select string_agg(o.conname || ' ' || pg_get_constraintdef(o.oid), ' ' order by o.conname)
        from pg_constraint o where o.contypid = t.oid and o.contype = 'c'))
    when 'r' then (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid)
    when 'c' then (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
  end as definition,
  ${ownedBy({ owner: 't.typowner', list: 't.typacl', kind: 'T' })},
  ${extensionOf('pg_type', 't.oid')} as extension, ${commentOn('pg_type', 't.oid')} as comment
from pg_type t left join pg_class c on c.oid = t.typrelid
where ${isWanted('t.typnamespace')}
  and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
order by ${placeOfSchema('t.typnamespace')}, t.typname`

const KINDS: Readonly<Record<string, UserType['kind']>> = { e: 'enum', d: 'domain', r: 'range', c: 'composite' }

export function toUserType(row: QueryResultRow, home: string): UserType {
  const { oid, name, kind, definition, extension, comment } = row
  // An enum without values and a composite type without columns are legal.
  return {
    oid,
    name,
    ...toOwned(row),
    kind: KINDS[kind]!,
    definition: unqualified(definition ?? '', home),
    extension,
    comment,
  }
}

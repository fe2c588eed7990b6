/** Functions, procedures, aggregates. */
import type { QueryResultRow } from 'pg'
import { statement } from '../statement.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import type { Routine } from './types.ts'

/**
 * The definitions of an extension's routines are not read: they can be thousands, and they do not belong to V1.
 * The constructors of a range type are left out: PostgreSQL creates and drops them together with the type.
 */
export const routines = statement(`select f.oid, f.name, f.signature, f.kind, f.extension,
  case when f.kind <> 'a' and f.extension is null then pg_get_functiondef(f.oid) end as definition,
  ${commentOn('pg_proc', 'f.oid')} as comment
from (select p.oid, p.proname::text as name, p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as signature,
    p.prokind::text as kind, ${extensionOf('pg_proc', 'p.oid')} as extension
  from pg_proc p where p.pronamespace = to_regnamespace('public') and not exists (select from pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
      and d.refclassid = 'pg_catalog.pg_type'::regclass) offset 0) f
order by f.signature collate "C"`)

const KINDS: Readonly<Record<string, Routine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

export function toRoutine({ oid, name, signature, kind, definition, extension, comment }: QueryResultRow): Routine {
  return { oid, name, signature, kind: KINDS[kind]!, definition, extension, comment }
}

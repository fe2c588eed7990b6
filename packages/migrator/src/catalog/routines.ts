/** Functions, procedures, aggregates. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import { unlessPassedOver } from './passed-over.ts'
import type { Routine } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'

/**
 * The definitions of an extension's routines are not read: they can be thousands, and they do not belong to V1.
 * The constructors of a range type are left out: PostgreSQL creates and drops them together with the type.
 */
export const routines = `select f.oid, f.name, f.schema, f.signature, f.kind, f.extension, f.security_definer, f.settings, f.owner, f.grants,
  case when f.kind <> 'a' and f.extension is null then ${unlessPassedOver('f.oid', 'pg_get_functiondef(f.oid)', 'routine')} end as definition,
  ${commentOn('pg_proc', 'f.oid')} as comment
from (select p.oid, p.proname::text as name, ${schemaOf('p.pronamespace')} as schema, ${placeOfSchema('p.pronamespace')} as place,
    p.prosecdef as security_definer, p.proconfig as settings, ${ownedBy({ owner: 'p.proowner', list: 'p.proacl', kind: 'f' })}, p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as signature,
    p.prokind::text as kind, ${extensionOf('pg_proc', 'p.oid')} as extension
  from pg_proc p where ${isWanted('p.pronamespace')} and not exists (select from pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
      and d.refclassid = 'pg_catalog.pg_type'::regclass) offset 0) f
order by f.place, f.signature collate "C"`

const KINDS: Readonly<Record<string, Routine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

export function toRoutine(row: QueryResultRow, home: string): Routine {
  const {
    oid,
    name,
    signature,
    kind,
    definition,
    security_definer: securityDefiner,
    settings,
    extension,
    comment,
  } = row
  return {
    oid,
    name,
    ...toOwned(row),
    signature: unqualified(signature, home),
    kind: KINDS[kind]!,
    // The definition names the routine with its schema, before anything else.
    definition: definition === null ? null : unqualified(definition, home, 1),
    securityDefiner,
    settings: settings ?? [],
    extension,
    comment,
  }
}

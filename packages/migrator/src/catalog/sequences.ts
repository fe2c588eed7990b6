/** Sequences, each with the column that owns it: a serial column (automatic dependency) or an identity column (internal dependency). */
import type { QueryResultRow } from 'pg'
import { statement } from '../statement.ts'
import { extensionOf } from './extension.ts'
import type { Sequence } from './types.ts'

export const sequences =
  statement(`select s.oid, s.relname::text as name, ${extensionOf('pg_class', 's.oid')} as extension,
  (select c.relname || '.' || a.attname
    from pg_depend d join pg_class c on c.oid = d.refobjid
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.objsubid = 0
      and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1) as owned_by
from pg_class s
where s.relnamespace = to_regnamespace('public') and s.relkind = 'S'
order by s.relname`)

export function toSequence({ oid, name, owned_by, extension }: QueryResultRow): Sequence {
  return { oid, name, ownedBy: owned_by, extension }
}

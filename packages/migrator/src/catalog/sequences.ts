/** Sequences, each with the column that owns it: a serial column (automatic dependency) or an identity column (internal dependency). */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import type { Sequence } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'

const limit = (int2: string, int4: string, int8: string): string =>
  `case q.seqtypid when 'int2'::regtype then ${int2} when 'int4'::regtype then ${int4} else ${int8} end`

/** Without the value of the moment, which belongs to the data. The limits that follow from the type and the direction are left out. */
const options = `concat_ws(' ',
  case when q.seqtypid <> 'int8'::regtype then 'AS ' || format_type(q.seqtypid, null) end,
  case when q.seqincrement <> 1 then 'INCREMENT BY ' || q.seqincrement end,
  case when q.seqmin <> case when q.seqincrement > 0 then 1 else ${limit('-32768', '-2147483648', '-9223372036854775808')} end then 'MINVALUE ' || q.seqmin end,
  case when q.seqmax <> case when q.seqincrement < 0 then -1 else ${limit('32767', '2147483647', '9223372036854775807')} end then 'MAXVALUE ' || q.seqmax end,
  case when q.seqstart <> case when q.seqincrement > 0 then q.seqmin else q.seqmax end then 'START WITH ' || q.seqstart end,
  case when q.seqcache <> 1 then 'CACHE ' || q.seqcache end,
  case when q.seqcycle then 'CYCLE' end)`

export const sequences = `select s.oid, s.relname::text as name, ${schemaOf('s.relnamespace')} as schema, ${extensionOf('pg_class', 's.oid')} as extension,
  (select c.relname || '.' || a.attname
    from pg_depend d join pg_class c on c.oid = d.refobjid
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.objsubid = 0
      and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1) as owned_by, ${options} as options,
  ${commentOn('pg_class', 's.oid')} as comment, ${ownedBy({ owner: 's.relowner', list: 's.relacl', kind: 's' })}
from pg_class s join pg_sequence q on q.seqrelid = s.oid
where ${isWanted('s.relnamespace')} and s.relkind = 'S'
order by ${placeOfSchema('s.relnamespace')}, s.relname`

export function toSequence(row: QueryResultRow, home: string): Sequence {
  const { oid, name, options, owned_by: ownedBy, extension, comment } = row
  return { oid, name, ...toOwned(row), options: unqualified(options, home), ownedBy, extension, comment }
}

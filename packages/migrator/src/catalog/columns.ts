/** Columns in their order. Dropped columns leave gaps in attnum, so the position is counted. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTable } from './tables.ts'
import type { Column } from './types.ts'

/**
 * The sequence that a column owns. A subquery uses an index in any case; a join is fast only if the catalogues' statistics are up to date,
 * and in a new database they are not.
 */
const ownedSequence = `(select min(s.relname::text) from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
      and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i'))`

/** Most columns are not looked up: they have neither a default nor the type of a number. */
const mayOwnSequence = `(a.atthasdef or a.attidentity::text <> '' or y.typcategory = 'N')`

/**
 * What ALTER TABLE ... ALTER COLUMN ... SET says of storage and statistics; NULL where it is all the default, as of nearly every column.
 * Compression came with version 14.
 */
function tuning(major: number): string {
  const compression = major < 14 ? "''" : 'a.attcompression::text'
  return `case when a.attstorage <> y.typstorage or ${compression} <> '' or a.attstattarget <> -1 or a.attoptions is not null then
    array_remove(array_cat(array[
      case when a.attstorage <> y.typstorage then
        'STORAGE ' || case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end,
      'COMPRESSION ' || case ${compression} when 'p' then 'pglz' when 'l' then 'lz4' end,
      'STATISTICS ' || nullif(a.attstattarget, -1)],
      array(select option from unnest(a.attoptions) option order by option collate "C")), null) end`
}

/** Without a relation the server needs no lock; only what generates a column names columns. */
const generation = `case when a.attgenerated::text = '' then pg_get_expr(d.adbin, 0) else ${unlessPassedOver('d.adrelid', 'pg_get_expr(d.adbin, d.adrelid)')} end`

export const columns = (
  major: number,
): string => `select a.attrelid as table_oid, a.attname::text as name, a.attnum::int as number,
  row_number() over (partition by a.attrelid order by a.attnum)::int as position,
  format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null, 
  ${generation} as default,
  a.attidentity::text as identity, a.attgenerated::text <> '' as generated,
  a.attgenerated::text = 'v' as virtual,
  case when a.attcollation <> y.typcollation then (select quote_ident(l.collname) from pg_collation l where l.oid = a.attcollation) end as collation,
  case when ${mayOwnSequence} then ${ownedSequence} end as sequence,
  ${tuning(major)} as tuning, ${commentOn('pg_class', 'a.attrelid', 'a.attnum')} as comment
from pg_attribute a ${ofTable('a.attrelid')} join pg_type y on y.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum`

const IDENTITIES: Readonly<Record<string, Column['identity']>> = { a: 'always', d: 'by default' }

export function toColumn(row: QueryResultRow, home: string): Column {
  const { name, position, type, not_null, default: expression, identity, generated, sequence, comment } = row
  const { virtual, collation, number, tuning } = row
  return {
    name,
    position,
    number,
    type: unqualified(type, home),
    notNull: not_null,
    default: expression === null ? null : unqualified(expression, home),
    identity: IDENTITIES[identity] ?? null,
    generated,
    virtual,
    collation,
    sequence,
    tuning: tuning ?? [],
    comment,
  }
}

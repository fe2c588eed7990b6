/** Indexes, also those of constraints. A key is the name of a column, or PostgreSQL's rendering of an expression. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTableOrView } from './tables.ts'
import type { Index, KeySorting } from './types.ts'
import { written } from './written.ts'

export const indexes = `select i.indrelid as table_oid, x.relname::text as name, m.amname::text as method,
  i.indisunique as unique, i.indisprimary as primary, i.indisvalid as valid,
  array(select case k.number when 0 then ${unlessPassedOver('i.indrelid', 'pg_get_indexdef(i.indexrelid, k.place::int, false)')} else a.attname::text end
    from unnest(i.indkey::int2[]) with ordinality k (number, place)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where k.place <= i.indnkeyatts order by k.place) as keys,
  i.indkey::int2[] as numbers,
  case when i.indnatts = i.indnkeyatts then '{}' else array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where k.place > i.indnkeyatts order by k.place) end as included,
  i.indclass::oid[]::text[] as classes, i.indcollation::oid[]::text[] as collations, i.indoption::int2[] as options,
  ${unlessPassedOver('i.indrelid', 'pg_get_expr(i.indpred, i.indrelid)')} as predicate,
  ${unlessPassedOver('i.indrelid', 'pg_get_indexdef(i.indexrelid)')} as definition,
  o.conname::text as constraint, ${commentOn('pg_class', 'i.indexrelid')} as comment
from pg_index i ${ofTableOrView('i.indrelid')}
join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
left join pg_constraint o on o.conrelid = i.indrelid and o.conindid = i.indexrelid and o.contype in ('p', 'u', 'x')
order by i.indrelid, x.relname`

/** The bits of pg_index.indoption. */
const DESCENDING = 1
const NULLS_FIRST = 2

const toSorting = ({ classes, collations, options }: QueryResultRow): KeySorting[] =>
  classes.map((operatorClass: string, at: number) => ({
    operatorClass,
    collation: collations[at],
    descending: (options[at] & DESCENDING) !== 0,
    nullsFirst: (options[at] & NULLS_FIRST) !== 0,
  }))

export function toIndex(row: QueryResultRow, home: string): Index {
  const { name, method, unique, primary, valid, constraint, comment } = row
  return {
    name,
    method,
    unique,
    primary,
    valid,
    keys: row.keys.map((key: string, at: number) => (row.numbers[at] === 0 ? written(key, home) : key)),
    sorting: toSorting(row),
    included: row.included,
    predicate: row.predicate === null ? null : unqualified(row.predicate, home),
    // The definition names the table with its schema, before anything else.
    definition: written(row.definition, home, 1),
    constraint,
    comment,
  }
}

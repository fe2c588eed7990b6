/** Constraints except NOT NULL. PostgreSQL 18 lists NOT NULL as a constraint too, but every version has it in the column's row. */
import type { QueryResultRow } from 'pg'
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTable } from './tables.ts'
import type { Constraint, ConstraintKind, ReferentialAction } from './types.ts'
import { written } from './written.ts'

const columnNames = (relation: string, numbers: string): string =>
  `array(select a.attname::text from unnest(${numbers}) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number order by k.place)`

/**
 * A foreign key that references a partitioned table has a second row for each of its partitions, on the same referencing table. PostgreSQL
 * makes and drops them with the first.
 */
const isWritten = `not exists (select from pg_constraint whole where whole.oid = o.conparentid and whole.conrelid = o.conrelid)`

/** Only the expressions of these two make the server lock the table. */
const definition = `case when o.contype in ('c', 'x') then ${unlessPassedOver('o.conrelid', 'pg_get_constraintdef(o.oid)')}
    else pg_get_constraintdef(o.oid) end`

export const constraints = `select o.conrelid as table_oid, o.conname::text as name, o.contype::text as kind,
  ${columnNames('o.conrelid', 'o.conkey')} as columns, 
  ${definition} as definition, o.convalidated as validated,
  fn.nspname::text as foreign_schema, f.relname::text as foreign_table,
  case when o.contype = 'f' then ${columnNames('o.confrelid', 'o.confkey')} end as foreign_columns,
  o.confdeltype::text as on_delete, o.confupdtype::text as on_update, ${commentOn('pg_constraint', 'o.oid')} as comment
from pg_constraint o ${ofTable('o.conrelid')}
left join pg_class f on f.oid = o.confrelid left join pg_namespace fn on fn.oid = f.relnamespace
where o.contype in ('p', 'u', 'f', 'c', 'x') and ${isWritten}
order by o.conrelid, o.conname`

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclude',
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

export function toConstraint(row: QueryResultRow, home: string): Constraint {
  const { name, kind, columns, definition, validated, comment } = row
  const references =
    row.foreign_table === null
      ? null
      : {
          schema: row.foreign_schema,
          table: row.foreign_table,
          columns: row.foreign_columns,
          onDelete: ACTIONS[row.on_delete]!,
          onUpdate: ACTIONS[row.on_update]!,
        }
  return {
    name,
    kind: KINDS[kind]!,
    columns,
    definition: written(definition, home),
    validated,
    references,
    comment,
  }
}

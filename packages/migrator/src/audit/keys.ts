/**
 * Every table of the database with the primary key that it has and the one that V1 asks for, and what a change of the key drags along. Pure.
 */
import type { Constraint, Table } from '../catalog/types.ts'
import type { Subject } from '../rules/subject.ts'
import { quoted } from '../sql/names.ts'

export interface TableKey {
  readonly table: string
  /** `id bigint`, `(user_id uuid, role_id uuid)`, `none`. */
  readonly current: string
  readonly target: string
  /** Whether V1 has a table of this name. If not, the target is what V1 asks of any table. */
  readonly isInV1: boolean
  readonly isRight: boolean
  readonly estimatedRows: number
  /** The columns that reference the key, or that reference a key which such a column is a part of. */
  readonly drags: readonly DraggedColumn[]
  /** Columns of type uuid beside the key that identify a row already: a change to uuid that somebody began. */
  readonly uuids: readonly { readonly column: string; readonly unique: boolean; readonly notNull: boolean }[]
}

interface DraggedColumn {
  readonly table: string
  readonly column: string
  readonly type: string
}

/** The columns as a key of SQL, each with its type. */
export function keyText(table: Table): string {
  const key = primaryKey(table)
  if (key === undefined) return 'none'
  const typed = key.columns.map((name) => `${quoted(name)} ${typeOf(table, name)}`)
  return typed.length === 1 ? typed[0]! : `(${typed.join(', ')})`
}

export function tableKeys(subject: Subject): TableKey[] {
  const drags = draggedBy(subject)
  return subject.tables.map((table): TableKey => {
    const known = subject.inV1(subject.place(table))
    const current = keyText(table)
    const target = known === undefined ? wantedOf(table) : keyText(known)
    const isRight = current === target
    return {
      table: subject.place(table),
      current,
      target,
      isInV1: known !== undefined,
      isRight,
      estimatedRows: table.estimatedRows,
      drags: isRight ? [] : drags(table),
      uuids: isRight ? [] : uuidsBeside(table),
    }
  })
}

/** The primary key of a partitioned table has to contain the columns that it is partitioned by. */
function wantedOf(table: Table): string {
  const beside = (table.partitionKey ?? []).filter((name) => name !== 'id')
  if (beside.length === 0) return 'id uuid'
  return `(${['id uuid', ...beside.map((name) => `${quoted(name)} ${typeOf(table, name)}`)].join(', ')})`
}

const primaryKey = ({ constraints }: Table): Constraint | undefined =>
  constraints.find(({ kind }) => kind === 'primary key')

const typeOf = ({ columns }: Table, name: string): string => columns.find((column) => column.name === name)?.type ?? '?'

interface Reference {
  readonly from: Table
  readonly constraint: Constraint
}

/** For a table: what has to change with its key. Each column is met once, so references in a circle come to an end. */
function draggedBy({ tables, place }: Subject): (table: Table) => DraggedColumn[] {
  const references = Map.groupBy(
    tables.flatMap((from) =>
      from.constraints
        .filter(({ references }) => references !== null)
        .map((constraint): Reference => ({ from, constraint })),
    ),
    ({ constraint: { references } }) => place({ schema: references!.schema, name: references!.table }),
  )
  return (changed) => {
    const met = new Map<string, DraggedColumn>()
    const queue: { table: Table; columns: readonly string[] }[] = [
      { table: changed, columns: primaryKey(changed)?.columns ?? [] },
    ]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const { from, constraint } of references.get(place(next.table)) ?? []) {
        for (const [at, column] of constraint.columns.entries()) {
          const name = JSON.stringify([place(from), column])
          if (met.has(name) || !next.columns.includes(constraint.references!.columns[at]!)) continue
          met.set(name, { table: place(from), column, type: typeOf(from, column) })
          queue.push({ table: from, columns: [column] })
        }
      }
    }
    return [...met.values()]
  }
}

const NAMED_AS_KEY = /(^|_)(uuid|guid)$|^(public|global)_id$/i

function uuidsBeside(table: Table): TableKey['uuids'] {
  const keyed = new Set(primaryKey(table)?.columns)
  const referring = new Set(
    table.constraints.filter(({ kind }) => kind === 'foreign key').flatMap(({ columns }) => columns),
  )
  return table.columns
    .filter(({ name, type }) => type === 'uuid' && !keyed.has(name) && !referring.has(name))
    .map(({ name, notNull }) => ({
      column: name,
      notNull,
      unique: table.indexes.some(
        ({ unique, keys, predicate }) => unique && predicate === null && keys.length === 1 && keys[0] === name,
      ),
    }))
    .filter(({ column, unique }) => unique || NAMED_AS_KEY.test(column))
}

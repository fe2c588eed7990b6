/**
 * Every table of the database with the primary key that it has and the one that V1 asks for, and what a change of the key drags along. Pure.
 */
import { HOME } from '../../catalog/place.ts'
import type { Constraint, Table } from '../../catalog/types.ts'
import { references } from '../../rules/references.ts'
import type { Subject } from '../../rules/subject.ts'
import { quoted } from '../../sql/names.ts'

export interface TableKey {
  readonly table: string
  /** As a statement has to write it, with its schema: `public."Mood Board"`. */
  readonly sqlName: string
  /** The columns of the key; none = there is no key. */
  readonly columns: readonly string[]
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

export interface DraggedColumn {
  readonly table: string
  readonly column: string
  readonly type: string
  /** False where only its name says that it references the key: no foreign key refuses a change that forgets it. */
  readonly isDeclared: boolean
}

/** The columns as a key of SQL, each with its type. */
export function keyText(table: Table): string {
  const key = primaryKey(table)
  if (key === undefined) return 'none'
  const typed = key.columns.map((name) => `${quoted(name)} ${typeOf(table, name)}`)
  return typed.length === 1 ? typed[0]! : `(${typed.join(', ')})`
}

export function tableKeys(subject: Subject): TableKey[] {
  const referring = referringColumns(subject)
  const drags = draggedBy(subject, referring)
  const referringOf = Map.groupBy(referring, ({ from }) => from)
  return subject.tables.map((table): TableKey => {
    const known = subject.inV1(subject.place(table))
    const current = keyText(table)
    const target = known === undefined ? wantedOf(table) : keyText(known)
    const isRight = current === target
    return {
      table: subject.place(table),
      sqlName: `${quoted(table.schema ?? HOME)}.${quoted(table.name)}`,
      columns: primaryKey(table)?.columns ?? [],
      current,
      target,
      isInV1: known !== undefined,
      isRight,
      estimatedRows: table.estimatedRows,
      drags: isRight ? [] : drags(table),
      uuids: isRight ? [] : uuidsBeside(table, new Set(referringOf.get(table)?.map(({ column }) => column))),
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

interface Referring {
  readonly from: Table
  readonly column: string
  /** The place of the table. */
  readonly to: string
  readonly key: string
  readonly isDeclared: boolean
}

/** Column by column, those with a foreign key first. */
function referringColumns(subject: Subject): Referring[] {
  const { tables, place } = subject
  const declared = tables.flatMap((from) =>
    from.constraints.flatMap(({ columns, references: to }) =>
      to === null
        ? []
        : columns.map((column, at) => ({
            from,
            column,
            to: place({ schema: to.schema, name: to.table }),
            key: to.columns[at]!,
            isDeclared: true,
          })),
    ),
  )
  const named = [...references(subject)].flatMap(({ table: from, column, target, confidence }) =>
    target === undefined || confidence === 'low'
      ? []
      : [{ from, column: column.name, to: place(target.table), key: target.key.name, isDeclared: false }],
  )
  return [...declared, ...named]
}

/** For a table: what has to change with its key. Each column is met once, so references in a circle come to an end. */
function draggedBy({ place }: Subject, all: readonly Referring[]): (table: Table) => DraggedColumn[] {
  const referring = Map.groupBy(all, ({ to }) => to)
  return (changed) => {
    const met = new Map<string, DraggedColumn>()
    const queue: { table: Table; columns: readonly string[] }[] = [
      { table: changed, columns: primaryKey(changed)?.columns ?? [] },
    ]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const { from, column, key, isDeclared } of referring.get(place(next.table)) ?? []) {
        const name = JSON.stringify([place(from), column])
        if (met.has(name) || !next.columns.includes(key)) continue
        met.set(name, { table: place(from), column, type: typeOf(from, column), isDeclared })
        queue.push({ table: from, columns: [column] })
      }
    }
    return [...met.values()]
  }
}

/** Names of a uuid that says which row it stands in. */
const NAMED_AS_KEY = /^(uuid|guid|gid|(public|global|external)_(id|uuid))$/i

/** A uuid that refers to another table, with a foreign key or by its name, is none of the row's own. */
function uuidsBeside(table: Table, referring: ReadonlySet<string>): TableKey['uuids'] {
  const keyed = new Set(primaryKey(table)?.columns)
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

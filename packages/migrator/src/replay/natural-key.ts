/**
 * How a row is known in every database: by a unique key whose values the migrations give. An id that each database makes for itself says
 * nothing; where a column points to such an id, the row that it points to is known by its own natural key. Pure.
 */
import type { Catalog, Column, Table } from '../catalog/types.ts'
import { textLiteral } from '../sql/literal.ts'
import { quoted } from '../sql/names.ts'

export interface KeyColumn {
  readonly name: string
  readonly type: string
  /** The row that the column points to. */
  readonly target?: Target
}

export interface Target {
  readonly table: Table
  /** The column of the table whose value is pointed with. */
  readonly column: string
  /** Undefined where the table has no natural key. */
  readonly key: readonly KeyColumn[] | undefined
}

/** Rows of other tables are followed this far; a table may point to itself. */
const DEEPEST = 3

/** Undefined if the table has none. */
export function naturalKey(table: Table, catalog: Catalog, depth = 0): readonly KeyColumn[] | undefined {
  const targets = targetsOf(table, catalog, depth)
  const known = (name: string): KeyColumn | undefined => {
    const column = table.columns.find((one) => one.name === name)
    const target = targets.get(name)
    if (column === undefined || !column.notNull) return undefined
    if (target !== undefined) return target.key && { name, type: column.type, target }
    return isFilledIn(column) || !isComparable(column) ? undefined : { name, type: column.type }
  }
  const keys = uniqueKeys(table).map((columns) => columns.map(known))
  const whole = keys.filter((key): key is KeyColumn[] => key.length > 0 && key.every((column) => column !== undefined))
  return whole.sort((one, other) => one.length - other.length)[0]
}

/** The columns that alone are a foreign key, with what they point to. */
export function targetsOf(table: Table, catalog: Catalog, depth = 0): Map<string, Target> {
  const found = new Map<string, Target>()
  if (depth >= DEEPEST) return found
  for (const { references, columns } of table.constraints) {
    const [name] = columns
    const [column] = references?.columns ?? []
    if (references === null || name === undefined || column === undefined || columns.length > 1) continue
    const target = tableNamed(catalog, references.table)
    if (target !== undefined) found.set(name, { table: target, column, key: naturalKey(target, catalog, depth + 1) })
  }
  return found
}

const byName = new WeakMap<Catalog, ReadonlyMap<string, Table>>()

export function tableNamed(catalog: Catalog, name: string): Table | undefined {
  const known = byName.get(catalog) ?? new Map(catalog.tables.map((table) => [table.name, table]))
  byName.set(catalog, known)
  return known.get(name)
}

function uniqueKeys({ constraints, indexes }: Table): (readonly string[])[] {
  return [
    ...constraints.filter(({ kind }) => kind === 'unique' || kind === 'primary key').map(({ columns }) => columns),
    ...indexes
      .filter(
        ({ unique, valid, predicate, constraint }) => unique && valid && predicate === null && constraint === null,
      )
      .map(({ keys }) => keys),
  ]
}

/** As an SQL expression: the key of the row `alias`, as jsonb. */
export function keyJson(key: readonly KeyColumn[], alias: string): string {
  const entries = key.map(({ name, target }) => {
    const value = `${alias}.${quoted(name)}`
    if (target?.key === undefined) return `${textLiteral(name)}, ${value}`
    const inner = `${alias}_`
    return `${textLiteral(name)}, (select ${keyJson(target.key, inner)} from public.${quoted(target.table.name)} ${inner} where ${inner}.${quoted(target.column)} = ${value})`
  })
  return `jsonb_build_object(${entries.join(', ')})`
}

/** As an SQL condition: that the row `alias` has the key which the jsonb expression `json` holds. It can use the index of each key. */
export function hasKey(key: readonly KeyColumn[], alias: string, json: string): string {
  return key
    .map(({ name, type, target }) => {
      const value = `${alias}.${quoted(name)}`
      if (target?.key === undefined) return `${value} = (${json} ->> ${textLiteral(name)})::${type}`
      const inner = `${alias}_`
      const row = hasKey(target.key, inner, `(${json} -> ${textLiteral(name)})`)
      return `${value} = (select ${inner}.${quoted(target.column)} from public.${quoted(target.table.name)} ${inner} where ${row} limit 1)`
    })
    .join(' and ')
}

/** A constant default gives the same value everywhere; any other may not. */
const CONSTANT = /^(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false|null)(?:::[\w ."[\]()]+)?$/i

/** The database fills the column in, with another value in every database. */
export const isFilledIn = ({ default: expression, identity, generated, sequence }: Column): boolean =>
  identity !== null || generated || sequence !== null || (expression !== null && !CONSTANT.test(expression))

/** Its value in jsonb, taken as text, is the value again. */
const isComparable = ({ type }: Column): boolean => !type.endsWith('[]') && !type.startsWith('json')

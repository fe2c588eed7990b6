/**
 * Domain → its tables with the names and types that they have in TypeScript. kysely-codegen decides the types; closed lists and columns
 * that cannot be written, which it does not know, are told to it or put right here.
 */
import {
  DatabaseMetadata,
  type ExpressionNode,
  GLOBAL_DEFINITIONS,
  TypeScriptSerializer,
  transform,
} from 'kysely-codegen'
import { closedLists, type ListValue } from './closed-list.ts'
import type { DomainState, OwnedColumn, OwnedTable } from './domain-state.ts'
import { dialect } from './introspect.ts'
import { type ListNames, pascalCase, type TableNames, TypeNames } from './names.ts'

export const KYSELY_TYPES: readonly string[] = ['Insertable', 'Selectable', 'Updateable']

/** What kysely-codegen would define in each file; they stand once, in core's `column-types.ts`. */
export const HELPER_TYPES: readonly string[] = [
  'GeneratedAlways',
  ...Object.keys(GLOBAL_DEFINITIONS),
  ...Object.keys(dialect.adapter.definitions),
]

export interface List {
  readonly column: string
  readonly values: readonly ListValue[]
  readonly names: ListNames
}

export interface TypedColumn {
  readonly name: string
  readonly comment: string | null
  /** As TypeScript writes it. */
  readonly type: string
}

export interface TypedTable {
  readonly name: string
  readonly comment: string | null
  readonly isView: boolean
  readonly names: TableNames
  readonly columns: readonly TypedColumn[]
  readonly lists: readonly List[]
}

interface NamedTable {
  readonly table: OwnedTable
  readonly names: TableNames
  readonly lists: readonly List[]
}

export function typedTables(state: DomainState): TypedTable[] {
  const named = namedTables(state)
  const typeOf = columnTypes(state, named)
  return named.map(({ table: { name, comment, isView, columns }, names, lists }) => ({
    name,
    comment,
    isView,
    names,
    columns: columns.map(({ metadata }) => ({
      name: metadata.name,
      comment: metadata.comment,
      type: typeOf(name, metadata.name),
    })),
    lists,
  }))
}

function namedTables({ domain, tables }: DomainState): NamedTable[] {
  const own = pascalCase(domain.name)
  const names = new TypeNames([`${own}Tables`, `${own}Database`, ...KYSELY_TYPES, ...HELPER_TYPES, 'Buffer', 'Date'])
  // All tables first: a list gives way to a table, never the other way round.
  const named = tables.map((table) => ({ table, names: names.forTable(table.name) }))
  return named.map(({ table, names: tableNames }) => ({
    table,
    names: tableNames,
    lists: listsOf(table).map((list) => ({ ...list, names: names.forList(table.name, list.column) })),
  }))
}

/** From a CHECK, or from an enum type. */
function listsOf({ catalog, columns }: OwnedTable): Omit<List, 'names'>[] {
  const checked = catalog === undefined ? [] : closedLists(catalog)
  return columns.flatMap(({ metadata: { name, enumValues, isArray } }): Omit<List, 'names'>[] => {
    if (isArray) return []
    const list = checked.find(({ column }) => column === name)
    if (list !== undefined) return [list]
    return enumValues === null ? [] : [{ column: name, values: enumValues }]
  })
}

const serializer = new TypeScriptSerializer()

type TypeOf = (table: string, column: string) => string

/**
 * An override replaces a column's whole type, so it repeats Generated<> and null. A GENERATED ALWAYS column is like one with a default
 * to kysely-codegen; here it is one that cannot be written.
 */
function columnTypes({ metadata }: DomainState, tables: readonly NamedTable[]): TypeOf {
  const overrides: Record<string, string> = {}
  const always = new Set<string>()
  for (const { table, lists } of tables) {
    for (const column of table.columns) {
      const { name, isNullable, hasDefaultValue } = column.metadata
      const list = lists.find((one) => one.column === name)
      if (isAlwaysGenerated(column)) always.add(`${table.name}.${name}`)
      if (list === undefined) continue
      const values = isNullable ? `${list.names.type} | null` : list.names.type
      overrides[`public.${table.name}.${name}`] = hasDefaultValue ? `Generated<${values}>` : values
    }
  }
  const nodes = transform({
    dialect,
    metadata: new DatabaseMetadata({ tables: [...metadata] }),
    overrides: { columns: overrides },
  })
  const interfaces = nodes.flatMap((node) =>
    node.type === 'ExportStatement' && node.argument.type === 'InterfaceDeclaration' ? [node.argument] : [],
  )
  // The last one lists the tables and says which of the others is whose.
  const tablesByName = interfaces.at(-1)!.body.properties
  const types = new Map<string, string>()
  for (const { key: table, value } of tablesByName) {
    const own = interfaces.find(({ id }) => value.type === 'Identifier' && id.name === value.name)
    for (const { key, value: type } of own!.body.properties) {
      const path = `${table}.${key}`
      types.set(path, serializer.serializeExpression(always.has(path) ? notWritable(type) : type))
    }
  }
  return (table, column) => types.get(`${table}.${column}`) as string
}

const isAlwaysGenerated = ({ catalog }: OwnedColumn): boolean =>
  catalog !== undefined && (catalog.generated || catalog.identity === 'always')

const notWritable = (node: ExpressionNode): ExpressionNode =>
  node.type === 'GenericExpression' && node.name === 'Generated' ? { ...node, name: 'GeneratedAlways' } : node

/**
 * Domain → its tables with the names and types that they have in TypeScript. kysely-codegen decides the types; closed lists and
 * columns that cannot be written are passed to it, since it does not know them.
 */
import { closedLists, type ListValue } from './closed-list.ts'
import { CODEGEN_TYPES, columnTypes } from './codegen.ts'
import type { DomainState, OwnedColumn, OwnedTable } from './domain-state.ts'
import { type ListNames, pascalCase, type TableNames, TypeNames } from './names.ts'

export const KYSELY_TYPES: readonly string[] = ['Insertable', 'Selectable', 'Updateable']

/** Types that kysely-codegen would define in each file; here they are defined once, in core's `column-types.ts`. */
export const HELPER_TYPES: readonly string[] = ['GeneratedAlways', ...CODEGEN_TYPES]

export interface List {
  readonly column: string
  readonly values: readonly ListValue[]
  readonly names: ListNames
}

interface TypedColumn {
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
  return namedTables(state).map(({ table, names, lists }) => {
    const types = columnTypes(table.metadata, {
      lists: new Map(lists.map((list) => [list.column, list.names.type])),
      alwaysGenerated: new Set(table.columns.filter(isAlwaysGenerated).map(({ metadata }) => metadata.name)),
    })
    const columns = table.columns.map(({ metadata: { name, comment } }): TypedColumn => {
      return { name, comment, type: types.get(name) as string }
    })
    return { name: table.name, comment: table.comment, isView: table.isView, names, columns, lists }
  })
}

const isAlwaysGenerated = ({ catalog }: OwnedColumn): boolean =>
  catalog !== undefined && (catalog.generated || catalog.identity === 'always')

function namedTables({ domain, tables }: DomainState): NamedTable[] {
  const own = pascalCase(domain.name)
  const names = new TypeNames([`${own}Tables`, `${own}Database`, ...KYSELY_TYPES, ...HELPER_TYPES, 'Buffer', 'Date'])
  // All tables are named first: where names collide, the list gets another name and the table keeps its own.
  const named = tables.map((table) => ({ table, names: names.forTable(table.name) }))
  return named.map(({ table, names: tableNames }) => ({
    table,
    names: tableNames,
    lists: listsOf(table).map((list) => ({ ...list, names: names.forList(table.name, list.column) })),
  }))
}

/** Closed lists from a CHECK, or from an enum type. */
function listsOf({ catalog, columns }: OwnedTable): Omit<List, 'names'>[] {
  const checked = catalog === undefined ? [] : closedLists(catalog)
  return columns.flatMap(({ metadata: { name, enumValues, isArray } }): Omit<List, 'names'>[] => {
    if (isArray) return []
    const list = checked.find(({ column }) => column === name)
    if (list !== undefined) return [list]
    return enumValues === null ? [] : [{ column: name, values: enumValues }]
  })
}

/** What one domain owns of a replay, in the order in which its migrations created it. */
import type { Catalog, Column, Table, View } from '../catalog/types.ts'
import type { Makers, ObjectKind } from '../replay/makers.ts'
import type { Domain } from '../workspace/discover.ts'
import type { ColumnMetadata, DatabaseMetadata, TableMetadata } from './codegen.ts'
import { type Unwritable, unwritableText } from './unwritable.ts'

/** What the migrations build, in the form from which types are made. */
export interface BuiltSchema {
  readonly catalog: Catalog
  readonly makers: Makers
  /** The same tables as kysely-codegen sees them. */
  readonly metadata: DatabaseMetadata
  /** Features of the built schema that schema.sql cannot describe. */
  readonly unwritable: readonly Unwritable[]
}

/** A table or a view. */
export interface OwnedTable {
  readonly name: string
  readonly isView: boolean
  readonly comment: string | null
  /** Undefined for a view. */
  readonly catalog: Table | undefined
  readonly columns: readonly OwnedColumn[]
  /** In the form that kysely-codegen needs. */
  readonly metadata: TableMetadata
}

export interface OwnedColumn {
  readonly metadata: ColumnMetadata
  /** Undefined for a view's column. */
  readonly catalog: Column | undefined
}

export interface DomainState {
  readonly domain: Domain
  /** Tables and views that get types. Partitions get none: the types of their parent serve for them. */
  readonly tables: readonly OwnedTable[]
  /** Features that schema.sql cannot describe: `table sales: partitioned`. */
  readonly unwritable: readonly string[]
  readonly objects: Pick<Catalog, 'tables' | 'views' | 'functions' | 'types' | 'sequences'>
}

export function domainState({ catalog, makers, metadata, unwritable }: BuiltSchema, domain: Domain): DomainState {
  const isOwn = (kind: ObjectKind, name: string) => makers.makerOf(kind, name)?.domain === domain.name
  // Sorted by oid, which PostgreSQL counts upwards: in order of creation, like the plan and the page that describes the schema.
  const own = <T extends { readonly oid: number; readonly name: string; readonly extension: string | null }>(
    kind: ObjectKind,
    all: readonly T[],
    nameOf: (one: T) => string = ({ name }) => name,
  ): T[] => all.filter((one) => one.extension === null && isOwn(kind, nameOf(one))).sort((a, b) => a.oid - b.oid)
  const objects = {
    tables: own('relation', catalog.tables),
    views: own('relation', catalog.views),
    functions: own('function', catalog.functions, ({ signature }) => signature),
    types: own('type', catalog.types),
    sequences: own('relation', catalog.sequences),
  }
  const oids = new Set(Object.values(objects).flatMap((all) => all.map(({ oid }) => oid)))
  const seen = new Map(
    metadata.tables.filter(({ schema }) => schema === 'public').map((table) => [table.name, table] as const),
  )
  const found = [...objects.tables, ...objects.views]
    .sort((a, b) => a.oid - b.oid)
    .flatMap((relation) => {
      const table = seen.get(relation.name)
      return table === undefined ? [] : [{ relation, table }]
    })
  return {
    domain,
    tables: found.map(({ relation, table }) => ownedTable(relation, table)),
    unwritable: unwritable.filter(({ oid }) => oids.has(oid)).map(unwritableText),
    objects,
  }
}

function ownedTable(relation: Table | View, metadata: TableMetadata): OwnedTable {
  const catalog = 'columns' in relation ? relation : undefined
  const byName = new Map(catalog?.columns.map((column) => [column.name, column]))
  return {
    name: relation.name,
    isView: catalog === undefined,
    comment: relation.comment,
    catalog,
    columns: metadata.columns.map((column) => ({ metadata: column, catalog: byName.get(column.name) })),
    metadata,
  }
}

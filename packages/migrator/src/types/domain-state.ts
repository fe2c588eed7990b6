/** What one domain owns of a replay, in the order in which its migrations created it. */
import type { ColumnMetadata, TableMetadata } from 'kysely-codegen'
import type { Catalog, Column, Routine, Sequence, Table, UserType, View } from '../catalog/types.ts'
import type { Domain } from '../workspace/discover.ts'
import type { Replayed } from './replay.ts'
import { unwritableText } from './unwritable.ts'

/** A table, or a view: what can be selected from. */
export interface OwnedTable {
  readonly name: string
  readonly isView: boolean
  readonly comment: string | null
  /** Undefined for a view. */
  readonly catalog: Table | undefined
  readonly columns: readonly OwnedColumn[]
}

export interface OwnedColumn {
  readonly metadata: ColumnMetadata
  /** Undefined for a view's column. */
  readonly catalog: Column | undefined
}

export interface DomainState {
  readonly domain: Domain
  /** Tables and views that have types: no partitions, whose parent stands for them. */
  readonly tables: readonly OwnedTable[]
  /** As kysely-codegen wants them, parallel to `tables`. */
  readonly metadata: readonly TableMetadata[]
  /** What no schema.sql can say: `table sales: partitioned`. */
  readonly unwritable: readonly string[]
  readonly objects: Pick<Catalog, 'tables' | 'views' | 'functions' | 'types' | 'sequences'>
}

export function domainState({ catalog, metadata, owners, unwritable }: Replayed, domain: Domain): DomainState {
  const isOwn = <T extends Table | View | Routine | UserType | Sequence>({ oid, extension }: T) =>
    owners.get(oid) === domain.name && extension === null
  // Creation order is the order of the plan, and of the page that describes the schema. PostgreSQL counts oids upwards.
  const own = <T extends Table | View | Routine | UserType | Sequence>(all: readonly T[]): T[] =>
    all.filter(isOwn).sort((a, b) => a.oid - b.oid)
  const objects = {
    tables: own(catalog.tables),
    views: own(catalog.views),
    functions: own(catalog.functions),
    types: own(catalog.types),
    sequences: own(catalog.sequences),
  }
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
    metadata: found.map(({ table }) => table),
    unwritable: unwritable.filter(({ oid }) => owners.get(oid) === domain.name).map(unwritableText),
    objects,
  }
}

function ownedTable(relation: Table | View, { columns }: TableMetadata): OwnedTable {
  const catalog = 'columns' in relation ? relation : undefined
  const byName = new Map(catalog?.columns.map((column) => [column.name, column]))
  return {
    name: relation.name,
    isView: catalog === undefined,
    comment: relation.comment,
    catalog,
    columns: columns.map((metadata) => ({ metadata, catalog: byName.get(metadata.name) })),
  }
}

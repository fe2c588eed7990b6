/**
 * What the rules check: the tables of a database, each beside the table of the same name in V1.
 *
 * The columns of a table decide its kind: with deleted_at it is a resource, with updated_at a record, else append-only. For a table that
 * V1 knows these are the columns in V1, for any other table its own.
 */
import type { Catalog, Column, Index, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'

export interface Subject {
  readonly catalog: Catalog
  /** The tables that a rule checks. Left out are tables of extensions, partitions (their parent is checked) and foreign tables. */
  readonly tables: readonly Table[]
  /** Any table of the schema public, by name. */
  table(name: string): Table | undefined
  /** The table as V1 has it. */
  inV1(name: string): Table | undefined
}

export function subjectOf(catalog: Catalog, v1: Catalog): Subject {
  const byName = new Map(catalog.tables.map((table) => [table.name, table]))
  const v1ByName = v1 === catalog ? byName : new Map(v1.tables.map((table) => [table.name, table]))
  return {
    catalog,
    tables: catalog.tables.filter(({ extension, partition, kind }) => !extension && !partition && kind !== 'foreign'),
    table: (name) => byName.get(name),
    inV1: (name) => v1ByName.get(name),
  }
}

export const columnOf = (table: Table | undefined, name: string | undefined): Column | undefined =>
  table?.columns.find((column) => column.name === name)

/** PostgreSQL cuts off longer names. */
export const LONGEST_NAME_BYTES = 63

/** `CONCURRENTLY `, or empty for a partitioned table, where PostgreSQL refuses it. */
export const concurrently = ({ kind }: Table): string => (kind === 'partitioned' ? '' : 'CONCURRENTLY ')

/** `Mood Board`, `userId` → `mood_board`, `user_id`: the name that V1 would give. */
export const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()

export const list = (names: readonly string[]): string => names.map(quoted).join(', ')

/** The index's first column; null where it begins with an expression. */
export const keyColumn = (table: Table, { keys }: Pick<Index, 'keys'>): string | null =>
  columnOf(table, keys[0]) === undefined ? null : keys[0]!

/** The keys of an index as SQL has to write them. */
export const keyText = (table: Table, { keys }: Pick<Index, 'keys'>): string =>
  keys.map((key) => (columnOf(table, key) === undefined ? key : quoted(key))).join(', ')

/** Event tables grow without bound, and nothing in them may hinder partitioning. Only their name shows that a table is one. */
export const isEventTable = (name: string): boolean => /_(logs|events|plays|analytics)$/.test(name)

/**
 * What the rules check: the tables of a database, each beside the table of the same name in V1.
 *
 * The columns of a table decide its kind: with deleted_at it is a resource, with updated_at a record, else append-only. For a table that
 * V1 knows these are the columns in V1, for any other table its own.
 */
import { passedOverIn } from '../catalog/looked-at.ts'
import { HOME, placeOf, sqlName } from '../catalog/place.ts'
import type { Catalog, Column, Constraint, Index, Routine, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import { toolOf } from './tool-tables.ts'

export interface Subject {
  readonly catalog: Catalog
  /**
   * The tables that a rule checks. Left out are those of extensions and tools, partitions (their parent is checked), foreign tables, and what
   * was passed over in reading.
   */
  readonly tables: readonly Table[]
  /** Where a table is, for people and for look-ups: `users`, `billing.invoices`. */
  place(table: Pick<Table, 'schema' | 'name'>): string
  /** Any table of the catalogue, by its place. */
  table(place: string): Table | undefined
  /** The table as V1 has it, by its place. */
  inV1(place: string): Table | undefined
  /** The table that a foreign key references; undefined where it was not read. */
  referenced(references: NonNullable<Constraint['references']>): Table | undefined
}

export function subjectOf(catalog: Catalog, v1: Catalog): Subject {
  const byPlace = tablesByPlace(catalog)
  const v1ByPlace = v1 === catalog ? byPlace : tablesByPlace(v1)
  const place: Subject['place'] = (table) => placeOf(table, catalog.home)
  const passedOver = passedOverIn(catalog.unread)
  return {
    catalog,
    tables: catalog.tables.filter((table) => isJudged(table) && !passedOver.has(place(table))),
    place,
    table: (at) => byPlace.get(at),
    inV1: (at) => v1ByPlace.get(at),
    referenced: ({ schema, table: name }) => byPlace.get(place({ schema, name })),
  }
}

const isJudged = (table: Table): boolean =>
  !table.extension && !table.partition && table.kind !== 'foreign' && toolOf(table) === undefined

const tablesByPlace = ({ tables, home }: Catalog): Map<string, Table> =>
  new Map(tables.map((table) => [placeOf(table, home), table]))

/** As a statement has to write the name of a table's index, which is in the table's schema. */
export const indexName = ({ schema }: Table, name: string): string => sqlName({ schema, name })

/** As a statement has to name a routine: `f(integer)`, `billing."F"(text)`. */
export const routineName = ({ schema, name, signature }: Pick<Routine, 'schema' | 'name' | 'signature'>): string =>
  sqlName({ schema, name }) + signature.slice(name.length)

/** As PostgreSQL renders the name of a type in a catalogue: with its schema, unless that is the home schema. */
export const typeName = (
  { home = HOME }: Catalog,
  { schema = HOME, name }: { schema?: string; name: string },
): string => (schema === home ? quoted(name) : `${quoted(schema)}.${quoted(name)}`)

export const columnOf = (table: Table | undefined, name: string | undefined): Column | undefined =>
  table?.columns.find((column) => column.name === name)

/** PostgreSQL cuts off longer names. */
export const LONGEST_NAME_BYTES = 63

/** A name that PostgreSQL takes as it is: it would cut a longer one, and two names may be the same then. */
export const shortName = (name: string): string =>
  Buffer.byteLength(name) <= LONGEST_NAME_BYTES ? name : `${name.slice(0, LONGEST_NAME_BYTES - 7)}_${checksum(name)}`

/** Six characters that differ where the names differ. */
const checksum = (name: string): string =>
  [...name]
    .reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 2_176_782_336, 7)
    .toString(36)
    .padStart(6, '0')

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

/**
 * An index as a migration declares it: `index('owner_id', 'created_at desc').where(live)`. Immutable. Its name is derived from its key in
 * the table's `indexes`.
 */
import { type Kysely, type SqlBool, sql } from 'kysely'
import { checkedName, derivedName } from './names.ts'

const COLUMN = /^([a-z][a-z0-9_]*)(?: (?:asc|desc))?$/

interface Properties {
  readonly parts: readonly string[]
  readonly isUnique: boolean
  readonly method?: string
  readonly condition?: string
}

export class TableIndex {
  readonly is: Properties

  constructor(properties: Properties) {
    this.is = properties
  }

  /** A partial index, over the rows for which the condition (SQL) holds. */
  where(condition: string): TableIndex {
    return new TableIndex({ ...this.is, condition })
  }

  using(method: 'gin' | 'gist' | 'brin' | 'hash'): TableIndex {
    return new TableIndex({ ...this.is, method })
  }

  /** The names of the index's columns; undefined for an expression. */
  get columns(): readonly (string | undefined)[] {
    return this.is.parts.map((part) => COLUMN.exec(part)?.[1])
  }
}

/** The rows of a resource that are not soft-deleted. */
export const live = 'deleted_at IS NULL'

/** Each part is a column, `column desc`, or an expression in SQL such as `lower(email)`. */
export const index = (...parts: readonly [string, ...string[]]): TableIndex =>
  new TableIndex({ parts, isUnique: false })

/** For uniqueness among some rows, or of an expression. For uniqueness of columns over all rows use the constraint (`unique`). */
export const uniqueIndex = (...parts: readonly [string, ...string[]]): TableIndex =>
  new TableIndex({ parts, isUnique: true })

/** The name is `idx_<table>_<what>`, or `uq_<table>_<what>` for a unique index. */
const indexName = (table: string, what: string, { is: { isUnique } }: TableIndex): string =>
  derivedName(isUnique ? 'uq' : 'idx', table, [checkedName(what)])

export async function createIndex(db: Kysely<any>, table: string, what: string, tableIndex: TableIndex): Promise<void> {
  const { parts, isUnique, method, condition } = tableIndex.is
  let builder = db.schema
    .createIndex(indexName(table, what, tableIndex))
    .on(table)
    .columns(parts.map((part) => (COLUMN.test(part) ? part : sql.raw(part))))
  if (isUnique) builder = builder.unique()
  if (method !== undefined) builder = builder.using(method)
  if (condition !== undefined) builder = builder.where(sql.raw<SqlBool>(condition))
  await builder.execute()
}

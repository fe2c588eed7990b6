/**
 * An index as a migration writes it down: `index('owner_id', 'created_at desc').where(live)`. Immutable; its name is derived from
 * the key under which it stands.
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

  /** The columns it names, with undefined for an expression. */
  get columns(): readonly (string | undefined)[] {
    return this.is.parts.map((part) => COLUMN.exec(part)?.[1])
  }
}

/** The rows of a resource that are not soft-deleted. */
export const live = 'deleted_at IS NULL'

/** Each part is a column, `column desc`, or an expression in SQL such as `lower(email)`. */
export const index = (...parts: readonly [string, ...string[]]): TableIndex =>
  new TableIndex({ parts, isUnique: false })

/** For uniqueness among some rows, or of an expression; over all rows it is a constraint (`unique`). */
export const uniqueIndex = (...parts: readonly [string, ...string[]]): TableIndex =>
  new TableIndex({ parts, isUnique: true })

/** `what` becomes `idx_<table>_<what>`, of a unique index `uq_<table>_<what>`. */
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

/**
 * A column as a migration declares it: `text(255).notNull().check('...')`. Immutable, so a column can be kept in a constant and used twice.
 * The column does not know its name, which is its key in the table's `columns`.
 */
import { type Expression, type RawBuilder, sql } from 'kysely'

/** What happens to a row when the row it references is deleted. There is no default: the author decides. */
export type OnDelete = 'cascade' | 'set null' | 'restrict'

export type Default = string | number | boolean | Expression<unknown>

type Check = (column: string) => RawBuilder<unknown>

interface Properties {
  /** As PostgreSQL writes it: `uuid`, `numeric(5,2)`, `text[]`. */
  readonly type: string
  readonly isNotNull: boolean
  readonly isUnique: boolean
  readonly checks: readonly Check[]
  readonly defaultTo?: Default
  readonly about?: string
  readonly foreignKey?: { readonly table: string; readonly onDelete: OnDelete }
}

export class Column {
  readonly is: Properties

  constructor(properties: Pick<Properties, 'type'> & Partial<Properties>) {
    this.is = { isNotNull: false, isUnique: false, checks: [], ...properties }
  }

  notNull(): Column {
    return this.#with({ isNotNull: true })
  }

  /** A literal, or an expression such as `currentTimestamp`. */
  default(defaultTo: Default): Column {
    return this.#with({ defaultTo })
  }

  /** Unique over all rows. For uniqueness only among the live rows of a resource, use a `uniqueIndex` with `.where(live)`. */
  unique(): Column {
    return this.#with({ isUnique: true })
  }

  /** A condition in SQL. All of a column's conditions make one constraint, `chk_<table>_<column>`. */
  check(condition: string): Column {
    return this.checkNamed(() => sql.raw(condition))
  }

  /** A condition that needs the column's name. */
  checkNamed(condition: Check): Column {
    return this.#with({ checks: [...this.is.checks, condition] })
  }

  /** What name and type do not say: the unit, the encoding, the meaning of NULL. */
  comment(about: string): Column {
    return this.#with({ about })
  }

  #with(change: Partial<Properties>): Column {
    return new Column({ ...this.is, ...change })
  }
}

/** The start of the transaction, one instant for everything in it. */
export const currentTimestamp: RawBuilder<unknown> = sql`CURRENT_TIMESTAMP`

export const uuid = (): Column => new Column({ type: 'uuid' })
export const boolean = (): Column => new Column({ type: 'boolean' })
export const smallint = (): Column => new Column({ type: 'smallint' })
export const integer = (): Column => new Column({ type: 'integer' })
export const bigint = (): Column => new Column({ type: 'bigint' })
export const numeric = (precision: number, scale: number): Column =>
  new Column({ type: `numeric(${precision},${scale})` })
export const timestamptz = (): Column => new Column({ type: 'timestamptz' })
export const inet = (): Column => new Column({ type: 'inet' })
export const textArray = (): Column => new Column({ type: 'text[]' })

/** A jsonb column. The comment is required and says what the JSON holds. */
export const jsonb = (about: string): Column => new Column({ type: 'jsonb', about })

/** Text of at most `limit` characters. Leave out the limit only if another check limits the length, or if no limit makes sense. */
export function text(limit?: number): Column {
  const column = new Column({ type: 'text' })
  if (limit === undefined) return column
  return column.checkNamed((name) => sql`char_length(${sql.ref(name)}) <= ${sql.lit(limit)}`)
}

/** A closed list of values: text with a check, never an enum. All services read plain text, and a value can be dropped again. */
export function oneOf(...values: readonly [string, ...string[]]): Column {
  return text().checkNamed((name) => sql`${sql.ref(name)} IN (${sql.join(values.map((value) => sql.lit(value)))})`)
}

/** A SHA-256 in lower-case hex: the only form in which a token is stored. */
export function sha256(about: string): Column {
  return text()
    .checkNamed((name) => sql`${sql.ref(name)} ~ '^[0-9a-f]{64}$'`)
    .comment(about)
}

/** A reference to another table's id. Needs an index that begins with this column: a delete in the other table searches this one. */
export function references(table: string, onDelete: OnDelete): Column {
  return new Column({ type: 'uuid', foreignKey: { table, onDelete } })
}

/**
 * The three kinds of table. Each creates the table with its id first and its time columns last, its constraints named, its indexes,
 * its comments and, where there is an updated_at, the trigger that sets it. One call per table, one statement each.
 */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { type Column, currentTimestamp, timestamptz, uuid } from './column.ts'
import { commentOnColumn, commentOnTable } from './comments.ts'
import type { Definition } from './definition.ts'
import { derivedName } from './names.ts'
import { assertRules } from './rules.ts'
import { createIndex } from './table-index.ts'

const instant = timestamptz().notNull().default(currentTimestamp)
const APPEND_ONLY = { created_at: instant }
const RECORD = { created_at: instant, updated_at: instant }
const RESOURCE = { ...RECORD, deleted_at: timestamptz() }

/** A table of things that users manage: created_at, updated_at, deleted_at (NULL = live). `about` is the table's comment, one sentence. */
export async function resource<C extends string>(
  db: Kysely<any>,
  table: string,
  about: string,
  definition: Definition<C>,
): Promise<void> {
  await createTable(db, table, about, definition, RESOURCE)
}

/** A table of rows that the system writes and changes: created_at, updated_at. */
export async function record<C extends string>(
  db: Kysely<any>,
  table: string,
  about: string,
  definition: Definition<C>,
): Promise<void> {
  await createTable(db, table, about, definition, RECORD)
}

/** A table of rows that are written once and never changed: created_at. */
export async function appendOnly<C extends string>(
  db: Kysely<any>,
  table: string,
  about: string,
  definition: Definition<C>,
): Promise<void> {
  await createTable(db, table, about, definition, APPEND_ONLY)
}

/** Drops the tables in the order given: a table that references another comes first. Indexes, triggers and comments go with their table. */
export async function dropTables(db: Kysely<any>, ...tables: readonly string[]): Promise<void> {
  for (const table of tables) await db.schema.dropTable(table).execute()
}

async function createTable(
  db: Kysely<any>,
  table: string,
  about: string,
  definition: Definition<string>,
  timeColumns: Readonly<Record<string, Column>>,
): Promise<void> {
  assertRules(table, about, definition, ['id', ...Object.keys(timeColumns)])
  const id = uuid()
    .notNull()
    .default(definition.idDefault ?? sql`uuid_v7()`)
  const columns = Object.entries<Column>({ id, ...definition.columns, ...timeColumns })

  await tableStatement(db, table, columns, definition).execute()
  for (const [what, index] of Object.entries(definition.indexes ?? {})) await createIndex(db, table, what, index)
  if ('updated_at' in timeColumns) await setUpdatedAt(db, table)
  await commentOnTable(db, table, about)
  for (const [name, { is }] of columns) if (is.about !== undefined) await commentOnColumn(db, table, name, is.about)
}

function tableStatement(
  db: Kysely<any>,
  table: string,
  columns: readonly (readonly [string, Column])[],
  { unique = [], checks = {} }: Definition<string>,
): CreateTableBuilder<string, string> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(table)
  for (const [name, { is }] of columns) {
    builder = builder.addColumn(name, sql.raw(is.type), (column) => {
      const filled = is.defaultTo === undefined ? column : column.defaultTo(is.defaultTo)
      return is.isNotNull ? filled.notNull() : filled
    })
  }
  builder = builder.addPrimaryKeyConstraint(derivedName('pk', table), ['id'])
  const uniqueColumns = columns.filter(([, { is }]) => is.isUnique).map(([name]) => [name])
  for (const names of [...uniqueColumns, ...unique]) {
    builder = builder.addUniqueConstraint(derivedName('uq', table, names), [...names])
  }
  for (const [name, { is }] of columns) {
    if (is.foreignKey === undefined) continue
    const { table: target, onDelete } = is.foreignKey
    builder = builder.addForeignKeyConstraint(derivedName('fk', table, [name]), [name], target, ['id'], (constraint) =>
      constraint.onDelete(onDelete),
    )
  }
  for (const [name, { is }] of columns) {
    if (is.checks.length === 0) continue
    const conditions = is.checks.map((condition) => condition(name))
    const all = conditions.length === 1 ? conditions : conditions.map((condition) => sql`(${condition})`)
    builder = builder.addCheckConstraint(derivedName('chk', table, [name]), sql.join(all, sql` AND `))
  }
  for (const [what, condition] of Object.entries(checks)) {
    builder = builder.addCheckConstraint(derivedName('chk', table, [what]), sql.raw(condition))
  }
  return builder
}

async function setUpdatedAt(db: Kysely<any>, table: string): Promise<void> {
  const trigger = sql.id(derivedName('trg', table, ['updated_at']))
  await sql`create trigger ${trigger} before update on ${sql.table(table)} for each row execute function set_updated_at()`.execute(
    db,
  )
}

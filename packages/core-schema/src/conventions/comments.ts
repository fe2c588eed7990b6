/**
 * COMMENT ON for tables and columns, and the rule which columns must have a comment: those that hold a unit, a hash, a secret or JSON.
 */
import { type Kysely, sql } from 'kysely'
import type { Column } from './column.ts'
import { HASH, UNIT } from './unclear-names.ts'

/** What in the column needs a comment, or undefined if nothing does. */
export function whatNeedsComment(name: string, { is: { type } }: Column): 'a unit' | 'a hash' | 'JSON' | undefined {
  if (type === 'jsonb') return 'JSON'
  if (HASH.test(name)) return 'a hash'
  return UNIT.test(name) ? 'a unit' : undefined
}

export async function commentOnTable(db: Kysely<any>, table: string, about: string): Promise<void> {
  await sql`comment on table ${sql.table(table)} is ${sql.lit(about)}`.execute(db)
}

export async function commentOnColumn(db: Kysely<any>, table: string, column: string, about: string): Promise<void> {
  await sql`comment on column ${sql.ref(`${table}.${column}`)} is ${sql.lit(about)}`.execute(db)
}

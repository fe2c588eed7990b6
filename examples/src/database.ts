/** The two domains that this service uses, and core, which both build on: one Kysely that joins across all of them. */
import type { AuthDatabase } from '@veza/auth-schema'
import type { StreamingDatabase } from '@veza/streaming-schema'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

export type Database = AuthDatabase & StreamingDatabase

/** The caller calls `destroy()`. */
export function openDatabase(connectionString: string): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) })
}

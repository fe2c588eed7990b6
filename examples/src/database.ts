/** The two domains that this service uses, and core, which both build on: one Kysely that joins across all of them. */
import type { AuthDatabase } from '@veza/auth-schema'
import type { StreamingDatabase } from '@veza/streaming-schema'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

export type Database = AuthDatabase & StreamingDatabase

/** The caller calls `destroy()`. */
export function openDatabase(connectionString: string): Kysely<Database> {
  const pool = new pg.Pool({ connectionString })
  // The server may end a connection that lies idle in the pool, when it restarts for example. Without a listener that ends the process.
  pool.on('error', () => {})
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

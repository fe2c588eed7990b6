/**
 * A Kysely on a connection that is already open: its statements go through `query`, within the connection's open transaction, and it never
 * closes the connection. The package Kysely is imported only when this is called: a run without a dynamic migration does not need it, and
 * importing it takes most of the start-up.
 */
import type { Kysely } from 'kysely'
import type { QueryResult } from 'pg'

export type Query = (sql: string, parameters: readonly unknown[]) => Promise<QueryResult>

export async function kyselyOn(query: Query): Promise<Kysely<any>> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const connection = { query, release: () => {} }
  // The dialect needs a pool: this one has a single connection and never closes it.
  const pool = { connect: async () => connection, end: async () => {} }
  return new Kysely<any>({ dialect: new PostgresDialect({ pool: pool as never }) })
}

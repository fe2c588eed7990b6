/**
 * A Kysely on a connection that is open already and stays its owner's: what is asked of it goes through `query`, within the transaction
 * that stands there. Kysely itself is imported when one is made: a run without a dynamic migration has no need of it, and importing it
 * is most of a start-up.
 */
import type { Kysely } from 'kysely'
import type { QueryResult } from 'pg'

export type Query = (sql: string, parameters: readonly unknown[]) => Promise<QueryResult>

export async function kyselyOn(query: Query): Promise<Kysely<any>> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const connection = { query, release: () => {} }
  // The dialect asks for a pool: this one has a single connection, and closes nothing.
  const pool = { connect: async () => connection, end: async () => {} }
  return new Kysely<any>({ dialect: new PostgresDialect({ pool: pool as never }) })
}

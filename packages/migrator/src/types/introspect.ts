/** kysely-codegen's reading of a database, once for all domains: its types are then written from this value, domain by domain. */
import { Kysely, PostgresDialect } from 'kysely'
import { PostgresDialect as CodegenDialect, type DatabaseMetadata } from 'kysely-codegen'
import type { Client } from '../database/connect.ts'

export const dialect: CodegenDialect = new CodegenDialect()

export function introspect(client: Client): Promise<DatabaseMetadata> {
  const connection = {
    query: (sql: string, parameters: readonly unknown[]) => client.query(sql, [...parameters]),
    release: () => {},
  }
  const pool = { connect: async () => connection, end: async () => {} }
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: pool as never }) })
  return dialect.introspector.introspect({ db })
}

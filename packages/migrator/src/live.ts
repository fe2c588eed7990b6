/** A dynamic migration, run against the database itself: a Kysely on the run's own connection, inside its transaction. */
import { Kysely, PostgresDialect } from 'kysely'
import type { Client } from './connect.ts'
import type { Step } from './load.ts'
import { TRANSACTION_CONTROL } from './render.ts'

/** Calls `onStatement` before each, counted from 1. Throws what the step throws. */
export async function runLive(
  client: Client,
  step: Step,
  onStatement: (sql: string, number: number) => void,
): Promise<void> {
  let count = 0
  const connection = {
    query: (sql: string, parameters: readonly unknown[]) => {
      if (TRANSACTION_CONTROL.test(sql)) {
        throw new Error(`"${sql.trim().split(/\s+/)[0]}" inside a migration: the run owns the transaction`)
      }
      onStatement(sql, ++count)
      return client.query(sql, [...parameters])
    },
    release: () => {},
  }
  const pool = { connect: async () => connection, end: async () => {} }
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: pool as never }) })
  await step(db)
}

/** A dynamic migration, run against the database itself: a Kysely on the run's own connection, inside its transaction. */
import type { Client } from '../connect.ts'
import type { Step } from '../load.ts'
import { transactionControl } from '../transaction-control.ts'

/** Calls `onStatement` before each, counted from 1. Throws what the step throws. */
export async function runLive(
  client: Client,
  step: Step,
  onStatement: (sql: string, number: number) => void,
): Promise<void> {
  // Here and not above: a run without a dynamic migration has no need of Kysely, and importing it is most of a start-up.
  const { Kysely, PostgresDialect } = await import('kysely')
  let count = 0
  const connection = {
    query: (sql: string, parameters: readonly unknown[]) => {
      const control = transactionControl(sql)
      if (control !== undefined) throw new Error(`"${control}" inside a migration: the run owns the transaction`)
      onStatement(sql, ++count)
      return client.query(sql, [...parameters])
    },
    release: () => {},
  }
  const pool = { connect: async () => connection, end: async () => {} }
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: pool as never }) })
  await step(db)
}

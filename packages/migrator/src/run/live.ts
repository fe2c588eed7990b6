/** Runs a dynamic migration against the database: with a Kysely on the run's own connection, inside the transaction if there is one. */
import { setImmediate as immediate } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { kyselyOn } from '../database/kysely.ts'
import { transactionControl } from '../sql/transaction-control.ts'
import { LateStatementError } from '../workspace/errors.ts'
import type { Step } from '../workspace/load.ts'
import { sendStatement } from './send-statement.ts'

/** Calls `onStatement` before each statement; `number` counts from 1. Throws what the step throws, LateStatementError. */
export async function runLive(
  client: Client,
  step: Step,
  onStatement: (sql: string, number: number) => void,
): Promise<void> {
  let count = 0
  let underWay = 0
  let isOver = false
  let last = ''
  const db = await kyselyOn((sql, parameters) => {
    const control = transactionControl(sql)
    if (control !== undefined)
      throw new Error(
        `it controls a transaction itself ("${control}"), which the run begins and ends: remove the statement`,
      )
    if (isOver) {
      last = sql
      underWay += 1
      throw new LateStatementError({ statement: sql.slice(0, 80) })
    }
    onStatement(sql, ++count)
    underWay += 1
    last = sql
    return sendStatement(client, { sql, parameters }).finally(() => {
      underWay -= 1
    })
  })
  await step(db)
  isOver = true
  await immediate()
  // A statement that was sent and not awaited would be done, or fail, only after the step's history row is written.
  if (underWay > 0) throw new LateStatementError({ statement: last.slice(0, 80) })
}

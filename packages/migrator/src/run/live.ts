/** Runs a dynamic migration against the database: with a Kysely on the run's own connection, inside the transaction if there is one. */
import { setImmediate as immediate } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { kyselyOn } from '../database/kysely.ts'
import { transactionControl } from '../sql/transaction-control.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { LateStatementError } from '../workspace/errors.ts'
import type { Step } from '../workspace/load.ts'
import { sendStatement } from './send-statement.ts'

/**
 * Calls `onStatement` before each statement; `number` counts from 1. Throws what the step throws, LateStatementError, the reason for which
 * the connection died, and the signal's reason: what a migration awaits may never happen.
 */
export async function runLive(
  client: Client,
  step: Step,
  onStatement: (sql: string, number: number) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  let count = 0
  let underWay = 0
  const sent = new Set<Promise<unknown>>()
  let isOver = false
  let last = ''
  const db = await kyselyOn((sql, parameters) => {
    signal.throwIfAborted()
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
    const answer = sendStatement(client, { sql, parameters }).finally(() => {
      underWay -= 1
      sent.delete(answer)
    })
    sent.add(answer)
    return answer
  })
  const { promise: died, reject } = Promise.withResolvers<never>()
  client.once('error', reject)
  try {
    await unlessAborted(signal, () => Promise.race([step(db), died]))
  } finally {
    client.off('error', reject)
    isOver = true
    // The server is told to cancel what is under way: only then the transaction can be ended.
    if (signal.aborted) await Promise.allSettled(sent)
  }
  await immediate()
  // A statement that was sent and not awaited would be done, or fail, only after the step's history row is written.
  if (underWay > 0) throw new LateStatementError({ statement: last.slice(0, 80) })
}

/** A piece of work in a transaction, whose end and whose failure are the same for every change of the history. */
import { type Client, sqlState } from '../database/connect.ts'
import { QueryFailedError } from '../database/errors.ts'
import { sendAll } from '../database/pipeline.ts'
import { MigratorError, reason } from '../errors.ts'
import { statement } from '../statement.ts'

/**
 * Ends the transaction if `work` fails, and also if it succeeds, unless it is to be kept. What the server refuses is thrown as
 * QueryFailedError; `doing` is what failed.
 */
export async function told<T>(
  doing: string,
  client: Client,
  work: () => Promise<T>,
  transaction: 'end' | 'keep' = 'end',
): Promise<T> {
  let isDone = false
  try {
    const result = await work()
    isDone = true
    return result
  } catch (error) {
    if (error instanceof MigratorError) throw error
    throw new QueryFailedError({ doing, serverMessage: reason(error), sqlState: sqlState(error) }, error)
  } finally {
    if (!isDone || transaction === 'end') await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

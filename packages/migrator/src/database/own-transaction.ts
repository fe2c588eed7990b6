/**
 * Proof that a statement runs in the run's own transaction. A migration that has ended it, by a COMMIT that nothing saw, leaves statements
 * behind it that were already sent, and each of them would now be committed by itself. An error alone would not stop them: the session is
 * ended, and with it everything that was sent to it.
 */
import { reason } from '../errors.ts'
import { statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { sendAll } from './pipeline.ts'

const MARK = 'the transaction of the run has ended'

/**
 * An SQL expression: true in the transaction with this id. In any other, it ends the session: the cast fails, so that the client reads the
 * mark, and the server closes the connection as soon as it has answered. Its names are PostgreSQL's own, whatever a migration's search_path is.
 */
export const inTransaction = (transactionId: string): string =>
  `case when pg_catalog.pg_current_xact_id_if_assigned() operator(pg_catalog.=) '${transactionId}'::pg_catalog.xid8 then true
  else pg_catalog.concat('${MARK}: ', pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()))::pg_catalog.bool end`

/** Whether a server's error comes from `inTransaction`. The words around the mark depend on the server's language. */
export const saysTransactionEnded = (error: unknown): boolean => reason(error).includes(MARK)

/** For a transaction that was not opened by `inspect`: gives it an id and returns that. */
export const assignTransactionId = statement('select pg_current_xact_id()::text as transaction_id')

/** Rolls back what is open and asks what became of a transaction. False if the connection does not answer. */
export async function wasCommitted(client: Client, transactionId: string): Promise<boolean> {
  const ask = statement('select pg_xact_status($1::xid8) as status', transactionId)
  const answers = await sendAll(client, [statement('rollback'), ask]).catch(() => undefined)
  return answers?.[1]?.rows[0]?.status === 'committed'
}

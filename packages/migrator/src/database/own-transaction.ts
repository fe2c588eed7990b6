/**
 * Proof that a statement runs in the run's own transaction. A migration that has ended it, by a COMMIT that nothing saw, leaves statements
 * behind it that were already sent, and each of them would now be committed by itself. An error alone would not stop them, so the session is
 * ended too, and with it everything that was sent to it.
 */
import { reason } from '../errors.ts'
import { type Statement, statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { sendAll } from './pipeline.ts'
import { resetRole } from './session.ts'

const MARK = 'the transaction of the run has ended'

const isOwn = (transactionId: string): string =>
  `pg_catalog.pg_current_xact_id_if_assigned() operator(pg_catalog.=) '${transactionId}'::pg_catalog.xid8`

/**
 * An SQL expression: true in the transaction with this id. In any other, its cast fails, and the client reads the mark in the error. Its
 * names are PostgreSQL's own, whatever a migration's search_path is. `concat` keeps the planner from casting before the case is decided.
 */
export const inTransaction = (transactionId: string): string =>
  `case when ${isOwn(transactionId)} then true else pg_catalog.concat('${MARK}')::pg_catalog.bool end`

/**
 * Sent right behind `inTransaction`: ends the session if the transaction is over, and with it all that was sent behind. In a transaction
 * that failed at `inTransaction`, nothing can be run, and this is refused as well. It is a statement of its own, and waits for a moment: a
 * server that closes a connection with unread messages can make the client lose the last answers, and with them the mark. The role is
 * reset here too, since the failure has undone that: a role that the migration took may not be allowed to end the session.
 */
export const endSessionUnless = (transactionId: string): Statement =>
  statement(`${resetRole.sql}; select case when ${isOwn(transactionId)} then true
  else (select pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()) from pg_catalog.pg_sleep(0.2)) end`)

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

const ANSWER_MS = 3000

/** The same, asked on another connection, since the one of the transaction is lost. */
export async function wasCommittedOn(lost: Client, transactionId: string): Promise<boolean> {
  const other = await lost.another('aftermath', { timeoutMs: ANSWER_MS }).catch(() => undefined)
  if (other === undefined) return false
  try {
    return await wasCommitted(other, transactionId)
  } finally {
    await other.end().catch(() => {})
  }
}

/**
 * Why the history could not be read: a lock that is in the way and a right that is missing are named, with what a person can do about it.
 * Loaded only then.
 */
import { MigratorError, reason } from '../errors.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import { type Client, sqlState } from './connect.ts'
import { HistoryForbiddenError, HistoryLockedError, QueryFailedError } from './errors.ts'
import { HISTORY_TABLE } from './history.ts'
import { exclusiveHolder, holderWords, toHolder } from './holder.ts'
import { sendAll } from './pipeline.ts'
import { targetText } from './target.ts'

const LOCK_NOT_AVAILABLE = '55P03'
const FORBIDDEN = '42501'

/** Ends the transaction. Never throws. What is worded already stays as it is. */
export async function historyFailure(client: Client, error: unknown): Promise<MigratorError> {
  if (error instanceof MigratorError && !(error instanceof QueryFailedError)) return error
  const cause = error instanceof QueryFailedError ? error.cause : error
  const state = sqlState(cause)
  const serverMessage = reason(cause)
  const database = targetText(client.target)
  const { user } = client.target
  if (state === FORBIDDEN)
    return new HistoryForbiddenError({ database, user, grantee: quoted(user), serverMessage }, cause)
  if (state === LOCK_NOT_AVAILABLE) {
    const asked = sendAll(client, [statement('rollback'), exclusiveHolder(HISTORY_TABLE)])
    const row = (await asked.catch(() => []))[1]?.rows[0]
    const holder = row === undefined ? 'a session that has let it go since' : holderWords(toHolder(row))
    return new HistoryLockedError({ database, holder }, cause)
  }
  return new QueryFailedError({ doing: 'the history was read', serverMessage, sqlState: state }, cause)
}

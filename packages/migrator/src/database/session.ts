/** The settings under which a migration runs, and how the next one finds them as they were. */
import { type Statement, statement } from '../statement.ts'

export interface Limits {
  /** How long a statement waits for a table's lock; 0 = for ever. */
  readonly lockTimeoutMs: number
  /** How long a statement may run; 0 = as long as it takes. */
  readonly statementTimeoutMs: number
}

/**
 * A setting that a version does not know (transaction_timeout came with 17) is left out by the join, not an error; nor is
 * the one that only some platforms have.
 * `reset all` comes first: what a migration set does not reach the next one, nor the next user of a pooled connection.
 */
export function sessionSettings({ lockTimeoutMs, statementTimeoutMs }: Limits): Statement {
  const settings = {
    search_path: 'public',
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: '0',
    transaction_timeout: '0',
    // A runner that was killed must not keep its backend, and the lock, at work (PostgreSQL 14 and later).
    client_connection_check_interval: '1000',
    client_min_messages: 'warning',
    // So the server reads strings as sql/lexer does, which looks for a COMMIT between them.
    standard_conforming_strings: 'on',
  }
  const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`)
  return statement(`${resetSession.sql}; select set_config(s.name, v.value, true)
from (values ${rows.join(', ')}) v (name, value) join pg_catalog.pg_settings s using (name)
where name <> 'client_connection_check_interval' or version() ~ 'linux'`)
}

/** Back to the session's own user: a migration may take a role that may not write the history. */
export const resetRole = statement('reset session authorization; reset role')

/** A cursor, a prepared statement or a temporary table would get in the next migration's way as a setting would. */
export const resetSession = statement(`${resetRole.sql}; reset all; close all; deallocate all; discard temp`)

/** The settings under which a migration runs, and how they are reset before the next one. */
import { type Statement, statement } from '../statement.ts'

export interface Limits {
  /** How long a statement waits for a table's lock; 0 = for ever. */
  readonly lockTimeoutMs: number
  /** How long a statement may run; 0 = as long as it takes. */
  readonly statementTimeoutMs: number
}

/**
 * A setting that the server does not know (transaction_timeout came with 17) is left out by the join and causes no error;
 * client_connection_check_interval is set only on Linux, since not every platform has it.
 * `reset all` comes first: what one migration set does not affect the next one, nor the next user of a pooled connection.
 */
export function sessionSettings({ lockTimeoutMs, statementTimeoutMs }: Limits): Statement {
  const settings = {
    search_path: 'public',
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: '0',
    transaction_timeout: '0',
    // When the runner is killed, its backend must notice, stop and release the lock (PostgreSQL 14 and later).
    client_connection_check_interval: '1000',
    client_min_messages: 'warning',
    // The server must read strings as sql/lexer does, which looks for a COMMIT outside of strings.
    standard_conforming_strings: 'on',
  }
  const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`)
  return statement(`${resetSession.sql}; select set_config(s.name, v.value, true)
from (values ${rows.join(', ')}) v (name, value) join pg_catalog.pg_settings s using (name)
where name <> 'client_connection_check_interval' or version() ~ 'linux'`)
}

/** Back to the session's own user: a migration may have switched to a role that has no right to write the history. */
export const resetRole = statement('reset session authorization; reset role')

/** Also removes cursors, prepared statements and temporary tables, which could disturb the next migration as a setting could. */
export const resetSession = statement(`${resetRole.sql}; reset all; close all; deallocate all; discard temp`)

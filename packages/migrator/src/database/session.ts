/** The settings under which a migration runs, and how they are reset before the next one. */
import { type Statement, statement } from '../statement.ts'

export interface Limits {
  /** How long a statement waits for a table's lock; 0 = for ever. */
  readonly lockTimeoutMs: number
  /** How long a statement may run; 0 = as long as it takes. */
  readonly statementTimeoutMs: number
  /**
   * How long a session may keep what it has locked without asking for anything; 0 = for ever. The server then ends the session: its client
   * may be gone, or wait for something else. Default: DEFAULT_IDLE_TIMEOUT_MS.
   */
  readonly idleTimeoutMs?: number
}

export const DEFAULT_IDLE_TIMEOUT_MS = 60_000

/**
 * With these the server notices that a client is gone, stops, and releases what its session has locked. A killed client: within the check
 * interval (PostgreSQL 14 and later). A client behind a dead network: when it has not confirmed three questions, or data for so long.
 */
const VANISHED_CLIENT = {
  client_connection_check_interval: '1000',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25000',
}

/**
 * `reset all` comes first: what one migration set does not affect the next one, nor the next user of a pooled connection.
 * The settings end with the transaction.
 */
export function sessionSettings({
  lockTimeoutMs,
  statementTimeoutMs,
  idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS,
}: Limits): Statement {
  const settings = {
    ...COMMON,
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(idleTimeoutMs),
  }
  return statement(`${resetSession.sql}; ${setting(settings, { isLocal: true })}`)
}

/**
 * Resets the session, and makes the settings for a migration outside a transaction, in one message: between two, a session whose client has
 * vanished would keep the run's lock without any limit. Nothing that a role, the database or the server sets may end it half-way: CREATE INDEX
 * CONCURRENTLY would leave an INVALID index. There is no lock_timeout either, since it waits for other transactions as it waits for locks,
 * and blocks nobody meanwhile. But a session that holds the run's lock and is asked for nothing must not keep it for ever.
 */
export const lastingSettings = ({ statementTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS }: Limits): Statement =>
  statement(
    `${resetSession.sql}; ${setting(
      {
        ...COMMON,
        lock_timeout: '0',
        statement_timeout: String(statementTimeoutMs),
        idle_in_transaction_session_timeout: String(idleTimeoutMs),
        idle_session_timeout: String(idleTimeoutMs),
      },
      { isLocal: false },
    )}`,
  )

/**
 * How the server writes values as text, and how it reads constants: the default of a column may be `'01.02.2026'::date`. Whatever the role,
 * the database or the server says of these, a migration makes the same everywhere, and what is read is read in the same way.
 */
export const TEXT_OF_VALUES = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  lc_monetary: 'C',
}

const COMMON = {
  search_path: 'public',
  ...TEXT_OF_VALUES,
  quote_all_identifiers: 'off',
  array_nulls: 'on',
  backslash_quote: 'safe_encoding',
  transform_null_equals: 'off',
  xmlbinary: 'base64',
  transaction_timeout: '0',
  ...VANISHED_CLIENT,
  client_min_messages: 'warning',
  // The server must read strings as sql/lexer does, which looks for a COMMIT outside of strings.
  standard_conforming_strings: 'on',
}

/**
 * A setting that the server does not know (transaction_timeout came with 17) is left out and causes no error; those that not every platform
 * has are set only on Linux. The view pg_settings is not asked: it makes a row of all that is known of every setting, which takes longer than
 * most migrations.
 */
function setting(settings: Readonly<Record<string, string>>, { isLocal }: { readonly isLocal: boolean }): string {
  const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`)
  return `select set_config(name, value, ${isLocal}) from (values ${rows.join(', ')}) v (name, value)
where current_setting(name, true) is not null
  and (name !~ '^(client_connection_check_interval|tcp_.*)$' or version() ~ 'linux')`
}

/** Back to the session's own user: a migration may have switched to a role that has no right to write the history. */
export const resetRole = statement('reset session authorization; reset role')

/** Also removes cursors, prepared statements and temporary tables, which could disturb the next migration as a setting could. */
const resetSession = statement(`${resetRole.sql}; reset all; close all; deallocate all; discard temp`)

/** For a transaction that only looks: values and names come as PostgreSQL writes them by default. */
export const plainAnswers: Statement = statement(
  setting({ ...TEXT_OF_VALUES, quote_all_identifiers: 'off' }, { isLocal: true }),
)

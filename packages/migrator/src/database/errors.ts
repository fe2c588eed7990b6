/** Why a connection could not be made or a query was not answered. `target` is `host:port/database`. */
import { databaseError, usageError } from '../errors.ts'

/** Where a URL was given. `databaseUrl` is the option of the migrator as a library. */
export type UrlSource = '--database-url' | 'DATABASE_URL' | 'databaseUrl'

/** What is wrong with the text of a URL. No piece of the text is part of it: any piece may be a piece of a password. */
const URL_FLAWS = {
  scheme: 'does not begin with postgresql:// or postgres://',
  invisible: 'has a space, a line break or another character that cannot be seen',
  delimiter:
    'has an @, /, ? or # that is not percent-encoded where a password may stand, so its parts cannot be told apart',
  percent: 'has a % that does not begin a percent-encoded character',
  host: 'has a host that is none; an IPv6 address stands in brackets',
  port: 'has a port that is not a number from 1 to 65535',
}
export type UrlFlaw = keyof typeof URL_FLAWS

/** The URL may hold a password, so the message names only its source. */
export class InvalidDatabaseUrlError extends usageError<{ source: UrlSource; flaw: UrlFlaw }>(
  ({ source, flaw }) =>
    `${source} is not a PostgreSQL URL that can be used: it ${URL_FLAWS[flaw]}. It is not repeated here, since it may hold a password.\n` +
    'Write it as postgresql://user:password@host:5432/database, with special characters percent-encoded: ' +
    '%40 for @, %2F for /, %3F for ?, %23 for #, %25 for %, %20 for a space.',
) {}

export class UnusableDatabaseUrlError extends usageError<{ detail: string }>(
  ({ detail }) =>
    `The database URL has an option that cannot be used: ${detail}\n` +
    'Check the options behind the "?" in --database-url or DATABASE_URL.',
) {}

export class UnreachableServerError extends databaseError<{ target: string; detail: string }>(
  ({ target, detail }) =>
    `No PostgreSQL server answers at ${target}: ${detail}.\n` +
    'Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used.',
) {}

export class AuthenticationError extends databaseError<{ target: string; user: string; detail: string }>(
  ({ target, user, detail }) =>
    `${target} does not let the user "${user}" in: ${detail}.\n` +
    'Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD).',
) {}

/** Here `target` is `host:port`. */
export class DatabaseMissingError extends databaseError<{ database: string; target: string }>(
  ({ database, target }) =>
    `The server at ${target} has no database "${database}".\n` +
    `Create it (createdb "${database}") or correct the name at the end of the URL.`,
) {}

/** The server answers and refuses, but not because of the user or the database: it has too many connections, for example. */
export class ConnectionRefusedByServerError extends databaseError<{ target: string; detail: string; sqlState: string }>(
  ({ target, detail, sqlState }) => `${target} refused the connection: ${detail} (SQLSTATE ${sqlState}).`,
) {}

export class QueryFailedError extends databaseError<{
  /** Part of a sentence: `the history was read`. */
  doing: string
  serverMessage: string
  /** Undefined if the connection failed, not the query. */
  sqlState: string | undefined
}>(({ doing, serverMessage, sqlState }) => {
  const state = sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`
  return `The server failed while ${doing}: ${serverMessage}${state}`
}) {}

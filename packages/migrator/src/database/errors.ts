/** Why a connection could not be made or a query was not answered. `target` is `host:port/database`. */
import { databaseError, usageError } from '../errors.ts'

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

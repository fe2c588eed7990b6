/** What keeps a connection from being made or a question from being answered. */
import { databaseError, usageError } from '../errors.ts'

export class UnusableDatabaseUrlError extends usageError<{ detail: string }>(
  (fields) =>
    `The database URL asks for something that is not to be had: ${fields.detail}\n` +
    'Check the options behind the "?" in --database-url or DATABASE_URL.',
) {}

export class UnreachableServerError extends databaseError<{ target: string; detail: string }>(
  (fields) =>
    `No PostgreSQL server answers at ${fields.target}: ${fields.detail}.\n` +
    'Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used.',
) {}

export class AuthenticationError extends databaseError<{ target: string; user: string; detail: string }>(
  (fields) =>
    `${fields.target} does not let the user "${fields.user}" in: ${fields.detail}.\n` +
    'Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD).',
) {}

export class DatabaseMissingError extends databaseError<{ database: string; target: string }>(
  (fields) =>
    `The server at ${fields.target} has no database "${fields.database}".\n` +
    `Create it (createdb "${fields.database}") or correct the name at the end of the URL.`,
) {}

export class ConnectionRefusedByServerError extends databaseError<{ target: string; detail: string; sqlState: string }>(
  (fields) => `${fields.target} refused the connection: ${fields.detail} (SQLSTATE ${fields.sqlState}).`,
) {}

export class QueryFailedError extends databaseError<{
  doing: string
  serverMessage: string
  sqlState: string | undefined
}>(
  (fields) =>
    `The server failed while ${fields.doing}: ${fields.serverMessage}${fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''}`,
) {}

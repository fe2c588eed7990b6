/** Why a connection could not be made or a query was not answered. `target` is `host:port/database`. */
import { bulleted, databaseError, lockError, usageError } from '../errors.ts'

/** Where a URL was given. `databaseUrl` is the option of the migrator as a library. */
export type UrlSource = '--database-url' | 'DATABASE_URL' | 'databaseUrl' | '--compare' | `the variable ${string}`

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

const SUPPORTED = 'Which ones it takes is listed in docs/guides/connecting.md.'

/** `parameter`: undefined for a word that is nobody's parameter, since it may be a piece of a password. `number`: its place behind the "?", from 1. */
export class UnsupportedParameterError extends usageError<{
  source: UrlSource
  parameter: string | undefined
  number: number
}>(({ source, parameter, number }) =>
  parameter === undefined
    ? `${source} has a parameter that the migrator does not know: number ${number} behind the "?". ` +
      'It is not repeated here, since it may be a piece of a password: ' +
      `in a password, write %3F for ?, %26 for & and %3D for =. ${SUPPORTED}`
    : `${source} has the parameter "${parameter}", which the migrator does not support. Leave it out. ${SUPPORTED}`,
) {}

export class UnsupportedVariableError extends usageError<{ variable: string }>(
  ({ variable }) =>
    `The environment has ${variable}, which libpq obeys and the migrator does not support. Unset it, and say in the URL what it says. ${SUPPORTED}`,
) {}

/** `source` is also the variable that gave the value. `takes`: `disable, require`. */
export class UnusableParameterError extends usageError<{ source: string; parameter: string; takes: string }>(
  ({ source, parameter, takes }) => `The value of ${parameter} from ${source} cannot be used. It takes: ${takes}.`,
) {}

export class UnusableDatabaseUrlError extends usageError<{ detail: string }>(
  ({ detail }) =>
    `The database URL has a parameter that cannot be used: ${detail}.\n` +
    'Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables.',
) {}

export class UnreachableServerError extends databaseError<{ target: string; detail: string }>(
  ({ target, detail }) =>
    `No PostgreSQL server answers at ${target}: ${detail}.\n` +
    'Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used.',
) {}

export class AuthenticationError extends databaseError<{
  target: string
  user: string
  detail: string
  /** Undefined if this side ended the login. */
  sqlState: string | undefined
}>(({ target, user, detail }) => `${target} does not let the user "${user}" in: ${detail}.\n${loginRemedy(detail)}`) {}

/** The server's sentence says how the connection was made. It says the same of a user who is not let in either way. */
function loginRemedy(detail: string): string {
  if (detail.endsWith('no encryption'))
    return 'If the server takes this user only with TLS (hostssl in its pg_hba.conf), say sslmode=require or a stricter one.'
  if (detail.includes('client certificate')) return 'Name a TLS client certificate and its key with sslcert and sslkey.'
  return 'Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD).'
}

const TLS_FAILURES = {
  expired: "the server's certificate has expired",
  early: "the server's certificate is not valid yet",
  revoked: "the server's certificate has been revoked",
  host: "the server's certificate is for another host",
  authority: "the server's certificate is not signed by an authority that sslrootcert holds",
  client: 'the server refuses the client certificate of sslcert, or wants one',
  none: 'the server does not speak TLS',
  unbound: 'the server does not bind the login to the connection, which channel_binding=require asks for',
  other: 'it failed',
}
export type TlsFailure = keyof typeof TLS_FAILURES

const TLS_REMEDIES: Readonly<Record<TlsFailure, string>> = {
  expired: 'Renew it on the server; look at the clock of this machine as well.',
  early: 'Look at the clocks of the server and of this machine.',
  revoked: 'Renew it on the server, or name a newer list with sslcrl.',
  host: 'Name the host as the certificate does, or say sslmode=verify-ca where the authority signs for your own servers only.',
  authority: "Name the file of the authority's certificate with sslrootcert.",
  client: 'Name a certificate that the server knows with sslcert, and its key with sslkey.',
  none: 'Switch TLS on at the server (ssl = on), or say sslmode=disable where nobody can listen in.',
  unbound: 'Use a role whose password is stored as scram-sha-256, over TLS, or leave channel_binding out.',
  other: 'Look at sslmode and the parameters of TLS in the URL, and at the log of the server.',
}

/** `detail`: the sentence of OpenSSL, Node or the driver. */
export class TlsError extends databaseError<{ target: string; failure: TlsFailure; detail: string }>(
  ({ target, failure, detail }) =>
    `There is no TLS connection to ${target}: ${TLS_FAILURES[failure]} (${detail}).\n${TLS_REMEDIES[failure]}`,
) {}

/** `wanted`: target_session_attrs. */
export class NoServerError extends databaseError<{
  wanted: string
  servers: readonly { readonly target: string; readonly why: string }[]
}>(({ wanted, servers }) => {
  const list = servers.map(({ target, why }) => `  - ${target}: ${why}`)
  return `None of the servers can be used (target_session_attrs=${wanted}):\n${list.join('\n')}`
}) {}

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

export class HistoryTableError extends databaseError<{ target: string; differences: readonly string[] }>(
  ({ target, differences }) =>
    `public.migration_history of ${target} is not the table that this version of the migrator keeps:\n${bulleted(differences, 20)}\n` +
    'Nothing was run. If a newer version has changed it, run that version. If somebody changed it by hand, change it back. ' +
    'If another tool made it, give it another name: alter table public.migration_history rename to old_history',
) {}

export class DuplicateHistoryError extends databaseError<{
  target: string
  duplicates: readonly { readonly id: string; readonly rows: number }[]
}>(
  ({ target, duplicates }) =>
    `The history of ${target} has several rows for one migration, so it cannot be told what is applied:\n` +
    `${bulleted(duplicates.map(({ id, rows }) => `${id}: ${rows} rows`))}\n` +
    'Nothing was run. Somebody has dropped the unique constraint of public.migration_history. Look at the rows, delete the wrong ones by ' +
    'their ctid, and make the constraint again:\n' +
    '  select ctid, * from public.migration_history order by position, created_at;\n' +
    '  alter table public.migration_history add constraint uq_migration_history_domain_name unique (domain, name);',
) {}

/** It is waited for as long as for a table, and a check of monitoring waits for nobody. */
export class HistoryLockedError extends lockError<{
  database: string
  /** Who holds the table: a session in words. */
  holder: string
}>(
  ({ database, holder }) =>
    `public.migration_history of ${database} is locked exclusively by ${holder}. It could not be read, so nothing was done.\n` +
    'The end of `down --all` does that for a moment. Run this again; if it stays so, look at that session in pg_stat_activity.',
) {}

export class HistoryForbiddenError extends databaseError<{
  database: string
  user: string
  grantee: string
  serverMessage: string
}>(
  ({ database, user, grantee, serverMessage }) =>
    `The user "${user}" may not read public.migration_history of ${database}, and nothing was done without it: ${serverMessage}.\n` +
    `As the table's owner: GRANT SELECT ON public.migration_history TO ${grantee};\n` +
    'The roles that npx nx run migrator:grants makes have that right.',
) {}

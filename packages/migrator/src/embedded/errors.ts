/** What can go wrong with the embedded server; every message names the folder, port or process and what to do. */
import { type ExitCode, failures, MigratorError } from '../errors.ts'

export class EmbeddedError extends MigratorError {
  readonly exitCode: ExitCode = 3
}
const embeddedError = failures(EmbeddedError)

export class EmbeddedRefusedError extends embeddedError(
  () =>
    'NODE_ENV is "production", and the embedded database is for development only: ' +
    'set DATABASE_URL or pass --database-url.',
) {
  override readonly exitCode = 2
}

export class EmbeddedUnavailableError extends embeddedError<{ platform: string; why: string }>(
  (fields) =>
    `There is no embedded PostgreSQL for ${fields.platform}: ${fields.why}. ` +
    'Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later.',
) {
  override readonly exitCode = 2
}

export class EmbeddedVersionError extends embeddedError<{ folder: string; found: string; expected: number }>(
  (fields) =>
    `The embedded database in ${fields.folder} was made by PostgreSQL ${fields.found}, the installed one is ` +
    `${fields.expected}. Remove the folder (its data are lost) and run the command again:\n  rm -rf '${fields.folder}'`,
) {}

/** The folder of the embedded server is not as it must be: foreign, planted, incomplete, not writable. */
export class EmbeddedFolderError extends embeddedError<{ folder: string; problem: string; remedy: string }>(
  (fields) => `The folder ${fields.folder} ${fields.problem}. ${fields.remedy}`,
) {}

export class EmbeddedAccountError extends embeddedError<{ tried: readonly string[] }>(
  (fields) =>
    'PostgreSQL does not run as root, there is no user "postgres" on this machine and it could not be created ' +
    `(tried ${fields.tried.join(', ')}). Create it, run as an ordinary user, or set DATABASE_URL.`,
) {}

/** initdb or the server ended before it was ready. */
export class EmbeddedStartError extends embeddedError<{ what: string; log?: string; output: string }>((fields) => {
  const where = fields.log === undefined ? '' : ` The end of ${fields.log}:`
  return `${fields.what}.${where}\n${fields.output.trim().replace(/^/gm, '  ')}`
}) {}

export class EmbeddedStopError extends embeddedError<{ pid: number; why: string }>(
  (fields) => `The embedded PostgreSQL (process ${fields.pid}) could not be stopped: ${fields.why}.`,
) {}

export class EmbeddedPortError extends embeddedError<{ port: number; problem: string }>(
  (fields) => `Port ${fields.port} is not to be had: ${fields.problem}. Choose another one or none.`,
) {}

export class EmbeddedBusyError extends embeddedError<{ folder: string; holder: number; waitedMs: number }>(
  (fields) =>
    `Process ${fields.holder} has been starting or stopping the embedded database for ${fields.waitedMs} ms ` +
    `(lock ${fields.folder}). Wait for it or end it, then run the command again.`,
) {
  override readonly exitCode = 4
}

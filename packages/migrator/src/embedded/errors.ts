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

export class EmbeddedUnavailableError extends embeddedError<{
  /** `linux-x64`. */
  platform: string
  why: string
}>(
  ({ platform, why }) =>
    `There is no embedded PostgreSQL for ${platform}: ${why}. ` +
    'Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later.',
) {
  override readonly exitCode = 2
}

/** `found` and `expected` are major versions of PostgreSQL. */
export class EmbeddedVersionError extends embeddedError<{ folder: string; found: string; expected: number }>(
  ({ folder, found, expected }) =>
    `The embedded database in ${folder} was made by PostgreSQL ${found}, the installed one is ${expected}. ` +
    `Remove the folder (its data are lost) and run the command again:\n  rm -rf '${folder}'`,
) {}

/** The folder of the embedded server cannot be used: it belongs to another user, is incomplete or not writable, or root did not make it. */
export class EmbeddedFolderError extends embeddedError<{
  folder: string
  /** Part of a sentence: `belongs to another user (uid 1000)`. */
  problem: string
  /** A sentence. */
  remedy: string
}>(({ folder, problem, remedy }) => `The folder ${folder} ${problem}. ${remedy}`) {}

/** `tried`: names of the programs that were run to create the user. */
export class EmbeddedAccountError extends embeddedError<{ tried: readonly string[] }>(
  ({ tried }) =>
    'PostgreSQL does not run as root, there is no user "postgres" on this machine and it could not be created ' +
    `(tried ${tried.join(', ')}). Create it, run as an ordinary user, or set DATABASE_URL.`,
) {}

/** initdb or the server ended before it was ready. */
export class EmbeddedStartError extends embeddedError<{
  /** A sentence without its full stop. */
  what: string
  /** Path of the log file whose last lines are in `output`. */
  log?: string
  output: string
}>(({ what, log, output }) => {
  const where = log === undefined ? '' : ` The end of ${log}:`
  return `${what}.${where}\n${output.trim().replace(/^/gm, '  ')}`
}) {}

export class EmbeddedStopError extends embeddedError<{ pid: number; why: string }>(
  ({ pid, why }) => `The embedded PostgreSQL (process ${pid}) could not be stopped: ${why}.`,
) {}

export class EmbeddedPortError extends embeddedError<{ port: number; problem: string }>(
  ({ port, problem }) => `Port ${port} cannot be used: ${problem}. Choose another port, or leave --port out.`,
) {}

/** `folder` is the folder of the lock, `holder` the pid of the process that holds it. */
export class EmbeddedBusyError extends embeddedError<{ folder: string; holder: number; waitedMs: number }>(
  ({ folder, holder, waitedMs }) =>
    `Process ${holder} has been starting or stopping the embedded database for ${waitedMs} ms ` +
    `(lock ${folder}). Wait for it or end it, then run the command again.`,
) {
  override readonly exitCode = 4
}

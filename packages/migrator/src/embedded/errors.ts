/** What can go wrong with the embedded server, one class each; every message names the folder, port or process and what to do. */
import { type ExitCode, MigratorError } from '../errors.ts'

export class EmbeddedError extends MigratorError {
  readonly exitCode: ExitCode = 3
}

export class EmbeddedRefusedError extends EmbeddedError {
  override readonly exitCode = 2
  constructor() {
    super(
      'NODE_ENV is "production", and the embedded database is for development only: ' +
        'set DATABASE_URL or pass --database-url.',
    )
  }
}

export class EmbeddedUnavailableError extends EmbeddedError {
  override readonly exitCode = 2
  readonly platform: string
  constructor(fields: { platform: string; why: string; cause?: unknown }) {
    super(
      `There is no embedded PostgreSQL for ${fields.platform}: ${fields.why}. ` +
        'Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later.',
      { cause: fields.cause },
    )
    this.platform = fields.platform
  }
}

export class EmbeddedVersionError extends EmbeddedError {
  readonly folder: string
  constructor(fields: { folder: string; found: string; expected: number }) {
    super(
      `The embedded database in ${fields.folder} was made by PostgreSQL ${fields.found}, the installed one is ` +
        `${fields.expected}. Remove the folder (its data are lost) and run the command again:\n  rm -rf '${fields.folder}'`,
    )
    this.folder = fields.folder
  }
}

/** The folder of the embedded server is not as it must be: foreign, planted, incomplete, not writable. */
export class EmbeddedFolderError extends EmbeddedError {
  readonly folder: string
  constructor(fields: { folder: string; problem: string; remedy: string; cause?: unknown }) {
    super(`The folder ${fields.folder} ${fields.problem}. ${fields.remedy}`, { cause: fields.cause })
    this.folder = fields.folder
  }
}

export class EmbeddedAccountError extends EmbeddedError {
  constructor(fields: { tried: readonly string[] }) {
    super(
      'PostgreSQL does not run as root, there is no user "postgres" on this machine and it could not be created ' +
        `(tried ${fields.tried.join(', ')}). Create it, run as an ordinary user, or set DATABASE_URL.`,
    )
  }
}

/** initdb or the server ended before it was ready. */
export class EmbeddedStartError extends EmbeddedError {
  readonly output: string
  constructor(fields: { what: string; log?: string; output: string; cause?: unknown }) {
    const where = fields.log === undefined ? '' : ` The end of ${fields.log}:`
    super(`${fields.what}.${where}\n${fields.output.trim().replace(/^/gm, '  ')}`, { cause: fields.cause })
    this.output = fields.output
  }
}

export class EmbeddedStopError extends EmbeddedError {
  readonly pid: number
  constructor(fields: { pid: number; why: string; cause?: unknown }) {
    super(`The embedded PostgreSQL (process ${fields.pid}) could not be stopped: ${fields.why}.`, {
      cause: fields.cause,
    })
    this.pid = fields.pid
  }
}

export class EmbeddedPortError extends EmbeddedError {
  readonly port: number
  constructor(fields: { port: number; problem: string }) {
    super(`Port ${fields.port} is not to be had: ${fields.problem}. Choose another one or none.`)
    this.port = fields.port
  }
}

export class EmbeddedBusyError extends EmbeddedError {
  override readonly exitCode = 4
  readonly holder: number
  constructor(fields: { folder: string; holder: number; waitedMs: number }) {
    super(
      `Process ${fields.holder} has been starting or stopping the embedded database for ${fields.waitedMs} ms ` +
        `(lock ${fields.folder}). Wait for it or end it, then run the command again.`,
    )
    this.holder = fields.holder
  }
}

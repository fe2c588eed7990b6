/** What can go wrong with an audit, an archive or a reset, one class each. */
import { bulleted, DatabaseError, UsageError } from '../errors.ts'

export class AuditServerTooOldError extends DatabaseError {
  constructor(fields: { target: string; version: string }) {
    super(
      `${fields.target} runs PostgreSQL ${fields.version}; the audit reads 12 and later.\n` +
        'Restore a dump of its schema on a later server (pg_dump --schema-only) and audit that.',
    )
    Object.assign(this, fields)
  }
}

export class BaselineFileError extends UsageError {
  constructor(fields: { file: string; problem: string }, cause?: unknown) {
    super(
      `The baseline ${fields.file} ${fields.problem}. Write one with: npx nx run migrator:audit -- --write-baseline ${fields.file}`,
      {
        cause,
      },
    )
    Object.assign(this, fields)
  }
}

export class OutputFileError extends UsageError {
  constructor(fields: { file: string; problem: string }, cause: unknown) {
    super(`${fields.file} cannot be written: ${fields.problem}.`, { cause })
    Object.assign(this, fields)
  }
}

export class ArchiveSourceError extends UsageError {
  constructor(fields: { folder: string; problem: string }) {
    super(
      `${fields.folder} ${fields.problem}. --from takes the folder with the numbered files (001_users.sql, 002_roles.up.sql, ...).`,
    )
    Object.assign(this, fields)
  }
}

export class ArchiveCollisionError extends UsageError {
  constructor(fields: { folder: string; files: readonly string[] }) {
    super(
      `${fields.folder} has other files of the same name; nothing was moved.\n${bulleted(fields.files)}\n` +
        'Choose another folder with --to, or move those away first.',
    )
    Object.assign(this, fields)
  }
}

export class ArchiveSameFolderError extends UsageError {
  constructor(fields: { folder: string }) {
    super(`--from and --to are the same folder, ${fields.folder}: name another one with --to.`)
    Object.assign(this, fields)
  }
}

export class ResetInProductionError extends UsageError {
  constructor() {
    super('NODE_ENV is "production": reset is for lab databases only. Nothing was dropped.')
  }
}

export class ResetNotConfirmedError extends UsageError {
  constructor(fields: { database: string; given: string | undefined }) {
    const given = fields.given === undefined ? 'nothing was typed' : `"${fields.given}" was given`
    super(
      `Not confirmed: the database is called "${fields.database}", ${given}. Nothing was dropped.\n` +
        `Without a terminal, say: --yes-drop ${fields.database}`,
    )
    Object.assign(this, fields)
  }
}

export class ResetConnectionsError extends DatabaseError {
  constructor(fields: { database: string; sessions: readonly string[] }) {
    super(
      `${fields.database} has other connections; nothing was dropped.\n${bulleted(fields.sessions)}\n` +
        'Stop what is connected, then run it again.',
    )
    Object.assign(this, fields)
  }
}

export class ResetBlockedError extends DatabaseError {
  constructor(fields: { detail: string }, cause: unknown) {
    super(
      `Something that stays depends on what would be dropped; nothing was dropped.\n${fields.detail}\n` +
        'Drop it first, or drop everything in public with --all-objects.',
      { cause },
    )
    Object.assign(this, fields)
  }
}

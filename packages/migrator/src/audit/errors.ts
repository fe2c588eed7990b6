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

export class ArchiveNestedError extends UsageError {
  constructor(fields: { inner: string; outer: string }) {
    super(
      `${fields.inner} stands inside ${fields.outer}: --from and --to must be apart. Name a folder beside it with --to.`,
    )
    Object.assign(this, fields)
  }
}

export class ArchiveTargetError extends UsageError {
  constructor(fields: { folder: string; file: string; problem: string }) {
    super(
      `${fields.folder} cannot be a folder: ${fields.file} is ${fields.problem}. Nothing was moved; name another one with --to.`,
    )
    Object.assign(this, fields)
  }
}

export class ArchiveManifestError extends UsageError {
  constructor(fields: { file: string; problem: string }, cause?: unknown) {
    super(
      `${fields.file} is not the manifest of an archive: it ${fields.problem}. Nothing was moved.\n` +
        'Choose another folder with --to, or move that file away first.',
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class ArchiveSameFileError extends UsageError {
  constructor(fields: { original: string; copy: string }) {
    super(
      `${fields.copy} is no copy of ${fields.original} but the same file; nothing was removed.\n` +
        'Choose another folder with --to.',
    )
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

export class ResetPreparedError extends DatabaseError {
  constructor(fields: { database: string; transactions: readonly string[] }) {
    super(
      `${fields.database} has prepared transactions; nothing was dropped.\n${bulleted(fields.transactions)}\n` +
        'End each with COMMIT PREPARED or ROLLBACK PREPARED, then run it again.',
    )
    Object.assign(this, fields)
  }
}

export class ResetNoHistoryError extends DatabaseError {
  constructor(fields: { database: string }) {
    super(
      `No migration ran in ${fields.database}: it has no migration_history, or an empty one, and a name alone does not make ` +
        "a table a domain's. Nothing was dropped.\nIf everything in public is meant, say: --all-objects",
    )
    Object.assign(this, fields)
  }
}

export class ResetBlockedError extends DatabaseError {
  constructor(fields: { detail: string; allObjects: boolean }, cause?: unknown) {
    super(
      `Something that stays depends on what would be dropped; nothing was dropped.\n${fields.detail}\n` +
        (fields.allObjects
          ? 'It is not of public: drop it, or what ties it, first.'
          : 'Drop it first; what stands in public goes too with --all-objects.'),
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class ResetLeftoversError extends DatabaseError {
  constructor(fields: { objects: readonly string[] }) {
    super(
      `Some objects of public cannot be dropped one by one; nothing was dropped.\n${bulleted(fields.objects)}\n` +
        'Drop them first, then run it again.',
    )
    Object.assign(this, fields)
  }
}

export class ResetLockTableError extends DatabaseError {
  constructor(fields: { objects: number; detail: string }, cause: unknown) {
    super(
      `The server ran out of room for locks (${fields.detail}): ${fields.objects} objects in one transaction are too many for it. ` +
        'Nothing was dropped.\nRaise max_locks_per_transaction in postgresql.conf, restart the server, and run it again.',
      { cause },
    )
    Object.assign(this, fields)
  }
}

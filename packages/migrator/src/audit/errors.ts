/** What keeps an audit from being made. */
import { databaseError, usageError } from '../errors.ts'

export class AuditServerTooOldError extends databaseError<{ target: string; version: string }>(
  (fields) =>
    `${fields.target} runs PostgreSQL ${fields.version}; the audit reads 12 and later.\n` +
    'Restore a dump of its schema on a later server (pg_dump --schema-only) and audit that.',
) {}

export class BaselineFileError extends usageError<{ file: string; problem: string }>(
  (fields) =>
    `The baseline ${fields.file} ${fields.problem}. Write one with: npx nx run migrator:audit -- --write-baseline ${fields.file}`,
) {}

export class OutputFileError extends usageError<{ file: string; problem: string }>(
  (fields) => `${fields.file} cannot be written: ${fields.problem}.`,
) {}

/** Errors that stop an audit. */
import { databaseError, usageError } from '../errors.ts'

export class AuditServerTooOldError extends databaseError<{ target: string; version: string }>(
  ({ target, version }) =>
    `${target} is PostgreSQL ${version}; the audit reads PostgreSQL 12 and later.\n` +
    'Restore a dump of its schema on a later server (pg_dump --schema-only) and audit that.',
) {}

export class BaselineFileError extends usageError<{
  file: string
  /** Part of a sentence: `is not JSON`. */
  problem: string
}>(
  ({ file, problem }) =>
    `The baseline ${file} ${problem}. Write one with: npx nx run migrator:audit -- --write-baseline ${file}`,
) {}

export class SchemaMissingError extends usageError<{ schema: string; database: string; existing: readonly string[] }>(
  ({ schema, database, existing }) =>
    `There is no schema "${schema}" in ${database}.\n` +
    `It has: ${existing.join(', ') || 'none'}. Give one of these to --schema, or read all of them with --all-schemas.`,
) {}

/** What keeps generated files from being written. */
import { bulleted, workspaceError } from '../errors.ts'

export class SchemaFileError extends workspaceError<{ domain: string; unwritable: readonly string[] }>(
  (fields) =>
    `The migrations of ${fields.domain} build what schema.sql cannot say:\n${bulleted(fields.unwritable)}\n` +
    'Nothing was written: a file without it would describe another database. Build it without these features in a new migration, ' +
    'or teach packages/migrator/src/types to write them.',
) {}
